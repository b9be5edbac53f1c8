"""From the journey to the vendor: variables → custom action → relay → the service; the body is what the samples render.

That the samples render what the vendors' own SDKs build is tested in `test_vendors.py`, for the same parameters. The
services are those that `callsheet emulate` plays; no account is needed.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from callsheet import Workspace
from callsheet.calling.request import build_request
from callsheet.emulator.playing import Call
from callsheet.targets.journey_optimizer.lowering import custom_action, relay_form
from support.relay import KEY, relaying
from support.workspaces import Callsheet, Folder

WHEN = "2026-11-25T08:30:00+00:00"
VENDORS: dict[str, dict[str, Any]] = {
    "firebase_push": {"installation_id": "cXyZ12abc", "title": "Ça y est", "text": "c'est prêt 🙂", "first_name": "Ada"},
    "facebook_conversion": {
        "order_id": "A-1", "purchased_at": WHEN, "amount": 49.9, "page": "https://shop.example.com/checkout",
        "email": "  Foo@Example.COM ", "phone": "+33 6 12 34 56 78", "ip_address": "192.0.2.1", "user_agent": "Mozilla/5.0",
    },
    "adobe_io_event": {"event_id": "e-1", "order_id": "quotes \" and '", "customer_id": "C-7", "articles": ["a", "b"]},
    "epsilon_message": {},
}  # fmt: skip


def environment(relay: str) -> str:
    return yaml.safe_dump({
        "apiVersion": "callsheet/v1",
        "kind": "Environment",
        "metadata": {"name": "journeys"},
        "spec": {
            "extends": "production",
            "allowSend": True,
            "target": {
                "type": "journey-optimizer", "sandbox": "prod",
                "relay": {"url": relay, "key": {"secret": "env:RELAY_KEY"}},
            },
            "ledger": {"type": "sqlite", "path": ".callsheet/journeys.db"},
        },
    })  # fmt: skip


def examples(content: Any) -> dict[str, Any]:
    """Return the examples of an action's parameters."""
    return {name: one["example"] for name, one in content["parameters"].items() if "example" in one}


@pytest.fixture
def confirmed(samples: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """The samples, typed into the screen of a sandbox whose journeys call the relay for what they cannot do."""
    monkeypatch.setenv("RELAY_KEY", KEY)
    samples.write("environments/journeys.yaml", environment("https://relay.example.com"))
    at, pack = ("-C", samples.path), samples.path.parent / "pack"
    accepted = ("--accept", "sensitive", "--accept", "breaking")
    outcome = callsheet("apply", *at, "-e", "journeys", "--yes", "-q", "--pack", pack, *accepted)
    assert outcome.code == 0, outcome.err
    assert callsheet("confirm", pack, *at, "-q").code == 0
    return samples


def sent_by_the_journey(content: Any, values: dict[str, Any]) -> Any:
    """Return the body of the custom action that calls the relay, its variables filled by the journey."""
    action = custom_action(content)
    form = relay_form(content)
    assert form.kind == "exact"
    assert {one.kind for one in form.fields.values()} <= {
        "constant",
        "static",
        "variable",
        "secret",
        "authentication",
    }
    return json.loads(build_request(action, values).body)


@pytest.mark.parametrize("name", VENDORS)
def test_the_vendor_gets_what_the_sample_renders(name: str, confirmed: Folder) -> None:
    workspace = Workspace(confirmed.path)
    content = workspace.compile().by_environment["journeys"][f"Action/{name}"].content
    values = VENDORS[name] or examples(content)
    calls: list[Call] = []
    playing = workspace.emulate("journeys", called=calls.append)
    try:
        with relaying(confirmed.path, environment="journeys", to=playing.url) as relay:
            answer = relay.call(sent_by_the_journey(content, values), name)
            assert answer.status_code < 300, answer.text
    finally:
        playing.close()
    (call,) = [one for one in calls if one.action == name]
    production = workspace.compile().by_environment["production"][f"Action/{name}"].content
    assert json.loads(call.body) == json.loads(build_request(production, values).body)
