"""The examples of answers → what the screen takes of them (the reference on the screen, section 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.language.failing import condition_of
from callsheet.targets.journey_optimizer.lowering.model import LoweredField, rough

SEEN_AS_SUCCESS = "a journey takes it for a success: let it branch on the field, or call the relay"
NO_OBJECT = "its root is not an object"
MIXED = "a list in it contains values of several types"
NOT_READABLE = "the journey cannot read this example, and it is left out of the screen"


def response_fields(responses: Mapping[str, Any]) -> Iterator[LoweredField]:
    """Yield the examples of the answers, each with what becomes of it; the call does not depend on them."""
    for outcome in ("success", "failure"):
        payload = (responses.get(outcome) or {}).get("payload")
        if payload is None:
            continue
        fault = _fault(payload)
        verdict = rough(f"{NOT_READABLE}: {fault}") if fault else rough()
        yield LoweredField(
            path=("responses", outcome, "payload"),
            kind="none" if fault else "constant",
            value=None if fault else payload,
            verdict=verdict,
        )
    if condition_of({"responses": responses}):
        yield LoweredField(
            path=("responses", "failure", "when"), kind="none", value=None, verdict=rough(SEEN_AS_SUCCESS)
        )


def _fault(payload: Any) -> str:
    if not isinstance(payload, dict):
        return NO_OBJECT
    if any(_is_mixed(one) for one in _lists(payload)):
        return MIXED
    return ""


def _lists(node: Any) -> Iterator[list[Any]]:
    if isinstance(node, list):
        yield node
    if isinstance(node, dict | list):
        for one in node.values() if isinstance(node, dict) else node:
            yield from _lists(one)


def _is_mixed(node: list[Any]) -> bool:
    return len({_type(one) for one in node if one is not None}) > 1


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__
