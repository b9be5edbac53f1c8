"""A compiled action → the form by which its page shows the request that would leave, where a page can.

`request.js` does in the browser what the compiler does, for what is named here. Of other actions the page
says that `callsheet render` shows the request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from callsheet.language import in_language
from callsheet.reporting.catalog.wording import allowed_words, compact

FILTERS = frozenset(
    [
        "base64",
        "default",
        "digits",
        "lower",
        "replace",
        "sha256",
        "timestamp",
        "trim",
        "truncate",
        "upper",
        "urlencode",
    ]
)
"""The filters that `request.js` has."""
FORMATS = (None, "email", "uri", "uuid", "ipv4", "ipv6", "hostname")
"""The formats of which it can tell what surely has them."""
_CLASS = r"\[\^?(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[A-Za-z0-9 _.,:;@#=+%])+-?\]"
_ATOM = rf"(?:[A-Za-z0-9 _,:;@#=<>!\"'%&~/-]|\\[.+*?()\[\]{{}}|^$/\\]|{_CLASS})"
_PIECE = rf"{_ATOM}(?:[?*+]|\{{\d{{1,3}}(?:,\d{{0,3}})?\}})?"
_PLAIN_PATTERN = re.compile(rf"\^?(?:{_PIECE}|\((?:{_PIECE}|\|)+\)\??)*\$?")
"""A regular expression that means the same everywhere: letters, plain classes, groups, repetitions.

No group is repeated: what runs in linear time here could take a browser for ever."""
_SLOTS = ("$param", "$concat", "$secret")
_OF_MAPPINGS = ("$literal", "$whenEmpty")


def form_of(contents: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what the form needs, as JSON: request and parameters by environment; empty for none."""
    if not contents or not all(map(_can_fill, contents.values())):
        return ""
    return json.dumps(
        {
            name: {"request": one["request"], "parameters": one.get("parameters", {})}
            for name, one in contents.items()
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


class Field(Struct, frozen=True):
    """An input of the form: of a parameter that any environment declares.

    Attributes:
        example: what stands in it at first; None where nothing is given.
        values: to choose from, where all environments say the same; empty where any can be written.
        limits: what a value must be, where all environments say the same.
        sensitivity: what is personal about it.

    """

    name: str
    label: str
    required: bool
    example: str | None
    values: Sequence[str]
    limits: str
    sensitivity: str


def fields_of(contents: Mapping[str, Mapping[str, Any]], language: str) -> list[Field]:
    """Return the inputs of a form, by name."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for content in contents.values():
        for name, declared in content.get("parameters", {}).items():
            found.setdefault(name, []).append(declared)
    return [_field(name, declared, language) for name, declared in sorted(found.items())]


def _field(name: str, declared: Sequence[Mapping[str, Any]], language: str) -> Field:
    first = declared[0]
    choices, limits = (
        [_choices(one) for one in declared],
        [allowed_words(one, language) for one in declared],
    )
    return Field(
        name=name,
        label=in_language(first.get("label"), language) or name,
        required=any(one.get("optional") is not True for one in declared),
        example=compact(first["example"]) if "example" in first else None,
        values=choices[0] if all(one == choices[0] for one in choices) else [],
        limits=limits[0] if len(set(limits)) == 1 and not choices[0] else "",
        sensitivity=str(first.get("sensitivity") or ""),
    )


def _choices(declared: Mapping[str, Any]) -> list[str]:
    values = ("true", "false") if declared.get("type") == "boolean" else declared.get("enum", ())
    return [compact(one) for one in values]


def _can_fill(content: Mapping[str, Any]) -> bool:
    request = content.get("request")
    if not isinstance(request, dict) or "relay" in content or "$secret" in json.dumps(request["url"]):
        return False
    parts = [request[one] for one in ("url", "headers", "query", "payload") if one in request]
    return all(map(_can_check, content.get("parameters", {}).values())) and all(map(_can_write, parts))


def _can_check(declared: Mapping[str, Any]) -> bool:
    plain = _PLAIN_PATTERN.fullmatch(declared.get("pattern", "")) is not None
    return plain and declared.get("format") in FORMATS


def _can_write(node: Any) -> bool:
    """Return whether `request.js` can fill a part of a compiled request."""
    if isinstance(node, list):
        return all(map(_can_write, node))
    if not isinstance(node, dict):
        # A number beyond what the browser keeps would be another one there.
        return not isinstance(node, int) or isinstance(node, bool) or abs(node) < 2**53
    slots = [key for key in node if key.startswith("$") and key not in _OF_MAPPINGS]
    if not slots:
        return all(map(_can_write, node.values()))
    if not all(one in _SLOTS for one in slots):
        return False
    if "$concat" in node:
        return all(map(_can_write, node["$concat"]))
    return all(map(_has_filter, node.get("filters", ())))


def _has_filter(step: str | Mapping[str, Any]) -> bool:
    name, arguments = (step, []) if isinstance(step, str) else (step["filter"], step["args"])
    return name in FILTERS and all(isinstance(one, str | bool) or _is_small(one) for one in arguments)


def _is_small(value: Any) -> bool:
    return isinstance(value, int) and abs(value) < 2**31
