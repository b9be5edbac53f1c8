"""A request × a key → headers with its HMAC (RFC 2104), composed as the action's `authentication` says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from callsheet.errors import CallsheetError

_NAME = re.compile(r"\{([A-Za-z0-9:-]+)\}")


class Signed(Struct, frozen=True):
    """What a signature is made over.

    Attributes:
        headers: as they leave, but those of the signature.
        body: the bytes of the body; empty without one.

    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def signature_headers(
    authentication: Mapping[str, Any],
    request: Signed,
    key: str,
    *,
    now: datetime | None = None,
    nonce: str | None = None,
) -> dict[str, str]:
    """Return the headers that carry the signature of a request.

    Args:
        authentication: of type hmac.
        request: what is signed.
        key: the secret, as it is written.
        now: the time of {timestamp}; default: now.
        nonce: the value of {nonce}; default: 32 random hexadecimal digits.

    Raises:
        CallsheetError: CS966 where the key is not written as `keyEncoding` says, or a header that is signed
            is not in the request.

    """
    names = _names(authentication, request, now or datetime.now(UTC), nonce or secrets.token_hex(16))
    return _headers(authentication, request, key, names)


def is_signed(authentication: Mapping[str, Any], request: Signed, key: str) -> bool:
    """Return whether a request has the signature that its action makes, with its own time and nonce."""
    names = _names(authentication, request, datetime.now(UTC), "")
    known = {name.lower(): value for name, value in request.headers.items()}
    for name, template in authentication["headers"].items():
        pattern, seen = "", set()
        for index, part in enumerate(_NAME.split(template)):
            once = part in ("timestamp", "nonce", "signature") and part not in seen
            pattern += re.escape(part) if index % 2 == 0 else f"(?P<{part}>.+?)" if once else ".+?"
            seen.add(part)
        found = re.fullmatch(pattern, known.get(name.lower(), ""), re.DOTALL)
        if found is None:
            return False
        names |= {one: value for one, value in found.groupdict().items() if one != "signature"}
    try:
        expected = _headers(authentication, request, key, names)
    except CallsheetError:
        return False
    return all(
        hmac.compare_digest(value.encode(), known.get(name.lower(), "").encode())
        for name, value in expected.items()
    )


def _headers(
    authentication: Mapping[str, Any], request: Signed, key: str, names: dict[str, str]
) -> dict[str, str]:
    written: dict[str, str] = authentication["headers"]
    known = {name.lower(): value for name, value in request.headers.items()}
    for name, text in written.items():
        if "{signature}" not in text:
            known[name.lower()] = _filled(text, names, known)
    content = _filled(authentication["content"], names, known)
    algorithm = authentication.get("algorithm", "sha256")
    digest = hmac.new(_key(authentication, key), content.encode(), algorithm).digest()
    names["signature"] = _encoded(digest, authentication.get("encoding", "hex"))
    return {name: _filled(text, names, known) for name, text in written.items()}


def _names(authentication: Mapping[str, Any], request: Signed, now: datetime, nonce: str) -> dict[str, str]:
    parts = urlsplit(request.url)
    shown = {
        "unix": str(int(now.timestamp())),
        "iso8601": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "http": format_datetime(now, usegmt=True),
    }
    return {
        "method": request.method,
        "url": request.url,
        "host": parts.netloc.rpartition("@")[2],
        "path": parts.path or "/",
        "query": parts.query,
        "body": request.body.decode(),
        "bodySha256": hashlib.sha256(request.body).hexdigest(),
        "timestamp": shown[authentication.get("timestamp", "unix")],
        "nonce": nonce,
    }


def _filled(text: str, names: Mapping[str, str], headers: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        if not name.startswith("header:"):
            return names[name]
        found = headers.get(name.removeprefix("header:").lower())
        if found is None:
            raise CallsheetError(
                "CS966",
                f"the header `{name.removeprefix('header:')}` is signed, and the request has none",
                help="write it under `request.headers`",
            )
        return found

    # One pass: the content of a body is never read as a name.
    return _NAME.sub(value, text)


def _key(authentication: Mapping[str, Any], key: str) -> bytes:
    encoding = authentication.get("keyEncoding", "text")
    try:
        if encoding == "base64":
            return base64.b64decode(key, validate=True)
        return bytes.fromhex(key) if encoding == "hex" else key.encode()
    except ValueError:
        raise CallsheetError(
            "CS966",
            f"the key of the signature is not {encoding}",
            help="correct `keyEncoding`, or the secret",
        ) from None


def _encoded(digest: bytes, encoding: str) -> str:
    if encoding == "hex":
        return digest.hex()
    if encoding == "base64url":
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return base64.b64encode(digest).decode()
