"""A compiled URL → the static part of the screen, the expression of *Path*, and what belongs to the query.

Source: the reference on deployment, section 1.3, and correction 11 (a constant query in the URL is taken).
Whether a journey percent-encodes what a Path or a query parameter holds is not verified (section 11,
point 5).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from callsheet.language.urls import host_of, secret_url
from callsheet.targets.journey_optimizer.lowering.leaves import Leaves
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.operators import composed
from callsheet.targets.journey_optimizer.lowering.values import Value

HIDDEN_URL = "the URL is a secret, and the screen shows URLs to whoever opens it"
RESERVED = (
    "whether the journey encodes `/`, `?`, `#`, spaces and letters with accents in it is not documented"
)
_ENCODING = 5
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*")
_SAFE_PATTERN = re.compile(r"\^(?:\[[A-Za-z0-9_~-]+\](?:[+*]|\{[0-9]+(?:,[0-9]*)?\})?)+\$")
_ADOBE = re.compile(r"(?:^|\.)adobe(?:-internal)?\.[a-z]+\Z")
_NUMBER_HOST = re.compile(r"(?:0x[0-9a-f]+|[0-9]+)(?:\.(?:0x[0-9a-f]+|[0-9]+)){0,3}\Z")
Piece = str | dict[str, Any]


class LoweredUrl(Struct, frozen=True, kw_only=True):
    """A URL as the screen and the canvas hold it.

    Attributes:
        static: what is typed into the screen.
        path: what *Path* computes, or None.
        query: query parameters that stand after a part that changes: constants, or compiled leaves.

    """

    static: str
    path: Value | None
    query: dict[str, Any]


def lowered_url(url: Any, leaves: Leaves) -> LoweredUrl:
    """Split a compiled URL; raises `NeedsRelayError` where a journey cannot call it."""
    _check_host(url)
    if secret_url(url) is not None:
        raise NeedsRelayError(HIDDEN_URL)
    if isinstance(url, str):
        return LoweredUrl(static=url, path=None, query={})
    before, after = _split_at_query(url["$concat"])
    first, *rest = before
    if not isinstance(first, str) or "/" not in first.partition("://")[2]:
        raise NeedsRelayError(
            "a parameter stands in the URL before its path, which a journey cannot change"
        )
    query = dict(_pairs(after))
    if not rest:
        return LoweredUrl(static=first, path=None, query=query)
    static, _, beginning = first.rpartition("/")
    return LoweredUrl(static=static, path=_path([beginning, *rest], leaves), query=query)


def host_fault(url: str) -> str:
    """Return why Journey Optimizer does not call the host of a URL; empty where it does."""
    try:
        _check_host(url)
    except NeedsRelayError as error:
        return str(error)
    return ""


def _check_host(url: Any) -> None:
    text = url if isinstance(url, str) else str(url["$concat"][0])
    host = host_of(text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise NeedsRelayError("the URL's port cannot be read") from error
    if port is not None and port != {"http": 80, "https": 443}.get(parts.scheme):
        raise NeedsRelayError(f"Journey Optimizer calls the default ports only, and this is {port}")
    if _is_address(parts.hostname or ""):
        raise NeedsRelayError("Journey Optimizer calls no IP address")
    if _ADOBE.search(host) and not host.endswith("adobe.io"):
        raise NeedsRelayError(f"Journey Optimizer refuses Adobe's host {host}", "host")


def _is_address(host: str) -> bool:
    if _NUMBER_HOST.match(host):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _split_at_query(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Part the pieces of a URL at its `?`."""
    for index, one in enumerate(pieces):
        if isinstance(one, str) and "?" in one:
            before, _, after = one.partition("?")
            return [*pieces[:index], *([before] if before else [])], [after, *pieces[index + 1 :]]
    return pieces, []


def _path(pieces: list[Piece], leaves: Leaves) -> Value:
    values = [leaves.value(_unencoded(one)) for one in pieces if one != ""]
    path = composed(values)
    dynamic = [one for one in pieces if isinstance(one, dict)]
    if all(is_unreserved(one, leaves.declared) for one in dynamic):
        return path
    return path.made(path.expression, differs=RESERVED, unverified=(_ENCODING,))


def _unencoded(piece: Piece) -> Piece:
    """Return a piece without the filter that encodes it: the journey's own encoding takes its place."""
    steps = list(piece.get("filters", ())) if isinstance(piece, dict) else []
    if isinstance(piece, dict) and steps[-1:] == ["urlencode"]:
        return {"$param": piece["$param"], **({"filters": steps[:-1]} if steps[:-1] else {})}
    return piece


def is_unreserved(leaf: Mapping[str, Any], declared: Mapping[str, Any]) -> bool:
    """Return whether a parameter declares that its values need no encoding in a URL."""
    fields = declared.get(leaf.get("$param", ""), {})
    if leaf.get("filters") == ["digits"] or (
        not leaf.get("filters") and fields.get("type") in ("integer", "boolean", "date")
    ):
        return True
    if leaf.get("filters") or fields.get("type") != "string":
        return False
    if "enum" in fields:
        return all(isinstance(one, str) and _UNRESERVED.fullmatch(one) for one in fields["enum"])
    return fields.get("format") == "uuid" or bool(_SAFE_PATTERN.fullmatch(fields.get("pattern", "")))


def _pairs(pieces: list[Piece]) -> Iterator[tuple[str, Any]]:
    """Yield the names and compiled values of a query that is written in a URL."""
    groups: list[list[Piece]] = [[]]
    for one in pieces:
        if isinstance(one, dict):
            groups[-1].append(_unencoded(one))
            continue
        first, *others = one.split("&")
        groups[-1].append(first)
        groups += [[other] for other in others]
    seen = set()
    for group in groups:
        kept = [one for one in group if one != ""]
        if not kept:
            continue
        if not isinstance(kept[0], str) or "=" not in kept[0]:
            raise NeedsRelayError("the name of a query parameter depends on a parameter")
        name, _, value = kept[0].partition("=")
        if name in seen:
            raise NeedsRelayError(f"the query parameter `{name}` is written twice")
        seen.add(name)
        parts = [unquote(one) if isinstance(one, str) else one for one in (value, *kept[1:]) if one != ""]
        yield unquote(name), _joined(parts)


def _joined(parts: list[Piece]) -> Any:
    if all(isinstance(one, str) for one in parts):
        return "".join(str(one) for one in parts)
    return parts[0] if len(parts) == 1 else {"$concat": parts}
