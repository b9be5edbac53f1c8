"""One attempt of a call: what it sends, and what came back of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from msgspec import Struct

from callsheet._version import __version__
from callsheet.calling.model import NO_PAYLOAD, Request
from callsheet.outbound.authentication import Proof
from callsheet.outbound.bounded import MEBIBYTE, EndlessAnswerError, LongAnswerError, read_bounded
from callsheet.outbound.retries import UNSURE, Attempt, refused_for_now, retry_after
from callsheet.outbound.signatures import Signed
from callsheet.outbound.urls import with_query

if TYPE_CHECKING:
    import httpx

MAX_ANSWER = MEBIBYTE
TOO_LONG = "the answer is longer than 1 MiB"
_UNSENDABLE = ("InvalidURL", "UnsupportedProtocol", "UnicodeError", "LocalProtocolError")
"""What httpx calls a request that it does not send: another attempt would be the same."""
_BEFORE_IT_LEFT = ("ConnectError", "ConnectTimeout", "PoolTimeout", *_UNSENDABLE[:3])
"""What httpx calls an error before anything left for the service."""


class Answer(Struct, frozen=True, kw_only=True):
    """What came back.

    Attributes:
        outcome: `ok`, `http_<code>`, `timedout`, `capped` (by the action's rate, or by an EndpointConfig)
            or `internalError`: what Journey Optimizer reports to a journey; `failed` where the answer
            meets `responses.failure.when`, which only callsheet knows.
        text: the body as text; what is not UTF-8 is replaced in it.
        content: the body as it came, 1 MiB at most, without secrets.
        attempts: how often it was sent.
        reason: why it failed, where no status says so.
        again_after: the seconds of its `Retry-After`; 0 without.
        content_type: as the answer names it.
        left: whether the request left for the service, or may have.
        refused: whether the service refused it for now, and so did nothing.

    """

    outcome: str
    status: int | None
    text: str
    seconds: float
    attempts: int
    reason: str = ""
    again_after: float = 0.0
    content_type: str = ""
    left: bool = True
    refused: bool = False
    content: bytes = b""


class Way(Struct, frozen=True, kw_only=True):
    """How a call reaches the service: for real, or to a stand-in on this machine.

    Attributes:
        resolve: returns the secret of a reference.
        route: returns the URL that is called for one.
        real: is it the service itself, with TLS and the action's certificate?

    """

    resolve: Callable[[str], str]
    route: Callable[[str], str] = lambda url: url
    real: bool = True


class Progress:
    """How far a call has come, for whoever waits for it in another thread.

    Attributes:
        attempts: how many were begun.

    """

    def __init__(self) -> None:
        self.attempts = 0
        self._open = True
        self._lock = threading.Lock()

    def begin(self) -> bool:
        """Count an attempt that is about to be made; False where nobody waits for one any more."""
        with self._lock:
            self.attempts += self._open
            return self._open

    def end(self) -> int:
        """Let no further attempt begin; return how many did."""
        with self._lock:
            self._open = False
            return self.attempts


class Call:
    """One request over one client, as often as it is tried.

    Attributes:
        progress: counts the attempts.
        proofs: what proved who calls, so that it is never shown.
        left: whether the request left for the service, or may have.

    """

    def __init__(
        self, client: httpx.Client, request: Request, way: Way, progress: Progress | None = None
    ) -> None:
        self.client = client
        self.request = request
        self.way = way
        self.progress = progress or Progress()
        self.proofs: list[str] = []
        self.left = False
        self.headers = dict(request.headers)
        if not any(one.lower() == "user-agent" for one in self.headers):
            self.headers["User-Agent"] = f"callsheet/{__version__}"
        self.content = None if request.payload is NO_PAYLOAD else request.body.encode()
        if self.content is not None and not any(one.lower() == "content-type" for one in self.headers):
            self.headers["Content-Type"] = "application/json"

    @property
    def signed(self) -> Signed:
        """What a signature of this request is made over."""
        return Signed(self.request.method, self.request.url, self.headers, self.content or b"")

    def once(self, proof: Proof, timeout: float) -> Answer:
        """Send it, and read at most `MAX_ANSWER` bytes for at most `timeout` seconds."""
        import httpx

        self.proofs += [*proof.query.values(), *(one.split()[-1] for one in proof.headers.values())]
        url = with_query(self.request.url, urlencode(proof.query))
        told: dict[str, Any] = {"status": None, "text": "", "outcome": "internalError", "reason": ""}
        end = time.monotonic() + timeout
        try:
            with self.client.stream(
                self.request.method,
                self.way.route(url),
                headers={**self.headers, **proof.headers},
                content=self.content,
                timeout=timeout,
            ) as response:
                told["status"] = int(response.status_code)
                self.left = True
                again_after = response.headers.get("Retry-After")
                told["again_after"] = retry_after(again_after)
                told["refused"] = refused_for_now(told["status"], again_after)
                told["content_type"] = response.headers.get("Content-Type", "")
                if not self.way.real:
                    told["reason"] = response.headers.get("X-Callsheet-Reason", "")[:500]
                told["content"] = read_bounded(response, MAX_ANSWER, end)
            told["outcome"] = "ok" if 200 <= told["status"] < 300 else f"http_{told['status']}"
        except LongAnswerError:
            told["reason"] = TOO_LONG
        except (httpx.TimeoutException, EndlessAnswerError) as error:
            told["outcome"] = "timedout"
            self.left = self.left or _may_have_left(error)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            # The words of an error may hold the URL, and so a key.
            told["reason"] = _name_of(error)
            self.left = self.left or _may_have_left(error)
        return Answer(**told, seconds=0.0, attempts=0)


def _may_have_left(error: BaseException) -> bool:
    """Return whether something may have left for the service before an error."""
    if type(error).__name__ == "LocalProtocolError":
        # A head that is refused is looked at as a whole, before any of it is written.
        return not str(error).startswith("Illegal header")
    return type(error).__name__ not in _BEFORE_IT_LEFT and not isinstance(error, UnicodeError)


def _name_of(error: BaseException) -> str:
    """Return the name of what went wrong; an untrusted certificate shows as a failed connection."""
    import ssl

    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, ssl.SSLCertVerificationError):
            return type(inner).__name__
        inner = inner.__cause__ or inner.__context__
    return type(error).__name__


def attempt_of(answer: Answer, *, repeatable: bool) -> Attempt:
    """Return an answer as far as it decides about another attempt."""
    return Attempt(
        refused=answer.refused,
        error=answer.reason,
        unsure=answer.reason not in (TOO_LONG, *_UNSENDABLE)
        and (answer.outcome in ("timedout", "internalError") or answer.status in UNSURE),
        repeatable=repeatable,
        again_after=answer.again_after,
    )
