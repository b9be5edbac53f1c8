"""An address, as plans and drift print it, is taken wherever a command takes a name."""

from __future__ import annotations

import pytest

from support.workspaces import ENVIRONMENT, Callsheet, Folder

SLACK = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: slack, title: {en: Slack}}
spec:
  request: {method: POST, url: "https://api.example.com/a", payload: {text: "{{ params.text }}"}}
  parameters: {text: {type: string, example: hello}}
"""


@pytest.fixture
def deployed(empty: Folder, callsheet: Callsheet) -> Folder:
    """One action, deployed."""
    empty.write("slack.yaml", SLACK)
    empty.write("local.yaml", ENVIRONMENT)
    assert callsheet("apply", "-e", "local", "--yes", "-C", empty.path).code == 0
    return empty


SPELLINGS = [
    ("show", "NAME"),
    ("show", "NAME", "--deployed"),
    ("render", "NAME"),
    ("render", "NAME", "--explain"),
    ("render", "NAME", "--params", "text=a"),
    ("test", "NAME"),
    ("test", "-k", "NAME"),
    ("send", "NAME", "--params", "text=a", "--curl"),
    ("plan", "--select", "NAME"),
    ("promote", "NAME", "--from", "local", "--to", "local"),
    ("journey", "NAME"),
]


@pytest.mark.parametrize("arguments", SPELLINGS, ids=" ".join)
def test_a_command_does_with_an_address_what_it_does_with_the_name(
    deployed: Folder, callsheet: Callsheet, arguments: tuple[str, ...]
) -> None:
    by_name, by_address, by_other = (
        callsheet(*(word.replace("NAME", written) for word in arguments), "-C", deployed.path)
        for written in ("slack", "Action/slack", "Message/slack")
    )
    shown = [" ".join(one.out.replace("Action/slack", "slack").split()) for one in (by_address, by_name)]
    assert shown[0] == shown[1]
    assert (by_address.code, by_address.err) == (by_name.code, by_name.err)
    assert by_other.code != 0
    assert "Traceback" not in by_other.err
    assert "message/slack" in by_other.err.lower()


def test_what_is_deployed_is_forgotten_and_adopted_by_its_address(
    deployed: Folder, callsheet: Callsheet
) -> None:
    still = callsheet("forget", "Action/slack", "-C", deployed.path)
    assert (still.code, "error CS843: the workspace still deploys" in still.err) == (1, True)
    (deployed.path / "slack.yaml").unlink()
    other = callsheet("forget", "Message/slack", "-C", deployed.path)
    assert "error CS925: callsheet deployed no `Message/slack` in local" in other.err
    plan = deployed.path / "forget.json"
    outcome = callsheet("forget", "Action/slack", "--out", plan, "-C", deployed.path)
    assert (outcome.code, outcome.err) == (0, "")
    assert callsheet("apply", plan, "--yes", "-C", deployed.path).code == 0
    assert "Message/slack" in callsheet("adopt", "Message/slack", "-C", deployed.path).err
    adopted = callsheet("adopt", "Action/slack", "-C", deployed.path)
    assert (adopted.code, adopted.err) == (0, "")
    assert (deployed.path / "slack.yaml").is_file()
