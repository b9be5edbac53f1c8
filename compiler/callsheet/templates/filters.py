"""The filters of the template language: those that users of Jinja2 expect, each a pure function.

A filter's docstring is its documentation; its last lines are examples that a test runs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from callsheet.templates.dates import format_date, unix_seconds
from callsheet.templates.values import canonical_text, text_of, type_name

MAX_TEXT = 1_048_576


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: what it takes (JSON type names), what it gives, and its function."""

    name: str
    takes: frozenset[str]
    gives: str
    function: Callable[..., Any]

    @property
    def documentation(self) -> str:
        """The docstring of the function."""
        return self.function.__doc__ or ""


FILTERS: dict[str, Filter] = {}
ANY = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
TEXT = frozenset({"string"})
SCALAR = frozenset({"string", "integer", "number", "boolean"})
NUMBER = frozenset({"integer", "number"})
LIST = frozenset({"array"})


def _filter(
    name: str, takes: frozenset[str], gives: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        FILTERS[name] = Filter(name, takes, gives, function)
        return function

    return enter


@_filter("lower", TEXT, "string")
def _lower(value: str) -> str:
    """Lower case.

    {{ "ADA" | lower }} → "ada"
    """
    return value.lower()


@_filter("upper", TEXT, "string")
def _upper(value: str) -> str:
    """Upper case.

    {{ "fr" | upper }} → "FR"
    """
    return value.upper()


@_filter("capitalize", TEXT, "string")
def _capitalize(value: str) -> str:
    """First letter in upper case, the others in lower case.

    {{ "ADA" | capitalize }} → "Ada"
    """
    return value.capitalize()


@_filter("title", TEXT, "string")
def _title(value: str) -> str:
    """First letter of each word in upper case.

    {{ "ada lovelace" | title }} → "Ada Lovelace"
    """
    return re.sub(r"\S+", lambda word: word[0][:1].upper() + word[0][1:].lower(), value)


@_filter("trim", TEXT, "string")
def _trim(value: str, characters: str | None = None) -> str:
    """White space (or the named characters) taken from both ends.

    {{ "  Ada " | trim }} → "Ada"
    {{ "--Ada-" | trim("-") }} → "Ada"
    """
    return value.strip(characters)


@_filter("replace", TEXT, "string")
def _replace(value: str, old: str, new: str) -> str:
    """Every occurrence of a text replaced by another.

    {{ "a-b-c" | replace("-", "") }} → "abc"
    """
    if not isinstance(old, str) or not isinstance(new, str):
        raise TypeError("replace takes two texts")
    if len(value) + value.count(old) * max(len(new) - len(old), 0) > MAX_TEXT:
        raise OverflowError
    return value.replace(old, new)


@_filter("truncate", TEXT, "string")
def _truncate(value: str, length: int, end: str = "…") -> str:
    """At most so many characters, the end mark counted.

    {{ "Good morning" | truncate(5) }} → "Good…"
    {{ "Good morning" | truncate(4, "") }} → "Good"
    """
    if not isinstance(length, int) or length < len(end):
        raise ValueError("truncate takes a length that is not shorter than its end mark")
    return value if len(value) <= length else value[: length - len(end)].rstrip() + end


@_filter("digits", TEXT, "string")
def _digits(value: str) -> str:
    """The digits 0 to 9 only, as phone numbers are normalised before they are hashed.

    {{ "+33 6 12 34 56 78" | digits }} → "33612345678"
    """
    return "".join(character for character in value if character in "0123456789")


@_filter("sha256", TEXT, "string")
def _sha256(value: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal (FIPS 180-4).

    {{ "foo@example.com" | sha256 }} → "321ba197033e81286fedb719d60d4ed5cecaed170733cb4a92013811afc0e3b6"
    """
    return hashlib.sha256(value.encode("utf-8")).hexdigest()


@_filter("base64", TEXT, "string")
def _base64(value: str) -> str:
    """Base64 of the text's UTF-8 bytes (RFC 4648 section 4).

    {{ "Ada" | base64 }} → "QWRh"
    """
    return base64.b64encode(value.encode("utf-8")).decode("ascii")


@_filter("urlencode", SCALAR, "string")
def _urlencode(value: Any) -> str:
    """Percent-encoding (RFC 3986) that leaves `/` as it is; a URL does not encode it again.

    {{ "a b/c&d" | urlencode }} → "a%20b/c%26d"
    """
    return quote(text_of(value), safe="/")


@_filter("tojson", ANY, "string")
def _tojson(value: Any) -> str:
    r"""The value as a text of canonical JSON (RFC 8785).

    {{ {"b": 1, "a": [true, none]} | tojson }} → "{\"a\":[true,null],\"b\":1}"
    """
    return canonical_text(value)


@_filter("string", SCALAR, "string")
def _string(value: Any) -> str:
    """The value as a text.

    {{ 42 | string }} → "42"
    """
    return text_of(value)


@_filter("int", SCALAR, "integer")
def _int(value: Any) -> int:
    """The value as an integer; a text must hold one, a number is cut towards zero.

    {{ "42" | int }} → 42
    {{ 3.9 | int }} → 3
    """
    if isinstance(value, str) and not re.fullmatch(r"\s*[-+]?[0-9]{1,16}\s*", value):
        raise ValueError("the text does not hold an integer")
    return int(value)


@_filter("float", SCALAR, "number")
def _float(value: Any) -> float:
    """The value as a number; a text must hold one.

    {{ "2.5" | float }} → 2.5
    """
    if isinstance(value, str) and not re.fullmatch(
        r"\s*[-+]?[0-9]{1,17}(\.[0-9]{1,17})?([eE][-+]?[0-9]{1,3})?\s*", value
    ):
        raise ValueError("the text does not hold a number")
    number = float(value)
    if not math.isfinite(number):
        raise OverflowError
    return number


@_filter("round", NUMBER, "number")
def _round(value: float, digits: int = 0) -> int | float:
    """Rounded half to even; an integer where no digits are asked for.

    {{ 2.567 | round(2) }} → 2.57
    {{ 2.4 | round }} → 2
    """
    if not isinstance(digits, int) or not 0 <= digits <= 15:
        raise ValueError("round takes 0 to 15 digits")
    return round(value, digits) if digits else round(value)


@_filter("abs", NUMBER, "number")
def _abs(value: float) -> int | float:
    """The value without its sign.

    {{ -3 | abs }} → 3
    """
    return abs(value)


@_filter("length", frozenset({"string", "array", "object"}), "integer")
def _length(value: Any) -> int:
    """The number of characters, items or fields.

    {{ "Ada" | length }} → 3
    """
    return len(value)


@_filter("first", LIST, "any")
def _first(value: list[Any]) -> Any:
    """The first item of a list.

    {{ ["a", "b"] | first }} → "a"
    """
    if not value:
        raise ValueError("the list is empty")
    return value[0]


@_filter("last", LIST, "any")
def _last(value: list[Any]) -> Any:
    """The last item of a list.

    {{ ["a", "b"] | last }} → "b"
    """
    if not value:
        raise ValueError("the list is empty")
    return value[-1]


@_filter("join", LIST, "string")
def _join(value: list[Any], separator: str = "") -> str:
    """The items as one text, with a text between.

    {{ ["a", 1] | join(", ") }} → "a, 1"
    """
    return str(separator).join(text_of(item) for item in value)


@_filter("unique", LIST, "array")
def _unique(value: list[Any]) -> list[Any]:
    """The items without repetitions, in their order.

    {{ ["a", "b", "a"] | unique }} → ["a", "b"]
    """
    found: dict[str, Any] = {}
    for item in value:
        found.setdefault(canonical_text(item), item)
    return list(found.values())


@_filter("sort", LIST, "array")
def _sort(value: list[Any]) -> list[Any]:
    """The items in ascending order; all texts or all numbers.

    {{ ["b", "a"] | sort }} → ["a", "b"]
    """
    if len({type_name(item) in ("integer", "number") for item in value}) > 1:
        raise TypeError("sort takes all texts or all numbers")
    return sorted(value)


@_filter("split", TEXT, "array")
def _split(value: str, separator: str) -> list[str]:
    """The parts of a text between a separator.

    {{ "a,b" | split(",") }} → ["a", "b"]
    """
    if not separator:
        raise ValueError("split takes a separator")
    return value.split(separator)


@_filter("fromjson", TEXT, "any")
def _fromjson(value: str) -> Any:
    """The value that a text of JSON holds.

    {{ "[1, 2]" | fromjson }} → [1, 2]
    """
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("the text is not JSON") from None


@_filter("date", frozenset({"string", "integer", "number"}), "string")
def _date(value: Any, form: str) -> str:
    """A date or time (RFC 3339, or Unix seconds) in another form, in its own offset.

    The form takes %Y %m %d %H %M %S %j %z %%: what is the same in every language.

    {{ "2026-11-25T08:30:00Z" | date("%d/%m/%Y %H:%M") }} → "25/11/2026 08:30"
    {{ 0 | date("%Y-%m-%d") }} → "1970-01-01"
    """
    return format_date(value, form)


@_filter("timestamp", TEXT, "integer")
def _timestamp(value: str) -> int:
    """A date or time (RFC 3339) as Unix seconds.

    {{ "2026-11-25T08:30:00Z" | timestamp }} → 1795595400
    """
    return unix_seconds(value)


DEFAULT_DOCUMENTATION = """The value, or another where it is missing (with `true`, also where it is empty).

{{ values.nothing | default("Hello") }} → "Hello"
{{ "" | default("Hello", true) }} → "Hello"
"""

ALIASES = {"d": "default", "count": "length"}
"""Short names that users of Jinja2 know."""


def filter_names() -> list[str]:
    """List every name that a template may use, sorted; `default` is built into the evaluator."""
    return sorted([*FILTERS, "default", *ALIASES])
