"""A workspace, and what is deployed of it → the entries of its catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Literal

from msgspec import Struct, field

from callsheet.calling.cases import CaseResult
from callsheet.compiling import Compiled, CompiledAction
from callsheet.compiling.origins import FieldOrigin, origins_of
from callsheet.contracts.states import ContractState
from callsheet.deploying.file_changes import Changes
from callsheet.deploying.past import Done, History, Steps, history_of
from callsheet.deploying.seen import Seen
from callsheet.deploying.tried import Tried, tried_of
from callsheet.documents.file_history import FileHistory
from callsheet.importing.starts import Starts
from callsheet.language import Definition, Diagnostic
from callsheet.language.addresses import Address
from callsheet.language.masking import masked

Word = Literal[
    "deployed", "changed", "new", "drifted", "unmanaged", "gone", "by hand", "interrupted", "broken",
    "not asked", "not known",
]  # fmt: skip
"""What an object is in an environment:

deployed as it is written; changed here since; new, and not deployed; drifted at the target; there and not
callsheet's; callsheet's, and no longer defined; new or changed, where somebody has to do it on a screen;
left in the middle of an apply; broken, so that nothing is known of what it would be; of an environment that
was not asked, or could not be.
"""


class State(Struct, frozen=True, kw_only=True):
    """What an object is in one environment.

    Attributes:
        by: who applied it last; empty where that is not known. So `at`, `commit` and `serial`.
        dirty: whether it was applied from files that differed from the commit.

    """

    word: Word
    by: str = ""
    at: str = ""
    commit: str = ""
    serial: int = 0
    dirty: bool = False


class Contents(Mapping[str, Mapping[str, Any]]):
    """What an object compiles to by environment, without what looks like a credential.

    Each is read when it is asked for, and not kept: a catalog has all objects.
    """

    def __init__(self, found: Mapping[str, CompiledAction]) -> None:
        self._found = found

    def __getitem__(self, environment: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = masked(self._found[environment].content)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class Entry(Struct, frozen=True, kw_only=True):
    """One object of the catalog.

    Attributes:
        states: by each environment that selects it.
        compiled: by environment.
        read_origins: returns where its fields come from, in one of these environments.
        findings: those that concern it.
        read_history: returns by environment what was done to it.
        cases: how many test cases it has, and what became of them by environment; nothing where they were
            not run.
        contract: what became of the contract that it names; None without one.
        journeys: those that use it, likely or possibly, each with its environment.
        policies: the names of those that look at it, each with the last day of an exception; empty without.

    """

    definition: Definition
    states: Mapping[str, State]
    compiled: Mapping[str, Mapping[str, Any]]
    read_origins: Callable[[str], Sequence[FieldOrigin]] = lambda _: ()
    findings: Sequence[Diagnostic] = ()
    read_history: Callable[[], Mapping[str, History]] = dict
    cases: int = 0
    results: Sequence[Tried] = ()
    contract: ContractState | None = None
    journeys: Sequence[tuple[str, str]] = ()
    policies: Sequence[tuple[str, str]] = ()

    @property
    def failed(self) -> list[str]:
        """The names of the test cases that do not pass, each with its environment."""
        return [f"{one.name} ({one.environment})" for one in self.results if one.outcome != "passed"]


class CatalogResult(Struct, frozen=True, kw_only=True):
    """What `catalog` shows.

    Attributes:
        environments: the concrete ones, with what is known of each.
        findings: all of them.
        screens: the targets that are screens of Journey Optimizer, by environment.
        expiring: exceptions of policies, those that have expired too: last day, policy, action and reason;
            the earliest first.
        others: what is deployed and not defined here: its state by environment, by address.
        commits: those of each file.
        commit: of the files; empty where there is none.
        dirty: whether files differ from it.
        made_at: when (RFC 3339, UTC).
        severity: how the workspace takes findings, by code: `off` for not at all.
        read_starts: returns what a new action can start from.
        read_changes: returns what the commits of a file changed in it.

    """

    entries: Sequence[Entry]
    environments: Mapping[str, Seen]
    findings: Sequence[Diagnostic]
    others: Mapping[str, Mapping[str, State]] = field(default_factory=dict)
    screens: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    expiring: Sequence[tuple[str, str, str, str]] = ()
    commits: FileHistory = field(default_factory=lambda: FileHistory({}))
    commit: str = ""
    dirty: bool = False
    made_at: str = ""
    severity: Mapping[str, str] = field(default_factory=dict)
    read_starts: Callable[[], Starts] = Starts
    read_changes: Changes = lambda _: {}


def expiring_of(compiled: Compiled) -> list[tuple[str, str, str, str]]:
    """Return the exceptions, the earliest end first: last day, policy, action and reason."""
    return sorted(
        (it.until, one.name, it.action, masked(it.reason))
        for one in compiled.policies
        for it in one.exceptions
    )


def others_of(compiled: Compiled, seen: Mapping[str, Seen]) -> dict[str, dict[str, State]]:
    """Return what is deployed and not defined here: what callsheet put there, and what it did not."""
    known = {*(one.address for one in compiled.definitions.values()), *compiled.renames.values()}
    found: dict[str, dict[str, State]] = {}
    for name, one in seen.items():
        steps = Steps(one)
        for address in sorted({*one.applied, *one.deployed} - known):
            word: Word = "gone" if address in one.applied else "unmanaged"
            if masked(address) in one.open_steps:
                word = "interrupted"
            found.setdefault(masked(address), {})[name] = _applied(word, steps.of(address))
    return dict(sorted(found.items()))


class Asked(Struct, frozen=True, kw_only=True):
    """What the entries of a catalog are made of, beside the workspace.

    Attributes:
        seen: what is known of each environment.
        tested: what became of the test cases that were run.
        contracts: what became of the contracts, by the name of the action.

    """

    seen: Mapping[str, Seen]
    tested: Sequence[CaseResult] = ()
    contracts: Mapping[str, ContractState] = field(default_factory=dict)


def entries_of(compiled: Compiled, asked: Asked) -> list[Entry]:
    """Return every definition of a workspace, by its name, with its state in the environments."""
    steps = {name: Steps(one) for name, one in asked.seen.items()}
    named: dict[str, list[Diagnostic]] = {}
    for one in compiled.diagnostics:
        for name in {about for about, _ in one.about}:
            named.setdefault(name, []).append(one)
    results = tried_of(asked.tested)
    return [
        _entry(
            compiled,
            asked,
            steps,
            definition,
            findings=named.get(definition.name, ()),
            results=results.get(definition.name, ()),
        )
        for definition in sorted(compiled.definitions.values(), key=lambda one: one.name)
    ]


def _entry(
    compiled: Compiled,
    asked: Asked,
    steps: Mapping[str, Steps],
    definition: Definition,
    *,
    findings: Sequence[Diagnostic],
    results: Sequence[Tried],
) -> Entry:
    address = definition.address
    there = [one for one in compiled.concrete if one.deploys(definition)]
    contents = {
        one.name: found
        for one in there
        if (found := compiled.by_environment.get(one.name, {}).get(address)) is not None
        and not compiled.errors_of((definition.name,), one.name)
    }
    names = {name: _deployed_as(compiled, address, one) for name, one in asked.seen.items()}
    done = {name: past for name, one in steps.items() if (past := one.of(names[name]))}
    return Entry(
        definition=definition,
        states={
            one.name: _state(compiled, definition, asked.seen[one.name], one.name, done.get(one.name, ()))
            for one in there
        },
        compiled=Contents(contents),
        read_origins=partial(_origins, compiled, definition.name),
        findings=findings,
        read_history=partial(_histories, done, asked.seen),
        cases=_number_of_cases(definition),
        results=results,
        contract=asked.contracts.get(definition.name),
        journeys=[
            (name, masked(it)) for name, one in asked.seen.items() for it in one.usage.journeys(address)
        ],
        policies=_policies(compiled, definition),
    )


def _deployed_as(compiled: Compiled, address: str, seen: Seen) -> str:
    """Return the name by which an object is deployed: of one that is renamed here, the one before."""
    return address if address in seen.applied else compiled.renames.get(address, address)


def _origins(compiled: Compiled, name: str, environment: str) -> Sequence[FieldOrigin]:
    """Return where the fields of an object come from in an environment."""
    return origins_of(compiled, next(it for it in compiled.concrete if it.name == environment), name)


def _histories(done: Mapping[str, Sequence[Done]], seen: Mapping[str, Seen]) -> dict[str, History]:
    return {name: history_of(found, seen[name]) for name, found in done.items()}


def _policies(compiled: Compiled, definition: Definition) -> list[tuple[str, str]]:
    return [
        (one.name, max((it.until for it in one.exceptions if it.action == definition.name), default=""))
        for one in compiled.policies
        if one.select.selects(definition)
    ]


def _number_of_cases(definition: Definition) -> int:
    try:
        return len(definition.spec.get("tests") or ())
    except (AttributeError, KeyError, TypeError):
        return 0  # a document that is not valid by its schema


def _state(
    compiled: Compiled, definition: Definition, seen: Seen, environment: str, steps: Sequence[Done]
) -> State:
    found = compiled.by_environment.get(environment, {}).get(definition.address)
    address = _deployed_as(compiled, definition.address, seen)
    return _applied(_word(None if found is None else found.digest, seen, address), steps)


def _applied(word: Word, steps: Sequence[Done]) -> State:
    # An open step says who is at it; what is deployed was put there by one that is done.
    known = [record for record, step in steps if word == "interrupted" or step.outcome == "done"]
    if not known or word in ("not asked", "not known"):
        return State(word=word)
    record = known[0]
    return State(
        word=word,
        by=record.author,
        at=record.started_at,
        commit=record.commit or "",
        serial=record.serial,
        dirty=record.dirty is True,
    )


def _word(wanted_digest: str | None, seen: Seen, address: str) -> Word:
    if wanted_digest is None:
        return "broken"
    if not seen.asked:
        return "not asked"
    if seen.why:
        return "not known"
    if masked(address) in seen.open_steps:
        return "interrupted"
    applied_digest, deployed_digest = seen.applied.get(address), seen.deployed.get(address)
    by_hand = seen.by_hand.get(Address.read(address).kind, False)
    if applied_digest is None and deployed_digest is not None:
        return "unmanaged"
    if deployed_digest != applied_digest or any(one.address == address for one in seen.screen):
        return "drifted"
    if deployed_digest == wanted_digest:
        return "deployed"
    return "by hand" if by_hand else "new" if deployed_digest is None else "changed"
