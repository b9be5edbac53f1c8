"""Answers that do not end, of a real server."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from callsheet.errors import CallsheetError
from callsheet.outbound.bounded import EndlessAnswerError, read_bounded
from callsheet.outbound.tokens import Tokens
from callsheet.targets.rest import client as client_module
from callsheet.targets.rest.client import ServiceClient


def thousands(number: int, pause: float = 0.0) -> Any:
    def answer(handler: Any, seen: Any) -> None:
        del seen
        handler.send_response(200)
        handler.end_headers()
        for _ in range(number):
            handler.wfile.write(b"x" * 1_000)
            handler.wfile.flush()
            time.sleep(pause)

    return answer


def test_an_answer_is_read_whole_up_to_its_bound(service: Any) -> None:
    service.answers = [thousands(50)]
    with httpx.Client() as client:
        with client.stream("GET", service.url) as response:
            assert read_bounded(response, 50_000) == b"x" * 50_000
        with client.stream("GET", service.url) as response, pytest.raises(EndlessAnswerError):
            read_bounded(response, 49_999)


def test_an_answer_that_trickles_is_given_up_at_its_time(service: Any) -> None:
    service.answers = [thousands(100, pause=0.05)]
    begin = time.monotonic()
    with (
        httpx.Client() as client,
        client.stream("GET", service.url) as response,
        pytest.raises(EndlessAnswerError),
    ):
        read_bounded(response, 1_000_000, begin + 0.2)
    assert time.monotonic() - begin < 3


def test_an_endless_answer_of_a_token_endpoint_gives_no_token(service: Any) -> None:
    service.answers = [thousands(4_000)]
    authentication = {
        "type": "oauth2",
        "grant": "client_credentials",
        "tokenUrl": f"{service.url}/token",
        "clientId": "me",
        "clientSecret": {"secret": "env:X"},
    }
    with httpx.Client() as client, pytest.raises(CallsheetError) as refused:
        Tokens(client, lambda reference: reference).token(authentication)
    assert refused.value.code == "CS963"
    assert refused.value.message.endswith("/token: its answer does not end")


def test_an_endless_answer_to_a_write_leaves_it_unknown_what_became_of_it(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "MAX_ANSWER", 10_000)
    service.answers = [thousands(100)]
    client = ServiceClient(service.url, {"limits": {"retries": 0}}, lambda reference: reference)
    try:
        with pytest.raises(CallsheetError) as unknown:
            client.call("POST", "/objects", body={})
        assert unknown.value.code == "CS871"
        assert unknown.value.message.endswith("it does not answer (endless answer)")
        with pytest.raises(CallsheetError) as unread:
            client.call("GET", "/objects")
        assert unread.value.code == "CS873"
    finally:
        client.close()
