"""The emulator's HTTP server on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http.server import ThreadingHTTPServer

from callsheet.emulator.faults import Faults
from callsheet.emulator.handler import handler_of
from callsheet.emulator.playing import Call, Play
from callsheet.emulator.routes import Route
from callsheet.errors import CallsheetError
from callsheet.words import reason_of


class Emulator(Play):
    """Plays the services of routes on 127.0.0.1.

    Args:
        routes: what it answers to.
        faults: how it fails, and how often.
        port: where it listens; 0 for any that is free.
        told: called with each call, when it was answered.

    Raises:
        CallsheetError: CS968 where it cannot listen there.

    """

    def __init__(
        self,
        routes: Sequence[Route],
        faults: Faults,
        *,
        port: int = 0,
        told: Callable[[Call], None] = lambda call: None,  # noqa: ARG005
    ) -> None:
        super().__init__(routes, faults, told)
        try:
            self.server = _Server(("127.0.0.1", port), handler_of(self))
        except (OSError, OverflowError) as error:
            reason = reason_of(error, "there is no such port")
            raise CallsheetError(
                "CS968",
                f"port {port} of this machine cannot be opened: {reason}",
                help="choose another with --port, or --port 0 for any free port",
            ) from None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://localhost:{self.server.server_port}"

    def serve(self) -> None:
        """Answer until `close` is called from another thread."""
        self.server.serve_forever(poll_interval=0.1)

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
        with self.changed:
            self.changed.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = False
