"""CS408, CS417 and CS420: what a request is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule


@rule("CS408", "payload-with-method", on="compiled", reads=("request.method", "request.payload"))
def payload_with_method(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A GET request must have no payload (RFC 9110 section 9.3.1), nor a DELETE (9.3.5).

    Bad:
        request: {method: GET, payload: {a: 1}}
    Good:
        request: {method: GET, query: {a: 1}}
    """
    request = compiled["request"]
    if request["method"] in ("GET", "DELETE") and "payload" in request:
        yield at.value(
            ("request", "method"),
            f"a {request['method']} request has a payload",
            do="use POST or PUT, or move the fields to `query`",
        )


@rule("CS417", "two-payloads", on="action")
def two_payloads(action: Any, at: Spots) -> Iterator[Problem]:
    """A request must have `payload` or `payloadFile`, not both.

    Bad:
        request: {payload: {a: 1}, payloadFile: push.json.j2}
    Good:
        request: {payload: {a: 1}}
    """
    request = action.spec["request"]
    if "payload" in request and "payloadFile" in request:
        yield at.key(
            ("request", "payloadFile"),
            "the request has a payload and a payloadFile",
            do="remove one",
        )


@rule("CS420", "zero-timeout", on="compiled", reads=("limits",))
def zero_timeout(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A timeout must be longer than zero.

    Bad:
        limits: {timeout: 0s}
    Good:
        limits: {timeout: 500ms}
    """
    timeout = compiled.get("limits", {}).get("timeout", "1s")
    if not timeout.strip("0mshx"):
        yield at.value(("limits", "timeout"), "the timeout is zero", do="write 500ms, 10s or more")
