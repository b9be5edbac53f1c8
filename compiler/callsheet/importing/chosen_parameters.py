"""What `--param NAME=/pointer` says → requests in which these values are parameters."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents import equal, parts_of, pointer_of
from callsheet.errors import CallsheetError
from callsheet.importing.body_tokens import is_token, with_token_judged
from callsheet.importing.credentials import is_hidden
from callsheet.importing.guesses import guess
from callsheet.importing.hiding import hidden, hidden_errors
from callsheet.importing.marks import SECRET, SLOT, filled, slot
from callsheet.importing.model import Imported, Slot, with_examples
from callsheet.importing.shell_marks import MARK
from callsheet.language.credential_names import is_credential, judged_path_in
from callsheet.words import nearest

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*\Z")
"""RFC 6901; the empty one is that of the whole payload."""
_QUERY = "query:"
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
_WAY_OUT = "write NAME=/pointer for a value of the payload, NAME=query:KEY for one of the query"


class Choice(Struct, frozen=True, kw_only=True):
    """One value that is to be a parameter.

    Attributes:
        name: of the parameter.
        place: a JSON pointer into the payload, or `query:` with the name of a query parameter.

    """

    name: str
    place: str


@hidden_errors()
def read_choices(written: Sequence[str]) -> list[Choice]:
    """Read the values of `--param`.

    Raises:
        CallsheetError: CS986 for what names no parameter or no place, and for a place with two names.

    """
    found: list[Choice] = []
    for one in written:
        name, equals, place = one.partition("=")
        if not _NAME.match(name):
            raise _fault(f"`{hidden(name)[:60]}` is not a name of a parameter", "use letters, digits and _")
        if not ((equals and _POINTER.match(place)) or (place.startswith(_QUERY) and place != _QUERY)):
            raise _fault(f"`{hidden(place)[:80]}` is not a place in a request", _WAY_OUT)
        other = next((it for it in found if _overlap(it.place, place)), None)
        if other is not None and other.place == place and other.name != name:
            raise _fault(f"{place} has two names: `{other.name}` and `{name}`", "choose one of them")
        if other is not None and other.place != place:
            within = f"{max(place, other.place, key=len)} is within {min(place, other.place, key=len)}"
            raise _fault(f"{within}, which is a parameter already", "choose the one or the other")
        if other is None:
            found.append(Choice(name=name, place=place))
    return found


@hidden_errors()
def with_parameters(requests: Sequence[Imported], choices: Sequence[Choice]) -> list[Imported]:
    """Return requests with the chosen values as parameters, in each request that has them.

    A text that is a parameter is the same parameter wherever the request says it again.

    Raises:
        CallsheetError: CS986 for a place that no request has, for what cannot be a parameter, and for one
            name for two values.

    """
    for choice in choices:
        if not any(_has(one, choice.place) for one in requests):
            raise _missing(requests, choice.place)
    chosen = any(is_token(parts_of(one.place)) for one in choices if one.place.startswith("/"))
    judged = [with_token_judged(one, chosen=chosen) for one in requests]
    return [_chosen(one, [it for it in choices if _has(one, it.place)]) for one in judged]


def _chosen(imported: Imported, choices: Sequence[Choice]) -> Imported:
    if not choices:
        return imported
    slots: dict[str, Slot] = {}
    for choice in choices:
        new = _slot(imported, choice)
        known = slots.setdefault(choice.name, imported.slots.get(choice.name, new))
        slots[choice.name] = new
        if not equal(known.example, new.example):
            raise _fault(
                f"`{choice.name}` is one parameter, and the value at {choice.place} is another",
                "choose another name for one of the values",
            )
    texts = {one.example: one for one in slots.values() if isinstance(one.example, str) and one.example}
    by_place = {one.place: slots[one.name] for one in choices}
    payload = _replaced(imported.payload, imported.payload, (), by_place, texts)
    return replace(
        imported,
        url=_with_query_slots(imported, by_place, texts),
        payload=payload,
        slots={**imported.slots, **slots},
    )


def _slot(imported: Imported, choice: Choice) -> Slot:
    """Return the parameter for a value; its type is that of the value."""
    value = _value(imported, choice.place)
    if isinstance(value, Slot):
        return replace(value, name=choice.name, chosen=True)
    if isinstance(value, str):
        mark = SLOT.fullmatch(value)
        if mark is not None and mark[2] in imported.slots:
            return replace(imported.slots[mark[2]], name=choice.name, chosen=True)
        key = choice.place.removeprefix(_QUERY) if choice.place.startswith(_QUERY) else ""
        hidden = (
            is_credential(key, value)
            if key
            else is_hidden(value, judged_path_in(parts_of(choice.place), imported.payload))
        )
        if hidden or SECRET.search(value) or MARK.search(value):
            raise _fault(
                f"the value at {choice.place} is a credential",
                "leave it: a reference is written in its place",
            )
    example = filled(value, imported.values) if isinstance(value, str) else with_examples(value)
    kind = _TYPES.get(type(value))
    if kind is None:
        raise _fault(
            f"the value at {choice.place} is null, which has no type", "import a request with another value"
        )
    fields = {"type": kind}
    guessed = guess(example, parts_of(choice.place)) if isinstance(example, str) else None
    if guessed not in (None, "text"):
        fields["sensitivity"] = str(guessed)
    return Slot(choice.name, fields, example, chosen=True)


def _replaced(
    root: Any, value: Any, path: tuple[str, ...], places: Mapping[str, Slot], texts: Mapping[str, Slot]
) -> Any:
    here = places.get(pointer_of(path))
    if here is not None:
        return here
    if isinstance(value, dict):
        return {key: _replaced(root, one, (*path, key), places, texts) for key, one in value.items()}
    if isinstance(value, list):
        return [_replaced(root, one, (*path, str(index)), places, texts) for index, one in enumerate(value)]
    is_plain = isinstance(value, str) and not is_hidden(value, judged_path_in(path, root))
    return texts.get(value, value) if is_plain else value


def _with_query_slots(imported: Imported, places: Mapping[str, Slot], texts: Mapping[str, Slot]) -> str:
    """Return the URL with a mark for each query parameter that is a parameter."""
    base, asks, query = imported.url.partition("?")
    pairs = []
    for pair in query.split("&") if asks else ():
        for key, value in parse_qsl(pair, keep_blank_values=True):
            here = places.get(f"{_QUERY}{key}") or (None if is_credential(key, value) else texts.get(value))
            pair = pair if here is None else f"{quote(key, safe='')}={slot(here.name)}"  # noqa: PLW2901
        pairs.append(pair)
    return f"{base}{asks}{'&'.join(pairs)}"


def _value(imported: Imported, place: str) -> Any:
    """Return the value at a place; raises KeyError where there is none."""
    if place.startswith(_QUERY):
        values = [one for key, one in _query(imported) if key == place.removeprefix(_QUERY)]
        if len(values) != 1:
            raise KeyError(place)
        return values[0]
    if not imported.has_payload:
        raise KeyError(place)
    value = imported.payload
    for part in parts_of(place):
        if isinstance(value, dict):
            value = value[part]
        elif isinstance(value, list) and re.fullmatch("0|[1-9][0-9]{0,5}", part) and int(part) < len(value):
            value = value[int(part)]
        else:
            raise KeyError(place)
    return value


def _has(imported: Imported, place: str) -> bool:
    try:
        _value(imported, place)
    except KeyError:
        return False
    return True


def _query(imported: Imported) -> list[tuple[str, str]]:
    return parse_qsl(imported.url.partition("#")[0].partition("?")[2], keep_blank_values=True)


def _missing(requests: Sequence[Imported], place: str) -> CallsheetError:
    if place.startswith(_QUERY):
        keys = [key for one in requests for key, _ in _query(one)]
        key = place.removeprefix(_QUERY)
        if keys.count(key) > 1 and len(requests) == 1:
            return _fault(
                f"the query has `{hidden(key)[:60]}` more than once", "write that parameter by hand"
            )
        return _fault(f"the query has no `{hidden(key)[:60]}`{nearest(key, keys)}", _WAY_OUT)
    known = [it for one in requests for it in _pointers(one.payload, ())]
    return _fault(
        f"the payload has nothing at {hidden(place)[:80] or 'its root'}{nearest(place, known)}",
        "name a place of the payload; --fields adds optional fields of an operation",
    )


def _pointers(value: Any, path: tuple[str, ...]) -> list[str]:
    inner: Collection[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = [*enumerate(value)]
    own = [pointer_of(path)] if path else []
    return own + [it for key, one in inner for it in _pointers(one, (*path, str(key)))]


def _overlap(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _fault(message: str, help: str) -> CallsheetError:
    return CallsheetError("CS986", message, help=help)
