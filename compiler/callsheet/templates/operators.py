"""Arithmetic and comparison, on values that are known; numbers stay those that JSON represents exactly."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from jinja2 import nodes

from callsheet.documents.scalars import MAX_EXACT_INTEGER
from callsheet.templates.faults import TemplateFault
from callsheet.templates.scope import ABSENT
from callsheet.templates.values import type_name


def arithmetic(
    node: nodes.Node, sign: str, left: Any, right: Any, compute: Callable[[Any, Any], Any]
) -> Any:
    """Calculate with two numbers; raises `TemplateFault` CS509 at `node` where there is no result."""
    for operand in (left, right):
        if type_name(operand) not in ("integer", "number"):
            raise TemplateFault(
                "CS509",
                node.lineno - 1,
                f"`{sign}` calculates with numbers, not with {type_name(operand)}",
                "convert the value with `| int` or `| float`, or join strings with `~`",
            )
    try:
        return checked_number(compute(left, right), node)
    except ZeroDivisionError:
        raise TemplateFault(
            "CS509",
            node.lineno - 1,
            "the expression divides by zero",
            "test the divisor first: `{{ a / b if b else 0 }}`",
        ) from None
    except OverflowError:
        raise _beyond(node) from None


def checked_number(value: Any, node: nodes.Node) -> Any:
    """Return a number back; raises `TemplateFault` CS509 for one that JSON cannot represent exactly."""
    if isinstance(value, float) and not math.isfinite(value):
        raise _beyond(node)
    if isinstance(value, int) and abs(value) > MAX_EXACT_INTEGER:
        raise _beyond(node)
    return value


def _beyond(node: nodes.Node) -> TemplateFault:
    return TemplateFault(
        "CS509",
        node.lineno - 1,
        "the number is beyond what JSON represents exactly (2^53 - 1)",
        "write it as a string",
    )


def compared(node: nodes.Compare, operation: str, left: Any, right: Any) -> bool:
    """Compare two values by Jinja2's name of a comparison; a value that is absent equals none.

    Raises:
        TemplateFault: CS509 where the two cannot be compared.

    """
    if left is ABSENT or right is ABSENT:
        return operation in ("ne", "notin")
    try:
        return bool(_COMPARISONS[operation](left, right))
    except TypeError:
        raise TemplateFault(
            "CS509",
            node.lineno - 1,
            f"{type_name(left)} and {type_name(right)} cannot be compared with {SIGNS[operation]}",
            "convert one of them first",
        ) from None


SIGNS = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "not in",
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}
