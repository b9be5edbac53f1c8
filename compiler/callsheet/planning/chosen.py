"""A selection × what is defined, applied and deployed → the addresses that a plan is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from callsheet.compiling import Compiled
from callsheet.compiling.chosen import Changed, candidates_of, choose
from callsheet.compiling.selecting import refuse_errors_of
from callsheet.errors import CallsheetError
from callsheet.language.action import Definition
from callsheet.language.addresses import Address
from callsheet.language.kinds import deployed_kinds
from callsheet.language.selection import Candidate, Selection
from callsheet.planning.model import Change, PlanSelection
from callsheet.planning.sides import Side, content_of


class Chosen(Struct, frozen=True, kw_only=True):
    """The objects that a selection selects in an environment.

    Attributes:
        selection: as it was asked for.
        addresses: of the objects.
        selected: of everything that it selects, also of what is not in the environment.
        total: how many objects there are, selected or not.

    """

    selection: Selection
    addresses: frozenset[str]
    selected: frozenset[str]
    total: int

    def selects(self, subject: str) -> bool:
        """Return whether something that is reported is of a selected object, or of none at all."""
        return subject in self.addresses or subject.partition("/")[0] not in deployed_kinds()

    @property
    def record(self) -> PlanSelection:
        """What a plan records of it."""
        return PlanSelection(
            select=self.selection.select,
            exclude=self.selection.exclude,
            selected=len(self.addresses),
            total=self.total,
        )


def chosen_in(
    selection: Selection,
    compiled: Compiled,
    environment: str | None,
    others: Mapping[str, Side],
    changed: Changed,
) -> Chosen:
    """Return what a selection selects of an environment, or of all of them.

    Args:
        selection: what was asked for.
        compiled: the workspace.
        environment: its name; None for all.
        others: what was applied, is deployed, or was compiled before, by address.
        changed: returns what has changed since a revision.

    Raises:
        InvalidWorkspaceError: where nothing of what is selected compiles.
        CallsheetError: CS335 for a word that names nothing, CS336 where nothing is selected.

    """
    candidates = candidates_of(compiled)
    old = {
        str(Address(one.kind, one.renamed_from)): one.address
        for one in compiled.definitions.values()
        if one.renamed_from
    }
    for address, side in others.items():
        if address not in candidates:
            renaming = candidates.get(old.get(address, ""))
            definition = None if renaming is None else renaming.definition
            candidates[address] = only_deployed(address, side, definition)

    def with_old_names(revision: str) -> Collection[str]:
        found = set(changed(revision))
        return found | {was for was, now in old.items() if now in found}

    found = choose(selection, compiled, candidates, with_old_names)
    there = set(others).union(
        *(it for name, it in compiled.by_environment.items() if environment in (None, name))
    )
    if environment is not None and not found & there:
        # It may be what did not compile.
        refuse_errors_of(compiled, {Address.read(one).name for one in found}, environment)
    selection.refuse_empty(found & there, "" if environment is None else f" in {environment}")
    return Chosen(selection=selection, addresses=found & there, selected=found, total=len(there))


def only_deployed(address: str, side: Side, definition: Definition | None = None) -> Candidate:
    """Return an object that no definition has: by what is deployed, and by what renames it."""
    content = content_of(side)
    return Candidate(
        address=Address.read(address),
        labels=content.get("labels") or {},
        owner=content.get("owner"),
        definition=definition,
    )


def refuse_cut(address: str, address_before: str, chosen: AbstractSet[str]) -> None:
    """Refuse a selection that selects one name of a renamed object and not the other; raises CS337."""
    both = {address, address_before}
    selected = both & chosen
    if not selected or not both - chosen:
        return
    new, old = Address.read(address).name, Address.read(address_before).name
    one, other = (new, old) if address in selected else (old, new)
    raise CallsheetError(
        "CS337",
        f"the selection cuts a rename in two: `{old}` is renamed to `{new}`, and of both it selects"
        f" only `{one}`",
        help=f"select `{other}` as well, or neither of them",
    )


def selected_changes(changes: Collection[Change], chosen: AbstractSet[str]) -> list[Change]:
    """Return the changes of selected objects; raises CS337 for a rename that the selection cuts in two."""
    for one in changes:
        refuse_cut(one.address, one.address_before, chosen)
    return [one for one in changes if one.address in chosen]


def needs_of(
    changes: Collection[Change], deployed: Mapping[str, Side], chosen: Collection[str]
) -> tuple[str, ...]:
    """Return notes on the messages whose action a selection leaves out, although one needs the other."""
    gone = {one.address_before for one in changes if one.after is None}
    notes = []
    for one in changes:
        action = None if one.after is None else _delivered_by(one.after)
        if action is not None and action not in chosen and action not in deployed:
            notes.append(f"{one.address} needs {action}, which is not selected, and not deployed yet")
    for address, side in sorted(deployed.items()):
        action = _delivered_by(content_of(side)) if address.startswith("Message/") else None
        if action in gone and address not in chosen:
            notes.append(f"{action} would be gone, and {address}, which is not selected, still needs it")
    return tuple(notes)


def _delivered_by(content: Mapping[str, object]) -> str | None:
    via = content.get("via")
    name = via.get("action") if isinstance(via, dict) else None
    return None if name is None else str(Address("Action", name))
