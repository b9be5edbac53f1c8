"""An operation as JSON holds it, and the operation of such a record: its definitions are written once."""

from __future__ import annotations

from typing import Any

from callsheet.contracts.operations import Operation


def record_of(operation: Operation) -> dict[str, Any]:
    """Return what is kept of an operation."""
    record = {name: getattr(operation, name) for name in Operation.__struct_fields__ if name != "compiled"}
    shared = _shared(operation)
    if shared is not None:
        record["shared"] = shared
        record["body"] = _without(operation.body)
        record["bodies"] = {media: _without(schema) for media, schema in operation.bodies.items()}
        record["answers"] = {kind: _without(schema) for kind, schema in operation.answers.items()}
    return record


def operation_from(record: dict[str, Any]) -> Operation:
    """Return the operation of a record."""
    shared = record.pop("shared", None)
    operation = Operation(**record)
    if shared is not None:
        for schema in _whole(operation):
            schema["$defs"] = shared
    return operation


def _shared(operation: Operation) -> dict[str, Any] | None:
    """Return the definitions that the body and the answers refer to; None where they do not share them."""
    found = _whole(operation)
    if not found or any(one.get("$defs") is not found[0].get("$defs") for one in found):
        return None
    return found[0].get("$defs")


def _whole(operation: Operation) -> list[dict[str, Any]]:
    """Return the schemas that stand alone, each with all definitions."""
    found = (operation.body, *operation.bodies.values(), *operation.answers.values())
    return [one for one in found if one is not None]


def _without(schema: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if schema is None else {key: one for key, one in schema.items() if key != "$defs"}
