"""A request of a caller → its keys and its parameters, bounded in size and time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from callsheet.relay.bodies import BodyError, read_parameters
from callsheet.relay.replies import Reply, refusal
from callsheet.relay.serving import KEY_HEADER

if TYPE_CHECKING:
    from starlette.requests import Request

BODY_SECONDS = 10.0
"""So long the body of a call may take to come."""
DRAIN_SECONDS = 1.0
DRAIN_BYTES = 65_536
"""So much of a body that is not wanted is read, that its sender comes to read the answer."""
_KEY = re.compile(rb"[\x21-\x7e]{1,255}")
_CONTENT_TYPE = re.compile(
    rb"application/(?:[a-z0-9.+-]+\+)?json(?:\s*;\s*charset=\"?utf-8\"?)?", re.IGNORECASE
)
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class RefusedError(Exception):
    """A call that is answered by the relay itself."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.code)
        self.reply = reply


def given_key(headers: list[tuple[bytes, bytes]]) -> bytes | None:
    """Return the key of a request; None where it has none, or more than one."""
    found = [value for name, value in headers if name == KEY_HEADER.encode()]
    bearers = [value for name, value in headers if name == b"authorization"]
    found += [value[7:].strip() for value in bearers if value[:7].lower() == b"bearer "]
    return found[0] if len(found) == 1 else None


def idempotency_key(request: Request) -> str | None:
    """Return the idempotency key of a call; None without one; raises RefusedError."""
    found = [value for name, value in request.scope["headers"] if name == b"idempotency-key"]
    if not found:
        return None
    if len(found) > 1 or not _KEY.fullmatch(found[0]):
        raise _refused(400, "`Idempotency-Key` is not one value of 1 to 255 visible ASCII characters")
    return str(found[0].decode("ascii"))


def refuse_type(request: Request) -> None:
    """Refuse a body that is not declared as JSON, or is encoded; raises RefusedError."""
    headers = request.scope["headers"]
    found = [value.strip() for name, value in headers if name == b"content-type"]
    if len(found) != 1 or not _CONTENT_TYPE.fullmatch(found[0]):
        raise _refused(415, "the content type is not application/json, in UTF-8")
    if {b"content-length", b"transfer-encoding"} <= {name for name, _ in headers}:
        error = _refused(400, "the body has two lengths, `Content-Length` and `Transfer-Encoding`")
        # Where the next request begins is a matter of opinion: nothing more of it is read.
        error.reply = replace(error.reply, headers={"Connection": "close"})
        raise error
    if any(name == b"content-encoding" for name, _ in headers):
        raise _refused(415, "the body is encoded; send it as it is")


async def read_body(request: Request, most: int, seconds: float) -> bytes:
    """Return a body of so many bytes at most; raises RefusedError."""
    from starlette.requests import ClientDisconnect

    too_large = _refused(413, f"the body is longer than {most} bytes")
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length[:18]) > most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(min(BODY_SECONDS, seconds)):
            async for piece in request.stream():
                body += piece
                if len(body) > most:
                    raise too_large
    except TimeoutError:
        raise _refused(408, "the body did not come in time") from None
    except ClientDisconnect:
        raise _refused(400, "the body did not come whole") from None
    return bytes(body)


def parameters_of(body: bytes) -> dict[str, Any]:
    """Return the parameters of a call; raises RefusedError for what is not one JSON object."""
    try:
        return read_parameters(body)
    except BodyError as error:
        raise _refused(400, str(error)) from None


async def drain(receive: Receive) -> None:
    """Read what is left of a small body, so that its sender reads the answer before the end."""
    read = 0
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while read <= DRAIN_BYTES:
                message = await receive()
                read += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
    except (TimeoutError, RuntimeError):
        return


def _refused(status: int, message: str) -> RefusedError:
    return RefusedError(refusal(status, "CS885", "refused", f"{message}: nothing was sent"))
