"""A list that comes in pages → all of its objects, or an error: never a part that looks whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.targets.rest.client import Answer, ServiceClient
from callsheet.targets.rest.template import at

MAX_PAGES = 10_000
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?')


def read_all(client: ServiceClient, listing: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Read every object of a collection.

    Raises:
        CallsheetError: CS873 where the service cannot be read, answers something else than a list, or does
            not end.

    """
    paging = listing.get("paging") or {}
    kind = paging.get("type")
    path, query = listing["path"], {}
    number = paging.get("first", 1)
    if kind == "page":
        query = {paging["parameter"]: number}
    seen: set[str] = set()
    for _ in range(MAX_PAGES):
        answer = client.call("GET", path, query=query)
        items = _items(answer, listing.get("items", ""))
        yield from items
        if kind == "page":
            if not items:
                return
            number += 1
            query = {paging["parameter"]: number}
            continue
        following = _following(paging, answer)
        if following is None:
            return
        if following in seen:
            raise _unreadable("it gives the same page again")
        seen.add(following)
        if kind == "cursor":
            query = {paging["parameter"]: following}
        else:
            path, query = client.absolute(following), {}
    raise _unreadable("its list does not end")


def _following(paging: Mapping[str, Any], answer: Answer) -> str | None:
    """Give what an answer says of the next page, its cursor or its URL; None behind the last."""
    match paging.get("type"):
        case "cursor" | "next":
            told = at(answer.value, paging["next"])
            return None if told in (None, "", False) else str(told)
        case "link":
            found = _NEXT.search(answer.headers.get("link", ""))
            return None if found is None else found[1]
        case _:
            return None


def _items(answer: Answer, where: str) -> list[dict[str, Any]]:
    if answer.status == 429 or answer.status >= 500:
        raise _unreadable(f"it answered {answer.status}", do="nothing was changed; try again later")
    if answer.status != 200:
        raise _unreadable(f"it answered {answer.status}")
    items = at(answer.value, where)
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        begin = f": it begins with {answer.text[:20]!r}" if answer.value is None else ""
        raise _unreadable(f"there is no list of objects at {where or 'the root'} of its answer{begin}")
    return items


def _unreadable(why: str, do: str = "see `list` of the Target document") -> CallsheetError:
    return CallsheetError("CS873", f"the service cannot be read: {why}", help=do)
