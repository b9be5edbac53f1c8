"""A compiled payload → the sample that is pasted into the screen of a channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.language.when_empty import members
from callsheet.targets.journey_optimizer.lowering.payloads import is_slot
from callsheet.templates.evaluate import evaluate
from callsheet.templates.filling import rendered
from callsheet.templates.scope import EXAMPLES, JSON_TYPES, Scope, present
from callsheet.templates.slot_expressions import parse_slot


def sample_payload(payload: Any, declared: Mapping[str, Any]) -> Any:
    """Return the payload with the examples of its parameters, or with values of their types."""
    values = {name: _example(one) for name, one in declared.items()}
    types = {name: JSON_TYPES[one["type"]] for name, one in declared.items()}
    return _filled(payload, values, types)


def _example(fields: Mapping[str, Any]) -> Any:
    if "example" in fields:
        return fields["example"]
    if fields.get("enum"):
        return fields["enum"][0]
    kind = fields["type"]
    return [EXAMPLES.get(fields["items"], "text")] if "items" in fields else EXAMPLES[kind]


def _filled(node: Any, values: dict[str, Any], types: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_filled(one, values, types) for one in node]
    if not isinstance(node, dict):
        return node
    if not is_slot(node):
        return {key: _filled(one, values, types) for key, one in members(node).items()}
    if "$template" in node:
        return rendered(node["$template"], values, types)
    if "$concat" in node:
        return "".join(str(_filled(one, values, types)) for one in node["$concat"])
    if "$param" in node and not node.get("filters"):
        return values[node["$param"]]  # a member of an object is named with a dot in the call of a relay
    return present(evaluate(parse_slot(_text(node)), Scope({}, values, types)))


def _text(node: Mapping[str, Any]) -> str:
    if "$expr" in node:
        return str(node["$expr"])
    from callsheet.templates.residual import literal

    text = f"params.{node['$param']}"
    for one in node.get("filters", ()):
        name, arguments = (one, []) if isinstance(one, str) else (one["filter"], one["args"])
        text += f" | {name}" + (f"({', '.join(literal(it) for it in arguments)})" if arguments else "")
    return text
