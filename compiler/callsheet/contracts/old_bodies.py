"""The body of an operation of Swagger 2.0: one parameter is its schema, or several are its fields.

Source: swagger.io/specification/v2, "Parameter Object" and "Operation Object". The fields of a form may be
JSON too, where `consumes` names a type of JSON: so are all of Slack's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from callsheet.contracts.media_types import essence, is_json, without_charset
from callsheet.contracts.schemas import Translator

if TYPE_CHECKING:
    from callsheet.contracts.operations import Operation

Fields = Sequence[tuple[dict[str, Any], str]]
"""The parameters in `formData`, each with its pointer."""

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_OF_THE_PARAMETER = ("name", "in", "required", "allowEmptyValue", "collectionFormat")


def read_old_body(
    translator: Translator, node: dict[str, Any], operation: Operation, fields: Fields
) -> None:
    """Read what an operation consumes, into it.

    Args:
        translator: of the description.
        node: the operation.
        operation: with the schema of its body, where a parameter says one.
        fields: of a form.

    """
    if operation.body is None and not fields:
        return
    own = "consumes" in node
    listed = node["consumes"] if own else translator.description.get("consumes")
    media = [str(one) for one in listed or ()]
    json = [*dict.fromkeys(without_charset(one) for one in media if is_json(one))]
    if operation.body is None and json:
        operation.body = _body_of(translator, fields, operation.at)
        operation.body_required = bool((operation.body or {}).get("required"))
    # What has a schema and is called a form is one by mistake.
    elif media and not json and not any(essence(one) in _FORMS for one in media):
        operation.body = None
    operation.json_body = operation.body is not None
    operation.media = [] if "*/*" in media else json
    if not operation.json_body and media:
        operation.body_at = f"{operation.at}/consumes" if own else "/consumes"


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
