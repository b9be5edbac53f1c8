"""What came of a call → the answer to the caller."""

from __future__ import annotations

import json

import pytest

from callsheet.calling.attempts import Answer
from callsheet.errors import CallsheetError
from callsheet.relay.replies import Reply, reply_of, reply_of_error


def answer(outcome: str, status: int | None = None, **more: object) -> Answer:
    return Answer(
        **{
            "outcome": outcome,
            "status": status,
            "text": "{}",
            "content": b"{}",
            "seconds": 0.1,
            "attempts": 1,
        }
        | more
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("came", "status", "outcome", "sent"),
    [
        (answer("ok", 200), 200, "vendor", True),
        (answer("failed", 200), 502, "failed", True),
        (answer("http_404", 404), 404, "vendor", True),
        (answer("http_503", 503), 503, "vendor", True),
        (answer("http_302", 302), 502, "redirected", True),
        (answer("http_304", 304), 502, "broken", True),
        (answer("http_101", 101), 502, "broken", True),
        (answer("http_600", 600), 502, "broken", True),
        (answer("http_999", 999), 502, "broken", True),
        (answer("timedout"), 504, "timedout", True),
        (answer("timedout", 200), 504, "timedout", True),
        (answer("timedout", left=False), 504, "timedout", False),
        (answer("internalError", reason="ReadError"), 502, "broken", True),
        (answer("internalError", 200, reason="RemoteProtocolError"), 502, "broken", True),
        (answer("internalError", reason="ConnectError", left=False), 502, "unreachable", False),
        (answer("capped", reason="a call would be more than 1 per 1s", left=False), 429, "capped", False),
        # A retry was capped: what the service answered first is passed on.
        (answer("capped", 503, reason="a retry would be more"), 503, "vendor", True),
        (answer("capped", reason="a retry would be more"), 429, "capped", True),
    ],
)
def test_each_outcome_has_a_status_and_says_whether_something_was_sent(
    came: Answer, status: int, outcome: str, sent: bool
) -> None:
    reply = reply_of(came)
    assert (reply.status, reply.outcome, reply.sent) == (status, outcome, sent)
    if outcome not in ("vendor", "failed"):
        message = json.loads(reply.body)["error"]["message"]
        assert ("nothing was sent" in message) == (not sent)


def test_no_header_of_the_service_can_be_more_than_its_type() -> None:
    for kind in ("text/html\r\nX-Evil: 1", "evil", "", "text/html; x='<'", "a/b, c/d"):
        assert reply_of(answer("ok", 200, content_type=kind)).content_type == "application/octet-stream"
    assert (
        reply_of(answer("ok", 200, content_type="text/html; charset=utf-8")).content_type
        == "text/html; charset=utf-8"
    )
    assert (
        reply_of(answer("ok", 200, content_type="text/html")).headers["X-Content-Type-Options"] == "nosniff"
    )


def test_the_body_is_passed_on_byte_for_byte_with_its_type() -> None:
    for kind, content in (
        ("text/plain; charset=iso-8859-1", "é".encode("latin-1")),
        ('text/plain; charset="UTF-16"', "é".encode("utf-16")),
        ("text/plain; charset=utf-8", "é".encode()),
        ("image/png", bytes(range(256))),
    ):
        reply = reply_of(answer("ok", 200, content_type=kind, content=content))
        assert (reply.content_type, reply.body) == (kind, content)


def test_the_log_says_what_is_wrong_with_the_relay_and_the_caller_gets_the_code_alone() -> None:
    reply = reply_of_error(
        CallsheetError("CS606", "the environment variable ORDER_KEY is not set", help="")
    )
    assert reply.why == "the environment variable ORDER_KEY is not set"
    assert b"ORDER_KEY" not in reply.body
    assert reply_of_error(CallsheetError("CS982", "https://a.example/s3cr3t is not", help="")).why == ""
    assert reply_of_error(CallsheetError("CS926", "words of a caller", help="")).why == ""


def test_an_endless_pause_is_bounded() -> None:
    assert reply_of(answer("http_429", 429, again_after=1e9)).headers["Retry-After"] == "86400"


@pytest.mark.parametrize(
    ("code", "status"),
    [("CS926", 422), ("CS963", 502), ("CS606", 500), ("CS965", 500), ("CS966", 500), ("CS969", 500)],
)
def test_a_call_that_was_not_made_shows_no_message_of_the_machine(code: str, status: int) -> None:
    error = CallsheetError(code, "secret file /run/evil", help="evil", details=("`list` is too long",))
    reply: Reply = reply_of_error(error)
    assert (reply.status, reply.code, reply.sent) == (status, code, False)
    assert ("evil" in reply.body.decode()) == (code == "CS926")


def test_a_name_that_the_caller_made_up_is_not_repeated() -> None:
    details = (
        "`ada@example.com` is not declared; did you mean `email`?",
        "`emial` is not declared",
        "`x\ny` is not declared",
    )
    reply = reply_of_error(
        CallsheetError("CS926", "the parameters do not fit the action", help="", details=details)
    )
    assert json.loads(reply.body)["error"]["findings"] == [
        "a parameter is not declared", "`emial` is not declared", "a parameter is not declared",
    ]  # fmt: skip
