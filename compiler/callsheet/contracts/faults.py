"""What a contract refuses of a value, in the words of an author, each with the place in the contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from callsheet.documents import Path
from callsheet.words import nearest

_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_OF_A_TEXT = frozenset({"minLength", "maxLength", "pattern", "format", "uniqueItems", "maxContains"})
MAX_FAULTS = 20


class Fault(Struct, frozen=True, kw_only=True):
    """One fault of a value.

    Attributes:
        path: of the value; of the object that lacks a property.
        at: the pointer in the contract.
        allowed: the values that the contract names, where it names some.
        of_text: whether another text of the same place may be right: nothing is known of a secret's.

    """

    path: Path
    words: str
    way_out: str
    at: str
    allowed: tuple[Any, ...] = ()
    of_text: bool = False


def worded(keyword: str, node: dict[str, Any], value: Any, path: Path) -> Iterator[Fault]:
    """Yield the faults of a value that does not satisfy a keyword of a schema."""
    at, told = pointer_in(node), node.get(keyword)
    name = _name(path)
    if keyword == "required" and isinstance(value, dict):
        for one in told or ():
            if one not in value:
                yield Fault(
                    path=path, words=f"{name} lacks `{one}`, which the contract requires",
                    way_out=f"write `{one}`", at=at,
                )  # fmt: skip
    elif keyword == "dependentRequired" and isinstance(value, dict):
        for key, one in [(key, one) for key, names in (told or {}).items() for one in names]:
            if key in value and one not in value:
                yield Fault(
                    path=path, words=f"{name} lacks `{one}`, which the contract requires beside `{key}`",
                    way_out=f"write `{one}`, or remove `{key}`", at=at,
                )  # fmt: skip
    elif keyword == "not":
        yield _excluded(told or {}, name, path, at)
    elif keyword == "type":
        kinds = [told] if isinstance(told, str) else list(told or ())
        wanted = " or ".join(_TYPES.get(one, one) for one in kinds)
        words = f"{name} must be {wanted} by the contract"
        yield Fault(path=path, words=words, way_out=f"write {wanted}", at=at)
    elif keyword in ("enum", "const"):
        yield not_among(tuple(told or ()) if keyword == "enum" else (told,), value, path, at)
    elif keyword == "contains":
        words = f"{name} contains no item of the form that the contract requires one of"
        yield Fault(path=path, words=words, way_out="add one", at=at, of_text=True)
    else:
        # A schema as it was translated says more than its author wrote: its place is named beside it.
        shown = "" if isinstance(told, dict) else f": {json.dumps(told, ensure_ascii=False)[:100]}"
        yield Fault(
            path=path, words=f"{name} does not satisfy `{keyword}{shown}` of the contract",
            way_out="change the value", at=at, of_text=keyword in _OF_A_TEXT,
        )  # fmt: skip


def _excluded(told: dict[str, Any], name: str, path: Path, at: str) -> Fault:
    """Return the fault of a value that fits what the contract excludes by `not`."""
    says = {key: one for key, one in told.items() if not key.startswith("x-")}
    way_out = "change the value"
    match says:
        case {**rest} if not rest:
            what, way_out = "is not allowed by the contract", "remove it"
        case {"required": [*names], **rest} if names and not rest.keys() - {"type"}:
            words = " and ".join(f"`{one}`" for one in names)
            what = f"has {words}{' together' if len(names) > 1 else ''}, which the contract excludes"
            way_out = "remove one of them" if len(names) > 1 else f"remove {words}"
        case {"type": str(kind)} if len(says) == 1:
            what = f"is {_TYPES.get(kind, kind)}, which the contract excludes"
        case {"enum": [*_]} | {"const": _} if len(says) == 1:
            what = "is a value that the contract excludes"
        case {"pattern": pattern} if not says.keys() - {"type", "pattern"}:
            what = f"matches `{str(pattern)[:100]}`, which the contract excludes"
        case _:
            what = "is of a form that the contract excludes"
    of_text = bool(says.keys() & {"enum", "const", *_OF_A_TEXT})
    return Fault(path=path, words=f"{name} {what}", way_out=way_out, at=at, of_text=of_text)


def not_among(allowed: Sequence[Any], value: Any, path: Path, at: str) -> Fault:
    """Return the fault of a value that is not one of those that the contract names."""
    shown = ", ".join(json.dumps(one, ensure_ascii=False) for one in allowed[:12])
    texts = [one for one in allowed if isinstance(one, str)]
    hint = nearest(value, texts) if isinstance(value, str) else ""
    words = f"{_name(path)} is not one of the values of the contract{hint}"
    return Fault(
        path=path,
        words=words,
        way_out=f"write one of {shown}",
        at=at,
        allowed=tuple(allowed),
        of_text=bool(texts),
    )


def unknown_keys(keys: Iterable[str], known: set[str], node: dict[str, Any], path: Path) -> Iterator[Fault]:
    """Yield the faults of keys that a closed object does not know."""
    for key in keys:
        yield Fault(
            path=(*path, key), words=f"`{key}` is not in the contract{nearest(key, sorted(known))}",
            way_out="correct the name, or remove it", at=pointer_in(node),
        )  # fmt: skip


def no_alternative(node: dict[str, Any], path: Path) -> Fault:
    """Return the fault of a value that fits no alternative, where none of them is nearer."""
    words = f"{_name(path)} matches none of the contract's alternatives"
    return Fault(path=path, words=words, way_out="match one of them", at=pointer_in(node), of_text=True)


def refused(node: dict[str, Any]) -> Fault:
    """Return the fault of a value that is certainly wrong, and too large to find out where."""
    return Fault(
        path=(), words="the body does not satisfy the contract",
        way_out="try a part of it: it is too large to be searched for the place", at=pointer_in(node),
    )  # fmt: skip


def pointer_in(node: dict[str, Any]) -> str:
    """Return the pointer in the contract from which a schema was translated."""
    return str(node.get("x-at", ""))


def _name(path: Path) -> str:
    return f"`{'.'.join(map(str, path))}`" if path else "the body"
