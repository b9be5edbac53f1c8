"""An account is taken over in one go from every target: the second plan changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callsheet import Workspace
from support.accounts import VENDORS, files_of, small
from support.adobe import Adobe
from support.adobe_workspace import ENVIRONMENT as ADOBE
from support.forms import examples
from support.hooks import ENVIRONMENT as HOOKS
from support.journeys import ENVIRONMENT as JOURNEYS
from support.workspaces import ENVIRONMENT as REGISTRY
from support.workspaces import POSTGRESQL, Callsheet, Folder

LEDGER = "  ledger: {type: sqlite, path: .callsheet/ledger.db}\n"
SQLITE = "{type: sqlite, path: .callsheet/local.db}"
ENVIRONMENTS = {
    "sqlite, ledger apart": REGISTRY + LEDGER,
    "directory": REGISTRY.replace(SQLITE, "{type: directory, path: deployed}") + LEDGER,
    "postgresql": POSTGRESQL,
    "http": HOOKS,
    "journey-optimizer": JOURNEYS.replace("spec:\n", "spec:\n  values: {host: api.example.com}\n"),
}
FIXTURES = {"postgresql": "database", "http": "collection"}
NUMBER = examples(20, 300)


class Account:
    """The command line on a workspace whose target has an account."""

    def __init__(self, callsheet: Callsheet, folder: Folder) -> None:
        self.callsheet = callsheet
        self.folder = folder
        self.pack = folder.path.parent / "pack"

    def __call__(self, *arguments: str | Path) -> str:
        outcome = self.callsheet(*arguments, "-C", self.folder.path)
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.out

    def apply(self, *arguments: str | Path) -> None:
        """Apply; what a person does on a screen is done, and confirmed."""
        self("apply", *arguments, "--accept", "max-delete", "-q", "--pack", self.pack)
        if self.pack.exists():
            self("confirm", self.pack)
            assert self("confirm", self.pack).startswith("Nothing to record: ")
            for one in self.pack.iterdir():
                one.unlink()
            self.pack.rmdir()

    def deploy(self, documents: list[dict[str, Any]]) -> None:
        """Deploy documents, and forget them: they are nobody's."""
        files = files_of(documents, 1)
        for file, text in files.items():
            self.folder.write(file, text)
        self.apply("--yes")
        for file in files:
            (self.folder.path / file).unlink()
        plan = self.folder.path.parent / "plan.json"
        self("forget", *(one["metadata"]["name"] for one in documents), "--out", plan)
        self.apply(plan)

    def planned(self) -> tuple[list[tuple[str, str, int]], list[str]]:
        """Return the changes of a plan, each with the number of its differences, and what is unmanaged."""
        plan = json.loads(self("plan", "-o", "json"))
        changes = [(one["address"], one["action"], len(one["diff"])) for one in plan["changes"]]
        return changes, plan["unmanaged"]


@pytest.fixture
def account(empty: Folder, callsheet: Callsheet) -> Account:
    return Account(callsheet, empty)


@pytest.mark.parametrize("target", ENVIRONMENTS)
def test_an_account_of_four_vendors_is_taken_over_from_every_target(
    target: str, account: Account, request: pytest.FixtureRequest
) -> None:
    service: Any = request.getfixturevalue(FIXTURES[target]) if target in FIXTURES else None
    if target == "http":
        service.page_size = NUMBER // 3
    account.folder.write("environments.yaml", ENVIRONMENTS[target])
    account.deploy(small(NUMBER))
    addresses = sorted(f"Action/{one['metadata']['name']}" for one in small(NUMBER))
    assert account.planned() == ([], addresses)
    assert f"wrote {NUMBER + len(VENDORS)} files for {NUMBER} deployed objects\n" in account(
        "adopt", "--all"
    )
    assert account.planned() == ([(one, "adopt", 0) for one in addresses], addresses)
    account.apply("--yes")
    assert account.planned() == ([], [])
    assert sorted(Workspace(account.folder.path).compile().connections) == sorted(VENDORS)


def test_objects_of_every_kind_are_taken_over_beside_what_no_file_can_describe(
    samples: Folder, callsheet: Callsheet
) -> None:
    for one in ("staging", "production"):  # their overlays name what is to go
        (samples.path / f"environments/{one}.yaml").unlink()
    account = Account(callsheet, samples)
    assert callsheet("apply", "--yes", "-q", "-C", samples.path).code == 0
    opened = Workspace(samples.path)
    there = {address: one.canonical for address, one in opened.compile().by_environment["local"].items()}
    for file in {one.document.file for one in opened.compile().definitions.values()}:
        (samples.path / file).unlink()
    opened.reread()
    opened.apply(opened.forget([address.partition("/")[2] for address in there]), author="ada")
    assert account.planned() == ([], sorted(there))
    outcome = callsheet("adopt", "--all", "-C", samples.path)
    assert outcome.err.startswith("Action/adobe_io_event is not adopted: the payload comes from a template")
    assert outcome.out.startswith("epsilon_message.yaml\n")
    assert "\nendpoints/\n  vonage_api.yaml\nmessages/\n  shipped_email.yaml\n" in outcome.out
    adopted = [one for one in sorted(there) if one != "Action/adobe_io_event"]
    assert account.planned()[0] == [(one, "adopt", 0) for one in adopted]
    now = Workspace(samples.path).compile().by_environment["local"]
    assert {address: one.canonical for address, one in now.items()} == {one: there[one] for one in adopted}


HOSTS = ("api.braze.example", "api.vonage.example", "sendgrid.example", "hooks.example")


def config(number: int, **changed: Any) -> dict[str, Any]:
    """Return a configuration of an endpoint as somebody else deployed it at Adobe."""
    vendor, index = HOSTS[number % 4], number // 4
    said = {"url": f"https://{vendor}/v1/messages/of/the/shop/{index}/*", "methods": ["POST", "GET"]}
    if number == 0:  # an organization has one
        own = {"urlPattern": said["url"], "methods": said["methods"], "maxThroughput": 200 + number}
        said = {**said, **own, "name": vendor}
    else:
        rating = {"maxCallsCount": 10 + number, "periodInMs": 1_500}
        said["services"] = {("action", "dataSource")[number % 2]: {"rating": rating}}  # type: ignore[assignment]
    return {
        **said,
        "uid": f"u{number}",
        "state": "deployed",
        "metadata": {},
        "deployedConfig": said,
    } | changed


def test_configurations_of_endpoints_at_adobe_are_taken_over_each_under_a_name_of_its_own(
    account: Account, adobe: Adobe
) -> None:
    account.folder.write("environments.yaml", ADOBE)
    adobe.configs |= {f"u{number}": config(number) for number in range(NUMBER)}
    deployed = json.loads(json.dumps(adobe.configs))
    assert f"wrote {NUMBER} files for {NUMBER} deployed objects\n" in account("adopt", "--all")
    changes, unmanaged = account.planned()
    assert [one[1:] for one in changes] == [("adopt", 0)] * NUMBER
    assert [one for one, _, _ in changes] == unmanaged
    assert {"EndpointConfig/api_vonage_example_v1_messages", "EndpointConfig/api_vonage_example_v1_messag_2"} <= {*unmanaged}  # fmt: skip
    account("apply", "--yes", "-q")
    assert account.planned() == ([], [])
    assert (adobe.configs, adobe.changes()) == (deployed, [])


def test_a_configuration_that_does_not_count_yet_is_left_until_it_is_deployed(
    account: Account, adobe: Adobe, callsheet: Callsheet
) -> None:
    account.folder.write("environments.yaml", ADOBE)
    adobe.configs |= {"u1": config(1), "u2": config(2, state="created", deployedConfig=None)}
    outcome = callsheet("adopt", "--all", "-C", account.folder.path)
    assert outcome.code == 1
    assert outcome.err == (
        "EndpointConfig/u2 is not adopted: at the target it is created, and not deployed: deploy it there first\n"
    )
    assert "wrote 1 file for 1 deployed object\n" in outcome.out


def test_a_name_that_was_made_up_gives_way_to_what_the_workspace_defines(
    account: Account, adobe: Adobe
) -> None:
    account.folder.write("environments.yaml", ADOBE)
    account.folder.write("one.yaml", "apiVersion: callsheet/v1\nkind: EndpointConfig\nmetadata: {name: api_vonage_example_v1_messages}\nspec: {url: \"https://else.example.com/*\", methods: [GET], throttling: {perSecond: 300}}\n")  # fmt: skip
    adobe.configs["u1"] = config(1)
    account("adopt", "--select", "u1")
    assert [one[:2] for one in account.planned()[0]] == [
        ("EndpointConfig/api_vonage_example_v1_messag_2", "adopt"),
        ("EndpointConfig/api_vonage_example_v1_messages", "create"),
    ]
