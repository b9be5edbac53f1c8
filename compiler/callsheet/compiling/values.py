"""The values of an environment, which may be made of others: filled in once, before anything reads them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from callsheet.compiling.value_texts import is_ours
from callsheet.documents import Problem
from callsheet.language.environment import Environment


def with_values(environment: Environment) -> tuple[Environment, list[Problem]]:
    """Return an environment whose values are filled in, and what keeps one from it.

    A value may read `values` and `env`, in any order. One that cannot be filled in stays as it is written,
    with a problem at its place.
    """
    if not _has_templates(environment.values):
        return environment, []
    from callsheet.compiling.filled_values import Resolver

    found = Resolver(environment)
    values = found.run()
    return replace(environment, values=values), found.problems


def _has_templates(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_templates, value.values()))
    if isinstance(value, list):
        return any(map(_has_templates, value))
    return isinstance(value, str) and is_ours(value)
