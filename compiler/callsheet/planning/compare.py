"""Two compiled states → the changes between them, without ledger, target or credential."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.planning.model import Change
from callsheet.planning.plan import Place, make_change


def compare(
    before: Mapping[str, dict[str, Any]],
    after: Mapping[str, dict[str, Any]],
    *,
    renamed_from: Mapping[str, str],
    place: Place = lambda address, path: None,  # noqa: ARG005
) -> list[Change]:
    """Give the changes from one set of compiled actions to another, by address."""
    renames = {
        new: old
        for new, old in renamed_from.items()
        if new in after and new not in before and old in before and old not in after
    }
    changes = []
    for address in sorted({*after, *(set(before) - set(renames.values()))}):
        old_address = renames.get(address, address)
        old, new = before.get(old_address), after.get(address)
        if old == new:
            continue
        action = (
            "create"
            if old is None
            else "delete"
            if new is None
            else "rename"
            if old_address != address
            else "update"
        )
        changes.append(make_change(action, address, old_address, old, new, place))  # type: ignore[arg-type]
    return changes
