"""The media types of a body as a description names them: which are JSON, and which one a request has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_JSON = ("application/json", "text/json", "application/*", "*/*")


def is_json(media: str) -> bool:
    """Return whether a media type is one of JSON, or a range of types among which JSON is."""
    bare = essence(media)
    return bare in _JSON or bare.endswith("+json")


def essence(media: str) -> str:
    """Return a media type without its parameters."""
    return media.partition(";")[0].strip().lower()


def without_charset(media: str) -> str:
    """Return a media type without its charset: JSON is UTF-8 (RFC 8259 section 8.1)."""
    first, *parameters = (one.strip() for one in media.split(";"))
    return "; ".join([first.lower(), *(it for it in parameters if not it.lower().startswith("charset"))])


def takes(known: str, media: str) -> bool:
    """Return whether a media type, or a range as `application/*+json`, is that of a request."""
    wanted, bare = essence(media), essence(known)
    head, star, tail = bare.partition("*")
    longer = len(wanted) > len(head) + len(tail)
    ranged = bool(star) and longer and wanted.startswith(head) and wanted.endswith(tail)
    return ranged or bare in (wanted, "*/*")


def nearest_to(listed: Iterable[str], media: str) -> str | None:
    """Return the type that describes a request of a media type: of those that take it, the narrowest."""
    found = [one for one in listed if takes(one, media)]
    wanted = without_charset(media)
    exact = [one for one in found if without_charset(one) == wanted]
    return min(exact or found, key=lambda one: (one.count("*"), -len(essence(one))), default=None)


def content_type(headers: Mapping[str, Any]) -> str | None:
    """Return the Content-Type that a request writes; None without one, or where it is not known."""
    written = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
    return written if isinstance(written, str) else None
