"""The text of a body → its JSON: an action sends nothing else.

What an action would send otherwise than it is written is refused, or noted: a number that no double holds,
a key that is there twice, half a surrogate pair.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from callsheet.documents.findings import MAX_FILE_BYTES
from callsheet.documents.parsed import MAX_DEPTH
from callsheet.importing.hiding import hidden
from callsheet.importing.model import ImportFault

NOT_JSON = "callsheet sends JSON"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def json_body(
    text: str,
    what: str = "the body",
    way_out: str = NOT_JSON,
    *,
    unique: bool = False,
    notes: list[str] | None = None,
) -> Any:
    """Return what a body says.

    Args:
        text: of the body.
        what: it is called where it comes from.
        way_out: what to do where it is not JSON.
        unique: whether a key that is there twice is refused; else the last one counts.
        notes: take what differs.

    Raises:
        ImportFault: where it is not JSON, or contains what no action can send.

    """
    refuse_long(text, what)
    reader = _Reader(what, unique=unique, notes=[] if notes is None else notes)
    try:
        found = json.loads(
            text,
            object_pairs_hook=reader.mapping,
            parse_constant=reader.constant,
            parse_float=reader.number,
        )
    except RecursionError:
        raise _too_deep(what) from None
    except ValueError:
        raise ImportFault(f"{what} is not JSON", way_out) from None
    refuse_deep(found, what)
    if _SURROGATE.search(text):
        _refuse_half(found, what)
    if len(text) > MAX_FILE_BYTES and len(json.dumps(found, separators=(",", ":"))) > MAX_FILE_BYTES:
        raise _too_long(what)
    return found


def refuse_long(text: str, what: str = "the body") -> None:
    """Refuse a body that is too long whatever of it is white space: to write and read it takes a minute."""
    if len(text) > 8 * MAX_FILE_BYTES:
        raise _too_long(what)


def refuse_deep(value: Any, what: str = "the body") -> None:
    """Refuse a value that is nested deeper than any file of a workspace; raises ImportFault."""
    rest = [(value, 1)]
    while rest:
        one, depth = rest.pop()
        if depth > MAX_DEPTH:
            raise _too_deep(what)
        if isinstance(one, dict | list):
            rest += [(inner, depth + 1) for inner in (one.values() if isinstance(one, dict) else one)]


def _too_deep(what: str) -> ImportFault:
    return ImportFault(f"{what} is nested deeper than {MAX_DEPTH} levels", "write the action by hand")


def _too_long(what: str) -> ImportFault:
    return ImportFault(
        f"{what} is longer than 1 MiB, as no file of a workspace is",
        "import a shorter one, with parameters",
    )


class _Reader:
    """What a body says where `json` would not say that it is odd."""

    def __init__(self, what: str, *, unique: bool, notes: list[str]) -> None:
        self.what = what
        self.unique = unique
        self.notes = notes

    def mapping(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            shown = hidden(_first_twice(key for key, _ in pairs))[:40]
            if self.unique:
                raise ImportFault(f"{self.what} has a key twice", f"keep one of the two `{shown}`")
            self.notes.append(f"{self.what} has the key `{shown}` twice: the last one is sent")
        return found

    def constant(self, text: str) -> Any:
        raise ImportFault(f"{self.what} is not JSON: it contains {text}", "write a number, or null")

    def number(self, text: str) -> float:
        found = float(text)
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        if not math.isfinite(found) or (found == 0 and Decimal(text) != 0):
            raise ImportFault(
                f"{self.what} contains the number {shown}, which no reader of JSON keeps",
                "write one that is a double, or a string",
            )
        if Decimal(repr(found)) != Decimal(text):
            self.notes.append(f"the number {shown} is sent as {found!r}: JSON keeps no more digits")
        return found


def _first_twice(keys: Iterable[str]) -> str:
    """Return the first key that was there before; empty where each is there once."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _refuse_half(value: Any, what: str) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ImportFault(
            f"{what} contains half of a surrogate pair, which is no character", "correct the escape in it"
        ) from None
