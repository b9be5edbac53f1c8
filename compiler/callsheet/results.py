"""What commands find out, as data that every report can write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from callsheet.calling import Request
from callsheet.calling.cases import CaseResult
from callsheet.calling.sending import Answer
from callsheet.language import Definition, Diagnostic, Rule
from callsheet.ledger import ApplyRecord
from callsheet.planning import Change, Drift
from callsheet.planning.protections import Protection
from callsheet.planning.review import DataFlow, PolicyChange, SharedChange
from callsheet.planning.usage import Usage

if TYPE_CHECKING:
    from callsheet.messages import Texts
    from callsheet.planning.promotion import Promotion
    from callsheet.planning.writing_back import FieldWritten


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationResult:
    """What `validate` found; `notes` say what was not checked."""

    diagnostics: Sequence[Diagnostic]
    documents: int
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPair:
    """The request of one test case before and after a change, as lines; empty where there is none.

    Attributes:
        case: the test case; empty where the examples of the parameters stand in for one.

    """

    case: str
    lines_before: list[str]
    lines_after: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffResult:
    """What `diff` found: the changes of each environment; `base` is None for the deployed state.

    Attributes:
        against: the environment that was compared with, where it was one.
        requests: by environment and address, for actions that have a test case or examples.
        flows: the personal data that newly leaves.
        shared: values of environments that changed several actions.
        policies: policies that are not what they were.
        protections: what changed of what commands do and protect; it comes first in every format.

    """

    base: str | None
    environments: Mapping[str, Sequence[Change]]
    requests: Mapping[tuple[str, str], RequestPair] = field(default_factory=dict)
    flows: Sequence[DataFlow] = ()
    shared: Sequence[SharedChange] = ()
    policies: Sequence[PolicyChange] = ()
    protections: Sequence[Protection] = ()
    against: str | None = None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftResult:
    """What `drift` found.

    Attributes:
        fields: with `--write`, what became of each field that differs.

    """

    environment: str
    drift: Sequence[Drift]
    unmanaged: Sequence[str]
    notes: Sequence[str] = ()
    fields: Sequence[FieldWritten] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryResult:
    """What `history` found: applies, newest first; `detailed` for one apply with its steps.

    Attributes:
        objects: what was deployed at a moment: digests, by address.

    """

    environment: str
    lineage: str | None
    applies: Sequence[ApplyRecord]
    detailed: bool = False
    objects: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListResult:
    """What `list` found: actions, and the environments that deploy each."""

    actions: Sequence[Definition]
    environments: Mapping[str, Sequence[str]]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One action in one environment, desired or deployed."""

    digest: str | None
    action: Mapping[str, Any] | None
    revision: int | None = None
    applied_by: str | None = None
    applied_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowResult:
    """What `show` found: one action, by environment."""

    name: str
    environments: Mapping[str, Shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderResult:
    """What `render` made: compiled actions, or the requests that would leave."""

    environment: str
    actions: Sequence[Mapping[str, Any]] = ()
    requests: Sequence[tuple[str, Request]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What `send` sent (its secrets as references), what came back, and what is wrong with that."""

    environment: str
    name: str
    request: Request
    answer: Answer
    findings: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoteResult:
    """What `promote` found between two environments."""

    before: str
    after: str
    promotions: Sequence[Promotion]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageResult:
    """What `usage` found: the journeys that use each action."""

    environment: str
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResult:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """What `test` found."""

    __test__ = False  # not a test of pytest's

    cases: list[CaseResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceResult:
    """What `render --all` made: every compiled action, by environment."""

    environments: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainResult:
    """Rules of the catalog; `detailed` for one with its documentation."""

    rules: Sequence[Rule]
    detailed: bool
