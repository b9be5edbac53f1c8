"""One request, sent for real: bounded in time and size, without redirects, reported as to a journey."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct
from msgspec.structs import replace

from callsheet.calling.attempts import Answer, Call, Progress, Way, attempt_of
from callsheet.calling.request import build_request
from callsheet.errors import CallsheetError
from callsheet.language.failing import failing
from callsheet.language.urls import secret_url
from callsheet.outbound.authentication import is_renewable, prove, tls_context
from callsheet.outbound.durations import seconds_of
from callsheet.outbound.masking import without_secrets, without_secrets_in_bytes
from callsheet.outbound.retries import REPEATABLE, RetryPolicy
from callsheet.outbound.slots import Slots
from callsheet.outbound.tokens import Tokens

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 30.0


def send(
    compiled: Mapping[str, Any],
    params: Mapping[str, Any],
    way: Way,
    *,
    caps: Mapping[str, str] | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Answer:
    """Send the request of a compiled action.

    Args:
        compiled: the action.
        params: values of its parameters.
        way: how it reaches the service.
        caps: the rates of the EndpointConfigs that cover it, by name.
        wait: sleeps between two attempts.

    Raises:
        CallsheetError: CS926 for the parameters, CS606 for a secret, CS945 without httpx, CS962 to
            CS966 for the authentication.

    """
    with Line(compiled, way, slots_of(compiled, caps or {})) as line:
        return line.send(params, wait=wait)


def slots_of(compiled: Mapping[str, Any], caps: Mapping[str, str]) -> dict[str, Slots]:
    """Return the slots of an action's rate, and of each EndpointConfig that caps it, by their words."""
    rate = (compiled.get("limits") or {}).get("rate")
    own = {ITS_RATE: Slots(rate)}
    return own | {capped_by(name, rate): Slots(rate) for name, rate in caps.items()}


ITS_RATE = "the action's rate"


def capped_by(name: str, rate: str) -> str:
    """Return the words for an EndpointConfig that caps an action."""
    return f"`{name}` lets through ({rate})"


class _Opened(Struct, frozen=True):
    """What a line has open, and the digest of the client certificate that it shows."""

    digest: str
    client: httpx.Client
    tokens: Tokens


class AfterSendingError(CallsheetError):
    """What kept a further attempt from being made: one that left before was refused."""

    def __init__(self, error: CallsheetError) -> None:
        super().__init__(error.code, error.message, help=error.help, details=error.details)


class Line:
    """What the calls of one action share: connections, tokens, and the slots of its rates.

    Args:
        compiled: the action.
        way: how it reaches the service.
        slots: every attempt takes one of each; by the words that say whose they are.
        connections: how many are kept open.

    Raises:
        CallsheetError: CS945 without httpx.

    """

    def __init__(
        self,
        compiled: Mapping[str, Any],
        way: Way,
        slots: Mapping[str, Slots],
        *,
        connections: int = 20,
    ) -> None:
        self._httpx = _httpx()
        self.compiled = compiled
        self.way = way
        self.slots = slots
        self.limits = compiled.get("limits") or {}
        self.timeout = seconds_of(self.limits.get("timeout"), TIMEOUT_SECONDS)
        self.connections = connections
        self._shown: dict[str, str] = {}
        self._opened: _Opened | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Return the line."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Close its connections."""
        self.close()

    def close(self) -> None:
        """Close its connections."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.client.close()

    def send(
        self,
        params: Mapping[str, Any],
        *,
        within: float = float("inf"),
        wait: Callable[[float], None] = time.sleep,
        turn: AbstractContextManager[None] | None = None,
        progress: Progress | None = None,
    ) -> Answer:
        """Send one request; several threads may send at once.

        Args:
            params: values of the action's parameters.
            within: the seconds that it may take, where the action itself allows more.
            wait: sleeps between two attempts.
            turn: entered while the request is put together.
            progress: counts the attempts, and may end them.

        Raises:
            CallsheetError: as `send`; AfterSendingError where an attempt was made before.

        """
        from callsheet.outbound.deadlines import until

        end = time.monotonic() + min(self.timeout, within)
        with turn or nullcontext():
            request = build_request(self.compiled, params, self._in_request)
            client, tokens = self._connected()
            call = Call(client, request, self.way, progress)
        with until(end):
            bounds = _Bounds(self.limits, self.slots, end)
            try:
                answer = _with_retries(call, self.compiled["authentication"], tokens, bounds, wait)
            except CallsheetError as error:
                if not call.left:
                    raise
                raise AfterSendingError(error) from None
        answer = self._hidden(answer, [*self._shown.values(), *call.proofs])
        reason = failing(self.compiled, answer.text) if answer.outcome == "ok" else ""
        return replace(answer, outcome="failed", reason=reason) if reason else answer

    def _hidden(self, answer: Answer, secrets: Collection[str]) -> Answer:
        """Return an answer without the secrets that the service repeats, wherever it does."""
        content = without_secrets_in_bytes(answer.content, secrets)
        return replace(
            answer,
            content=content,
            text=content.decode("utf-8", "replace"),
            content_type=without_secrets(answer.content_type, secrets),
            reason=without_secrets(answer.reason, secrets),
        )

    def _in_request(self, reference: str) -> str:
        """Return a secret of the request; where the URL is one, a stand-in comes after its host."""
        secret, whole = self._reveal(reference), secret_url(self.compiled["request"]["url"])
        if whole is None or whole.reference != reference:
            return secret
        if not self.way.real:
            return whole.head + secret
        self._shown[f"{reference}, its path"] = secret[len(whole.head) :] or secret
        return secret

    def _reveal(self, reference: str) -> str:
        self._shown[reference] = secret = self.way.resolve(reference)
        return secret

    def _connected(self) -> tuple[httpx.Client, Tokens]:
        """Return the client and its tokens: new ones where the action's certificate was renewed."""
        from callsheet.outbound.deadlines import PunctualTransport

        authentication = self.compiled["authentication"] if self.way.real else {}
        digest = _digest_of(authentication.get("clientCertificate"), self._reveal)
        with self._lock:
            opened = self._opened
            if opened is None or opened.digest != digest:
                # Authorities that SSL_CERT_FILE names count, as a company's own.
                context = tls_context(authentication, self._reveal)
                # No redirect is followed: another host would get the key. No proxy or .netrc of the machine
                # is asked.
                limits = self._httpx.Limits(
                    max_connections=None, max_keepalive_connections=self.connections
                )
                client = self._httpx.Client(
                    transport=PunctualTransport(context, limits),
                    timeout=self.timeout,
                    follow_redirects=False,
                    trust_env=False,
                )
                tokens = Tokens(client, self._reveal, self.way.route)
                self._opened = opened = _Opened(digest, client, tokens)
        return opened.client, opened.tokens


def _digest_of(certificate: Mapping[str, Any] | None, reveal: Callable[[str], str]) -> str:
    """Return what changes when a client certificate does."""
    parts = [reveal(one["secret"]) for one in (certificate or {}).values()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class _Bounds:
    """What bounds one send: the action's limits, and the endpoints that cap it; every attempt counts."""

    def __init__(self, limits: Mapping[str, Any], slots: Mapping[str, Slots], end: float) -> None:
        retries = int(limits.get("retries") or 0)
        self.policy = RetryPolicy(retries=retries, pause=0.4)
        self.slots = slots
        self.end = end

    def exceeded(self) -> str | None:
        """Take a slot of each; return the one that has none left."""
        return next((words for words, one in self.slots.items() if not one.take()), None)


def _with_retries(
    call: Call,
    authentication: Mapping[str, Any],
    tokens: Tokens,
    bounds: _Bounds,
    wait: Callable[[float], None],
) -> Answer:
    """Call until it is settled, within the action's timeout, and no more often than what bounds it."""
    begin, end = time.monotonic(), bounds.end
    proof = prove(authentication, call.signed, tokens)
    attempts, renewed, answer = 0, False, None
    while True:
        if answer is None and time.monotonic() >= end:
            # The token took all the time: a call that nobody waits for does not leave.
            return _not_begun(time.monotonic() - begin)
        if exceeded := bounds.exceeded():
            last = answer or Answer(
                outcome="capped", status=None, text="", seconds=0, attempts=0, left=False
            )
            reason = f"a {'retry' if attempts else 'call'} would be more than {exceeded}"
            return replace(last, outcome="capped", seconds=time.monotonic() - begin, reason=reason)
        if not call.progress.begin():
            return answer or _not_begun(time.monotonic() - begin)
        attempts += 1
        left = max(end - time.monotonic(), 0.001)
        answer = replace(
            call.once(proof, left),
            attempts=attempts,
            seconds=time.monotonic() - begin,
            left=call.left,
        )
        if answer.status == 401 and not renewed and is_renewable(authentication):
            proof, renewed = prove(authentication, call.signed, tokens, anew=True), True
            continue
        attempt = attempt_of(answer, repeatable=call.request.method in REPEATABLE)
        pause = bounds.policy.before_next(attempts - renewed, attempt)
        if pause is None or time.monotonic() + pause >= end:
            return answer
        wait(pause)
        if authentication.get("type") == "hmac":
            proof = prove(authentication, call.signed, tokens)


def _not_begun(seconds: float) -> Answer:
    return Answer(outcome="timedout", status=None, text="", seconds=seconds, attempts=0, left=False)


def _httpx() -> Any:
    try:
        import httpx
    except ImportError:
        raise CallsheetError(
            "CS945",
            "send needs the package httpx, which is not installed",
            help="pip install 'callsheet[send]'",
        ) from None
    return httpx
