"""One request as it was found, before anything of it is a parameter or a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from callsheet.errors import CallsheetError


class ImportFault(CallsheetError):  # noqa: N818 - a verdict about one request
    """What cannot become an action, with the reason: CS938."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__("CS938", message, help=help)


@dataclass(slots=True)
class Imported:
    """One request.

    Attributes:
        url: with its query.
        headers: as they were written, in their order.
        payload: the JSON body, or `NOTHING`.
        user: name and password of basic authentication, where they were given apart.
        notes: what was left out, for the author.

    """

    method: str
    url: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    payload: Any = None
    has_payload: bool = False
    user: tuple[str, str] | None = None
    notes: list[str] = field(default_factory=list)
