"""One request that shows what an action does: by its first test case, else by its parameters' examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.calling.cases import declared_cases
from callsheet.calling.model import Request
from callsheet.calling.request import build_request
from callsheet.errors import CallsheetError
from callsheet.language import Action


def sample_request(
    action: Action, compiled: Mapping[str, Any], environment: str
) -> tuple[str, Request] | None:
    """Return the name of the case (empty for examples) and its request; None where it cannot be built."""
    for _, case in declared_cases(action, environment):
        return _request(case["name"], compiled, case["params"])
    examples = {name: one.example for name, one in action.parameters.items() if one.example is not None}
    return _request("", compiled, examples)


def _request(
    name: str, compiled: Mapping[str, Any], params: Mapping[str, Any]
) -> tuple[str, Request] | None:
    try:
        return name, build_request(compiled, params)
    except CallsheetError:
        return None
