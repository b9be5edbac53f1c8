"""The sample Targets: each deploys the sample actions to its service, as the vendor describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from support.collection import TOKEN, Collection, collecting
from support.hubspot_service import KEY as HUBSPOT_KEY
from support.hubspot_service import HubSpot, fault_of
from support.posthog_service import KEY as POSTHOG_KEY
from support.posthog_service import PostHog
from support.workspaces import Callsheet, Folder

SAMPLES: dict[str, tuple[type[Collection], str, str, str]] = {
    "hooks": (Collection, "HOOKS", "HOOKS_TOKEN", TOKEN),
    "hubspot_actions": (HubSpot, "HUBSPOT", "HUBSPOT_DEVELOPER_KEY", HUBSPOT_KEY),
    "posthog_destinations": (PostHog, "POSTHOG", "POSTHOG_PERSONAL_API_KEY", POSTHOG_KEY),
}
SELECTED = {
    "hooks": "{kinds: [Action]}",
    "hubspot_actions": "{kinds: [Action]}",
    # PostHog's templates know no filters: these two need none.
    "posthog_destinations": "{kinds: [Action], labels: {vendor: [sendgrid, whatsapp]}}",
}


@pytest.fixture(params=SAMPLES)
def deployed(
    request: pytest.FixtureRequest, samples: Folder, monkeypatch: pytest.MonkeyPatch, patient: None
) -> Iterator[tuple[Folder, Collection]]:
    del patient
    name: str = request.param
    if name == "hubspot_actions":
        pytest.importorskip("hubspot", reason="hubspot-api-client, HubSpot's own client, is not installed")
    kind, prefix, variable, key = SAMPLES[name]
    with collecting(kind()) as found:
        if kind is Collection:
            found.paging, found.etags = "cursor", True
        monkeypatch.setenv(f"{prefix}_URL", found.url)
        monkeypatch.setenv(variable, key)
        selecting(samples, name, SELECTED[name], prefix)
        yield samples, found


def selecting(samples: Folder, collection: str, select: str, prefix: str) -> None:
    """Write an environment that deploys what it selects to a collection."""
    samples.write(
        "environments/service.yaml",
        "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: service}\nspec:\n  extends: local\n"
        f"  select: {select}\n"
        f'  target: {{type: http, collection: {collection}, url: {{secret: "env:{prefix}_URL"}}}}\n'
        "  ledger: {type: sqlite, path: .callsheet/service.db}\n",
    )


def do(callsheet: Callsheet, folder: Folder, verb: str, *more: str) -> Any:
    outcome = callsheet(verb, "-C", folder.path, "-e", "service", *more)
    for secret in (TOKEN, HUBSPOT_KEY, POSTHOG_KEY):
        assert secret not in outcome.out + outcome.err
    return outcome


def settled(callsheet: Callsheet, folder: Folder, service: Collection) -> None:
    outcome = do(callsheet, folder, "apply", "--yes", "-q")
    assert outcome.code == 0, outcome.err
    plan = do(callsheet, folder, "plan", "--detailed-exitcode")
    assert plan.code == 0, plan.out
    assert do(callsheet, folder, "drift").out == "No drift in service.\n"
    wanted = json.loads(do(callsheet, folder, "list", "-o", "json").out)["actions"]
    assert service.names() == sorted(one["name"] for one in wanted)


@pytest.mark.one_in(2)
def test_a_whole_life(deployed: tuple[Folder, Collection], callsheet: Callsheet) -> None:
    folder, service = deployed
    assert do(callsheet, folder, "plan", "-q").code == 0
    assert service.objects == {}
    settled(callsheet, folder, service)
    number = len(service.objects)
    before = {service.name(one): identity for identity, one in service.objects.items()}
    file = folder.path / "sendgrid" / "mail.yaml"
    text = file.read_text()
    assert "/v3/mail/send" in text
    file.write_text(text.replace("/v3/mail/send", "/v4/mail/send"))
    assert "1 to update" in do(callsheet, folder, "plan").out
    settled(callsheet, folder, service)
    assert {service.name(one): identity for identity, one in service.objects.items()} == before
    assert any("/v4/mail/send" in json.dumps(one) for one in service.objects.values())
    # Somebody changes one there, and another one goes.
    identity = before["sendgrid_mail"]
    service.keep(identity, json.loads(json.dumps(service.objects[identity]).replace("/v4/", "/v9/")))
    told = do(callsheet, folder, "drift").out
    assert "Action/sendgrid_mail" in told
    assert "/v9/" in told
    service.drop(before["whatsapp_text"])
    assert "Action/whatsapp_text" in do(callsheet, folder, "drift").out
    # Nobody asked for anything: what others did is shown, and left alone.
    assert do(callsheet, folder, "apply", "--yes", "-q").code == 0
    assert len(service.objects) == number - 1
    assert do(callsheet, folder, "apply", "--yes", "-q", "--accept", "drift").code == 0
    settled(callsheet, folder, service)
    # Back to the first state, and then away with one.
    file.write_text(text)
    assert do(callsheet, folder, "apply", "--yes", "-q").code == 0
    file.unlink()
    for one in (folder.path / "messages").glob("*email*"):
        one.unlink()
    assert do(callsheet, folder, "apply", "--yes", "-q", "--accept", "max-delete").code == 0
    settled(callsheet, folder, service)
    assert len(service.objects) == number - 1


@pytest.mark.one_in(6)
@pytest.mark.parametrize("fault", ["before", "after", "500", "429"])
def test_faults_are_settled(deployed: tuple[Folder, Collection], callsheet: Callsheet, fault: str) -> None:
    folder, service = deployed
    file = folder.path / "sendgrid" / "mail.yaml"
    service.faults = ["", fault]
    do(callsheet, folder, "apply", "--yes", "-q")
    service.faults = []
    settled(callsheet, folder, service)
    file.write_text(file.read_text().replace("/v3/mail/send", "/v4/mail/send"))
    service.faults = [fault] * 5
    assert do(callsheet, folder, "apply", "--yes", "-q").code == 1
    service.faults = []
    settled(callsheet, folder, service)


def test_hubspots_client_takes_what_is_sent_and_refuses_what_is_not_its_own() -> None:
    pytest.importorskip("hubspot", reason="hubspot-api-client, HubSpot's own client, is not installed")
    assert "must not be `None`" in fault_of(
        {"actionUrl": "https://a.example.com/"}, "PublicActionDefinitionEgg"
    )
    assert (
        fault_of({"functions": []}, "PublicActionDefinitionPatch")
        == "PublicActionDefinitionPatch has no functions"
    )
    assert "Invalid value for `type`" in fault_of(
        {"inputFields": [{"isRequired": True, "typeDefinition": {"name": "a", "type": "text", "options": [], "externalOptions": False}}]},
        "PublicActionDefinitionPatch",
    )  # fmt: skip


def test_posthog_gets_a_parameter_in_its_own_templates(
    samples: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, patient: None
) -> None:
    del patient
    with collecting(PostHog()) as service:
        monkeypatch.setenv("POSTHOG_URL", service.url)
        monkeypatch.setenv("POSTHOG_PERSONAL_API_KEY", POSTHOG_KEY)
        selecting(samples, "posthog_destinations", "{kinds: [Action], names: [sendgrid_mail]}", "POSTHOG")
        assert do(callsheet, samples, "apply", "--yes", "-q").code == 0
        (one,) = service.objects.values()
        assert "{event.properties.email}" in json.dumps(one["inputs"]["body"])
        assert "$param" not in json.dumps(one)
