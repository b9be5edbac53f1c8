"""A compiled action → what is typed for a custom channel, in the order of its screens.

Source: Adobe's pages "Set up a custom channel", "Create a channel configuration" and "Create custom channel
experiences", in English and in French.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.language.action import in_language
from callsheet.outbound.durations import Duration, Rate
from callsheet.targets.journey_optimizer.channel.form import channel_form
from callsheet.targets.journey_optimizer.channel.references import is_complete
from callsheet.targets.journey_optimizer.lowering import Form, LoweredField, custom_action
from callsheet.targets.journey_optimizer.screen import Field, pretty, told_of
from callsheet.targets.journey_optimizer.titles import Screen

_TYPES = {
    "none": "None",
    "basic": "Basic auth",
    "apiKey": "API key",
    "oauth2": "OAuth 2.0",
}
_MOST_RETRIES = 10
_MOST_PER_SECOND = 1_000_000  # a rate of a period of nothing has no number


def channel_fields(compiled: Mapping[str, Any], screen: Screen) -> list[Field]:
    """Return the fields of the screen of a channel."""
    return list(_Filling(custom_action(compiled), screen).fields())


def channel_afterwards(compiled: Mapping[str, Any], screen: Screen) -> list[Field]:
    """Return what comes after the screen: the test, the channel configuration, and each message."""
    return list(_Filling(custom_action(compiled), screen).afterwards())


class _Filling:
    def __init__(self, action: Mapping[str, Any], screen: Screen) -> None:
        self.action = action
        self.screen = screen
        self.form: Form = channel_form(action, screen.language)

    def _field(
        self, section: str, name: str, value: str | None, kind: str = "text", note: str = ""
    ) -> Field:
        title = self.screen.title
        shown = title(value) if kind == "choice" and value is not None else value
        return Field(section=title(section), name=title(name), value=shown, kind=kind, note=note)

    def _note(self, section: str, name: str, note: str) -> Field:
        return self._field(section, name, None, "note", note)

    def fields(self) -> Iterator[Field]:
        say, section = self.screen.say, "Properties"
        yield self._note(section, "Note", say("channel not tried"))
        yield self._field(section, "Name", self.action["name"], note=say("channel locked"))
        description = self.action.get("description") or self.action.get("title")
        if text := in_language(description, self.screen.language):
            yield self._field(section, "Description", text)
        yield self._field("Endpoint configuration", "URL", self.form.url, note=say("channel post"))
        yield from self._pairs("Headers", self.form.headers)
        yield from self._pairs("Query parameters", self.form.query)
        yield from self._policy()
        yield from self._authentication()
        yield from self._payload()

    def _pairs(self, section: str, pairs: Mapping[str, LoweredField]) -> Iterator[Field]:
        say, title = self.screen.say, self.screen.title(section)
        for name, one in pairs.items():
            if one.kind == "secret":
                yield Field(section=title, name=name, value=None, kind="secret", note=str(one.value))
            elif one.kind == "content":
                yield Field(section=title, name=name, value=None, kind="note", note=say("channel variable"))
            else:
                yield Field(section=title, name=name, value=str(one.value), note=say("constant"))

    def _policy(self) -> Iterator[Field]:
        limits = self.action.get("limits") or {}
        say, section = self.screen.say, "Policy configuration"
        if "rate" in limits:
            allowed = min(Rate.read(limits["rate"]).per_second, _MOST_PER_SECOND)
            note = say("per second") if allowed >= 1 else say("less than one", value=limits["rate"])
            yield self._field(section, "Enable throttling", str(max(int(allowed), 1)), note=note)
        else:
            yield self._field(section, "Enable throttling", "off", "choice")
        retries = limits.get("retries")
        if retries is None:
            note = say("channel default", value="3")
            yield self._field(section, "Enable retry", "on", "choice", note)
        else:
            note = say("at most 10", value=retries) if retries > _MOST_RETRIES else ""
            yield self._field(section, "Enable retry", str(min(retries, _MOST_RETRIES)), note=note)
        timeout = limits.get("timeout")
        if timeout is None:
            yield self._note(section, "Timeout", say("channel default", value="5000"))
        else:
            value = str(Duration.read(timeout).milliseconds)
            yield self._field(section, "Timeout", value, note=say("milliseconds"))

    def _authentication(self) -> Iterator[Field]:
        section, found = "Authentication settings", self.form.authentication
        yield self._field(section, "Authentication type", _TYPES.get(found.type, found.type), "choice")
        for name, value in found.fields.items():
            shown = {"username": "Username", "password": "Password", "name": "Name", "value": "Value"}.get(
                name, name
            )
            if isinstance(value, Mapping):
                yield self._field(section, shown, None, "secret", str(value["secret"]))
            elif name == "in":
                place = "Header" if value == "header" else "Query parameter"
                yield self._field(section, "Location", place, "choice")
            else:
                text = " ".join(value) if isinstance(value, list) else str(value)
                note = self.screen.say("in place") if "{" in text else ""
                yield self._field(section, shown, text, note=note)
        for one in filter(None, (*found.warnings, *found.verdict.reason.split("; "))):
            yield self._note(section, "Note", self.screen.reason(one))

    def _payload(self) -> Iterator[Field]:
        section, note = "Payload configuration", self.screen.say("sample")
        yield self._field(section, "Paste sample JSON payload", pretty(self.form.payload), "json", note)

    def afterwards(self) -> Iterator[Field]:
        say = self.screen.say
        yield self._note("Test connection", "Note", say("test connection"))
        section = "Channel configuration"
        if self.form.authentication.type != "none":
            yield self._note(section, "API credentials", say("credentials"))
        for one in (*self.form.headers.values(), *self.form.query.values()):
            if one.kind == "content":
                note = self._told(one, "Dynamic parameters")
                yield Field(
                    section=self.screen.title(section), name=one.label, value=str(one.value),
                    kind="expression", note=note,
                )  # fmt: skip
        section, content = "In each message", self.form.content or ""
        told = [say("paste content")]
        told += [] if is_complete(content) else [say("incomplete")]
        yield self._field(section, "Edit code", content, "expression", self.screen.listed(*told))
        for path, one in self.form.fields.items():
            if path[1:2] == ("payload",) and one.verdict.kind == "rough":
                name = ".".join(str(part) for part in path[2:]) or self.screen.title("Payload")
                note = self.screen.listed(*told_of(one.verdict, self.screen))
                yield Field(
                    section=self.screen.title(section), name=name, value=None, kind="note", note=note
                )

    def _told(self, one: LoweredField, name: str) -> str:
        told = told_of(one.verdict, self.screen)
        told += [] if is_complete(str(one.value)) else [self.screen.say("incomplete")]
        return self.screen.listed(self.screen.title(name), *told)
