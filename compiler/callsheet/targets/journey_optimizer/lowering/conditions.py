"""Tests and choices → journey expressions.

A value that is missing is false and equals nothing, as in our templates: each comparison of one that may be
missing is guarded, since what the language makes of a null is not verified (section 11, point 1).
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from callsheet.targets.journey_optimizer.lowering import expressions as ex
from callsheet.targets.journey_optimizer.lowering.conversions import as_decimal, as_text
from callsheet.targets.journey_optimizer.lowering.expressions import Expression
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.values import (
    ITEM_TYPES,
    NUMBERS,
    TEXT_TYPES,
    UNKNOWN,
    Value,
    constant,
)

_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_TYPES_OF_TESTS = {
    "string": TEXT_TYPES,
    "number": NUMBERS,
    "boolean": ("boolean",),
    "mapping": ("object",),
    "none": (),
}


def truth(value: Value) -> Expression:
    """Return the test whether a value counts as true: it is there, and not empty, 0 or false."""
    if value.constant:
        return ex.TRUE if value.constant[0] else ex.FALSE
    x = value.expression
    if value.kind == "boolean":
        test = x
    elif value.kind in NUMBERS:
        test = ex.infix(x, "!=", ex.literal(0 if value.kind == "integer" else 0.0))
    elif value.kind.startswith("list"):
        test = ex.infix(ex.call("listSize", x), ">", ex.literal(0))
    elif value.kind in ("string", UNKNOWN):
        test = ex.infix(x, "!=", ex.EMPTY)
    elif value.kind in ("dateTime", "dateOnly"):
        test = ex.TRUE
    else:
        raise NeedsRelayError("a journey's expression cannot tell whether an object is empty")
    return _guarded(value.missing, ex.FALSE, test)


def _guarded(missing: Expression | None, otherwise: Expression, test: Expression) -> Expression:
    if missing is None or test is otherwise:
        return test
    if test is ex.TRUE:
        return ex.negated(missing)
    return ex.conditional(missing, otherwise, test)


def compared(operation: str, left: Value, right: Value) -> Value:
    """Return a comparison, by Jinja2's name of it."""
    otherwise = ex.TRUE if operation in ("ne", "notin") else ex.FALSE
    missing = ex.any_of(left.missing, right.missing)
    if operation in ("in", "notin"):
        return _boolean(_guarded(missing, otherwise, _membership(operation, left, right)), left, right)
    left, right = (one if one.kind in NUMBERS else _comparable(one) for one in (left, right))
    if left.kind != right.kind and not {left.kind, right.kind} <= {*NUMBERS}:
        if operation not in ("eq", "ne") or (
            {left.kind, right.kind} & {"boolean"} and ({left.kind, right.kind} & {*NUMBERS})
        ):
            raise NeedsRelayError(f"a journey does not compare {left.kind} with {right.kind}")
        return _boolean(otherwise, left, right)
    if operation not in ("eq", "ne") and left.kind not in NUMBERS:
        raise NeedsRelayError(f"a journey does not order values of the type {left.kind}")
    test = ex.infix(left.expression, _SIGNS[operation], right.expression)
    return _boolean(_guarded(missing, otherwise, test), left, right)


def _comparable(value: Value) -> Value:
    if value.kind == "boolean":
        return value
    if value.kind.startswith("list") or value.kind == "object":
        raise NeedsRelayError("a journey does not compare lists or objects")
    return as_text(value)


def _membership(operation: str, left: Value, right: Value) -> Expression:
    if right.constant and right.constant[0] == []:
        test = ex.FALSE
    elif right.kind.startswith("list"):
        if ITEM_TYPES.get(right.kind) != left.kind:
            raise NeedsRelayError(f"a journey does not look for {left.kind} in {right.kind}")
        test = ex.call("in", left.expression, right.expression)
    elif right.kind == left.kind == "string":
        test = ex.call("contain", right.expression, left.expression)
    else:
        raise NeedsRelayError(f"a journey does not look for {left.kind} in {right.kind}")
    return ex.negated(test) if operation == "notin" else test


def _boolean(test: Expression, *operands: Value) -> Value:
    return Value(expression=test, kind="boolean").taking(*operands)


def choice(test: Value, yes: Value, no: Value) -> Value:
    """Return one of two values; both become of one type."""
    decided = truth(test)
    if yes.kind != no.kind:
        alike = as_decimal if {yes.kind, no.kind} <= {*NUMBERS} else as_text
        yes, no = alike(yes), alike(no)
    kind = yes.kind
    if kind in ("object", "listObject", "listAny", "dateOnly"):
        # Section 2.3 lists the types of the branches, and these are not among them.
        raise NeedsRelayError(f"a journey's condition does not result in {kind}")
    missing = ex.any_of(
        yes.missing and ex.all_of(decided, yes.missing),
        no.missing and ex.all_of(ex.negated(decided), no.missing),
    )
    made = Value(
        expression=ex.conditional(decided, yes.expression, no.expression), kind=kind, missing=missing
    )
    return made.taking(test, yes, no)


def either(left: Value, right: Value) -> Value:
    """Return `left or right`, which is the left value where it counts as true."""
    if left.kind == right.kind == "boolean":
        return _boolean(_both_tests("or", left, right), left, right)
    # The left one is taken where it counts as true, and then it is there.
    return choice(left, replace(left, missing=None), right)


def both(left: Value, right: Value) -> Value:
    """Return `left and right`, which is the right value where the left counts as true."""
    if left.kind == right.kind == "boolean" and left.missing is None and right.missing is None:
        return _boolean(_both_tests("and", left, right), left, right)
    return choice(left, right, left)


def _both_tests(word: str, left: Value, right: Value) -> Expression:
    chained = (ex.any_of if word == "or" else ex.all_of)(truth(left), truth(right))
    return chained if chained is not None else ex.TRUE


def contrary(value: Value) -> Value:
    """Return `not value`."""
    return _boolean(ex.negated(truth(value)), value)


def tested(name: str, value: Value) -> Value:
    """Return what a test of Jinja2 says of a value."""
    if name in ("defined", "undefined"):
        missing = value.missing or ex.FALSE
        return _boolean(missing if name == "undefined" else ex.negated(missing), value)
    if name in ("true", "false"):
        test = ex.FALSE if value.kind != "boolean" else value.expression
        test = ex.negated(test) if name == "false" and value.kind == "boolean" else test
        return _boolean(_guarded(value.missing, ex.FALSE, test), value)
    if value.kind == UNKNOWN:
        raise NeedsRelayError("a journey's expression cannot ask for the type of a field")
    if name in ("odd", "even"):
        return _boolean(_guarded(value.missing, ex.FALSE, _parity(name, value)), value)
    types = _TYPES_OF_TESTS.get(name)
    fits = value.kind.startswith("list") if types is None else value.kind in types
    return _boolean(_guarded(value.missing, ex.FALSE, ex.TRUE if fits else ex.FALSE), value)


def _parity(name: str, value: Value) -> Expression:
    if value.kind != "integer":
        raise NeedsRelayError(f"`is {name}` is written for an integer")
    rest = ex.infix(value.expression, "%", ex.literal(2))
    return ex.infix(rest, "!=" if name == "odd" else "==", ex.literal(0))


def against_none(operation: str, other: Value) -> Value:
    """Return a comparison with `none`, which no parameter is: one that is null counts as missing."""
    del other
    return constant(operation == "ne")


def known_list(values: list[Any]) -> Value:
    """Return a list of constants, also an empty one, which only `in` takes."""
    if values:
        return constant(values)
    return Value(expression=ex.Expression("[]", bare=True), kind="listAny", constant=([],))
