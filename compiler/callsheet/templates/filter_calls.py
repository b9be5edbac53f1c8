"""Filters and tests, applied to values: are they given what they take?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import nodes

from callsheet.templates.faults import TemplateFault
from callsheet.templates.filters import FILTERS, MAX_TEXT
from callsheet.templates.residual import Residual
from callsheet.templates.scope import ABSENT, Scope, too_large
from callsheet.templates.values import type_name


def apply_filter(name: str, value: Any, arguments: list[Any], offset: int) -> Any:
    """Apply a filter to a known value; raises `TemplateFault` CS506, or CS510 for its size."""
    if name == "default":
        return arguments[0] if value is ABSENT or (len(arguments) > 1 and not value) else value
    if value is ABSENT:
        return ABSENT
    chosen = FILTERS[name]
    if type_name(value) not in chosen.takes:
        raise TemplateFault(
            "CS506",
            offset,
            f"the filter `{name}` takes {_or(chosen.takes)}, not {type_name(value)}",
            "convert the value first, or remove the filter",
        )
    try:
        result = chosen.function(value, *arguments)
    except OverflowError:
        raise too_large(offset) from None
    except (ValueError, TypeError) as error:
        reason = str(error) if "positional argument" not in str(error) else "its arguments are wrong"
        raise TemplateFault(
            "CS506", offset, f"the filter `{name}` fails: {reason}", "`callsheet explain CS506`"
        ) from None
    if isinstance(result, str) and len(result) > MAX_TEXT:
        raise too_large(offset)
    return result


def check_arguments(name: str, arguments: list[Any], offset: int) -> None:
    """Check the number of a filter's arguments, and the types of those that are known.

    Raises:
        TemplateFault: CS506.

    """
    chosen = FILTERS[name]
    most = len(chosen.arguments)
    if not chosen.required <= len(arguments) <= most:
        raise TemplateFault(
            "CS506",
            offset,
            f"the filter `{name}` takes {_count(chosen.required, most)}, not {len(arguments)}",
            "give as many arguments as it takes, in parentheses after its name",
        )
    for number, (takes, given) in enumerate(zip(chosen.arguments, arguments, strict=False), 1):
        if given is ABSENT or isinstance(given, Residual) or type_name(given) in takes:
            continue
        raise TemplateFault(
            "CS506",
            offset,
            f"argument {number} of the filter `{name}` is {type_name(given)}, not {_or(takes)}",
            "write a value of that type; a string is in quotes",
        )


def _count(least: int, most: int) -> str:
    if not most:
        return "no arguments"
    if least == most:
        return f"{most} argument{'s' if most > 1 else ''}"
    return f"{least} to {most} arguments"


def check_taken(name: str, value: Any, node: nodes.Filter, scope: Scope) -> None:
    """Check a filter on a parameter by the type that the parameter declares."""
    if not isinstance(value, Residual) or value.slot is None:
        return
    parameter, filters = value.slot
    given = scope.types[parameter]
    for step in filters:
        before = step if isinstance(step, str) else str(step["filter"])
        given = FILTERS[before].gives if before in FILTERS else given
    if given != "any" and given not in FILTERS[name].takes:
        raise TemplateFault(
            "CS506",
            node.lineno - 1,
            f"the filter `{name}` takes {_or(FILTERS[name].takes)}, and `{value.text}` is {given}",
            "convert the value first, or remove the filter",
        )


TESTS: dict[str, Callable[[Any], bool]] = {
    "none": lambda value: value is None,
    "string": lambda value: isinstance(value, str),
    "number": lambda value: type_name(value) in ("integer", "number"),
    "boolean": lambda value: isinstance(value, bool),
    "mapping": lambda value: isinstance(value, dict),
    "sequence": lambda value: isinstance(value, list),
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "odd": lambda value: type_name(value) == "integer" and value % 2 == 1,
    "even": lambda value: type_name(value) == "integer" and value % 2 == 0,
}


def _or(words: frozenset[str]) -> str:
    return " or ".join(sorted(words))
