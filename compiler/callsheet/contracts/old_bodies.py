"""The body of an operation of Swagger 2.0: one parameter is its schema, or several are its fields.

Source: swagger.io/specification/v2, "Parameter Object" and "Operation Object". The fields of a form may be
JSON too, where `consumes` names a type of JSON: so are all of Slack's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from callsheet.contracts.media_types import essence, is_json, without_charset
from callsheet.contracts.schemas import Translator

Fields = Sequence[tuple[dict[str, Any], str]]
"""The parameters in `formData`, each with its pointer."""

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_OF_THE_PARAMETER = ("name", "in", "required", "allowEmptyValue", "collectionFormat")


class OldBody(Struct, frozen=True, kw_only=True):
    """What an operation says of its body.

    Attributes:
        schema: of the JSON; None where the body is no JSON.
        required: whether there must be one.
        media: the types of JSON that are consumed; empty for any.
        at: the pointer to what says that it is no JSON; empty where only the operation does.

    """

    schema: dict[str, Any] | None
    required: bool
    media: list[str]
    at: str


def read_old_body(
    translator: Translator, node: dict[str, Any], at: str, schema: dict[str, Any] | None, fields: Fields
) -> OldBody | None:
    """Return what an operation consumes; None where it has no body.

    Args:
        translator: of the description.
        node: the operation.
        at: its pointer.
        schema: of the body, where a parameter says one.
        fields: of a form.

    """
    if schema is None and not fields:
        return None
    own = "consumes" in node
    listed = node["consumes"] if own else translator.description.get("consumes")
    media = [str(one) for one in listed or ()]
    json = [*dict.fromkeys(without_charset(one) for one in media if is_json(one))]
    required = False
    if schema is None and json:
        schema = _body_of(translator, fields, at)
        required = bool((schema or {}).get("required"))
    # What has a schema and is called a form is one by mistake.
    elif media and not json and not any(essence(one) in _FORMS for one in media):
        schema = None
    said = f"{at}/consumes" if own else "/consumes"
    return OldBody(
        schema=schema,
        required=required,
        media=[] if "*/*" in media else json,
        at=said if schema is None and media else "",
    )


def _body_of(translator: Translator, fields: Fields, at: str) -> dict[str, Any] | None:
    """Return the schema of a JSON body with the fields of a form; None where one of them is a file."""
    if any(one.get("type") == "file" for one, _ in fields):
        return None
    named = {str(one.get("name", "")): (one, place) for one, place in fields}
    properties = {
        name: translator.closed({key: it for key, it in one.items() if key not in _OF_THE_PARAMETER}, place)
        for name, (one, place) in named.items()
    }
    required = [name for name, (one, _) in named.items() if one.get("required") is True]
    return translator.standing_alone(
        {"x-at": f"{at}/parameters", "type": "object", "properties": properties, "required": required}
    )
