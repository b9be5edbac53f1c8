"""A payload from a template file → a payload of fields, where the template is JSON with expressions in it.

A loop, a condition or a variable of a template has no place on the screen: the relay renders it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import nodes

from callsheet.documents.json_reader import read_json
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.templates.encoding import encode
from callsheet.templates.evaluate import evaluate
from callsheet.templates.faults import TemplateFault
from callsheet.templates.residual import Residual
from callsheet.templates.scope import ABSENT, JSON_TYPES, Missing, Scope
from callsheet.templates.syntax import parse_file
from callsheet.templates.values import canonical_text

_STATEMENTS: Mapping[type[nodes.Node], str] = {
    nodes.For: "a loop",
    nodes.If: "a condition on what is there",
    nodes.Assign: "a variable",
}
NAMES_FRAGMENT = "the template file names a fragment, which only the field `payload` can do here"
_MARK = "\ue000slot "
"""Begins a string that stands for an expression; a private character, which no template contains."""


def unfolded(template: Mapping[str, Any], declared: Mapping[str, Any]) -> Any:
    """Return the compiled payload that a template file writes; raises `NeedsRelayError` with the reason."""
    text = template["text"]
    if "fragments" in template:
        raise NeedsRelayError(NAMES_FRAGMENT)
    if _MARK in text:
        raise NeedsRelayError("the template file contains a private character")
    types = {name: JSON_TYPES[one["type"]] for name, one in declared.items()}
    slots: list[Any] = []
    try:
        scope = Scope(dict(template["names"]), None, types)
        written = "".join(_written(part, scope, declared, slots) for part in _parts(text))
    except TemplateFault as fault:
        raise NeedsRelayError(f"the template file is not JSON with expressions: {fault.message}") from None
    documents, problems = read_json(written, "")
    if problems:
        raise NeedsRelayError("the template file is not JSON with expressions as its values")
    return _with_slots(encode(documents[0].value), slots)


def _parts(text: str) -> Iterator[nodes.Node]:
    for node in parse_file(text):
        if not isinstance(node, nodes.Output):
            what = _STATEMENTS.get(type(node), "a statement")
            raise NeedsRelayError(f"the payload is a template file with {what}, which no screen holds")
        yield from node.nodes


def _written(part: nodes.Node, scope: Scope, declared: Mapping[str, Any], slots: list[Any]) -> str:
    if isinstance(part, nodes.TemplateData):
        return str(part.data)
    if isinstance(part, nodes.Filter) and part.name == "tojson" and part.node is not None:
        # `{{ x | tojson }}` writes x as JSON, as `{{ x }}` does.
        part = part.node
    value = evaluate(part, scope)
    if value is ABSENT or isinstance(value, Missing):
        raise NeedsRelayError("the template file reads what nothing defines")
    if not isinstance(value, Residual):
        return canonical_text(value)
    optional = [one for one in value.params if declared[one].get("optional")]
    if optional:
        raise NeedsRelayError(f"the template file writes null where `{optional[0]}` has no value")
    slots.append(value.compiled())
    return json.dumps(f"{_MARK}{len(slots) - 1}")


def _with_slots(node: Any, slots: list[Any]) -> Any:
    """Return a payload with the expressions in the places of their marks."""
    if isinstance(node, str) and node.startswith(_MARK):
        return slots[int(node.removeprefix(_MARK))]
    if isinstance(node, dict):
        if any(key.startswith(_MARK) for key in node):
            raise NeedsRelayError("a key of the template file depends on a parameter")
        return {key: _with_slots(one, slots) for key, one in node.items()}
    return [_with_slots(one, slots) for one in node] if isinstance(node, list) else node
