"""What is served → a description of it, by OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet._version import __version__
from callsheet.language import in_language
from callsheet.relay.model import RelaySettings
from callsheet.relay.serving import Served, Table

_KEPT = ("minLength", "maxLength", "minimum", "maximum", "multipleOf", "pattern", "format", "enum")
_ANSWERS = {
    "400": "The body is not one JSON object, or a header is wrong; or the service answered 400.",
    "401": "The key is missing or wrong; or the service answered 401.",
    "405": "The method is not POST; or the service answered 405.",
    "408": "The body did not come in time; or the service answered 408.",
    "413": "The body is too large.",
    "415": "The body is not declared as JSON.",
    "422": "The parameters do not fit the action, or the idempotency key was used with others.",
    "429": "Too many calls wait, or a rate is exceeded; or the service answered 429.",
    "500": "The relay cannot make the call; or the service answered 500.",
    "502": "The service cannot be reached, or gave no whole answer.",
    "503": "The relay is busy or stopping, or the action is not served.",
    "504": "The service did not answer in time: the message says whether nothing was sent, or whether it is"
    " not known what it did.",
}


def describe(table: Table, settings: RelaySettings) -> dict[str, Any]:
    """Return the description of what is served."""
    schemes = ("key", "bearer") if settings.keys else ("certificate",)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "callsheet relay",
            "version": __version__,
            "description": f"Calls of actions, as they were applied (apply {table.serial}).",
        },
        "paths": {
            **_own_paths(),
            **{f"/actions/{name}": {"post": _operation(one)} for name, one in sorted(table.served.items())},
        },
        "security": [{one: list[str]()} for one in schemes],
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Callsheet-Key"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "certificate": {"type": "mutualTLS"},
            },
            "parameters": {
                "idempotencyKey": {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "description": "The same for each repetition of a call; for"
                    f" {settings.window:g} seconds a repetition gets the first answer.",
                    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
                }
            },
            "responses": {
                "refused": {
                    "description": "Why the relay itself answers.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
                }
            },
            "schemas": {"Refusal": _REFUSAL},
        },
    }


def _operation(served: Served) -> dict[str, Any]:
    content = served.content
    title = in_language(content.get("title"), "en")
    description = in_language(content.get("description"), "en")
    return {
        "operationId": served.name,
        **({"summary": title} if title else {}),
        **({"description": description} if description else {}),
        "parameters": [{"$ref": "#/components/parameters/idempotencyKey"}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _parameters(content.get("parameters", {}))}},
        },
        "responses": {
            "2XX": {"description": "What the service answered."},
            "default": {"description": "What the service answered, with its status."},
            **{status: {"description": text} for status, text in _ANSWERS.items()},
            "422": {"$ref": "#/components/responses/refused"},
        },
    }


def _parameters(declared: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _schema(fields) for name, fields in declared.items()},
        "required": [name for name, fields in declared.items() if not fields.get("optional")],
        "additionalProperties": False,
    }


def _schema(fields: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(fields["type"])
    schema: dict[str, Any] = {key: fields[key] for key in _KEPT if key in fields}
    if kind in ("date", "datetime"):
        schema = {"format": "date" if kind == "date" else "date-time"}
        kind = "string"
    optional = fields.get("optional")
    if kind == "array":
        schema["items"] = _of_example(fields.get("example"))
    schema["type"] = [kind, "null"] if optional else kind
    if optional and "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    label = in_language(fields.get("label"), "en")
    return {**({"title": label} if label else {}), **schema}


def _of_example(example: Any) -> dict[str, Any]:
    """Return what is known of the items of an array: the type that all items of its example have."""
    types = {_TYPES.get(type(one), "") for one in example} if isinstance(example, list) else set()
    return {"type": types.pop()} if len(types) == 1 and "" not in types else {}


_TYPES = {str: "string", bool: "boolean", dict: "object", list: "array"}


def _own_paths() -> dict[str, Any]:
    open_to_all: list[Any] = []
    return {
        path: {
            "get": {
                "operationId": name,
                "summary": text,
                **({"security": open_to_all} if path in ("/healthz", "/readyz") else {}),
                "responses": {"200": {"description": text}, **more},
            }
        }
        for path, name, text, more in (
            ("/healthz", "relay_healthz", "The process runs.", {}),
            (
                "/readyz",
                "relay_readyz",
                "Calls may be sent here.",
                {"503": {"description": "It is stopping, or nothing was applied."}},
            ),
            ("/metrics", "relay_metrics", "Metrics, as Prometheus reads them.", {}),
            ("/openapi.json", "relay_openapi", "This description.", {}),
        )
    }


_REFUSAL = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "outcome", "message", "findings"],
            "properties": {
                "code": {"type": "string", "pattern": "^CS[0-9]{3}$"},
                "outcome": {"type": "string"},
                "message": {"type": "string"},
                "findings": {"type": "array", "items": {"type": "string"}},
            },
        }
    },
}
