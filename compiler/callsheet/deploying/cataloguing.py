"""A workspace, and what is deployed of it → the entries of its catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from callsheet.calling.cases import CaseResult
from callsheet.compiling import Compiled, CompiledAction
from callsheet.compiling.origins import FieldOrigin, origins_of
from callsheet.deploying.current import read_current
from callsheet.deploying.stores import Stores
from callsheet.importing.starts import Starts
from callsheet.language import Definition, Diagnostic
from callsheet.language.environment import Environment
from callsheet.language.masking import masked
from callsheet.ledger import ApplyRecord
from callsheet.targets.journey_optimizer.uses import Usage

Word = Literal["deployed", "changed", "new", "drifted", "unmanaged", "broken", "not asked", "not known"]
"""What an object is in an environment:

deployed as it is written; changed here since; new, and not deployed; drifted at the target; there and not
callsheet's; broken, so that nothing is known of what it would be; of an environment that was not asked, or
could not be.
"""
MOST_APPLIES = 200
"""The history of an environment goes back so far."""


class State(Struct, frozen=True, kw_only=True):
    """What an object is in one environment.

    Attributes:
        by: who applied it last; empty where that is not known. So `at`, `commit` and `serial`.

    """

    word: Word
    by: str = ""
    at: str = ""
    commit: str = ""
    serial: int = 0


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
        read_origins: returns where its fields come from, in the first of these environments.
        findings: those that concern it.
        steps: by environment, what was done to it: the apply and the word for the step, newest first.
        cases: how many test cases it has; `failed` are the names of those that do not pass, None where they
            were not run.
        journeys: those that use it, likely or possibly, each with its environment.
        policies: the names of those that look at it, each with the last day of an exception; empty without.

    """

    definition: Definition
    states: Mapping[str, State]
    compiled: Mapping[str, Mapping[str, Any]]
    read_origins: Callable[[], Sequence[FieldOrigin]] = tuple
    findings: Sequence[Diagnostic] = ()
    steps: Mapping[str, Sequence[tuple[ApplyRecord, str]]] = field(default_factory=dict)
    cases: int = 0
    failed: Sequence[str] | None = None
    journeys: Sequence[tuple[str, str]] = ()
    policies: Sequence[tuple[str, str]] = ()


class Seen(Struct, frozen=True, kw_only=True):
    """What is known of an environment.

    Attributes:
        asked: whether its target was asked.
        why: why it is not known; empty where it is.
        applied: digests by address, as callsheet put them there; so `deployed`, as they are.
        open_steps: addresses of what an apply has left open, or waits for somebody.
        usage: which journeys use what, where the target holds journeys.

    """

    asked: bool = False
    why: str = ""
    applied: Mapping[str, str] = field(default_factory=dict)
    deployed: Mapping[str, str] = field(default_factory=dict)
    applies: Sequence[ApplyRecord] = ()
    open_steps: Sequence[str] = ()
    usage: Usage = field(default_factory=Usage)

    @property
    def unmanaged(self) -> list[str]:
        """What is deployed, and not by callsheet."""
        return sorted(map(masked, {*self.deployed} - {*self.applied}))


class CatalogResult(Struct, frozen=True, kw_only=True):
    """What `catalog` shows.

    Attributes:
        environments: the concrete ones, with what is known of each.
        findings: all of them.
        gone: by environment, what is deployed and no longer defined.
        screens: the targets that are screens of Journey Optimizer, by environment.
        expiring: exceptions of policies: last day, policy, action and reason; the next one first.
        commit: of the files; empty where there is none.
        made_at: when (RFC 3339, UTC).
        read_starts: returns what a new action can start from.

    """

    entries: Sequence[Entry]
    environments: Mapping[str, Seen]
    findings: Sequence[Diagnostic]
    gone: Mapping[str, Sequence[str]] = field(default_factory=dict)
    screens: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    expiring: Sequence[tuple[str, str, str, str]] = ()
    commit: str = ""
    made_at: str = ""
    read_starts: Callable[[], Starts] = Starts


def seen_in(stores: Stores) -> Seen:
    """Return what target and ledger say; raises CallsheetError where one cannot be read."""
    current = read_current(stores)
    left = stores.ledger.open_apply()
    return Seen(
        asked=True,
        applied={address: one.digest for address, one in current.applied.items()},
        deployed={address: one.digest for address, one in current.deployed.items()},
        # Whoever wrote a record by hand, or named the author, may have put anything there.
        applies=[_without_secrets(one) for one in stores.ledger.history()[:MOST_APPLIES]],
        open_steps=sorted(masked(one.address) for one in left[1]) if left is not None else (),
    )


def _without_secrets(record: ApplyRecord) -> ApplyRecord:
    return replace(record, author=masked(record.author), commit=masked(record.commit))


def expiring_of(compiled: Compiled, today: date) -> list[tuple[str, str, str, str]]:
    """Return the exceptions that hold, the next one first: last day, policy, action and reason."""
    return sorted(
        (it.until, one.name, it.action, masked(it.reason))
        for one in compiled.policies
        for it in one.exceptions
        if not it.expired(today)
    )


def gone_of(compiled: Compiled, seen: Mapping[str, Seen]) -> dict[str, list[str]]:
    """Return by environment what callsheet deployed, and nothing here defines any more."""
    known = {*(one.address for one in compiled.definitions.values()), *compiled.renames.values()}
    return {name: sorted(map(masked, {*one.applied} - known)) for name, one in seen.items()}


def entries_of(
    compiled: Compiled, seen: Mapping[str, Seen], tested: Sequence[CaseResult] | None
) -> list[Entry]:
    """Return every definition of a workspace, by its name, with its state in the environments.

    Args:
        compiled: the workspace.
        seen: what is known of each environment.
        tested: what became of the test cases; None where they were not run.

    """
    failed = None if tested is None else _failed(tested)
    last = {name: _last_steps(one) for name, one in seen.items()}
    named: dict[str, list[Diagnostic]] = {}
    for one in compiled.diagnostics:
        for name in {about for about, _ in one.about}:
            named.setdefault(name, []).append(one)
    return [
        _entry(
            compiled,
            seen,
            last,
            definition,
            findings=named.get(definition.name, ()),
            failed=None if failed is None else failed.get(definition.name, ()),
        )
        for definition in sorted(compiled.definitions.values(), key=lambda one: one.name)
    ]


def _entry(
    compiled: Compiled,
    seen: Mapping[str, Seen],
    last: Mapping[str, Mapping[str, Sequence[tuple[ApplyRecord, str]]]],
    definition: Definition,
    *,
    findings: Sequence[Diagnostic],
    failed: Sequence[str] | None,
) -> Entry:
    address = definition.address
    there = [one for one in compiled.concrete if one.deploys(definition)]
    contents = {
        one.name: found
        for one in there
        if (found := compiled.by_environment.get(one.name, {}).get(address)) is not None
        and not compiled.errors_of((definition.name,), one.name)
    }
    first = next((one for one in there if one.name in contents), None)
    return Entry(
        definition=definition,
        states={
            one.name: _state(compiled, definition, one, seen[one.name], last[one.name].get(address, ()))
            for one in there
        },
        compiled=Contents(contents),
        read_origins=tuple if first is None else partial(origins_of, compiled, first, definition.name),
        findings=findings,
        steps={name: found[address] for name, found in last.items() if address in found},
        cases=_number_of_cases(definition),
        failed=failed,
        journeys=[(name, masked(it)) for name, one in seen.items() for it in one.usage.journeys(address)],
        policies=_policies(compiled, definition),
    )


def _failed(tested: Sequence[CaseResult]) -> dict[str, list[str]]:
    """Return the test cases that do not pass, by action."""
    failed: dict[str, list[str]] = {}
    for one in tested:
        if one.outcome != "passed":
            failed.setdefault(one.action, []).append(f"{one.name} ({one.environment})")
    return failed


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
    compiled: Compiled,
    definition: Definition,
    environment: Environment,
    seen: Seen,
    steps: Sequence[tuple[ApplyRecord, str]],
) -> State:
    found = compiled.by_environment.get(environment.name, {}).get(definition.address)
    address = definition.address
    if address not in seen.applied:
        address = compiled.renames.get(address, address)  # by the name that it was deployed with
    word = _word(None if found is None else found.digest, seen, address)
    if not steps or word in ("not asked", "not known"):
        return State(word=word)
    record = steps[0][0]
    return State(
        word=word, by=record.author, at=record.started_at, commit=record.commit or "", serial=record.serial
    )


def _word(wanted_digest: str | None, seen: Seen, address: str) -> Word:
    if wanted_digest is None:
        return "broken"
    if not seen.asked:
        return "not asked"
    if seen.why:
        return "not known"
    applied_digest, deployed_digest = seen.applied.get(address), seen.deployed.get(address)
    if applied_digest is None:
        return "new" if deployed_digest is None else "unmanaged"
    if deployed_digest != applied_digest:
        return "drifted"
    return "deployed" if deployed_digest == wanted_digest else "changed"


def _last_steps(seen: Seen) -> dict[str, list[tuple[ApplyRecord, str]]]:
    """Return what was done to each object, newest first."""
    found: dict[str, list[tuple[ApplyRecord, str]]] = {}
    for record in seen.applies:
        for step in record.steps:
            if step.outcome == "done":
                found.setdefault(step.address, []).append((record, step.action))
    return found
