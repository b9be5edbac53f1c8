"""One request, sent for real: bounded in time and size, followed nowhere, and told as a journey would."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from callsheet._version import __version__
from callsheet.calling.authentication import Proof, Resolve, Tokens
from callsheet.calling.request import NO_PAYLOAD, Request, build_request
from callsheet.errors import CallsheetError

MAX_ANSWER = 1_048_576
TIMEOUT_SECONDS = 30.0
LONGEST_WAIT = 30.0
SHORTEST_SECRET = 4
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_AGAIN = (429, 502, 503, 504)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back.

    Attributes:
        outcome: `ok`, `http_<code>`, `timedout`, or `internalError`, as Journey Optimizer tells a journey.
        text: the body, at most 1 MiB of it.
        attempts: how often it was sent.

    """

    outcome: str
    status: int | None
    text: str
    seconds: float
    attempts: int
    reason: str = ""


def send(
    compiled: Mapping[str, Any],
    params: Mapping[str, Any],
    resolve: Resolve,
    *,
    wait: Callable[[float], None] = time.sleep,
) -> Answer:
    """Send the request of a compiled action.

    Args:
        compiled: the action.
        params: values of its parameters.
        resolve: gives the secret of a reference.
        wait: sleeps between two attempts.

    Raises:
        CallsheetError: CS926 for the parameters, CS606 for a secret, CS945 without httpx, CS962 and
            CS963 for the authentication.

    """
    httpx = _httpx()
    limits = compiled.get("limits") or {}
    timeout = _seconds(limits.get("timeout"), TIMEOUT_SECONDS)
    retries = int(limits.get("retries") or 0)
    secrets: list[str] = []

    def reveal(reference: str) -> str:
        secrets.append(resolve(reference))
        return secrets[-1]

    request = build_request(compiled, params, reveal)
    begin = time.monotonic()
    # No redirect is followed: another host would get the key. No proxy or .netrc of the machine is asked.
    with httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client:
        tokens = Tokens(client, reveal)
        proof = tokens.prove(compiled["authentication"])
        attempt, renewed = 0, False
        while True:
            attempt += 1
            answer = _once(client, request, proof, timeout, attempt, begin)
            if answer.status == 401 and not renewed and compiled["authentication"].get("type") == "oauth2":
                proof, renewed = tokens.prove(compiled["authentication"], anew=True), True
                continue
            pause = _pause(answer, request.method, attempt, retries)
            if pause is None:
                hidden = [
                    *secrets,
                    *proof.query.values(),
                    *(one.split()[-1] for one in proof.headers.values()),
                ]
                return replace(answer, text=without_secrets(answer.text, hidden))
            wait(pause)


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Give an answer's text without the secrets that were sent, however the other side echoes them."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
            for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], encoded):
                text = text.replace(form, "(secret)")
    return text


def _once(
    client: Any, request: Request, proof: Proof, timeout: float, attempt: int, begin: float
) -> Answer:
    import httpx

    url = request.url
    if proof.query:
        url += ("&" if "?" in url else "?") + urlencode(proof.query)
    headers = {"User-Agent": f"callsheet/{__version__}", **request.headers, **proof.headers}
    content = None if request.payload is NO_PAYLOAD else request.body.encode()
    if content is not None and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    status, text, outcome, reason = None, "", "internalError", ""
    end = time.monotonic() + timeout
    try:
        with client.stream(request.method, url, headers=headers, content=content) as response:
            status = int(response.status_code)
            body = b""
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MAX_ANSWER or time.monotonic() > end:
                    raise httpx.ReadTimeout("the answer does not end")
            text = body.decode("utf-8", "replace")
        outcome = "ok" if 200 <= status < 300 else f"http_{status}"
    except httpx.TimeoutException:
        outcome = "timedout"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # The words of an error may hold the URL, and so a key.
        reason = type(error).__name__
    seconds = time.monotonic() - begin
    return Answer(
        outcome=outcome, status=status, text=text, seconds=seconds, attempts=attempt, reason=reason
    )


def _pause(answer: Answer, method: str, attempt: int, retries: int) -> float | None:
    """Give how long to wait before another attempt; None for none.

    A write that may have arrived is not sent again: only what was refused for now, or never connected.
    """
    if attempt > retries:
        return None
    refused = answer.status in _AGAIN
    never = answer.reason == "ConnectError"
    safe = method in ("GET", "PUT", "DELETE") and answer.outcome in ("timedout", "internalError")
    return min(0.2 * 2**attempt, LONGEST_WAIT) if refused or never or safe else None


def _seconds(written: Any, standard: float) -> float:
    if not isinstance(written, str):
        return standard
    digits = written.rstrip("mhs")
    return float(digits) * _UNITS[written[len(digits) :]]


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
