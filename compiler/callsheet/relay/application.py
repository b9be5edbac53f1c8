"""The HTTP side of a relay: its paths, who may use them, and the bounds of what is read."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from callsheet.relay.calls import Calls
from callsheet.relay.description import describe
from callsheet.relay.following import Follower
from callsheet.relay.keys import Keys
from callsheet.relay.model import RelaySettings
from callsheet.relay.records import Records
from callsheet.relay.replies import Reply, refusal
from callsheet.relay.requests import (
    Receive,
    RefusedError,
    drain,
    given_key,
    idempotency_key,
    parameters_of,
    read_body,
    refuse_type,
)
from callsheet.relay.serving import Table

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

OPEN_PATHS = ("/healthz", "/readyz")
"""What whoever starts a relay asks, without a key: they say nothing of what is served."""

LARGE_BODY = 16_384

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Application:
    """What answers each request."""

    def __init__(
        self, settings: RelaySettings, keys: Keys, follower: Follower, calls: Calls, records: Records
    ) -> None:
        self.settings = settings
        self.keys = keys
        self.follower = follower
        self.calls = calls
        self.records = records
        self.connections: Callable[[], int] = lambda: 0
        self.reading = asyncio.Lock()
        self.described: tuple[Table | None, bytes] = (None, b"")

    def build(self) -> Starlette:
        """Return it as Starlette runs it."""
        from starlette.applications import Starlette
        from starlette.middleware import Middleware
        from starlette.routing import Route

        application = Starlette(
            routes=[
                Route("/healthz", self.healthz, methods=["GET"]),
                Route("/readyz", self.readyz, methods=["GET"]),
                Route("/metrics", self.metrics, methods=["GET"]),
                Route("/openapi.json", self.openapi, methods=["GET"]),
                Route("/actions/{name}", self.action, methods=["POST"]),
            ],
            middleware=[Middleware(_Guard, refuse=self.refuse)],
            exception_handlers={404: self.not_found, 405: self.not_allowed, Exception: self.failed},
        )
        # A redirect would ask a caller to send its parameters to another path.
        application.router.redirect_slashes = False
        return application

    # Who may call -----------------------------------------------------------------------------------

    def refuse(self, scope: Scope) -> Response | None:
        """Return the answer to a request that is not even looked at; None for one that is."""
        if scope["path"] in OPEN_PATHS:
            return None
        if self.connections() > self.settings.connections:
            self.records.metrics.requests.labels("-", "503", "busy").inc()
            return _response(_CROWDED, {})
        if not self.keys or self.keys.accept(given_key(scope["headers"])):
            return None
        reply = refusal(401, "CS883", "unauthorized", "the key is missing, or not one of this relay")
        self.records.metrics.requests.labels("-", "401", "unauthorized").inc()
        self.records.event("warning", "wrong-key")
        return _response(reply, {"WWW-Authenticate": "Bearer"})

    # What is about the relay itself -----------------------------------------------------------------

    async def healthz(self, request: Request) -> Response:
        """Answer that the process runs."""
        del request
        return _json(200, {"status": "ok"})

    async def readyz(self, request: Request) -> Response:
        """Answer whether calls may be sent here, and how old what is served is."""
        del request
        follower = self.follower
        status = "stopping" if self.calls.stopping else follower.status
        told = {
            "status": status,
            "serial": follower.table.serial,
            "actions": len(follower.table.served),
            "notServed": len(follower.table.not_served),
            "readSecondsAgo": round(max(0.0, time.time() - follower.read_at), 1),
        }
        if follower.failure:
            told["code"] = follower.failure
        # What was read last is served while a target cannot be reached: a relay that is stale is ready.
        return _json(200 if status in ("ok", "stale") else 503, told)

    async def metrics(self, request: Request) -> Response:
        """Answer with the metrics, as Prometheus reads them."""
        from starlette.responses import Response

        del request
        text, kind = self.records.metrics.text()
        return Response(text, headers={"Content-Type": kind})

    async def openapi(self, request: Request) -> Response:
        """Answer with a description of what is served."""
        from starlette.responses import Response

        del request
        table = self.follower.table
        if self.described[0] is not table:
            text = json.dumps(describe(table, self.settings), ensure_ascii=False, sort_keys=True)
            self.described = (table, text.encode())
        return Response(self.described[1], media_type="application/json")

    # What is called ---------------------------------------------------------------------------------

    async def action(self, request: Request) -> Response:
        """Make the call of an action."""
        begin = time.monotonic()
        number = secrets.token_hex(8)
        name = str(request.path_params["name"])
        if b"%2f" in request.scope.get("raw_path", b"").lower():
            # Decoded, it is another path than the one that was asked for.
            name = ""
        served = self.follower.table.served.get(name)
        replayed, key, unread = False, None, True
        try:
            if self.calls.stopping:
                raise RefusedError(_STOPPING)
            if served is None:
                raise RefusedError(self._not_served(name))
            key = idempotency_key(request)
            refuse_type(request)
            end = begin + self.settings.deadline
            body = await read_body(request, self.settings.max_body, self.settings.deadline)
            unread = False
            params = await self._parameters_of(body)
            if self.calls.stopping:
                raise RefusedError(_STOPPING)
            reply, replayed = await self.calls.call(served, params, key, end)
        except RefusedError as refused:
            reply = refused.reply
            if unread and reply.status != 408:
                await drain(request.receive)
        known = served is not None or name in self.follower.table.not_served
        self.records.answered(
            name if known else "",
            reply,
            seconds=time.monotonic() - begin,
            request=number,
            replayed=replayed,
            key=key is not None,
        )
        headers = {"X-Request-Id": number}
        if replayed:
            headers["Idempotency-Replayed"] = "true"
        return _response(reply, headers)

    async def _parameters_of(self, body: bytes) -> dict[str, Any]:
        """Read a body; after a large one, whatever else waits has its turn before the next one."""
        if len(body) <= LARGE_BODY:
            return parameters_of(body)
        async with self.reading:
            params = parameters_of(body)
            await asyncio.sleep(0)
        return params

    def _not_served(self, name: str) -> Reply:
        found = self.follower.table.not_served.get(name)
        if found is None:
            return refusal(404, "CS884", "unknown", "no action of this name is served here")
        return refusal(
            503, "CS889", "not-served", f"the action is not served ({found.code}): nothing was sent"
        )

    # What goes wrong --------------------------------------------------------------------------------

    async def not_found(self, request: Request, error: Exception) -> Response:
        """Answer for a path that is not there."""
        del error
        await drain(request.receive)
        self.records.metrics.requests.labels("-", "404", "unknown").inc()
        return _response(refusal(404, "CS884", "unknown", "there is nothing at this path"), {})

    async def not_allowed(self, request: Request, error: Exception) -> Response:
        """Answer for a method that a path does not take."""
        await drain(request.receive)
        allowed: Any = getattr(error, "headers", None) or {}
        self.records.metrics.requests.labels("-", "405", "refused").inc()
        reply = refusal(405, "CS885", "refused", "the method is not one that this path takes")
        return _response(reply, dict(allowed))

    async def failed(self, request: Request, error: Exception) -> Response:
        """Answer for a fault of the relay itself."""
        del request
        self.records.fault(error)
        return _response(refusal(500, "CS999", "fault", "an internal error of the relay"), {})


class _Guard:
    """Answers requests that may not be answered, before anything looks at their path."""

    def __init__(self, app: Any, refuse: Callable[[Scope], Response | None]) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        refused = self.refuse(scope) if scope["type"] == "http" else None
        if refused is not None:
            await drain(receive)
            await refused(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        await self.app(scope, receive, send)


_CROWDED = replace(
    refusal(503, "CS887", "busy", "too many connections are open: nothing was sent", again_after=1),
    headers={"Retry-After": "1", "Connection": "close"},
)
_STOPPING = refusal(503, "CS887", "stopping", "the relay is stopping: nothing was sent", again_after=1)


def _response(reply: Reply, headers: dict[str, str]) -> Response:
    from starlette.responses import Response

    own = {"Cache-Control": "no-store", "X-Callsheet-Outcome": reply.outcome, **reply.headers, **headers}
    if reply.status in (408, 413) or reply.outcome == "stopping":
        own["Connection"] = "close"
    if reply.body or reply.status not in (204, 205):
        own["Content-Type"] = reply.content_type
    return Response(reply.body, status_code=reply.status, headers=own)


def _json(status: int, value: Any) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse(value, status_code=status, headers={"Cache-Control": "no-store"})
