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
    path, query = listing["path"], {}
    number = paging.get("first", 1)
    if paging.get("type") == "page":
        query = {paging["parameter"]: number}
    seen: set[str] = set()
    for _ in range(MAX_PAGES):
        answer = client.call("GET", path, query=query)
        items = _items(answer, listing.get("items", ""))
        yield from items
        match paging.get("type"):
            case "cursor":
                cursor = at(answer.value, paging["next"])
                if cursor in (None, "", False):
                    return
                if str(cursor) in seen:
                    raise _unreadable("it gives the same page again")
                seen.add(str(cursor))
                query = {paging["parameter"]: cursor}
            case "page":
                if not items:
                    return
                number += 1
                query = {paging["parameter"]: number}
            case "link":
                found = _NEXT.search(answer.headers.get("link", ""))
                if found is None:
                    return
                if found[1] in seen:
                    raise _unreadable("it gives the same page again")
                seen.add(found[1])
                path, query = client.absolute(found[1]), {}
            case "next":
                link = at(answer.value, paging["next"])
                if link in (None, ""):
                    return
                if str(link) in seen:
                    raise _unreadable("it gives the same page again")
                seen.add(str(link))
                path, query = client.absolute(str(link)), {}
            case _:
                return
    raise _unreadable("its list does not end")


def _items(answer: Answer, where: str) -> list[dict[str, Any]]:
    if answer.status != 200:
        raise _unreadable(f"it answered {answer.status}")
    items = at(answer.value, where)
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        begin = f": it begins with {answer.text[:20]!r}" if answer.value is None else ""
        raise _unreadable(f"there is no list of objects at {where or 'the root'} of its answer{begin}")
    return items


def _unreadable(why: str) -> CallsheetError:
    return CallsheetError(
        "CS873", f"the service cannot be read: {why}", help="see `list` of the Target document"
    )
