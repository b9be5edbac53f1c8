"""Two compiled states → the changes between them, without ledger, target or credential."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.compiling import CompiledAction
from callsheet.planning.changes import make_change
from callsheet.planning.hosts import known_hosts
from callsheet.planning.model import ActionName, Change
from callsheet.planning.sides import Place, Side, content_of


def compare(
    before: Mapping[str, Side],
    after: Mapping[str, CompiledAction],
    *,
    renamed_from: Mapping[str, str],
    place: Place = lambda address, path: None,  # noqa: ARG005
) -> list[Change]:
    """Return the changes from one set of compiled actions to another, by address.

    A rename is one change where the old address is only before and the new one only after.
    """
    renames = {
        new: old
        for new, old in renamed_from.items()
        if new in after and new not in before and old in before and old not in after
    }
    changes = []
    gone = set(before) - set(renames.values())
    # Which hosts are called already is only asked where something is new.
    known = (
        known_hosts(content_of(one) for one in before.values())
        if any(one not in before and one not in renames for one in after)
        else set()
    )
    for address in sorted({*after, *gone}):
        old_address = renames.get(address, address)
        old, new = before.get(old_address), after.get(address)
        if old is None or new is None:
            action: ActionName = "create" if old is None else "delete"
        elif old.digest == new.digest:
            continue
        else:
            action = "update" if old_address == address else "rename"
        changes.append(make_change(action, address, old_address, old, new, place, known))
    return changes
