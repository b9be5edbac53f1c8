"""Values of a template of ours → expressions of the personalization language, and how they are printed.

What is printed by `{{ }}` has its HTML characters escaped ("Personalization syntax"); whether that is so of
`{%= %}` is not documented. Both stand in a string of JSON, which a backslash or a line break breaks, or
changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.templates.filters import ALIASES

HTML = (
    "characters of HTML in the value (`&`, `<`, `>`, quotes) arrive as entities, and a backslash or a line"
    " break in it breaks the payload or changes it"
)
PRINTED = (
    "whether characters of HTML in the value arrive as entities is not documented, and a backslash or a"
    " line break in it breaks the payload or changes it"
)
NUMBER = "how a decimal number is printed is not documented"
MOMENT = "how a date and time is printed is not documented"
TITLE = "whether the other letters become small is not documented"
ENCODED = "which characters it encodes is not documented"
LITERAL = "the personalization language has no escape for a quote or a brace in a text of an expression"


class Pql(Struct, frozen=True, kw_only=True):
    """An expression of the personalization language.

    Attributes:
        text: as it stands between `{%=` and `%}`.
        kind: the type of its value, as a parameter declares it; of a list, `array:` and that of its items.
        safe: whether no value of it contains a character that is printed otherwise, or breaks JSON.
        plain: whether it is a reference and nothing else.
        missing: the reference whose absence leaves it without a value; empty where it always has one.
        differences: how the value differs from that of our template.

    """

    text: str
    kind: str
    safe: bool = False
    plain: bool = False
    missing: str = ""
    differences: tuple[str, ...] = ()

    def made(self, text: str, kind: str = "string", *, safe: bool = False, differs: str = "") -> Pql:
        """Return what a function makes of it."""
        differences = tuple(dict.fromkeys((*self.differences, differs))) if differs else self.differences
        return replace(self, text=text, kind=kind, safe=safe, plain=False, differences=differences)

    @property
    def printed(self) -> str:
        """The tag that prints it."""
        return f"{{{{{self.text}}}}}" if self.plain else f"{{%= {self.text} %}}"

    @property
    def noted(self) -> tuple[str, ...]:
        """How what is printed differs."""
        own = {"number": NUMBER, "datetime": MOMENT}.get(self.kind, "")
        if self.kind == "string" and not self.safe:
            own = HTML if self.plain else PRINTED
        return tuple(dict.fromkeys((*self.differences, own))) if own else self.differences


def literal(value: Any) -> Pql:
    """Return a constant; a text goes in double quotes, for which no escape is documented."""
    if isinstance(value, bool):
        return Pql(text="true" if value else "false", kind="boolean", safe=True)
    if isinstance(value, int):
        return Pql(text=str(value), kind="integer", safe=True)
    if isinstance(value, float):
        return Pql(text=repr(value), kind="number", safe=True)
    if not isinstance(value, str):
        raise NeedsRelayError("the personalization language writes no such constant")
    if any(one in value for one in '"{}%') or not value.isprintable():
        raise NeedsRelayError(LITERAL)
    escaped = value.replace("\\", "\\\\")
    return Pql(text=f'"{escaped}"', kind="string", safe=_is_safe(value))


def _is_safe(value: str) -> bool:
    return not any(one in value for one in "&<>'`=\\")


def call(name: str, *operands: Pql) -> str:
    """Return a call of a function."""
    return f"{name}({', '.join(one.text for one in operands)})"


def filtered(name: str, value: Pql, arguments: list[Any]) -> Pql:
    """Return what a filter makes of a value; raises `NeedsRelayError` where no function is known."""
    name = ALIASES.get(name, name)
    if name not in _FILTERS or (arguments and name not in _WITH_ARGUMENTS):
        raise NeedsRelayError(f"no personalization function is known for the filter `{name}`")
    if name in _OF_TEXT and value.kind != "string":
        raise NeedsRelayError(f"the filter `{name}` takes a string in the personalization language")
    return _FILTERS[name](value, arguments)


def _text(function: str, differs: str = "") -> Callable[[Pql, list[Any]], Pql]:
    return lambda value, _: value.made(call(function, value), safe=value.safe, differs=differs)


def _digest(value: Pql, _: list[Any]) -> Pql:
    return value.made(call("sha256", value), safe=True)


def _digits(value: Pql, _: list[Any]) -> Pql:
    return value.made(call("replaceAll", value, literal("[^0-9]"), literal("")), safe=True)


def _length(value: Pql, _: list[Any]) -> Pql:
    return value.made(call("length", value), "integer", safe=True)


def _join(value: Pql, arguments: list[Any]) -> Pql:
    if value.kind not in ("array:string", "array:integer"):
        raise NeedsRelayError("the personalization language joins lists of strings or integers")
    separator = literal(arguments[0] if arguments else "")
    safe = value.kind == "array:integer" and separator.safe
    return value.made(call("join", value, separator), safe=safe)


def _string(value: Pql, _: list[Any]) -> Pql:
    if value.kind not in ("string", "integer", "boolean", "date"):
        raise NeedsRelayError(f"how a value of type {value.kind} becomes a string is not documented")
    return replace(value, kind="string", safe=value.safe or value.kind != "string")


_FILTERS: Mapping[str, Callable[[Pql, list[Any]], Pql]] = {
    "base64": _text("encode64"),
    "digits": _digits,
    "join": _join,
    "length": _length,
    "lower": _text("lowerCase"),
    "sha256": _digest,
    "string": _string,
    "title": _text("titleCase", TITLE),
    "trim": _text("trim"),
    "upper": _text("upperCase"),
    "urlencode": _text("urlEncode", ENCODED),
}
_WITH_ARGUMENTS = ("join",)
_OF_TEXT = ("base64", "digits", "length", "lower", "sha256", "title", "trim", "upper", "urlencode")
