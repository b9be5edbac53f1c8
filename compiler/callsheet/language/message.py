"""Kind Message: a document → the definition of one message, its content by language, and its delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.language.action import Definition
from callsheet.language.origin import Origin

FIELDS = {
    "email": ("subject", "preheader", "text", "html"),
    "push": ("title", "text", "image", "link"),
    "sms": ("text",),
}
"""What a message of a channel may hold, in the order in which people read it."""


class Message(Definition):
    """One message of a journey tool's own.

    Attributes:
        channel: email, push or sms.

    """

    kind = "Message"
    in_head = ("channel",)

    def __init__(
        self, origin: Origin, metadata: dict[str, Any], renamed_from: str | None, channel: str
    ) -> None:
        super().__init__(origin, metadata, renamed_from)
        self.channel = channel

    @property
    def labels(self) -> dict[str, str]:
        """The labels, by name; `channel` is the message's own where none is written."""
        return {"channel": self.channel, **super().labels}

    @classmethod
    def is_whole(cls, compiled: Mapping[str, Any]) -> bool:
        """Return whether it says how it is delivered."""
        return compiled.get("kind") == cls.kind and isinstance(compiled.get("via"), dict)
