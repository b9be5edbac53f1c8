"""A list that comes in pages → all of its objects, or an error: never a part that looks whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.targets.rest.client import ServiceAnswer, ServiceClient
from callsheet.targets.rest.template import at

MAX_PAGES = 10_000
MAX_EMPTY_PAGES = 100
"""So many pages in a row may hold nothing, as those that a service filters, before it is given up."""
_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[^\s;,="]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)')
_RELATION = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))', re.IGNORECASE)


def read_all(
    client: ServiceClient, listing: Mapping[str, Any], identity: Callable[[dict[str, Any]], str]
) -> Iterator[dict[str, Any]]:
    """Read every object of a collection.

    Args:
        client: calls the service.
        listing: `list` of the Target document.
        identity: returns the id of an object, by which a page that comes again is known.

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
    told: set[str] = set()
    known = _KnownPages()
    for _ in range(MAX_PAGES):
        page = client.whole(path, query)
        answer = client.call("GET", page)
        items = _items(answer, listing.get("items", ""))
        if kind == "page" and not items:
            return
        known.add([identity(one) for one in items], paging)
        yield from items
        if kind == "page":
            number += 1
            query = {paging["parameter"]: number}
            continue
        following = _following(paging, answer)
        if following is None:
            return
        if following in told:
            raise _unreadable("the next page is the same page again", do=_way_out(paging))
        told.add(following)
        if kind == "cursor":
            query = {paging["parameter"]: following}
        else:
            path, query = client.linked(following, page), {}
    raise _unreadable("its list does not end")


class _KnownPages:
    """The pages that were read, so that one that comes again is an error after two calls."""

    def __init__(self) -> None:
        self.number = 0
        self.empty = 0
        self.pages: dict[tuple[str, ...], int] = {}

    def add(self, identities: list[str], paging: Mapping[str, Any]) -> None:
        """Note a page; raises CS873 for one that came before, and where only empty ones come."""
        self.number += 1
        self.empty = 0 if identities else self.empty + 1
        if self.empty > MAX_EMPTY_PAGES:
            raise _unreadable(f"{self.empty} pages in a row are empty", do=_way_out(paging))
        first = self.pages.setdefault(tuple(identities), self.number) if identities else self.number
        if first != self.number:
            raise _unreadable(f"its page {self.number} is page {first} again", do=_way_out(paging))


def _following(paging: Mapping[str, Any], answer: ServiceAnswer) -> str | None:
    """Return what an answer says of the next page, its cursor or its URL; None after the last."""
    match paging.get("type"):
        case "cursor" | "next":
            return _next_of(at(answer.value, paging["next"]), paging["next"])
        case "link":
            for url, parameters in _LINK.findall(answer.headers.get("link", "")):
                relation = _RELATION.search(parameters)
                if relation and "next" in (relation[1] or relation[2] or "").lower().split():
                    return str(url)
            return None
        case _:
            return None


def _next_of(value: Any, where: str) -> str | None:
    """Return a cursor or a URL as text; 0 is a cursor like any other."""
    if value is None or value is False or (isinstance(value, str) and not value):
        return None
    if isinstance(value, bool | dict | list):
        raise _unreadable(f"what it says of the next page at {where} is neither a string nor a number")
    return str(value)


def _way_out(paging: Mapping[str, Any]) -> str:
    if "parameter" in paging:
        return f"check `list.paging` of the Target document: does the service know `{paging['parameter']}`?"
    return "check `list.paging` of the Target document; does the service's list change while it is read?"


def _items(answer: ServiceAnswer, where: str) -> list[dict[str, Any]]:
    if answer.status == 429 or answer.status >= 500:
        raise _unreadable(f"it answered {answer.status}", do="nothing was changed; try again later")
    if answer.status != 200:
        raise _unreadable(f"it answered {answer.status}")
    items = at(answer.value, where)
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        begin = f": it begins with {answer.text[:20]!r}" if answer.value is None else ""
        raise _unreadable(f"there is no list of objects at {where or 'the root'} of its answer{begin}")
    return items


def _unreadable(why: str, do: str = "check `list` of the Target document") -> CallsheetError:
    return CallsheetError("CS873", f"the service cannot be read: {why}", help=do)
