"""CS306 to CS308, CS318 and CS423: the parameters of a definition, declared and used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from callsheet.documents import Problem
from callsheet.language.action import Action
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.subjects import ParameterUse

declare(
    "CS306",
    "undeclared-parameter",
    """A parameter must be declared under `spec.parameters`.

Bad:
    request: {payload: {a: "{{ params.titel }}", b: "{{ params.title }}"}}
    parameters: {title: {type: string}}
Good:
    request: {payload: {a: "{{ params.title }}"}}
    parameters: {title: {type: string}}
""",
    adjustable=False,
)


@rule("CS307", "unused-parameter", on="parameters", severity="warning")
def unused_parameter(use: ParameterUse, at: Spots) -> Iterator[Problem]:
    """A declared parameter should be used: a journey would map it for nothing.

    Every action of a connection has the parameters that the connection declares, and must be called with
    those that are not optional. Declare one that only some of the actions use in those actions, in a
    fragment, or as `optional`.

    Bad:
        parameters: {title: {type: string}}
    Good:
        request: {payload: {a: "{{ params.title }}"}}
        parameters: {title: {type: string}}
    """
    for name, using in _used_partly(use):
        if not using:
            yield at.key(
                ("parameters", name),
                f"the parameter `{name}` is declared and never used",
                do="use it, or remove it",
            )
    for name in use.demanded:
        if name not in use.misspelt and not any(name in used for used in use.used.values()):
            yield at.value(
                ("connection",),
                f"the connection requires the parameter `{name}`, which is never used here",
                do="use it, declare it in the actions that use it, or make it `optional`",
            )


@rule("CS308", "parameter-in-some-environments", on="parameters")
def parameter_in_some_environments(use: ParameterUse, at: Spots) -> Iterator[Problem]:
    """A parameter must be used in every environment, or in none.

    A journey that is built in one environment maps the parameters that it finds there: where one is used
    by an overlay of a single environment only, the others ask for a value that is never sent. Use it in
    all of them, or declare it in the overlay that uses it.
    """
    for name, using in _used_partly(use):
        if using:
            others = ", ".join(one for one in use.used if one not in using)
            yield at.key(
                ("parameters", name),
                f"the parameter `{name}` is used in {', '.join(using)}, not in {others}",
                do="use it in every environment, or declare it in the overlay that uses it",
            )


def _used_partly(use: ParameterUse) -> Iterator[tuple[str, list[str]]]:
    """Yield the parameters that not every environment uses, each with those that do.

    A name that was misspelt where it is used is one mistake, not two.
    """
    for name in use.declared:
        using = [environment for environment, used in use.used.items() if name in used]
        if len(using) < len(use.used) and name not in use.misspelt:
            yield name, using


@rule("CS318", "example-of-other-type", on="action")
def example_of_other_type(action: Action, at: Spots) -> Iterator[Problem]:
    """The example of a parameter must have the parameter's type.

    Bad:
        request: {payload: {a: "{{ params.count }}"}}
        parameters: {count: {type: integer, example: many}}
    Good:
        request: {payload: {a: "{{ params.count }}"}}
        parameters: {count: {type: integer, example: 3}}
    """
    for name, parameter in action.parameters.items():
        if parameter.example is not None and not has_type(parameter.example, parameter.type):
            yield at.value(
                ("parameters", name, "example"),
                f"the example is not of type {parameter.type}",
                do="correct the example, or the type",
            )


_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "datetime": (str,),
    "date": (str,),
    "array": (list,),
    "object": (dict,),
}


def has_type(value: Any, declared: str) -> bool:
    """Return whether a value is of a parameter type (true and false are not numbers)."""
    if isinstance(value, bool):
        return declared == "boolean"
    return isinstance(value, _PYTHON_TYPES[declared])


@rule("CS423", "parameter-pattern", on="compiled", reads=("parameters",))
def parameter_pattern(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A parameter's `pattern` must be a regular expression that runs in linear time.

    It has no look-around and no back-reference: a pattern in a pull request could run for ever.

    Bad:
        request: {payload: {code: "{{ params.code }}"}}
        parameters: {code: {type: string, pattern: "^(?=a)b"}}
    Good:
        request: {payload: {code: "{{ params.code }}"}}
        parameters: {code: {type: string, pattern: "^[a-z]{4}$"}}
    """
    for name, declared in compiled.get("parameters", {}).items():
        pattern = declared.get("pattern")
        if pattern is not None and not is_linear(pattern):
            yield at.value(
                ("parameters", name, "pattern"),
                f"the pattern of `{name}` is not a regular expression that runs in linear time",
                do="remove look-around and back-references",
            )


@lru_cache(maxsize=2_000)
def is_linear(pattern: str) -> bool:
    """Return whether a text is a regular expression that runs in linear time."""
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
        )
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
