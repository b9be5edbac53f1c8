"""What the rules of Journey Optimizer look at: a compiled action, and what its screen makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from callsheet.documents import Path
from callsheet.language.content import Content
from callsheet.targets.journey_optimizer.lowering.payloads import key_fault

if TYPE_CHECKING:
    from callsheet.targets.journey_optimizer.lowering import Form, LoweredField

RELAY = "or name a relay in the environment, `target.relay`, which makes the call"

_TOPICS = {
    "method": "method",
    "url": "url",
    "headers": "composed",
    "query": "composed",
    "payload": "composed",
}
TOPICS = ("method", "url", "composed", "authentication", "root", "key")
"""What a verdict of a custom channel may be about."""


class JourneyAction(Struct, frozen=True):
    """A compiled action in an environment of Journey Optimizer.

    Attributes:
        compiled: as it is for every target.
        form: as its screen and its journeys hold it.
        has_relay: whether the environment names a relay, so that nothing has to be refused.

    """

    compiled: Content
    form: Form
    has_relay: bool

    @classmethod
    def of(
        cls, compiled: Content, *, has_relay: bool, target: Mapping[str, Any] | None = None
    ) -> JourneyAction:
        """Return a compiled action with its form, as the target of its environment holds it."""
        from callsheet.targets.journey_optimizer.forms import form_for

        return cls(compiled, form_for(compiled, target=target), has_relay)

    @property
    def relayed(self) -> bool:
        """Whether the journey calls the relay, and the relay makes this call."""
        return "relay" in self.compiled

    def refused(self, *topics: str) -> Iterator[tuple[Path, str]]:
        """Yield what no journey can do and no relay is there for: the place, and why; each once."""
        if self.has_relay:
            return
        seen = set()
        for one in self.form.fields.values():
            if one.verdict.needs_relay and topic_of(one) in topics:
                found = (_place(one), one.verdict.reason)
                if found not in seen:
                    seen.add(found)
                    yield found

    def rough(self, *topics: str) -> Iterator[LoweredField]:
        """Yield the fields that come near only; none of an action that the relay calls."""
        if self.relayed:
            return
        for one in self.form.fields.values():
            if one.verdict.kind == "rough" and topic_of(one) in topics:
                yield one


def topic_of(field: LoweredField) -> str:
    """Return what the verdict of a field is about: its own topic, or the section that it is in."""
    if field.verdict.topic:
        return field.verdict.topic
    section = str(field.path[0])
    return _TOPICS[str(field.path[1])] if section == "request" else section


def _place(field: LoweredField) -> Path:
    """Return where a fault is shown: at the first key that is wrong, or the list around the field."""
    path = field.path
    for end in range(3, len(path) + 1):
        part = path[end - 1]
        if field.verdict.topic == "key" and isinstance(part, str) and key_fault(part):
            return path[:end]
        if field.verdict.topic == "list" and isinstance(part, int):
            return path[: end - 1]
    return path
