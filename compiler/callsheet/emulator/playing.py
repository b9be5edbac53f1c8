"""What the emulator plays: which call came, what is answered, what is remembered of it for the page."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from callsheet.emulator.checks import Came, Refusal, refuse_call, refuse_token_call
from callsheet.emulator.faults import Faults
from callsheet.emulator.routes import Route, find_routes, references_of
from callsheet.emulator.shown import Shown, credential_names
from callsheet.emulator.standins import standin
from callsheet.language.dot_segments import dot_segment
from callsheet.language.failing import failing

KEPT_CALLS = 200
TOKEN_SECONDS = 3_600


class Call(Struct, frozen=True, kw_only=True):
    """One call as the page shows it: no stand-in and no token is in it.

    Attributes:
        action: whose call it is; empty where it is of none.
        status: what was answered; 0 where nothing was.
        reason: why, where it was not a success.

    """

    number: int
    at: str
    action: str
    method: str
    url: str
    headers: dict[str, str]
    body: str
    status: int
    reason: str


class Play:
    """The services of routes, as they answer.

    Args:
        routes: what is answered to.
        faults: how it fails, and how often.
        told: called with each call, when it was answered.

    """

    def __init__(
        self,
        routes: Sequence[Route],
        faults: Faults,
        told: Callable[[Call], None] = lambda call: None,  # noqa: ARG005
    ) -> None:
        self.routes = list(routes)
        self.faults = faults
        self.told = told
        self.tokens: dict[str, float] = {}
        self.calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.changed = threading.Condition()
        self.number = 0
        self.revision = 0
        self.old = ""
        self.hidden = {standin(one): one for one in references_of(self.routes)}

    def replace(self, routes: Sequence[Route]) -> None:
        """Play other routes from now on."""
        routes = list(routes)
        with self.changed:
            # Whoever answers a call at this moment goes on with the list that it took.
            self.hidden |= {standin(one): one for one in references_of(routes)}
            self.routes = routes
            self.old = ""
            self.revision += 1
            self.changed.notify_all()

    def keep_old(self, why: str) -> None:
        """Say that the workspace changed, and why what is played is still what it was."""
        with self.changed:
            self.old = why
            self.revision += 1
            self.changed.notify_all()

    def answer(self, came: Came) -> tuple[str, Refusal | None, Route | None]:
        """Return the body that answers a call, why it is refused, and whose it is."""
        parts = urlsplit(came.url)
        if dot_segment(came.url) is not None:
            left = Refusal(400, "a segment of the path is `.` or `..`, which a service removes")
            return _error_body(left), left, None
        found = find_routes(self.routes, parts.netloc, parts.path)
        if not found:
            unknown = Refusal(404, "no action of the workspace calls this")
            return _error_body(unknown), unknown, None
        tokens = [one for one in found if one.is_token]
        if tokens:
            return self._answer_token(tokens, came)
        refused: list[tuple[Refusal, Route]] = []
        for route in found:
            refusal = refuse_call(route, came, self.tokens)
            if refusal is None:
                return _sample(route, "success"), None, route
            refused.append((refusal, route))
        # Of several actions at one URL, the one that comes nearest is meant: that it was refused for last.
        refusal, route = min(refused, key=lambda one: (one[0].status == 405, one[0].status == 401))
        return _sample(route, "failure") or _error_body(refusal), _as_it_refuses(route, refusal), route

    def _answer_token(self, routes: list[Route], came: Came) -> tuple[str, Refusal | None, Route]:
        refusal: Refusal | None = None
        for route in routes:
            refusal = refuse_token_call(route, came)
            if refusal is None:
                token = secrets.token_hex(24)
                self.tokens[token] = time.monotonic() + TOKEN_SECONDS
                self.hidden[token] = "a token of the emulator"
                return _token_answer(route.authentication, token), None, route
        reason = refusal.reason if refusal else ""
        return json.dumps({"error": reason}), refusal, routes[-1]

    def remember(self, came: Came, status: int, reason: str, route: Route | None) -> None:
        """Keep a call for the page, and report it."""
        name = "" if route is None else f"{route.name} (token)" if route.is_token else route.name
        shown = Shown(dict(self.hidden), credential_names(self.routes if route is None else [route]))
        call = Call(
            number=0,
            at=time.strftime("%H:%M:%S"),
            action=name,
            method=came.method,
            url=shown.url(came.url),
            headers={key: shown.header(key, value) for key, value in came.headers.items()},
            body=shown.body(came.body.decode("utf-8", "replace"))[:20_000],
            status=status,
            reason=reason,
        )
        # Masking a large body takes long, and other calls do not wait for it.
        with self.changed:
            self.number += 1
            call = replace(call, number=self.number)
            self.calls.append(call)
            self.changed.notify_all()
        self.told(call)


def _as_it_refuses(route: Route, refusal: Refusal) -> Refusal:
    """Return a refusal with the status of a service that says its failures in the answer."""
    return replace(refusal, status=200) if failing(route.compiled, _sample(route, "failure")) else refusal


def _sample(route: Route, kind: str) -> str:
    sample = (route.compiled.get("responses") or {}).get(kind)
    payload = sample.get("payload") if isinstance(sample, dict) else None
    return "" if payload is None else json.dumps(payload, ensure_ascii=False)


def _error_body(refusal: Refusal) -> str:
    """Return the body of a refusal for which the action shows no answer."""
    return json.dumps({"error": refusal.reason}, ensure_ascii=False)


def _token_answer(authentication: Mapping[str, Any], token: str) -> str:
    """Return a token as the action reads it: by RFC 6749 section 5.1, or where `tokenInResponse` says."""
    if authentication["type"] != "custom":
        return json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})
    place = authentication["tokenInResponse"]
    if place == "response":
        return token
    answer: dict[str, Any] = {}
    expiry = (authentication.get("cacheDuration") or {}).get("expiryInResponse")
    for where, value in ((place, token), (expiry, TOKEN_SECONDS)):
        parts = (where or "").removeprefix("json://").replace("/", ".").split(".")
        node = answer
        for part in parts[:-1]:
            node = node.setdefault(part, {})
        if where:
            node[parts[-1]] = value
    return json.dumps(answer)
