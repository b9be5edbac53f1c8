"""A compiled action that a relay calls → the custom action by which journeys call the relay.

The relay takes a POST of the parameters, by their names, and makes the vendor's call from what was
applied. So the custom action has one variable for each parameter, and none is composed. An object is mapped
member by member: the screen has no type for it, and its example says which members there are, as the
screen's own samples do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.targets.journey_optimizer.forms import form_for
from callsheet.targets.journey_optimizer.lowering.model import Form

HEADER = "X-Callsheet-Key"
OLDER_GET = "Journey Orchestration cannot call with GET"
_KEPT = (
    "name",
    "title",
    "description",
    "owner",
    "labels",
    "responses",
    "limits",
    "protect",
    "channel",
    "marketingAction",
)
_SCALARS = {bool: "boolean", int: "integer", float: "number", str: "string"}

Content = Mapping[str, Any]
Fields = dict[str, Any]


def relay_reasons(compiled: Content) -> list[tuple[str, str]]:
    """Return why journeys cannot make the call: the place of a field, and the reason, each reason once."""
    found: dict[str, str] = {}
    for one in form_for(compiled, target=compiled.get("relay")).fields.values():
        if one.verdict.needs_relay:
            place = ".".join(str(part) for part in one.path if part != "request")
            found.setdefault(one.verdict.reason, place)
    if not found and compiled["request"]["method"] == "GET":
        found[OLDER_GET] = "method"
    return [(place, reason) for reason, place in found.items()]


def custom_action(compiled: Content) -> Content:
    """Return what the screen holds of a compiled action: itself, or the call of its relay."""
    return relay_call(compiled) if "relay" in compiled else compiled


def relay_call(compiled: Content) -> Fields:
    """Return the custom action that calls the relay, in the shape of a compiled action."""
    relay, variables = compiled["relay"], dict[str, Fields]()
    payload = {
        name: _mapped(name, fields, variables) for name, fields in compiled.get("parameters", {}).items()
    }
    return {
        **{name: compiled[name] for name in _KEPT if name in compiled},
        "request": {
            "method": "POST",
            "url": f"{relay['url'].rstrip('/')}/actions/{compiled['name']}",
            "payload": payload,
        },
        "authentication": {"type": "apiKey", "name": HEADER, "in": "header", "value": relay["key"]},
        "parameters": variables,
    }


def relay_form(compiled: Content, language: str = "en") -> Form:
    """Return the form of the custom action that calls the relay; with a verdict `relay` it has none."""
    return form_for(relay_call(compiled), language, target=compiled["relay"])


def _mapped(name: str, fields: Fields, variables: dict[str, Fields]) -> Any:
    """Return the payload of one parameter, and note the variables that it is made of."""
    kind, example = fields.get("type"), fields.get("example")
    if kind == "object" and isinstance(example, dict) and example:
        return {key: _member(f"{name}.{key}", one, fields, variables) for key, one in example.items()}
    if kind == "array" and "items" not in fields and isinstance(example, list):
        fields = {**fields, **_items_of(example)}
    # What is missing is left out: the relay knows what that means for the call.
    variables[name] = {key: one for key, one in fields.items() if key != "whenMissing"}
    return {"$param": name}


def _member(name: str, value: Any, around: Fields, variables: dict[str, Fields]) -> Any:
    if isinstance(value, dict) and value:
        return {key: _member(f"{name}.{key}", one, around, variables) for key, one in value.items()}
    kept: Fields = {key: around[key] for key in ("optional", "sensitivity") if key in around}
    if isinstance(value, list):
        variables[name] = {"type": "array", **_items_of(value), **kept}
    else:
        variables[name] = {"type": _SCALARS.get(type(value), "object"), **kept}
    return {"$param": name}


def _items_of(example: list[Any]) -> dict[str, str]:
    """Return the type of the items of a list, where its example shows one."""
    kinds = {"object" if isinstance(one, dict) else _SCALARS.get(type(one), "") for one in example}
    (kind,) = kinds if len(kinds) == 1 else ("",)
    return {"items": kind} if kind else {}
