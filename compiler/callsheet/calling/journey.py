"""A compiled action × parameters → the body that Journey Optimizer sends, where it is not what is written.

Source: Adobe's documentation of Journey Optimizer, pages "Configure a custom action" (Allow NULL values)
and "Pass collections into custom action parameters": no null of a list is sent, and a list that is null is
sent as `[]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.calling.model import NO_PAYLOAD
from callsheet.calling.request import build_request


def sent_by_journey(compiled: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    """Return the payload that leaves; None without one.

    Args:
        compiled: the action.
        params: values of its parameters; None for one that the journey maps to null.

    Raises:
        CallsheetError: CS926 where the parameters do not fit.

    """
    declared = compiled.get("parameters", {})
    lists = {name for name, one in declared.items() if one["type"] == "array"}
    given = {name: [] if value is None and name in lists else value for name, value in params.items()}
    payload = build_request(compiled, {name: one for name, one in given.items() if one is not None}).payload
    return None if payload is NO_PAYLOAD else _without_nulls(payload)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_nulls(one) for one in value if one is not None]
    return value
