"""An answer × `responses.failure.when` of an action → whether it is a failure, whatever its status says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from callsheet.documents import equal, parts_of

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_NOTHING = object()


def condition_of(compiled: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what makes an answer of an action a failure: JSON pointers and values; empty without any."""
    failure = (compiled.get("responses") or {}).get("failure") or {}
    found: Mapping[str, Any] = failure.get("when") or {}
    return found


def meets(condition: Mapping[str, Any], answer: Any) -> bool:
    """Return whether an answer has every value of a condition that is not empty."""
    return bool(condition) and all(equal(_at(answer, key), one) for key, one in condition.items())


def failing(compiled: Mapping[str, Any], text: str) -> str:
    """Return why the text of an answer is a failure by the action's condition; empty where it is not."""
    condition = condition_of(compiled)
    if not condition:
        return ""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if not meets(condition, answer):
        return ""
    return "the answer has " + ", ".join(f"`{key}: {json.dumps(one)}`" for key, one in condition.items())


def _at(value: Any, pointer: str) -> Any:
    """Return what a JSON pointer leads to (RFC 6901)."""
    for part in parts_of(pointer):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and _INDEX.fullmatch(part) and int(part) < len(value):
            value = value[int(part)]
        else:
            return _NOTHING
    return value
