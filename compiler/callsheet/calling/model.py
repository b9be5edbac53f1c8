"""One HTTP request, as others look at it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from callsheet.templates.values import canonical_text


class _NoPayload:
    """The request has no body."""

    def __reduce__(self) -> str:
        """Return the name of the only one: a copy of it is itself."""
        return "NO_PAYLOAD"


NO_PAYLOAD = _NoPayload()


class Request(Struct, frozen=True, kw_only=True):
    """One HTTP request.

    Attributes:
        url: with its query.
        headers: by name; a value is a text, or `{"secret": reference}`.
        payload: the JSON body as the value that its text has, or `NO_PAYLOAD`.

    """

    method: str
    url: str
    headers: dict[str, Any]
    payload: Any

    @property
    def body(self) -> str:
        """The body as canonical JSON; empty without one."""
        return "" if self.payload is NO_PAYLOAD else canonical_text(self.payload)
