"""A value in the middle of lowering: its expression, its type, and what is known of how near it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.targets.journey_optimizer.lowering import expressions as ex
from callsheet.targets.journey_optimizer.lowering.expressions import Expression
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError, Verdict, rough
from callsheet.targets.journey_optimizer.lowering.references import with_default

DATA_TYPES: Mapping[str, str] = {
    "string": "string",
    "integer": "integer",
    "number": "decimal",
    "boolean": "boolean",
    "datetime": "dateTime",
    "date": "dateOnly",
}
"""The journey's data type, by the type that a parameter declares."""

LIST_TYPES: Mapping[str, str] = {
    **{kind: f"list{name[0].upper()}{name[1:]}" for kind, name in DATA_TYPES.items()},
    "object": "listObject",
}
ITEM_TYPES: Mapping[str, str] = {f"list{name[0].upper()}{name[1:]}": name for name in DATA_TYPES.values()}

NUMBERS = ("integer", "decimal")
TEXT_TYPES = ("string", "dateTime", "dateOnly")
"""Types whose values are strings in a template of ours."""

UNKNOWN = "unknown"
"""The type of a member of an object, which nothing declares."""

OF_UNKNOWN_TYPE = "the field is taken for a string: another type may be written in another way"


def data_type(fields: Mapping[str, Any]) -> str:
    """Return the data type of a declared parameter; `object` and `listAny` cannot be mapped whole."""
    kind = fields.get("type", "string")
    if kind == "array":
        return LIST_TYPES.get(fields.get("items", ""), "listAny")
    return DATA_TYPES.get(kind, "object")


class Value(Struct, frozen=True, kw_only=True):
    """What an expression computes.

    Attributes:
        kind: the journey's data type, `object`, or `unknown`.
        missing: a test that is true where a template of ours has no value here; None where it always has.
        differences: how the result differs from that of our template.
        within: for which values that is all.
        unverified: the points of section 11 on which it rests.
        references: the parameters that it reads.
        constant: the value itself, in a tuple, where it is known.
        plain: whether the expression is a reference and nothing else.

    """

    expression: Expression
    kind: str
    missing: Expression | None = None
    differences: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    unverified: tuple[int, ...] = ()
    references: tuple[str, ...] = ()
    constant: tuple[Any, ...] = ()
    plain: bool = False

    def made(
        self,
        expression: Expression,
        kind: str | None = None,
        *,
        differs: str = "",
        within: str = "",
        unverified: tuple[int, ...] = (),
    ) -> Value:
        """Return what a function makes of the value: missing where it is, with what is to be noted."""
        return replace(
            self,
            expression=expression,
            kind=kind or self.kind,
            differences=_added(self.differences, differs),
            within=_added(self.within, within),
            unverified=tuple(dict.fromkeys((*self.unverified, *unverified))),
            constant=(),
            plain=False,
        )

    def taking(self, *others: Value) -> Value:
        """Return the value with what is noted of others that its expression contains."""
        everything = (self, *others)
        return replace(
            self,
            differences=_merged(one.differences for one in everything),
            within=_merged(one.within for one in everything),
            unverified=_merged(one.unverified for one in everything),
            references=_merged(one.references for one in everything),
        )

    @property
    def verdict(self) -> Verdict:
        """How near the value comes."""
        return rough(*self.differences, within=self.within, unverified=self.unverified)


def _merged(groups: Any) -> Any:
    return tuple(dict.fromkeys(one for group in groups for one in group))


def _added(notes: tuple[str, ...], note: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*notes, note))) if note else notes


def constant(value: Any) -> Value:
    """Return a constant of a template."""
    if value is None:
        raise NeedsRelayError("a journey's expression cannot result in null")
    kinds = {bool: "boolean", int: "integer", float: "decimal", str: "string"}
    if isinstance(value, list):
        items = {kinds.get(type(one), "") for one in value}
        item = items.pop() if len(items) == 1 else ""
        kind = f"list{item[:1].upper()}{item[1:]}" if item else "listAny"
        return Value(expression=ex.literal(value), kind=kind, constant=(value,))
    return Value(expression=ex.literal(value), kind=kinds.get(type(value), "object"), constant=(value,))


def taken_for_string(value: Value) -> Value:
    """Return a value of unknown type as a string; a reference stays one."""
    return replace(value, kind="string", differences=_added(value.differences, OF_UNKNOWN_TYPE))


def or_else(value: Value, other: Value, *, empty_too: Callable[[Value], Expression] | None = None) -> Value:
    """Return the value, or another where it is missing, or where what `empty_too` makes of it holds.

    A default stands at a named source as `defaultValue` and is tested again: whether it replaces a field
    that is there and null is not said.
    """
    if value.kind == UNKNOWN and other.kind == "string":
        value = taken_for_string(value)
    if other.kind != value.kind:
        raise NeedsRelayError(
            "both results of a journey's condition are of one type,"
            f" and these are {value.kind} and {other.kind}"
        )
    expression, missing = value.expression, value.missing
    if value.plain and missing is not None and other.constant:
        expression = with_default(value.expression, other.expression)
        missing = ex.is_null(expression)
    # With its default, so that the comparison never sees null.
    empty = None if empty_too is None else empty_too(replace(value, expression=expression))
    test = ex.any_of(missing, empty)
    if test is None:
        return replace(value, missing=None)
    made = value.made(ex.conditional(test, other.expression, expression))
    return replace(made, missing=other.missing and ex.all_of(test, other.missing)).taking(other)
