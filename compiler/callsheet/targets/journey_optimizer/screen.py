"""A compiled action → what a technical user types into Journey Optimizer's screen, in the screen's order.

Source: Adobe's documentation, page "Configure a custom action". A payload is pasted as JSON in which a
variable is an object of three members: `toBeMapped`, `dataType`, `label`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from callsheet.language.action import in_language, label_of
from callsheet.targets.journey_optimizer.configs import endpoint_call
from callsheet.targets.journey_optimizer.titles import Screen

_DATA_TYPES = {
    "string": "string",
    "integer": "integer",
    "number": "decimal",
    "boolean": "boolean",
    "datetime": "dateTime",
    "date": "dateOnly",
}
_LIST_TYPES = {
    **{kind: f"list{name[0].upper()}{name[1:]}" for kind, name in _DATA_TYPES.items()},
    "object": "listObject",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the screen.

    Attributes:
        section: the part of the screen in which it is.
        name: what is beside it there.
        value: exactly what is typed or pasted; None where it is a secret, a choice, or nothing to copy.
        kind: `text`, `json`, `choice`, or `secret`.
        note: what to know about it.

    """

    section: str
    name: str
    value: str | None
    kind: str = "text"
    note: str = ""


ENGLISH = Screen()


def fields_of(compiled: Mapping[str, Any], screen: Screen = ENGLISH) -> list[Field]:
    """Return what is typed for a compiled action, message or endpoint, in the order of the screen."""
    if compiled.get("kind") == "EndpointConfig":
        path, body = endpoint_call(compiled)
        note = "it has an API, which this callsheet does not call: POST it, and then deploy it"
        return [Field(section="API", name=path, value=_pretty(body), kind="json", note=note)]
    if compiled.get("kind") == "Message":
        return [
            Field(section=language, name=name, value=None if isinstance(text, dict) else text, note="")
            for language, texts in compiled["content"].items()
            for name, text in texts.items()
            if not isinstance(text, dict)
        ]
    return screen_of(compiled, screen)


def screen_of(compiled: Mapping[str, Any], screen: Screen = ENGLISH) -> list[Field]:
    """Return the fields of the screen for a compiled action, in the order in which they are filled in."""
    found = [
        *_head(compiled, screen.language),
        *_pairs(compiled, "headers", "Headers", screen.language),
        *_pairs(compiled, "query", "Query parameters", screen.language),
        *_authentication(compiled["authentication"]),
        *_request(compiled, screen.language),
        *([] if screen.older else _responses(compiled)),
    ]
    return [_titled(one, screen) for one in found]


def _titled(field: Field, screen: Screen) -> Field:
    """Return a field as it is written on a screen; keys of headers and labels are the user's own."""
    own = field.section in ("Headers", "Query parameters") or field.value == "optional"
    choice = field.kind == "choice" and field.value is not None
    return replace(
        field,
        section=screen.title(field.section),
        name=field.name if own else screen.title(field.name),
        value=screen.title(field.value or "") if choice else field.value,
    )


def _head(compiled: Mapping[str, Any], language: str) -> Iterator[Field]:
    yield Field(section="Action", name="Name", value=compiled["name"])
    description = in_language(compiled.get("description") or compiled.get("title"), language)
    if description:
        yield Field(section="Action", name="Description", value=description)
    request = compiled["request"]
    yield Field(section="URL configuration", name="URL", value=str(request["url"]))
    yield Field(section="URL configuration", name="Method", value=request["method"], kind="choice")


def _pairs(compiled: Mapping[str, Any], field: str, section: str, language: str) -> Iterator[Field]:
    for name, value in compiled["request"].get(field, {}).items():
        if isinstance(value, dict) and "secret" in value:
            yield Field(section=section, name=name, value=None, kind="secret", note=value["secret"])
        elif isinstance(value, dict):
            label = label_of(compiled.get("parameters", {}), value["$param"], language)
            yield Field(section=section, name=name, value=label, note="a variable, and this is its label")
        else:
            yield Field(section=section, name=name, value=str(value), note="a constant")


def _authentication(written: Mapping[str, Any]) -> Iterator[Field]:
    section, kind = "Authentication", written["type"]
    names = {"none": "No authentication", "basic": "Basic", "apiKey": "API key", "custom": "Custom"}
    yield Field(section=section, name="Type", value=names.get(kind, kind), kind="choice")
    if kind == "custom":
        yield Field(section=section, name="Payload", value=_pretty(_custom(written)), kind="json",
                    note="put each secret in the place of its reference")  # fmt: skip
        return
    for name, title in (
        ("username", "Username"),
        ("password", "Password"),
        ("name", "Name"),
        ("value", "Value"),
    ):
        if name not in written:
            continue
        value = written[name]
        if isinstance(value, dict):
            yield Field(section=section, name=title, value=None, kind="secret", note=value["secret"])
        else:
            yield Field(section=section, name=title, value=str(value))
    if "in" in written:
        place = "Header" if written["in"] == "header" else "Query parameter"
        yield Field(section=section, name="Location", value=place, kind="choice")


def _custom(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form of `custom` that is pasted: its type is called customAuthorization there."""

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) == {"secret"}:
                return f"{{{value['secret']}}}"
            return {key: shown(one) for key, one in value.items()}
        return value

    return {"type": "customAuthorization", **{k: shown(v) for k, v in written.items() if k != "type"}}


def _request(compiled: Mapping[str, Any], language: str) -> Iterator[Field]:
    declared = compiled.get("parameters", {})
    if "payload" in compiled["request"]:
        text = _pretty(pasted(compiled["request"]["payload"], declared, language))
        yield Field(section="Request", name="Payload", value=text, kind="json")
        optional = [name for name, one in declared.items() if one.get("optional")]
        if optional:
            nulls = any(declared[name].get("whenMissing", "drop") is None for name in optional)
            yield Field(
                section="Request", name="Allow NULL values", value="on" if nulls else "off", kind="choice"
            )
        for name in optional:
            yield Field(
                section="Request", name=label_of(declared, name, language), value="optional", kind="choice",
                note="tick it at this variable",
            )  # fmt: skip


def _responses(compiled: Mapping[str, Any]) -> Iterator[Field]:
    for outcome, name in (("success", "Response"), ("failure", "Failure response")):
        sample = (compiled.get("responses") or {}).get(outcome) or {}
        if sample.get("payload") is not None:
            yield Field(section=name, name="Payload", value=_pretty(sample["payload"]), kind="json")


def pasted(payload: Any, declared: Mapping[str, Any], language: str = "en") -> Any:
    """Return a compiled payload as it is pasted into the screen, with the labels of a language."""
    if isinstance(payload, dict) and "$param" in payload:
        name = payload["$param"]
        kind = _data_type(declared.get(name, {}))
        return {"toBeMapped": True, "dataType": kind, "label": label_of(declared, name, language)}
    if isinstance(payload, dict) and "$secret" in payload:
        return f"{{{payload['$secret']}}}"
    if isinstance(payload, dict):
        return {
            key: pasted(one, declared, language) for key, one in payload.get("$literal", payload).items()
        }
    return [pasted(one, declared, language) for one in payload] if isinstance(payload, list) else payload


def compiled_payload(value: Any, declared: Mapping[str, Any], language: str = "en") -> Any:
    """Return the compiled payload that a pasted one stands for: the way back, for a check.

    Raises:
        ValueError: for a label that no parameter has, or another type than the parameter's.

    """
    if isinstance(value, dict) and value.get("toBeMapped") is True:
        names = [one for one in declared if label_of(declared, one, language) == value.get("label")]
        if len(names) != 1:
            raise ValueError(f"no parameter has the label {str(value.get('label'))[:60]!r}")
        if value.get("dataType") != _data_type(declared[names[0]]):
            raise ValueError(f"{value.get('label')!r} has another type: {str(value.get('dataType'))[:30]}")
        return {"$param": names[0]}
    if isinstance(value, dict):
        found = {key: compiled_payload(one, declared, language) for key, one in value.items()}
        return {"$literal": found} if any(key.startswith("$") for key in found) else found
    if isinstance(value, str) and value.startswith("{") and value.endswith("}") and ":" in value:
        return {"$secret": value[1:-1]}
    return (
        [compiled_payload(one, declared, language) for one in value] if isinstance(value, list) else value
    )


def _data_type(fields: Mapping[str, Any]) -> str:
    if fields.get("type") == "array":
        return _LIST_TYPES.get(fields.get("items", ""), "listAny")
    return _DATA_TYPES.get(fields.get("type", "string"), "string")


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
