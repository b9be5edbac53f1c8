"""Text placed into a URL: percent-encoded for the part in which it is (RFC 3986)."""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import quote

from msgspec import Struct

from callsheet.templates.faults import TemplateFault
from callsheet.templates.residual import Residual
from callsheet.templates.scope import text_at

_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*\Z")
_NOT_IN_AUTHORITY = re.compile(r"[\s/?#@\\%]")


class UrlWriter(Struct):
    """Puts a URL together, knowing at each point in which part it stands."""

    text: str = ""

    @property
    def part(self) -> str:
        """Return the part that comes next: start, authority, path, query or fragment."""
        if not self.text:
            return "start"
        if _AUTHORITY.match(self.text):
            return "authority"
        if "#" in self.text:
            return "fragment"
        return "query" if "?" in self.text else "path"

    def literal(self, text: str) -> None:
        """Add what the author wrote: it is written as it is."""
        self.text += text

    def placed(self, text: str, offset: int, *, encoded: bool) -> str:
        """Add a value; return what was written.

        Raises:
            TemplateFault: CS517 where the value would end the host that it is in.

        """
        part = self.part
        if part == "authority" and _NOT_IN_AUTHORITY.search(text):
            raise TemplateFault(
                "CS517",
                offset,
                "the value is in the host of the URL, and contains a character that ends a host",
                "put a host name there, and the rest after a `/`",
            )
        written = text if encoded or part in ("start", "authority") else quote(text, safe="")
        self.text += written
        return written


Manner = Literal["written", "value", "encoded"]
"""How a part comes into a URL: the author wrote it, it is a value, or a value that is encoded already."""


def render_url(parts: list[tuple[Any, int, Manner]], joint: int | None = None) -> str | dict[str, Any]:
    """Put a URL together from texts and `Residual`s, each with its offset and its manner.

    Args:
        parts: in their order.
        joint: the index of the part that begins a path after a base URL which ends with a value: the slash
            between them is there once.

    """
    writer = UrlWriter()
    compiled: list[str | Residual] = []
    for index, (value, offset, manner) in enumerate(parts):
        if index == joint and value[:1] == "/" and writer.text.endswith("/"):
            writer.text = writer.text[:-1]
            compiled[-1] = str(compiled[-1])[:-1]
        if manner == "written":
            writer.literal(value)
            compiled.append(value)
        elif isinstance(value, Residual):
            if writer.part in ("start", "authority"):
                raise TemplateFault(
                    "CS406",
                    offset,
                    "the host of the URL depends on a parameter",
                    "take the host from `values`: a journey must not choose where data goes",
                )
            compiled.append(value)
            writer.literal("x")
        else:
            text = text_at(value, offset)
            compiled.append(writer.placed(text, offset, encoded=manner == "encoded"))
    if any(isinstance(one, Residual) for one in compiled):
        result = Residual.concatenated(compiled)
        return {
            "$concat": [one.compiled() if isinstance(one, Residual) else one for one in result.parts or ()]
        }
    return writer.text
