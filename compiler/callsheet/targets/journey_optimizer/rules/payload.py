"""CS83x: payloads that the screen of a custom action in Journey Optimizer cannot contain, or changes.

Sources: Adobe's documentation of Journey Optimizer, pages "Configure a custom action", "Pass collections
into custom action parameters", "Use API call responses in custom actions".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.documents import Path, Problem
from callsheet.language.catalog import Spots, rule

Compiled = dict[str, Any]
PAYLOAD: Path = ("request", "payload")
_SLOTS = ("$param", "$concat", "$expr", "$template", "$secret")
_SCALARS = {"string", "integer", "number", "boolean", "datetime", "date"}


def is_slot(node: Any) -> bool:
    """Return whether a compiled value is a slot, and no value of the payload's own."""
    return isinstance(node, dict) and any(one in node for one in _SLOTS)


def members(node: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a compiled object, also of one whose keys begin with `$`."""
    found: dict[str, Any] = node.get("$literal", node)
    return found


def walk(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value of a compiled payload with its path, slots as leaves."""
    yield path, node
    if isinstance(node, dict) and not is_slot(node):
        for key, one in members(node).items():
            yield from walk(one, (*path, key))
    elif isinstance(node, list):
        for index, one in enumerate(node):
            yield from walk(one, (*path, index))


@rule("CS831", "journey-key", on="journey")
def journey_key(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """A key of the payload must not contain `.`, and must not begin with `$`.

    Bad:
        request: {payload: {user.name: Ada}}
    Good:
        request: {payload: {user: {name: Ada}}}
    """
    for path, _ in walk(compiled["request"].get("payload")):
        key = path[-1] if path else ""
        if isinstance(key, str) and ("." in key or key.startswith("$")):
            what = "that contains `.`" if "." in key else "that begins with `$`"
            yield at.key((*PAYLOAD, *path), f"Journey Optimizer takes no key {what}", do="rename it")


@rule("CS832", "journey-root", on="journey")
def journey_root(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """The payload must be an object.

    Bad:
        request: {payload: [1, 2]}
    Good:
        request: {payload: {numbers: [1, 2]}}
    """
    payload = compiled["request"].get("payload", {})
    if not isinstance(payload, dict) or (is_slot(payload) and "$template" not in payload):
        yield at.key(PAYLOAD, "Journey Optimizer takes an object as payload", do="put it into one")


@rule("CS833", "journey-composed", on="journey")
def journey_composed(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """A value that a journey maps must be the whole field: no text around it, and no filter.

    The journey's own expression can compose it: declare one parameter for the result.

    Bad:
        request: {payload: {text: "Hello {{ params.name }}"}}
        parameters: {name: {type: string}}
    Good:
        request: {payload: {text: "{{ params.text }}"}}
        parameters: {text: {type: string}}
    """
    request = compiled["request"]
    nodes = list(walk(request.get("payload"), PAYLOAD))
    for field in ("headers", "query"):
        nodes += [(("request", field, name), one) for name, one in request.get(field, {}).items()]
    for path, node in nodes:
        if not is_slot(node) or "$secret" in node or (set(node) == {"$param"}):
            continue
        what = "a template file" if "$template" in node else "an expression"
        if "$param" in node:
            what = f"the parameter `{node['$param']}` with a filter"
        elif "$concat" in node:
            what = "a string composed around a parameter"
        yield at.value(
            path,
            f"Journey Optimizer maps a value whole, and this is {what}",
            do="let the journey compose it, and declare one parameter for the whole value",
        )


@rule("CS834", "journey-array", on="journey")
def journey_array(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """A list must be mapped whole, or as objects whose fields are mapped and contain no lists.

    Bad:
        request: {payload: {matrix: "{{ params.matrix }}"}}
        parameters: {matrix: {type: array}}
    Good:
        request: {payload: {devices: "{{ params.devices }}"}}
        parameters: {devices: {type: array, items: string}}
    """
    declared = compiled.get("parameters", {})
    for path, node in walk(compiled["request"].get("payload")):
        if isinstance(node, dict) and "$param" in node:
            yield from _variable(declared.get(node["$param"], {}), node["$param"], path, at)
        elif isinstance(node, list):
            yield from _objects(node, path, at)


def _variable(fields: dict[str, Any], name: str, path: Path, at: Spots) -> Iterator[Problem]:
    kind, items = fields.get("type"), fields.get("items")
    if kind == "object":
        yield at.value(
            (*PAYLOAD, *path),
            f"Journey Optimizer has no type for the object `{name}`",
            do="write the object in the payload, with a parameter for each of its fields",
        )
    elif kind == "array" and items not in {*_SCALARS, "object"}:
        yield at.value(
            (*PAYLOAD, *path),
            f"the list `{name}` is of any type (listAny), which cannot be mapped as a whole",
            do="declare the type of its items: `items: string`",
        )


def _objects(node: list[Any], path: Path, at: Spots) -> Iterator[Problem]:
    for index, one in enumerate(node):
        if not isinstance(one, dict) or is_slot(one) or not _has_variable(one):
            continue
        for inner, value in walk(one, (*path, index)):
            constant = isinstance(value, list) and not _has_variable(value)
            if isinstance(value, list) and not constant:
                yield at.key(
                    (*PAYLOAD, *inner),
                    "a list within the objects of a list is not mapped",
                    do="move it out of the list, or write constants",
                )
                break


def _has_variable(node: Any) -> bool:
    return any(is_slot(one) and "$secret" not in one for _, one in walk(node))


@rule("CS835", "journey-half-variable", on="journey", severity="warning", adjustable=True)
def journey_half_variable(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """In a list of objects, all objects must have the fields of the first: they are mapped together.

    Bad:
        request: {payload: {products: [{id: "{{ params.id }}", currency: EUR}]}}
        parameters: {id: {type: string}}
    Good:
        request: {payload: {products: [{id: "{{ params.id }}", currency: "{{ params.currency }}"}]}}
        parameters: {id: {type: string}, currency: {type: string}}
    """
    for path, node in walk(compiled["request"].get("payload")):
        if not isinstance(node, list) or not _has_variable(node):
            continue
        objects = [one for one in node if isinstance(one, dict) and not is_slot(one)]
        for index, one in enumerate(objects):
            for key, value in members(one).items():
                if not is_slot(value) and _has_variable(one) and not isinstance(value, dict | list):
                    yield at.key(
                        (*PAYLOAD, *path, index, key),
                        f"`{key}` becomes a variable too: the fields of an object are mapped together",
                        do="write a parameter for it, or move it out of the list",
                    )
        if len(objects) > 1:
            yield at.key(
                (*PAYLOAD, *path),
                "only the first object of a mapped list defines its fields",
                do="write one object",
            )


@rule("CS836", "journey-null", on="journey", severity="warning", adjustable=True)
def journey_null(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """A list must not contain null: `[1, null, 2]` is sent as `[1, 2]`, and a list that is null as `[]`.

    Bad:
        request: {payload: {numbers: [1, null, 2]}}
    Good:
        request: {payload: {numbers: [1, 2]}}
    """
    for path, node in walk(compiled["request"].get("payload")):
        if isinstance(node, list) and None in node:
            kept = [one for one in node if one is not None]
            yield at.key(
                (*PAYLOAD, *path),
                f"Journey Optimizer sends no null of a list: {len(kept)} of {len(node)} items arrive",
                do="leave the null out",
            )


@rule("CS837", "journey-null-switch", on="journey")
def journey_null_switch(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """Optional parameters must agree on null: one switch, *Allow NULL values*, sets it for all.

    Bad:
        request: {payload: {a: "{{ params.a }}", b: "{{ params.b }}"}}
        parameters: {a: {type: string, optional: true, whenMissing: null},
          b: {type: string, optional: true}}
    Good:
        request: {payload: {a: "{{ params.a }}", b: "{{ params.b }}"}}
        parameters: {a: {type: string, optional: true}, b: {type: string, optional: true}}
    """
    optional = {name: one for name, one in compiled.get("parameters", {}).items() if one.get("optional")}
    nulls = {name for name, one in optional.items() if one.get("whenMissing", "drop") is None}
    if nulls and len(nulls) < len(optional):
        name = next(one for one in optional if one not in nulls)
        yield at.key(
            ("parameters", name),
            f"`{name}` is dropped where it is missing, and {', '.join(sorted(nulls))} sent as null:"
            " Journey Optimizer does one of the two for the whole action",
            do="write the same `whenMissing` for every optional parameter",
        )


@rule("CS838", "journey-response", on="journey")
def journey_response(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """A list in a response must contain values of one type.

    Bad:
        responses: {success: {payload: {values: [20, text, false]}}}
    Good:
        responses: {success: {payload: {values: [20, 21]}}}
    """
    for outcome, one in (compiled.get("responses") or {}).items():
        for path, node in _plain_walk(one.get("payload"), ()):
            if isinstance(node, list) and len({_type(it) for it in node if it is not None}) > 1:
                yield at.key(
                    ("responses", outcome, "payload", *path),
                    "Journey Optimizer reads no list of several types",
                    do="show items of one type, or leave the field out of the example",
                )


def _plain_walk(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, node
    if isinstance(node, dict | list):
        for key, one in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _plain_walk(one, (*path, key))


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__
