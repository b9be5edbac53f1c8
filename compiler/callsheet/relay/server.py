"""The server of a relay: uvicorn, with TLS, bounds for connections, and a stop that finishes calls."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from callsheet.errors import CallsheetError
from callsheet.relay.certificates import is_named
from callsheet.relay.model import RelaySettings
from callsheet.relay.replies import refusal

if TYPE_CHECKING:
    import uvicorn

HEAD_SECONDS = 10.0
"""So long a connection may be open before the head of its first request has come."""
IDLE_SECONDS = 75
"""So long a connection is kept between two requests: longer than clients and proxies usually keep theirs,
so that a request seldom meets a connection that is just being closed."""


MALFORMED = refusal(400, "CS885", "refused", "the request is not HTTP/1.1: nothing was sent")


def open_socket(settings: RelaySettings) -> socket.socket:
    """Open what the relay listens on; raises CS881."""
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        # By its protocol, asyncio knows that it is TCP, and sends an answer's head and body at once.
        found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind((settings.host, settings.port))
            found.listen(512)
        except BaseException:
            found.close()
            raise
        return found
    except (OSError, OverflowError, UnicodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is not an address of this machine").lower()
        raise CallsheetError(
            "CS881",
            f"port {settings.port} of {settings.host!r} cannot be opened: {reason}",
            help="choose another with --port, or --port 0 for any free port; --host 0.0.0.0 is every"
            " interface of this machine",
        ) from None


def server_of(
    application: Any, settings: RelaySettings, context: ssl.SSLContext | None, stop: Stopping
) -> uvicorn.Server:
    """Return the server; it reads requests strictly, and says nothing of its own."""
    import h11
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Protocol(H11Protocol):
        """Closes a connection whose next request does not come, or whose client has none of the names."""

        head: asyncio.TimerHandle | None = None
        stranger = False

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if not is_named(transport, settings.client_names):
                self.stranger = True
                stop.strangers()
                transport.abort()
                return
            self._wait_for_head()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._head_has_come()

        def data_received(self, data: bytes) -> None:
            if self.stranger:
                return  # what came with the end of the handshake is still delivered
            super().data_received(data)
            cycle: Any = self.cycle
            if cycle is not None and not cycle.response_complete:
                self._head_has_come()
            elif self.head is None:
                self._wait_for_head()

        def send_400_response(self, msg: str) -> None:
            del msg  # it may contain parts of the request
            headers = [
                (b"Content-Type", MALFORMED.content_type.encode()),
                (b"Content-Length", str(len(MALFORMED.body)).encode()),
                (b"X-Callsheet-Outcome", MALFORMED.outcome.encode()),
                (b"Connection", b"close"),
            ]
            events = (
                h11.Response(status_code=MALFORMED.status, headers=headers, reason=b"Bad Request"),
                h11.Data(data=MALFORMED.body),
                h11.EndOfMessage(),
            )
            self.transport.write(b"".join(self.conn.send(one) or b"" for one in events))
            self.transport.close()

        def _wait_for_head(self) -> None:
            self.head = asyncio.get_running_loop().call_later(HEAD_SECONDS, self.transport.close)

        def _head_has_come(self) -> None:
            if self.head is not None:
                self.head.cancel()
            self.head = None

    class Server(uvicorn.Server):
        """Finishes the calls that it makes before it closes; a second signal closes it at once."""

        def handle_exit(self, sig: int, frame: Any) -> None:
            del sig, frame
            # uvicorn would raise the signal again, which ends the process before its last line.
            if stop.begin():
                stop.hurry()

        async def on_tick(self, counter: int) -> bool:
            return await super().on_tick(counter) or stop.is_over()

    for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi"):
        # Its words may contain parts of a request.
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
    config = uvicorn.Config(
        application,
        http=Protocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=16_384,
        backlog=512,
    )
    config.load()
    config.ssl = context
    return Server(config)


class Stopping:
    """The way of a relay to its end: it refuses new calls, and finishes those that it makes.

    Args:
        busy: returns how many calls are made, or wait.
        begun: called when it begins.
        abandon: answers the callers who still wait when the grace is over.
        strangers: called for a client whose certificate has not one of the names.
        grace: the seconds that calls may take to end.

    Attributes:
        unfinished: how many calls were still made when the grace was over.

    """

    def __init__(
        self,
        busy: Callable[[], int],
        begun: Callable[[], None],
        abandon: Callable[[], None],
        strangers: Callable[[], None],
        grace: float,
    ) -> None:
        self.busy = busy
        self.begun = begun
        self.abandon = abandon
        self.strangers = strangers
        self.grace = grace
        self.unfinished = 0
        self._until: float | None = None

    def begin(self) -> bool:
        """Begin to stop; returns whether it had begun."""
        if self._until is not None:
            return True
        self._until = time.monotonic() + self.grace
        self.begun()
        return False

    def hurry(self) -> None:
        """Wait no longer for what is unfinished."""
        self._until = time.monotonic()

    def is_over(self) -> bool:
        """Return whether nothing is waited for any more."""
        if self._until is None:
            return False
        if self.busy() and time.monotonic() >= self._until:
            self.unfinished = self.busy()
            self.abandon()
            return True
        return self.busy() == 0
