"""Adobe's policy service → which marketing actions an account does not have.

Source: Adobe's description "Policy Service API" (GET /marketingActions/core, /marketingActions/custom, and
each by its name), and its page "Marketing actions endpoint" for the shape of a list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote

from callsheet.errors import CallsheetError
from callsheet.targets.journey_optimizer.account import Account
from callsheet.words import near

PATH = "/data/foundation/dulepolicy/marketingActions"
_OWNERS = ("core", "custom")
"""Adobe's own, and those of the organization."""
_LISTED = 100
"""So many are looked through for a name that is near."""


def unknown_marketing_actions(account: Account, names: Collection[str]) -> dict[str, str | None]:
    """Return the names that the account does not have, each with the one that may be meant.

    Each name is asked for by itself: no list has to be whole.

    Raises:
        CallsheetError: CS872 where the account may not read them, CS873 where they cannot be read.

    """
    unknown = [name for name in sorted(names) if not any(_is_there(account, one, name) for one in _OWNERS)]
    if not unknown:
        return {}
    known = sorted({name for owner in _OWNERS for name in _names(account, owner)})
    return {name: near(name, known) for name in unknown}


def _is_there(account: Account, owner: str, name: str) -> bool:
    path = f"{PATH}/{owner}/{quote(name, safe='')}"
    answer = account.call("GET", path)
    if answer.status not in (200, 404):
        raise _unreadable(path, f"it answered {answer.status}")
    if answer.status == 200 and not (
        isinstance(answer.value, dict) and isinstance(answer.value.get("name"), str)
    ):
        raise _unreadable(path, "it answered no marketing action")
    return answer.status == 200


def _names(account: Account, owner: str) -> Iterator[str]:
    """Yield the names of a list, as far as it goes: they are only for a hint."""
    answer = account.call("GET", f"{PATH}/{owner}", query={"limit": _LISTED})
    listed: Any = answer.value.get("children") if isinstance(answer.value, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            yield one["name"]


def _unreadable(path: str, why: str) -> CallsheetError:
    return CallsheetError(
        "CS873",
        f"Adobe's marketing actions cannot be read: {why} to {path}",
        help="check `organization` and `sandbox` of the target; nothing was changed",
    )
