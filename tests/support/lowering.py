"""A template and declared parameters → its leaf as it is compiled, and what our own templates make of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from callsheet.calling.request import Filler
from callsheet.targets.journey_optimizer.lowering import Form, LoweredField, lowered
from callsheet.templates.evaluate import evaluate
from callsheet.templates.residual import Residual
from callsheet.templates.scope import JSON_TYPES, Scope, join_parts, present
from callsheet.templates.syntax import parse_leaf

Fields = Mapping[str, Any]


def compiled_leaf(text: str, declared: Fields) -> Any:
    """Compile a leaf as an action's: raises `TemplateFault`."""
    types = {name: JSON_TYPES[one["type"]] for name, one in declared.items()}
    scope = Scope({}, None, types)
    parts = [
        (part, 0) if isinstance(part, str) else (present(evaluate(part.node, scope)), 0)
        for part in parse_leaf(text)
    ]
    value = parts[0][0] if len(parts) == 1 else join_parts(parts)
    return value.compiled() if isinstance(value, Residual) else value


def form_of(leaf: Any, declared: Fields, **request: Any) -> Form:
    """Lower an action whose payload has one field, `field`."""
    compiled = {
        "name": "example",
        "request": {
            "method": "POST", "url": "https://api.example.com/v1", "payload": {"field": leaf}, **request,
        },
        "authentication": {"type": "none"},
        "parameters": declared,
    }  # fmt: skip
    return lowered(compiled)


def field_of(text: str, declared: Fields) -> LoweredField:
    """Lower one leaf, written as a template."""
    return form_of(compiled_leaf(text, declared), declared).fields["request", "payload", "field"]


def rendered(leaf: Any, declared: Fields, values: Fields) -> Any:
    """Return what our own templates make of a leaf; `ABSENT` for a field that is dropped."""
    return Filler(declared, dict(values), lambda reference: reference).fill(leaf)


def in_journey(declared: Fields, values: Fields) -> dict[str, Any]:
    """Return the values as a journey has them, by the source or the placeholder of each parameter."""
    found = {}
    for name, value in values.items():
        kind = declared[name]["type"]
        place = declared[name].get("journey") or f"\u2039{declared[name].get('label', name)}\u203a"
        found[place] = {
            "number": float,
            "datetime": datetime.fromisoformat,
            "date": date.fromisoformat,
        }.get(kind, lambda one: one)(value)
    return found
