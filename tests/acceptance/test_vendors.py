"""The samples beside the vendors' own SDKs: the body that callsheet renders is the one that the SDK builds.

The SDKs (`pip install -e '.[vendors]'`) build a body without a network. Bodies are compared as parsed JSON.
"""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.calling.request import build_request
from support.workspaces import ROOT, Folder

TEXTS = [
    "Hello", "Ça y est, c'est prêt", "雪が降る", "🙂🙃", "quotes \" and ' and \\", "<b>bold</b> & co", "{{ braces }}",
    "two\nlines", "   spaces   ", "x" * 300, "0033", "null",
]  # fmt: skip
EMAILS = [
    "ada@example.com", "  Foo@Example.COM ", "grace.hopper+news@example.org", "a@b.co", "UPPER@EXAMPLE.NET",
    "josé@example.com", "under_score@example.com", "1@2.example", "x-y@z.example", "last@example.io",
]  # fmt: skip
PHONES = [
    "+33 6 12 34 56 78", "+1 (650) 555-1212", "+44 20 7946 0958", "+49 30 123456", "+81-3-1234-5678", "+33612345678",
    "+91 98765 43210", "+61 2 9374 4000", "+55 11 91234-5678", "+39 06 1234567",
]  # fmt: skip


@pytest.fixture(scope="module")
def compiled() -> dict[str, Any]:
    """Give the sample actions as production has them."""
    found = Workspace(ROOT / "actions").compile()
    return {one.name: one.content for one in found.by_environment["production"].values()}


def body(compiled: dict[str, Any], name: str, **params: Any) -> Any:
    return json.loads(build_request(compiled[name], params).body)


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("text", TEXTS)
def test_vonage_sms(compiled: dict[str, Any], text: str) -> None:
    messages = pytest.importorskip("vonage_messages", reason="pip install vonage-messages")
    built = messages.Sms(to="33612345678", from_="Shop", text=text)
    expected = built.model_dump(by_alias=True, exclude_none=True, mode="json")
    assert body(compiled, "vonage_sms", phone="+33 6 12 34 56 78", text=text) == expected


@pytest.mark.parametrize("text", TEXTS)
def test_sendgrid_mail(compiled: dict[str, Any], text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mail = pytest.importorskip("sendgrid.helpers.mail", reason="pip install sendgrid")
    built = mail.Mail(
        from_email="shop@example.com", to_emails="ada@example.com", subject="Your order",
        plain_text_content=text, html_content=f"<p>{text}</p>",
    ).get()  # fmt: skip
    sent = body(
        compiled,
        "sendgrid_mail",
        email="ada@example.com",
        subject="Your order",
        text=text,
        html=f"<p>{text}</p>",
    )
    assert sent == as_json(built)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", ["Ada", None])
def test_firebase_push(compiled: dict[str, Any], text: str, name: str | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("firebase_admin", reason="pip install firebase-admin")
        from firebase_admin import _messaging_encoder, messaging
    if not hasattr(messaging.Message(topic="x"), "fid"):
        pytest.skip("this firebase-admin does not know `fid` yet")
    message = messaging.Message(
        fid="cXyZ12abc",
        notification=messaging.Notification(title="Your order", body=f"Hello {name or 'there'}, {text}"),
        data={"origin": "firebase_push", "locale": "en"},
        android=messaging.AndroidConfig(ttl=3600, priority="high"),
    )
    expected = _messaging_encoder.MessageEncoder().default(message)
    given = {"installation_id": "cXyZ12abc", "title": "Your order", "text": text}
    sent = body(compiled, "firebase_push", **given, **({"first_name": name} if name else {}))["message"]
    # The API takes `HIGH` by its description; the SDK writes what its legacy took.
    sent["android"]["priority"] = sent["android"]["priority"].lower()
    assert sent == as_json(expected)


@pytest.mark.parametrize(("email", "phone"), list(zip(EMAILS, PHONES, strict=True)))
def test_facebook_conversion(compiled: dict[str, Any], email: str, phone: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("facebook_business", reason="pip install facebook-business")
        from facebook_business.adobjects.serverside.action_source import ActionSource
        from facebook_business.adobjects.serverside.custom_data import CustomData
        from facebook_business.adobjects.serverside.event import Event
        from facebook_business.adobjects.serverside.user_data import UserData
    when = datetime(2026, 11, 25, 8, 30, tzinfo=UTC) - timedelta(minutes=EMAILS.index(email))
    event = Event(
        event_name="Purchase", event_time=int(when.timestamp()), event_id="A-1", action_source=ActionSource.WEBSITE,
        event_source_url="https://shop.example.com/checkout",
        user_data=UserData(email=email, phone=phone, client_ip_address="192.0.2.1", client_user_agent="Mozilla/5.0"),
        custom_data=CustomData(value=49.9, currency="EUR"),
    )  # fmt: skip
    (expected,) = [as_json(event.normalize())]
    (sent,) = body(
        compiled, "facebook_conversion", order_id="A-1", purchased_at=when.isoformat(), amount=49.9,
        page="https://shop.example.com/checkout", email=email, phone=phone, ip_address="192.0.2.1",
        user_agent="Mozilla/5.0",
    )["data"]  # fmt: skip
    # The API takes one hash or a list of hashes, and a currency in either case.
    sent["user_data"]["ph"] = [sent["user_data"]["ph"]]
    sent["custom_data"]["currency"] = sent["custom_data"]["currency"].lower()
    assert sent == expected


@pytest.mark.parametrize("number", range(10))
def test_adobe_io_event(compiled: dict[str, Any], number: int) -> None:
    pytest.importorskip("cloudevents", reason="pip install cloudevents")
    sent = body(
        compiled, "adobe_io_event", event_id=f"e-{number}", order_id=TEXTS[number], customer_id="C-7",
        articles=TEXTS[:number],
    )  # fmt: skip
    attributes = {key: value for key, value in sent.items() if key != "data"}
    assert parsed_by_cloudevents(sent) == (attributes, sent["data"])
    assert len(sent["data"]["articles"]) == number


def parsed_by_cloudevents(sent: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """Parse an event by the CloudEvents SDK; gives its attributes and its data."""
    content = json.dumps(sent).encode()
    try:
        from cloudevents.http import from_json
    except ImportError:
        from cloudevents.core.formats.json import JSONFormat
        from cloudevents.core.v1.event import CloudEvent

        event = JSONFormat().read(CloudEvent, content)
        # The SDK notes when it read an event that tells no time.
        return {key: one for key, one in event.get_attributes().items() if key != "time"}, event.get_data()
    event = from_json(content)
    return {key: event[key] for key in event if key != "time"}, event.data


def test_the_samples_of_the_readme_are_all_there(samples: Folder) -> None:
    for file in Path(samples.path).glob("*/*.yaml"):
        assert file.stat().st_size > 0
