"""Calls to a service: who calls, how often, how long, and what is said of an answer."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit, urlunsplit

from msgspec import Struct

from callsheet._version import __version__
from callsheet.errors import CallsheetError, UnreachableError
from callsheet.outbound.authentication import is_renewable, prove, tls_context
from callsheet.outbound.bounded import MEBIBYTE, EndlessAnswerError, read_bounded
from callsheet.outbound.durations import seconds_of
from callsheet.outbound.hosts import origin_of, service_url
from callsheet.outbound.masking import without_secrets
from callsheet.outbound.retries import (
    NEVER_SENT,
    REPEATABLE,
    UNSURE,
    Attempt,
    RetryPolicy,
    refused_for_now,
    retry_after,
)
from callsheet.outbound.signatures import Signed
from callsheet.outbound.slots import Slots
from callsheet.outbound.tokens import Tokens
from callsheet.outbound.urls import with_query

MAX_ANSWER = 64 * MEBIBYTE
_FAULTY = (500, *UNSURE)
_ENDLESS = "endless answer"
_MOST_SHOWN = 50_000
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_KEPT = "%:/?#[]@!$&'()*+,;=~|"
"""What a URL of an answer keeps; anything else is percent-encoded before it is called."""


class ServiceAnswer(Struct, frozen=True):
    """What a service answered: its status, the JSON of its body (None without), and its headers.

    Attributes:
        text: the beginning of its body, without secrets, where it is not JSON or not a success.

    """

    status: int
    value: Any
    headers: Mapping[str, str]
    text: str


class ServiceClient:
    """One service.

    Args:
        url: of the service.
        spec: of the Target document.
        resolve: returns the secret of a reference.
        reference: to the secret that contains the URL; messages name it.
        what: what says who calls, for whoever is refused.

    Raises:
        CallsheetError: CS870 for what is not the URL of a service, CS945 without httpx.

    """

    def __init__(
        self,
        url: str,
        spec: Mapping[str, Any],
        resolve: Callable[[str], str],
        *,
        reference: str = "",
        what: str = "`authentication` of the Target, and its secrets",
    ) -> None:
        import httpx

        self.url = service_url(url, reference)
        self.origin = origin_of(self.url)
        self.spec = spec
        self.what = what
        limits = spec.get("limits") or {}
        retries = int(limits.get("retries", 4))
        self.policy = RetryPolicy(retries=retries, pause=0.2, longest=60.0)
        self.slots = Slots(limits.get("rate"))
        self.authentication = spec.get("authentication") or {"type": "none"}
        context = tls_context(self.authentication, resolve)
        timeout = seconds_of(limits.get("timeout"), 30.0)
        self.secrets: list[str] = []
        self.client = httpx.Client(verify=context, timeout=timeout, follow_redirects=False, trust_env=False)
        self.tokens = Tokens(self.client, self._revealed(resolve))
        self.wait = time.sleep

    def _revealed(self, resolve: Callable[[str], str]) -> Callable[[str], str]:
        def reveal(reference: str) -> str:
            self.secrets.append(resolve(reference))
            return self.secrets[-1]

        return reveal

    def shown(self, text: str) -> str:
        """Return a text of the service without what it echoes of a secret."""
        return without_secrets(text, [*self.secrets, *self.tokens.given, self.url])

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        key: str | None = None,
        answers: Collection[int] = (),
        repeatable: bool = False,
        reads: bool = False,
        read_back: bool = False,
        headers: Mapping[str, str] | None = None,
        media: str = "application/json",
    ) -> ServiceAnswer:
        """Call the service; what may be sent again is, as often as `limits.retries` says.

        Args:
            method: of the call.
            path: below the URL, or a whole URL of the same scheme, host and port.
            query: parameters.
            body: JSON, or None.
            key: an idempotency key; with the header for it that the service knows, a write may be
                sent again.
            answers: statuses above 499 by which this service refuses, rather than fails.
            repeatable: does it do no harm to send it twice? GET, PUT and DELETE are so.
            reads: does it change nothing? GET is so.
            read_back: does the caller read what became of it? Then a refusal of what was sent again is
                an answer like any other.
            headers: beside those of every call.
            media: what the body is.

        Raises:
            CallsheetError: CS871 where nothing is known of what became of a write, also where it was sent
                again and refused then; CS872 where who calls is refused, CS873 for a service that cannot be
                read.

        """
        header = self.spec.get("idempotencyHeader")
        reads = reads or method == "GET"
        again = reads or repeatable or method in REPEATABLE or (key is not None and header is not None)
        sent = {"Accept": "application/json", "User-Agent": f"callsheet/{__version__}", **(headers or {})}
        for name, value in (self.spec.get("headers") or {}).items():
            sent[name] = self.tokens.header(value, name)
        if key is not None and header is not None:
            sent[header] = key
        content = None
        if body is not None:
            sent["Content-Type"] = media
            content = json.dumps(body, ensure_ascii=False).encode()
        request = Signed(method, self.whole(path, query), sent, content or b"")
        return self._tried(request, answers, again=again, reads=reads, read_back=read_back)

    def _tried(
        self, request: Signed, answers: Collection[int], *, again: bool, reads: bool, read_back: bool
    ) -> ServiceAnswer:
        """Send a request, again where that does no harm, until there is an answer that counts."""
        attempt, renewed, unsure = 0, False, ""
        while True:
            attempt += 1
            answer, reason = self._once(request)
            refused = answer is not None and answer.status == 401
            if refused and not renewed and is_renewable(self.authentication):
                renewed = True
                prove(self.authentication, request, self.tokens, anew=True)
                continue
            again_after = None if answer is None else answer.headers.get("retry-after")
            for_now = answer is not None and refused_for_now(answer.status, again_after)
            said = for_now or (answer is not None and answer.status in answers)
            faulty = not said and (answer is None or answer.status in _FAULTY)
            if faulty and not reads and reason != NEVER_SENT:
                unsure = _said(answer, reason)
            outcome = Attempt(
                refused=for_now,
                error=reason,
                unsure=faulty,
                repeatable=again and reason != _ENDLESS,
                again_after=retry_after(again_after),
            )
            pause = self.policy.before_next(attempt, outcome)
            if pause is not None:
                self.wait(pause)
                continue
            if answer is None or faulty:
                raise self._unknown(unsure) if unsure else self._unreadable(answer, reason)
            gone = request.method == "DELETE" and answer.status in (404, 410)
            if unsure and answer.status >= 400 and not (gone or read_back):
                # What is refused is the last of them: the first may have been done.
                raise self._unknown(f"{unsure}, and then it answered {answer.status}")
            if answer.status in (401, 403):
                raise CallsheetError(
                    "CS872",
                    f"the service refuses the credentials: {answer.status}",
                    help=f"see {self.what}",
                )
            return answer

    def _unreadable(self, answer: ServiceAnswer | None, reason: str) -> CallsheetError:
        """Say that nothing was changed: it was only read, or the call never came there."""
        kind = CallsheetError if answer is not None else UnreachableError
        return kind(
            "CS873",
            f"the service cannot be read: {_said(answer, reason)}",
            help="nothing was changed; try again later",
        )

    def _unknown(self, what: str) -> CallsheetError:
        return CallsheetError(
            "CS871",
            f"it is unknown whether the service did it: {what}",
            help="run plan again: it reads the service, and settles what was left open",
        )

    def _once(self, request: Signed) -> tuple[ServiceAnswer | None, str]:
        import httpx

        while not self.slots.take():
            self.wait(0.01)
        proof = prove(self.authentication, request, self.tokens)
        url = with_query(request.url, urlencode(proof.query))
        headers = {**request.headers, **proof.headers}
        try:
            with self.client.stream(
                request.method, url, headers=headers, content=request.body or None
            ) as response:
                body = read_bounded(response, MAX_ANSWER)
        except EndlessAnswerError:
            return None, _ENDLESS
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The words of an error may hold the URL.
            return None, type(error).__name__
        text = body.decode("utf-8", "replace")
        try:
            value = json.loads(text) if text else None
        except (ValueError, RecursionError):
            value = None
        told = {name.lower(): one for name, one in response.headers.items()}
        plain = value is not None and 200 <= response.status_code < 300
        shown = "" if plain else self.shown(text[:_MOST_SHOWN])
        return ServiceAnswer(response.status_code, value, told, shown), ""

    def whole(self, path: str, query: Mapping[str, Any] | None = None) -> str:
        """Return the URL of a path, or of a link; a secret goes to the service's own origin only.

        Raises:
            CallsheetError: CS873 for another scheme, host or port.

        """
        url = quote(path if _ABSOLUTE.match(path) else self.url + path, safe=_KEPT)
        url = with_query(url, urlencode(query or {}, doseq=True))
        if origin_of(url) != self.origin:
            raise CallsheetError(
                "CS873",
                "the service links to another scheme, host or port",
                help="the link is not followed: the credentials would be sent there",
            )
        return url

    def linked(self, link: str, page: str) -> str:
        """Return the URL of a link in the answer from a page (RFC 8288, RFC 3986 section 5)."""
        joined = quote(urljoin(page, link), safe=_KEPT)
        if origin_of(joined) != self.origin:
            return joined
        # A link has no user name; the URL of the service may have one, which is still meant.
        return urlunsplit(urlsplit(joined)._replace(netloc=urlsplit(self.url).netloc, fragment=""))


def path_of(written: str, identity: str, name: str = "") -> str:
    """Return a path with the id and the name of an object in it, encoded."""
    return written.replace("{id}", quote(identity, safe="")).replace("{name}", quote(name, safe=""))


def _said(answer: ServiceAnswer | None, reason: str) -> str:
    return f"it answered {answer.status}" if answer is not None else f"it does not answer ({reason})"
