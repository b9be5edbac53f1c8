"""One request as it was found, before anything of it is a parameter or a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from callsheet.errors import CallsheetError


class ImportFault(CallsheetError):  # noqa: N818 - a verdict about one request
    """What cannot become an action, with the reason: CS938."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__("CS938", message, help=help)


def checked_url(url: str) -> str:
    """Return a URL that can be taken apart.

    Raises:
        ImportFault: for one that cannot, such as a host in brackets that is not an address.

    """
    try:
        _ = urlsplit(url).hostname
    except ValueError:
        # It is not shown: a credential may be in it, and Python's words may hold it.
        raise ImportFault("the URL cannot be read", "correct its host, and the brackets in it") from None
    return url


def misshapen(what: str) -> ImportFault:
    """Say that a file of other people's tools has another shape than their format."""
    return ImportFault(
        f"the file is not valid as {what}: a part of it is missing, or has another type",
        "export it again, or write the action by hand",
    )


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that becomes a parameter, because what was imported says so.

    Attributes:
        name: from which the parameter's is made.
        fields: of its declaration.
        example: a value of it.

    """

    name: str
    fields: dict[str, Any]
    example: Any


@dataclass(slots=True)
class Imported:
    """One request.

    Attributes:
        url: with its query; a name between U+E002 and U+E003 is a slot.
        headers: as they were written, in their order; a name between U+E000 and U+E001 is
            a variable of the shell.
        payload: the JSON body; a leaf may be a slot.
        user: name and password of basic authentication, where they were given apart.
        slots: what stands in the URL for a value.
        contract: what describes the call, as an action names it.
        notes: what was left out, for the author.

    """

    method: str
    url: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    payload: Any = None
    has_payload: bool = False
    user: tuple[str, str] | None = None
    slots: dict[str, Slot] = field(default_factory=dict)
    contract: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)
