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
        record["answers"] = {kind: _without(schema) for kind, schema in operation.answers.items()}
    return record


def operation_from(record: dict[str, Any]) -> Operation:
    """Return the operation of a record."""
    shared = record.pop("shared", None)
    operation = Operation(**record)
    if shared is not None:
        for schema in (operation.body, *operation.answers.values()):
            if schema is not None:
                schema["$defs"] = shared
    return operation


def _shared(operation: Operation) -> dict[str, Any] | None:
    """Return the definitions that the body and the answers refer to; None where they do not share them."""
    found = [one for one in (operation.body, *operation.answers.values()) if one is not None]
    if not found or any(one.get("$defs") is not found[0].get("$defs") for one in found):
        return None
    return found[0].get("$defs")


def _without(schema: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if schema is None else {key: one for key, one in schema.items() if key != "$defs"}
