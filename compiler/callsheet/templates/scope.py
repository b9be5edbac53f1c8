"""What a template can read, how much it may do, and the values that stand for a missing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from callsheet.templates.faults import TemplateFault
from callsheet.templates.filters import MAX_TEXT
from callsheet.templates.residual import Residual
from callsheet.templates.values import text_of

MAX_STEPS = 100_000
JSON_TYPES = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "datetime": "string",
    "date": "string",
    "array": "array",
    "object": "object",
}
"""The JSON type of a value, by the type that a parameter declares."""


EXAMPLES: dict[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "datetime": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "array": [],
    "object": {},
}
"""A value of each type that a parameter may declare."""


class _Absent:
    """The value of an optional parameter that was not given."""

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        """Return the name of the only one: a copy of it is itself."""
        return "ABSENT"


ABSENT = _Absent()


class Missing(Struct, frozen=True):
    """A name that nothing defines; only `default` and `is defined` may meet it."""

    name: str
    offset: int
    near: str = ""


Fragment = Callable[[str, Mapping[str, Any], "Scope", int], Any]
"""Returns the payload of a fragment by its name, for arguments, where a scope calls it at an offset."""


class Scope(Struct):
    """What a template can read, and how much it may still do.

    Attributes:
        names: the root names, as `values`, `env`, `action`, and the variables of a template file.
        params: the parameters' values; None at compile time, when they are unknown.
        types: the JSON types of the declared parameters, by name.
        steps: how many are left.
        fragment: returns a fragment's payload, for a template file; None where none can be named.

    """

    names: dict[str, Any]
    params: dict[str, Any] | None
    types: Mapping[str, str]
    steps: int = field(default=MAX_STEPS)
    fragment: Fragment | None = None

    def step(self, offset: int, number: int = 1) -> None:
        """Count steps; raises `TemplateFault` CS510 when there are none left."""
        self.steps -= number
        if self.steps < 0:
            raise TemplateFault(
                "CS510",
                offset,
                f"the template runs more than {MAX_STEPS:,} steps",
                "write less of it",
            )


def present(value: Any) -> Any:
    """Return the value back; raises `TemplateFault` CS502 where it is `Missing`."""
    if isinstance(value, Missing):
        raise TemplateFault(
            "CS502",
            value.offset,
            f"`{value.name}` is not defined{value.near}",
            "define it, correct its name, or add a `default(…)`",
        )
    return value


def text_at(value: Any, offset: int) -> str:
    """Return a value as the text that it is inside another; raises CS507 or CS508."""
    if value is ABSENT:
        return ""
    if value is None:
        raise TemplateFault(
            "CS507",
            offset,
            "the value is null, which cannot be part of a string",
            "add a `default(…)`, or make this expression the whole field",
        )
    if isinstance(value, list | dict):
        what = "a list" if isinstance(value, list) else "a mapping"
        raise TemplateFault(
            "CS508",
            offset,
            f"the value is {what}, which cannot be part of a string",
            "use `| tojson` or `| join`, or make this expression the whole field",
        )
    return text_of(value)


def join_parts(parts: list[tuple[Any, int]]) -> Any:
    """Join values (each with its offset) into one text, or into what is left of it."""
    if any(isinstance(value, Residual) for value, _ in parts):
        return Residual.concatenated(
            [value if isinstance(value, Residual) else text_at(value, at) for value, at in parts]
        )
    text = "".join(text_at(value, at) for value, at in parts)
    if len(text) > MAX_TEXT:
        raise too_large(parts[0][1])
    return text


def too_large(offset: int) -> TemplateFault:
    """Word the refusal of a result beyond the bound."""
    return TemplateFault(
        "CS510", offset, f"the result is longer than {MAX_TEXT:,} characters", "write less of it"
    )
