"""A relay of an environment, from its start to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from callsheet.calling.attempts import Way
from callsheet.errors import CallsheetError, UsageError
from callsheet.outbound.hosts import LOOPBACK, Origin
from callsheet.outbound.secrets import resolve
from callsheet.relay.model import Content, Reading, RelaySettings


class RelaySession:
    """A relay that listens, and serves what is applied once it runs.

    Args:
        read: returns what is applied; raises `CallsheetError` where that cannot be read.
        settings: how it serves.
        way: returns how an action reaches its service.
        trusts: may a secret go to this host, beside that of a request?
        write: takes each line of its log.

    Attributes:
        url: where it listens.

    Raises:
        CallsheetError: CS878 where nothing says who may call, CS879 for a key, CS880 for a certificate,
            CS881 where it cannot listen, CS945 for a package, and what `read` raises.

    """

    def __init__(
        self,
        read: Callable[[], Reading],
        settings: RelaySettings,
        way: Callable[[Content], Way],
        trusts: Callable[[Origin], bool],
        write: Callable[[str], None],
    ) -> None:
        _refuse_missing()
        from callsheet.relay.application import Application
        from callsheet.relay.calls import Calls
        from callsheet.relay.certificates import Certificate
        from callsheet.relay.following import Follower
        from callsheet.relay.keys import Keys
        from callsheet.relay.metrics import Metrics
        from callsheet.relay.records import Records
        from callsheet.relay.server import Stopping, open_socket, server_of
        from callsheet.relay.serving import Serving

        refuse_anyone(settings)
        self.settings = settings
        self.records = Records(write, Metrics())
        keys = Keys(settings.keys, resolve)
        certificate = Certificate(settings)
        context = certificate.context
        serving = Serving(way=way, trusts=trusts, connections=settings.concurrency)

        def renew() -> None:
            for event in keys.read_again():
                self.records.key(event)
            certificate.read_again()

        self.follower = Follower(read, serving, renew, self.records, every=settings.poll)
        self.socket = open_socket(settings)
        self.url = _url(settings, self.socket.getsockname()[1], secure=context is not None)
        try:
            self.follower.start()
        except BaseException:
            self.socket.close()
            raise
        self.calls = Calls(settings, self.records.fault)
        self._stopping = Stopping(
            lambda: self.calls.busy,
            self._begin_to_stop,
            self.calls.abandon,
            lambda: self.records.event("warning", "wrong-client"),
            settings.grace,
        )
        application = Application(settings, keys, self.follower, self.calls, self.records)
        self.server = server_of(application.build(), settings, context, self._stopping)
        application.connections = lambda: len(self.server.server_state.connections)
        self._show_numbers()
        self.records.metrics.follow(self.records.metrics.unread, lambda: keys.unread)

    def run(self) -> None:
        """Serve until it is stopped; SIGTERM and Ctrl-C end it, a second Ctrl-C at once."""
        if not self.settings.tls_cert and self.settings.host not in LOOPBACK:
            why = "keys and parameters are not encrypted, unless TLS ends before this relay"
            self.records.event("warning", "plain-http", why=why)
        self.records.event("info", "listening", url=self.url)
        try:
            asyncio.run(self._serve())
        finally:
            self.socket.close()
            self.follower.close()
            self.calls.workers.close()
            self.records.event("info", "stopped", unfinished=self._stopping.unfinished)

    async def _serve(self) -> None:
        # What asyncio would print of a fault could contain a value.
        asyncio.get_running_loop().set_exception_handler(self._faulted)
        await self.server.serve(sockets=[self.socket])

    def _faulted(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        del loop
        self.records.fault(context.get("exception") or RuntimeError())

    def stop(self) -> None:
        """Begin to stop: calls that are made are finished, new ones are refused."""
        self._stopping.begin()

    def _begin_to_stop(self) -> None:
        self.calls.stopping = True
        self.records.event("info", "stopping", unfinished=self.calls.busy)

    def _show_numbers(self) -> None:
        metrics, calls = self.records.metrics, self.calls
        metrics.follow(metrics.in_flight, lambda: calls.gate.running)
        metrics.follow(metrics.waiting, lambda: calls.gate.waiting)
        metrics.follow(metrics.kept, lambda: len(calls.window))


def refuse_anyone(settings: RelaySettings) -> None:
    """Refuse a relay that anyone could call; raises CS878."""
    if not settings.keys and settings.client_ca is None:
        raise UsageError(
            "CS878",
            "nothing says who may call the relay",
            help="pass --key env:RELAY_KEY, or --client-ca FILE with --client-name NAME",
        )


def _url(settings: RelaySettings, port: int, *, secure: bool) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if secure else 'http'}://{host}:{port}"


def _refuse_missing() -> None:
    """Refuse to start without the packages that only a relay needs; raises CS945."""
    for name in ("starlette", "uvicorn", "prometheus_client", "httpx"):
        try:
            __import__(name)
        except ImportError:
            raise CallsheetError(
                "CS945",
                f"relay needs the package {name.replace('_', '-')}, which is not installed",
                help="pip install 'callsheet[relay]'",
            ) from None
