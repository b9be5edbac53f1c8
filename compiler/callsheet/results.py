"""What the verbs return, as data that every report can write: one place to import results from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from datetime import datetime

    from callsheet.calling.attempts import Answer
    from callsheet.calling.cases import CaseResult
    from callsheet.calling.model import Request
    from callsheet.compiling.origins import FieldOrigin
    from callsheet.deploying.administration import InitResult as InitResult
    from callsheet.deploying.by_hand import PackResult as PackResult
    from callsheet.deploying.cataloguing import CatalogResult as CatalogResult
    from callsheet.deploying.copying import Copied
    from callsheet.deploying.executor import ApplyResult as ApplyResult
    from callsheet.deploying.showing import Shown as Shown
    from callsheet.emulator.playing import Call as Call
    from callsheet.errors import CallsheetError
    from callsheet.importing.several import ImportedOperations as ImportedOperations
    from callsheet.importing.starting import StartResult as StartResult
    from callsheet.importing.written_files import Adoption as Adoption
    from callsheet.importing.written_files import Extraction as Extraction
    from callsheet.language import Definition, Rule
    from callsheet.language import Diagnostic as Diagnostic
    from callsheet.language.formatting import FormattedFile as FormattedFile
    from callsheet.ledger import ApplyRecord
    from callsheet.messages import Texts
    from callsheet.planning.model import Change as Change
    from callsheet.planning.model import Drift, PlanSelection, ScreenChange
    from callsheet.planning.model import Plan as Plan
    from callsheet.planning.packs import Pack as Pack
    from callsheet.planning.promotion import Promotion
    from callsheet.planning.protections import Protection as Protection
    from callsheet.planning.request_pairs import RequestPair
    from callsheet.planning.review import DataFlow, PolicyChange
    from callsheet.planning.shared import SharedChange
    from callsheet.planning.writing_back import FieldWritten
    from callsheet.targets.journey_optimizer.certificate import Certificate
    from callsheet.targets.journey_optimizer.lowering.model import Form
    from callsheet.targets.journey_optimizer.metrics import Figures
    from callsheet.targets.journey_optimizer.uses import Usage
    from callsheet.targets.model import Evidence


_HOMES = {
    "Adoption": "callsheet.importing.written_files",
    "ApplyResult": "callsheet.deploying.executor",
    "Call": "callsheet.emulator.playing",
    "CatalogResult": "callsheet.deploying.cataloguing",
    "Change": "callsheet.planning.model",
    "Diagnostic": "callsheet.language",
    "Extraction": "callsheet.importing.written_files",
    "FormattedFile": "callsheet.language.formatting",
    "ImportedOperations": "callsheet.importing.several",
    "InitResult": "callsheet.deploying.administration",
    "Pack": "callsheet.planning.packs",
    "PackResult": "callsheet.deploying.by_hand",
    "Plan": "callsheet.planning.model",
    "Protection": "callsheet.planning.protections",
    "Shown": "callsheet.deploying.showing",
    "StartResult": "callsheet.importing.starting",
}
"""Where the results are defined that a room makes whole; they are imported when they are asked for."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'callsheet.results' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


class ValidationResult(Struct, frozen=True, kw_only=True):
    """What `validate`, or `journeys check`, found.

    Attributes:
        documents: how many were checked.
        notes: what was not checked, or as of when.
        checked: what was checked: documents, or actions in their journeys.

    """

    diagnostics: Sequence[Diagnostic]
    documents: int
    notes: Sequence[str] = ()
    checked: str = "document"

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that are errors."""
        return [one for one in self.diagnostics if one.severity == "error"]


class DiffResult(Struct, frozen=True, kw_only=True):
    """What `diff` found: the changes of each environment; `base` is None for the deployed state.

    Attributes:
        against: the environment that was compared with, where it was one.
        requests: by environment and address, for actions that have a test case or examples.
        flows: the personal data that newly leaves.
        shared: values of environments that changed several actions.
        policies: policies that are not what they were.
        protections: what changed of what commands do and protect; it comes first in every format.
        selection: the objects that were compared; None for all of them.
        hosts: those that the action calls which delivers a message, by the message's address.

    """

    base: str | None
    environments: Mapping[str, Sequence[Change]]
    requests: Mapping[tuple[str, str], RequestPair] = field(default_factory=dict)
    flows: Sequence[DataFlow] = ()
    shared: Sequence[SharedChange] = ()
    policies: Sequence[PolicyChange] = ()
    protections: Sequence[Protection] = ()
    against: str | None = None
    selection: PlanSelection | None = None
    hosts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def compared_with(self) -> str:
        """What the changes are from, in words."""
        if self.against is not None:
            return f"against {self.against}"
        return f"since {self.base}" if self.base else "against what is deployed"

    @property
    def other_policies(self) -> list[PolicyChange]:
        """The policies that changed in nothing that protects."""
        subjects = {one.subject for one in self.protections}
        return [one for one in self.policies if f"Policy/{one.name}" not in subjects]

    @property
    def also_protected(self) -> str:
        """How many changes there are beside those of objects, in words; empty for none."""
        number = len(self.protections)
        return f", and {number} of what commands do and protect" if number else ""

    def request_of(self, environments: Sequence[str], address: str) -> RequestPair | None:
        """Return the request before and after: of a test case, where any environment has one."""
        found = [self.requests[(one, address)] for one in environments if (one, address) in self.requests]
        return next((one for one in found if one.case), found[0] if found else None)

    def split(self) -> tuple[list[tuple[Change, list[str]]], list[tuple[Change, list[str]]]]:
        """Return what is reported with what several actions share, and what is reported by itself."""
        from callsheet.planning.shared import split_changes

        return split_changes(self.grouped(), self.shared)

    def grouped(self) -> list[tuple[Change, list[str]]]:
        """Return each change once, with the environments in which it is the same."""
        groups: dict[tuple[object, ...], tuple[Change, list[str]]] = {}
        for environment, changes in self.environments.items():
            for change in changes:
                # What is deleted may differ by environment: the deletion is the same.
                gone = change.action == "delete"
                differences = [
                    (one.pointer, one.words, *([] if gone else (repr(one.before), repr(one.after))))
                    for one in change.diff
                ]
                key = (change.address, change.address_before, change.action, *differences)
                groups.setdefault(key, (change, []))[1].append(environment)
        return list(groups.values())


class DriftResult(Struct, frozen=True, kw_only=True):
    """What `drift` found.

    Attributes:
        fields: with `--write`, what became of each field that differs.
        failures: with `--write`, why a file could not be written.
        screen: what was changed on a screen without an API after it was confirmed.
        selection: the objects that were compared; None for all of them.

    """

    environment: str
    drift: Sequence[Drift]
    unmanaged: Sequence[str]
    screen: Sequence[ScreenChange] = ()
    notes: Sequence[str] = ()
    fields: Sequence[FieldWritten] = ()
    failures: Sequence[CallsheetError] = ()
    selection: PlanSelection | None = None

    @property
    def advice(self) -> list[str]:
        """What to do about what was changed on the screen, by what is there now."""
        last = {one.address: one.verb for one in self.screen}
        there = [address for address, verb in last.items() if verb != "deleted"]
        found = []
        if there:
            names = ", ".join(one.partition("/")[2] for one in there[:5])
            found.append(
                "What was changed is not known: compare the screen with the pack, restore what differs,"
                f" and confirm each again by its name: `callsheet confirm PACK NAME` ({names})."
            )
        if len(there) < len(last):
            found.append(
                "What was deleted: create it again by the pack and confirm it by its name, or remove it"
                " from the workspace and confirm the deletion."
            )
        return found


class HistoryResult(Struct, frozen=True, kw_only=True):
    """What `history` found: applies, newest first; `detailed` for one apply with its steps.

    Attributes:
        objects: what was deployed at a moment: digests, by address.
        evidence: the answers to test requests that were kept.

    """

    environment: str
    lineage: str | None
    applies: Sequence[ApplyRecord]
    detailed: bool = False
    objects: Mapping[str, str] | None = None
    evidence: Sequence[Evidence] = ()


class ListResult(Struct, frozen=True, kw_only=True):
    """What `list` found: actions, and the environments that deploy each."""

    actions: Sequence[Definition]
    environments: Mapping[str, Sequence[str]]
    language: str


class ShowResult(Struct, frozen=True, kw_only=True):
    """What `show` found: one action, by environment."""

    name: str
    environments: Mapping[str, Shown]


class RenderResult(Struct, frozen=True, kw_only=True):
    """What `render` made: compiled actions, or the requests that would leave.

    Attributes:
        origins: by name of action, where each of its fields comes from; empty where nobody asked.

    """

    environment: str
    actions: Sequence[Mapping[str, Any]] = ()
    requests: Sequence[tuple[str, Request]] = ()
    origins: Mapping[str, Sequence[FieldOrigin]] = field(default_factory=dict)


class SendResult(Struct, frozen=True, kw_only=True):
    """What `send` sent (its secrets as references), what came back, and what is wrong with that."""

    environment: str
    name: str
    request: Request
    answer: Answer
    findings: Sequence[str] = ()


class PromoteResult(Struct, frozen=True, kw_only=True):
    """What `promote` found between two environments."""

    before: str
    after: str
    promotions: Sequence[Promotion]


class JourneyResult(Struct, frozen=True, kw_only=True):
    """What `journey` found: actions as Journey Optimizer's screen and journeys hold them, by name.

    Attributes:
        relayed: of those that a relay calls here, the custom action that calls the relay.

    """

    environment: str
    language: str
    forms: Mapping[str, Form]
    relayed: Mapping[str, Form] = field(default_factory=dict)


class CertificateResult(Struct, frozen=True, kw_only=True):
    """What `certificate` found: Adobe's client certificates, the one that ends last first."""

    environment: str
    certificates: Sequence[Certificate]
    now: datetime

    @property
    def in_use(self) -> Sequence[Certificate]:
        """Those that are not retired yet; the newest, where all of them are."""
        return [one for one in self.certificates if one.retired > self.now] or self.certificates[:1]

    @property
    def days_left(self) -> int:
        """Whole days until the first that is in use is retired; less than 0 after that."""
        return (min(one.retired for one in self.in_use) - self.now).days

    @property
    def ended(self) -> bool:
        """Whether none of them is valid any more."""
        return all(one.expires <= self.now for one in self.certificates)


class MetricsResult(Struct, frozen=True, kw_only=True):
    """What `metrics` found.

    Attributes:
        figures: of each action that was called, then of what fits no action.
        failures: by condition, the actions of which it holds.
        rows: what they were made of; `standalone.metrics_rows` writes them as a file.
        notes: what to know of the result as a whole.

    """

    environment: str
    figures: Sequence[Figures]
    failures: Mapping[str, Sequence[str]]
    rows: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()


class UsageResult(Struct, frozen=True, kw_only=True):
    """What `usage` found: the journeys that use each action."""

    environment: str
    usage: Usage


class PreviewResult(Struct, frozen=True, kw_only=True):
    """A message in its languages, filled with sample parameters.

    Attributes:
        receiver: what delivers it.
        hints: by language.

    """

    environment: str
    name: str
    title: str
    channel: str
    receiver: str
    texts: Sequence[Texts]
    hints: Mapping[str, Sequence[str]]


class ExportResult(Struct, frozen=True, kw_only=True):
    """A call as another tool takes it, and notes about its variables."""

    text: str
    notes: Sequence[str]


class TestResult(Struct, frozen=True, kw_only=True):
    """What `test` found."""

    __test__ = False  # not a test of pytest's

    cases: Sequence[CaseResult]


class WorkspaceResult(Struct, frozen=True, kw_only=True):
    """What `render --all` made: every compiled action, by environment."""

    environments: Mapping[str, Sequence[Mapping[str, Any]]]


class ExplainResult(Struct, frozen=True, kw_only=True):
    """Rules of the catalog; `detailed` for one with its documentation."""

    rules: Sequence[Rule]
    detailed: bool


class FileResult(Struct, frozen=True, kw_only=True):
    """A file that `adopt` or `import` wrote.

    Attributes:
        path: of the file.
        name: what it defines.
        secrets: the environment variables that hold what was left out of it.
        beside: the template file that it names, where it was written too.
        notes: what was left out of it, or is to be completed.

    """

    path: str
    name: str
    secrets: Sequence[str] = ()
    beside: Sequence[str] = ()
    notes: Sequence[str] = ()


class NewResult(Struct, frozen=True, kw_only=True):
    """What `new` wrote.

    Attributes:
        files: their paths, in the workspace.
        values: of environments that they read.

    """

    files: Sequence[str]
    values: Sequence[str]


class FmtResult(Struct, frozen=True, kw_only=True):
    """What `fmt` found: YAML files with their canonical forms."""

    files: Sequence[FormattedFile]


class CopyResult(Struct, frozen=True, kw_only=True):
    """What `ledger copy` copied."""

    environment: str
    tables: Sequence[Copied]
