"""A compiled action → what a technical user types into Journey Optimizer's screen, in the screen's order.

Source: Adobe's documentation, page "Configure a custom action". What is typed is the action's form, as
lowering makes it; of an action that a relay calls, the form of that call.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.language.action import in_language, label_of
from callsheet.targets.journey_optimizer.configs import endpoint_call
from callsheet.targets.journey_optimizer.forms import form_for
from callsheet.targets.journey_optimizer.lowering import (
    Form,
    LoweredField,
    Verdict,
    custom_action,
    lowered,
)
from callsheet.targets.journey_optimizer.lowering.values import data_type
from callsheet.targets.journey_optimizer.phrases import unverified
from callsheet.targets.journey_optimizer.titles import Screen


class Field(Struct, frozen=True, kw_only=True):
    """One field of the screen.

    Attributes:
        section: the part of the screen in which it is.
        name: what is beside it there.
        value: exactly what is typed or pasted; None where it is a secret, a choice, or nothing to copy.
        kind: `text`, `json`, `expression`, `choice`, `secret`; `note` for what is read only, `shown` for
            what is compared.
        note: what to know about it.

    """

    section: str
    name: str
    value: str | None
    kind: str = "text"
    note: str = ""


ENGLISH = Screen()


def form_of(compiled: Mapping[str, Any], screen: Screen = ENGLISH) -> Form:
    """Return the form of the custom action that the screen holds."""
    return form_for(custom_action(compiled), screen.language, target={"flavor": screen.flavor})


def fields_of(compiled: Mapping[str, Any], screen: Screen = ENGLISH) -> list[Field]:
    """Return what is typed for a compiled action, message or endpoint, in the order of the screen."""
    if compiled.get("kind") == "EndpointConfig":
        path, body = endpoint_call(compiled)
        return [
            Field(section="API", name=path, value=pretty(body), kind="json", note=screen.say("endpoint"))
        ]
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
    return [_titled(one, screen) for one in _Filling(custom_action(compiled), screen).fields()]


def _titled(field: Field, screen: Screen) -> Field:
    """Return a field as it is written on a screen; keys of headers and labels are the user's own."""
    own = field.section in ("Headers", "Query parameters") or field.value == screen.say("optional")
    choice = field.kind == "choice" and field.value is not None
    value = screen.title(field.value or "") if choice else field.value
    note = field.note
    if screen.language == "fr" and field.name in screen.unseen:
        note = screen.listed(note, screen.say("own label"))
    return replace(
        field,
        section=screen.title(field.section),
        name=field.name if own else screen.title(field.name),
        value=value,
        note=note,
    )


class _Filling:
    """What is filled in for one custom action, section by section."""

    def __init__(self, action: Mapping[str, Any], screen: Screen) -> None:
        self.action = action
        self.screen = screen
        self.form = lowered(action, screen.language)

    def fields(self) -> Iterator[Field]:
        yield from self._head()
        yield from self._pairs("Headers", self.form.headers)
        yield from self._pairs("Query parameters", self.form.query)
        yield from self._authentication()
        yield from self._request()
        if not self.screen.older:
            yield from self._responses()

    def _head(self) -> Iterator[Field]:
        action = self.action
        yield Field(section="Action", name="Name", value=action["name"])
        description = in_language(action.get("description") or action.get("title"), self.screen.language)
        if description:
            yield Field(section="Action", name="Description", value=description)
        yield from self._consent()
        section = "Endpoint Configuration"
        note = self.screen.say("rest of the path") if self.form.path is not None else ""
        yield Field(section=section, name="URL", value=self.form.url, note=note)
        yield Field(section=section, name="Method", value=action["request"]["method"], kind="choice")

    def _consent(self) -> Iterator[Field]:
        """Yield what the consent policies look at: the older product has none."""
        action = self.action
        if self.screen.older or not {"channel", "marketingAction"} & set(action):
            return
        channel = _CHANNELS[action.get("channel", "")]
        yield Field(section="Action", name="Channel", value=channel, kind="choice")
        if "marketingAction" in action:
            note = self.screen.say("consent")
            required = action["marketingAction"]
            yield Field(section="Action", name="Required marketing action", value=required, note=note)

    def _pairs(self, section: str, pairs: Mapping[str, LoweredField]) -> Iterator[Field]:
        for name, one in pairs.items():
            if one.kind == "secret":
                yield Field(section=section, name=name, value=None, kind="secret", note=str(one.value))
            elif one.kind in ("variable", "computed"):
                told = told_of(one.verdict, self.screen) if one.kind == "variable" else []
                note = self.screen.listed(self.screen.say(one.kind), *told)
                yield Field(section=section, name=name, value=one.label, note=note)
            else:
                there = section == "Headers" and name.lower() in ("content-type", "charset")
                note = self.screen.say("already there" if there else "constant")
                yield Field(section=section, name=name, value=str(one.value), note=note)

    def _authentication(self) -> Iterator[Field]:
        section, found = "Authentication", self.form.authentication
        names = {"none": "No authentication", "basic": "Basic", "apiKey": "API key", "custom": "Custom"}
        yield Field(
            section=section, name="Type", value=names.get(found.type, found.type), kind="choice"
        )  # fmt: skip
        if found.payload is not None:
            note = self.screen.say("in place")
            yield Field(
                section=section, name="Payload", value=pretty(found.payload), kind="json", note=note
            )
        for name, title in _AUTHENTICATION:
            value = found.fields.get(name)
            if isinstance(value, dict):
                yield Field(section=section, name=title, value=None, kind="secret", note=value["secret"])
            elif value is not None:
                note = self.screen.say("in place") if "{" in str(value) else ""
                yield Field(section=section, name=title, value=str(value), note=note)
        if "in" in found.fields:
            place = "Header" if found.fields["in"] == "header" else "Query parameter"
            yield Field(section=section, name="Location", value=place, kind="choice")
        told = dict.fromkeys((*found.warnings, *found.verdict.reason.split("; ")))
        for warning in filter(None, told):
            yield Field(
                section=section, name="Note", value=None, kind="note", note=self.screen.reason(warning)
            )

    def _request(self) -> Iterator[Field]:
        if self.form.payload is None:
            return
        yield Field(section="Request", name="Payload", value=pretty(self.form.payload), kind="json")
        if self.form.allow_null is not None:
            value = "on" if self.form.allow_null else "off"
            name = "Allow NULL values"
            yield Field(section="Request", name=name, value=value, kind="choice")
        for one in self.form.fields.values():
            if one.path[1:2] == ("payload",) and one.kind != "computed":
                yield from self._told(one)
            elif one.path[1:2] == ("payload",):
                yield from self._numbered(one)

    def _numbered(self, one: LoweredField) -> Iterator[Field]:
        """Yield which label to type for a field whose own name is the label of another variable."""
        name = ".".join(str(part) for part in one.path[2:])
        if not name.endswith(one.label):
            note = self.screen.say("numbered label", label=one.label)
            yield Field(section="Request", name=name, value=None, kind="note", note=note)

    def _told(self, one: LoweredField) -> Iterator[Field]:
        """Yield what is to be done, or to be known, of one field of the payload."""
        told = told_of(one.verdict, self.screen)
        if one.optional:
            note = self.screen.listed(self.screen.say("tick"), *told)
            value = self.screen.say("optional")
            yield Field(section="Request", name=one.label, value=value, kind="choice", note=note)
        elif told:
            name = one.label or ".".join(str(part) for part in one.path[2:])
            yield Field(
                section="Request", name=name, value=None, kind="note", note=self.screen.listed(*told)
            )

    def _responses(self) -> Iterator[Field]:
        for outcome, section, name in (
            ("success", "Response", "Payload"),
            ("failure", "Failure response", "Error Response"),
        ):
            found = self.form.fields.get(("responses", outcome, "payload"))
            if found is None:
                continue
            if found.kind == "none":
                note = self.screen.reason(found.verdict.reason)
                yield Field(section=section, name="Note", value=None, kind="note", note=note)
                continue
            if outcome == "failure":
                note = self.screen.say("tick box")
                box = "Define a failure response payload"
                yield Field(section=section, name=box, value="on", kind="choice", note=note)
            yield Field(section=section, name=name, value=pretty(found.value), kind="json")


def told_of(verdict: Verdict, screen: Screen) -> list[str]:
    """Return what to know of a verdict: the difference, the values, and what nobody has verified."""
    found = []
    if verdict.reason:
        reason = screen.reason(verdict.reason)
        found.append(screen.say("difference", reason=reason) if verdict.kind == "rough" else reason)
    found += [screen.say("for values", values=screen.reason(one)) for one in verdict.within]
    found += [screen.say("rests", note=unverified(screen.language, one)) for one in verdict.unverified]
    return found


_CHANNELS = {"": "None", "email": "Email", "sms": "SMS", "push": "Push notification", "other": "Other"}

_AUTHENTICATION = (
    ("username", "Username"),
    ("password", "Password"),
    ("name", "Name"),
    ("value", "Value"),
)


def compiled_payload(value: Any, declared: Mapping[str, Any], language: str = "en") -> Any:
    """Return the compiled payload that a pasted one stands for, where nothing in it is computed.

    Raises:
        ValueError: for a label that no parameter has, or another type than the parameter's.

    """
    if isinstance(value, dict) and value.get("toBeMapped") is True:
        names = [one for one in declared if label_of(declared, one, language) == value.get("label")]
        if len(names) != 1:
            raise ValueError(f"no parameter has the label {str(value.get('label'))[:60]!r}")
        if value.get("dataType") != data_type(declared[names[0]]):
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


def pretty(value: Any) -> str:
    """Return a value as JSON that is pasted."""
    return json.dumps(value, ensure_ascii=False, indent=2)
