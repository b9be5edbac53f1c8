"""A step that is done by hand: what to look at, and what to type, in the screen's order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsheet.language.addresses import Address
from callsheet.language.difference import NOTHING, Difference
from callsheet.language.masking import masked
from callsheet.planning.model import Change
from callsheet.targets.journey_optimizer.afterwards import in_journeys, test_request
from callsheet.targets.journey_optimizer.lowering import Form, relay_host
from callsheet.targets.journey_optimizer.phrases import PHRASES
from callsheet.targets.journey_optimizer.screen import Field, fields_of, form_of
from callsheet.targets.journey_optimizer.titles import Screen

LONGEST_VALUE = 200


def _fields(content: Mapping[str, Any], screen: Screen) -> list[Field]:
    """Return what is typed into the screen."""
    if screen.channel and "request" in content:
        from callsheet.targets.journey_optimizer.channel.screen import channel_fields

        return channel_fields(content, screen)
    return fields_of(content, screen)


def _afterwards(after: Mapping[str, Any], screen: Screen) -> list[Field]:
    """Return what comes once the screen is filled in."""
    if screen.channel:
        from callsheet.targets.journey_optimizer.channel.screen import channel_afterwards

        return channel_afterwards(after, screen)
    tests = [] if screen.older else test_request(after, screen)
    return [*tests, *in_journeys(after, screen)]


class PackStep:
    """One change, and what it is on the screen."""

    def __init__(self, number: int, change: Change, journeys: Sequence[str], screen: Screen) -> None:
        self.number = number
        self.change = change
        self.journeys = list(journeys)
        self.screen = screen
        kind, self.name = Address.read(change.address)
        self.kind = kind
        after = change.after
        self.fields = _fields(after, screen) if after is not None else []
        self.form: Form | None = None
        self.afterwards: list[Field] = []
        if after is not None and kind == "Action":
            self.form = form_of(after, screen)
            self.afterwards = _afterwards(after, screen)
        self.message = after if after is not None and kind == "Message" else None

    @property
    def pasted(self) -> Any:
        """The payload that is pasted; None where there is none."""
        return None if self.form is None else self.form.payload

    @property
    def title(self) -> str:
        """What is done, in one line."""
        known = self.kind if self.kind in PHRASES else "Action"
        named = self.screen.say(self._key(known), name=self.name)
        return f"{self.number}. {self.screen.say(self.change.action, object=named)}"

    @property
    def checks(self) -> list[str]:
        """What to look at before it is saved."""
        say, action = self.screen.say, self.change.action
        check = "check delete in use" if action == "delete" and self.journeys else f"check {action}"
        key = self._key(check)
        found = [say(key)] if key in PHRASES else []
        relay = relay_host(self.change.after or {})
        same = bool(relay) and action == "update" and self._is_same_screen()
        if relay:
            found.append(say("by relay", host=relay))
        if same:
            found.append(say("same screen"))
        if self.journeys:
            found.append(say("used by", journeys=", ".join(self.journeys)))
        if action in ("update", "replace", "delete") and not self.journeys:
            found.append(say(self._key("used by unknown")))
        if any(one.kind == "secret" for one in self.fields) and not same:
            found.append(say("secrets at hand"))
        return found

    def _key(self, key: str) -> str:
        """Return the phrase of a custom channel, where it has one of its own."""
        own = f"{key} channel"
        return own if self.screen.channel and own in PHRASES else key

    def _is_same_screen(self) -> bool:
        before = self.change.before
        try:
            return before is not None and _fields(before, self.screen) == self.fields
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return False  # what is there was broken by hand

    def differences(self) -> list[str]:
        """Return what changes: in English in words, in French as fields with both values."""
        if self.change.action not in ("update", "replace", "rename"):
            return []
        if self.screen.language == "en":
            return [one.words for one in self.change.diff]
        found = [self._both_values(one) for one in self.change.diff if one.path]
        return list(dict.fromkeys(one for one in found if one))

    def _both_values(self, one: Difference) -> str:
        if one.before is NOTHING and one.after is NOTHING:
            return ""
        name = ".".join(str(part) for part in one.path if part not in ("request", "$literal"))
        before, after = (self._value(value, one) for value in (one.before, one.after))
        return f"`{name}` : {before} → {after}"

    def _value(self, value: Any, one: Difference) -> str:
        if value is NOTHING:
            return self.screen.say("nothing")
        text = json.dumps(masked(value, one.path), ensure_ascii=False, sort_keys=True)
        return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"

    def sections(self) -> Iterator[tuple[str, list[Field]]]:
        """Yield the fields by section of the screen, in its order; then what comes afterwards."""
        sections: dict[str, list[Field]] = {}
        for one in (*self.fields, *self.afterwards):
            sections.setdefault(one.section, []).append(one)
        yield from sections.items()
