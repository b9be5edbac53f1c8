"""An environment with a relay: every action is planned, and the plan says which ones the relay calls, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from callsheet import Workspace
from callsheet.language.schema_check import schema
from callsheet.planning.field_changes import differences
from callsheet.reporting.pack.steps import PackStep
from callsheet.targets.journey_optimizer.frozen import frozen_by_relay, frozen_fields
from callsheet.targets.journey_optimizer.lowering import lowered
from callsheet.targets.journey_optimizer.screen import ENGLISH
from support.generated import Maker, Model, tree_of
from support.workspaces import Callsheet, Folder

RELAY = {"url": "https://relay.example.com", "key": {"secret": "env:CALLSHEET_RELAY_KEY"}}
ENVIRONMENT: dict[str, Any] = {
    "apiVersion": "callsheet/v1",
    "kind": "Environment",
    "metadata": {"name": "journeys"},
    "spec": {
        "extends": "production",
        "target": {"type": "journey-optimizer", "sandbox": "prod", "relay": RELAY},
        "ledger": {"type": "sqlite", "path": ".callsheet/journeys.db"},
    },
}
REASON = "Journey Optimizer cannot sign an assertion with a key of yours"


@pytest.fixture
def relayed(samples: Folder) -> Folder:
    samples.write("environments/journeys.yaml", yaml.safe_dump(ENVIRONMENT))
    return samples


def planned(callsheet: Callsheet, folder: Folder, *options: str) -> Any:
    outcome = callsheet("plan", "-C", folder.path, "-e", "journeys", *options, "-o", "json")
    assert outcome.code == 0, outcome.err
    return {one["address"]: one for one in json.loads(outcome.out)["changes"]}


def test_every_sample_is_planned_and_the_relay_calls_those_that_no_journey_can(
    relayed: Folder, callsheet: Callsheet
) -> None:
    changes = planned(callsheet, relayed)
    by_relay = {name for name, one in changes.items() if "relay" in one["after"]}
    assert by_relay == {
        "Action/adobe_io_event", "Action/epsilon_message", "Action/facebook_conversion",
        "Action/firebase_push", "Action/sendgrid_mail",
    }  # fmt: skip
    for name in by_relay:
        (why,) = [one for one in changes[name]["diff"] if one["reason"] == "by-relay"]
        assert why["after"]["host"] == "relay.example.com"
        assert all(one["reason"] for one in why["after"]["reasons"])
    assert changes["Action/firebase_push"]["after"]["relay"] == RELAY
    assert callsheet("validate", "-C", relayed.path).code == 0


def test_each_form_of_the_plan_says_why_and_names_both_hosts(relayed: Folder, callsheet: Callsheet) -> None:
    for form in ("text", "markdown", "html", "json"):
        outcome = callsheet("plan", "-C", relayed.path, "-e", "journeys", "-o", form)
        words = " ".join(outcome.out.split())
        assert "journeys call the relay at relay.example.com" in words, form
        assert REASON in words, form
    text = " ".join(callsheet("plan", "-C", relayed.path, "-e", "journeys").out.split())
    assert "personal data (`email`: email) leaves for relay.example.com" in text
    assert "personal data (`email`: email) leaves for graph.facebook.com" in text
    rows = callsheet("plan", "-C", relayed.path, "-e", "journeys", "-o", "markdown").out
    table = [line for line in rows.splitlines() if "sendgrid&#95;mail" in line and "| email |" in line]
    assert len(table) == 2


COMPILED: dict[str, Any] = {
    "name": "push",
    "request": {
        "method": "POST",
        "url": "https://push.example.com/v1",
        "payload": {"a": {"$param": "email"}},
    },
    "authentication": {"type": "hmac", "key": {"secret": "env:KEY"}, "content": "{body}"},
    "parameters": {"email": {"type": "string", "sensitivity": "email"}},
}


def found_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    return {one.reason: one.impact for one in differences(before, after)}


def test_a_relay_that_comes_goes_moves_or_gets_another_key_is_sensitive() -> None:
    relayed = {**COMPILED, "relay": RELAY}
    assert found_between(COMPILED, relayed) == {"by-relay": "sensitive", "new-personal-data": "sensitive"}
    assert found_between(relayed, COMPILED) == {"relay-removed": "sensitive"}
    moved = {**COMPILED, "relay": {**RELAY, "url": "https://other.example.com"}}
    assert found_between(relayed, moved) == {"relay-moved": "sensitive", "new-personal-data": "sensitive"}
    keyed = {**COMPILED, "relay": {**RELAY, "key": {"secret": "env:OTHER"}}}
    assert found_between(relayed, keyed) == {"secret-changed": "sensitive"}


@pytest.mark.parametrize(
    ("changed", "frozen"),
    [
        (
            {"request": {**COMPILED["request"], "url": "https://push.example.com/v2", "method": "PUT"}},
            False,
        ),
        ({"request": {**COMPILED["request"], "payload": {"b": {"$param": "email"}}}}, False),
        ({"authentication": {"type": "none"}}, False),
        ({"relay": {**RELAY, "url": "https://other.example.com"}}, False),
        ({"parameters": {**COMPILED["parameters"], "more": {"type": "string"}}}, True),
        ({"parameters": {"email": {"type": "integer", "sensitivity": "email"}}}, True),
        ({"responses": {"success": {"payload": {"id": 1}}}}, True),
    ],
)
def test_of_an_action_that_the_relay_calls_a_journey_freezes_the_variables_only(
    changed: dict[str, Any], frozen: bool
) -> None:
    before = {**COMPILED, "relay": RELAY}
    assert bool(frozen_by_relay(differences(before, {**before, **changed}))) == frozen
    # Where the relay is new, everything on the screen is another.
    assert frozen_fields(differences(COMPILED, before))


def test_a_step_asks_for_secrets_only_where_something_changes_on_the_screen(relayed: Folder) -> None:
    changes = {one.address: one for one in Workspace(relayed.path).plan("journeys").changes}
    created = changes["Action/firebase_push"]
    after: Any = created.after
    request = {**after["request"], "url": "https://push.example.com/v2"}
    updated = replace(created, action="update", before=after, after={**after, "request": request})
    secrets, same = (ENGLISH.say(one) for one in ("secrets at hand", "same screen"))
    for change, asks in ((created, True), (updated, False)):
        checks = PackStep(1, change, [], ENGLISH).checks
        assert (secrets in checks, same in checks) == (asks, not asks)


def test_journey_shows_the_call_of_the_relay(relayed: Folder, callsheet: Callsheet) -> None:
    arguments = ("journey", "-C", relayed.path, "-e", "journeys")
    found = json.loads(callsheet(*arguments, "-o", "json").out)
    Draft202012Validator(schema("journey")).validate(found)
    calls = {one["name"]: one["relay"] for one in found["actions"] if "relay" in one}
    assert {*calls} == {one["name"] for one in found["actions"] if one["verdict"] == "relay"}
    assert calls["firebase_push"]["url"] == "https://relay.example.com/actions/firebase_push"
    assert calls["firebase_push"]["authentication"]["name"] == "X-Callsheet-Key"
    assert all(one["toBeMapped"] for one in calls["firebase_push"]["payload"].values())
    text = callsheet(*arguments, "firebase_push").out
    assert "  by the relay: POST https://relay.example.com/actions/firebase_push\n" in text
    assert "    installation_id: variable " in text


def test_without_a_relay_each_of_them_is_an_error_at_its_line(
    relayed: Folder, callsheet: Callsheet
) -> None:
    target = {name: one for name, one in ENVIRONMENT["spec"]["target"].items() if name != "relay"}
    spec = {**ENVIRONMENT["spec"], "target": target}
    relayed.write("environments/journeys.yaml", yaml.safe_dump({**ENVIRONMENT, "spec": spec}))
    found = json.loads(callsheet("validate", "-C", relayed.path, "-o", "json").out)["diagnostics"]
    errors = {(one["file"], one["code"]) for one in found if one["severity"] == "error"}
    assert errors == {
        ("adobe-io/event.yaml", "CS833"), ("epsilon/message.yaml", "CS834"), ("facebook/conversion.yaml", "CS834"),
        ("firebase/push.yaml", "CS827"), ("sendgrid/mail.yaml", "CS834"),
    }  # fmt: skip
    assert all("`target.relay`" in one["help"] for one in found if one["severity"] == "error")


def generated_workspaces() -> Iterator[dict[str, str]]:
    """Yield workspaces without mistakes, each with an environment that has a relay.

    A journey waits 30 seconds at most, whoever calls: no relay can do more, and the environment says so.
    """
    for seed in (one for one in range(1_000) if one % 3):
        model = Model(Maker(seed))
        names = [one["metadata"]["name"] for one in model.actions]
        overlays = {name: {"limits": {"timeout": "20s"}} for name in names}
        spec = {**ENVIRONMENT["spec"], "extends": "base", "overlays": overlays}
        environment = yaml.safe_dump({**ENVIRONMENT, "spec": spec})
        yield {**tree_of(model, seed, []), "environments/journeys.yaml": environment}


def test_all_of_two_hundred_generated_actions_are_planned_with_a_verdict_for_each_field(
    empty: Folder, request: pytest.FixtureRequest
) -> None:
    wanted = 200 if request.config.getoption("--long") else 40
    seen = 0
    for number, tree in enumerate(generated_workspaces()):
        folder = Folder(empty.path / str(number))
        for name, text in tree.items():
            folder.write(name, text)
        workspace = Workspace(folder.path, cache=False)
        errors = [f"{one.code} {one.message}" for one in workspace.compile().errors]
        assert errors == [], (number, errors)
        for change in workspace.plan("journeys").changes:
            after: Any = change.after or {}
            if "request" not in after:
                continue
            seen += 1
            form = lowered(after)
            assert ("relay" in after) == (form.kind == "relay") == ("by-relay" in change.reasons)
            assert all(one.verdict.kind in ("exact", "rough", "relay") for one in form.fields.values())
        if seen >= wanted:
            return
    raise AssertionError(f"there are only {seen}")
