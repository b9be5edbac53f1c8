"""Who uses which action: journeys by Adobe's API, snapshots for reviews without a network, and what a plan says of both."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from callsheet.language.schema_check import schema
from support.adobe import Adobe
from support.adobe_workspace import CAPPING, ENVIRONMENT, Do
from support.journeys import SEVEN, write
from support.workspaces import Callsheet, Folder


def journey(number: int, name: str, status: str, *nodes: Any, version: str = "1.0") -> dict[str, Any]:
    return {
        "id": f"j{number}", "name": name, "version": version, "status": status,
        "metadata": {"lastModifiedAt": "2026-11-20T10:00:00Z"},
        "nodes": [{"id": "n0", "type": "readAudience", "name": "Start"}, *nodes],
    }  # fmt: skip


def node(name: str, **mapped: str) -> dict[str, Any]:
    mappings = [
        {"label": label.replace("_", " "), "paramPath": f"$.{label}", "expression": expression}
        for label, expression in mapped.items()
    ]
    return {"id": "n1", "type": "customAction", "name": name, "paramMappings": mappings}


LOYALTY = {"Member": "#{profile.id}", "Points": "12"}
JOURNEYS = [
    journey(
        1,
        "Welcome",
        "Deployed",
        node("Send the push", tenant="'shop'", Device="#{profile.device}", Title="'Hi'", Text="'You'"),
    ),
    journey(2, "Win back", "Draft", node("loyalty", **LOYALTY)),
    journey(3, "Old one", "Stopped", node("loyalty", **LOYALTY, Bonus="true")),
    journey(4, "Anniversary", "Redeployed", node("Points", **LOYALTY), version="1.0"),
    journey(5, "Anniversary", "Draft", node("push", Other="1"), version="2.0"),
    journey(6, "Nothing to map", "Deployed", {"id": "x", "type": "customAction", "name": "The audit"}),
]


@pytest.fixture
def do(callsheet: Callsheet, empty: Folder, adobe: Adobe) -> Do:
    adobe.journeys = list(JOURNEYS)
    write(empty, **SEVEN)
    empty.write(
        "environments.yaml",
        ENVIRONMENT.replace("sandbox: prod\n", "sandbox: prod\n    usage: journeys.json\n"),
    )
    return Do(callsheet, empty)


def confirmed(do: Do, name: str) -> None:
    pack = do.folder.path.parent / name
    assert do.apply("--pack", str(pack)).code == 0
    assert do.callsheet("confirm", pack, "-C", do.folder.path).code == 0


def test_which_journeys_use_which_action_and_how_sure_that_is(do: Do, adobe: Adobe) -> None:
    adobe.page_size = 2
    outcome = do("usage", "push", "loyalty", "audit", "mail")
    assert outcome.code == 0, outcome.err
    assert outcome.out == (
        "Action/audit\n"
        "  doubtful  Nothing to map (Deployed, node The audit): the node has its name, and maps nothing\n"
        "Action/loyalty\n"
        "  possible  Anniversary v1.0 (Redeployed, node Points): the node maps its labels, which no other action has\n"
        "      Member = #{profile.id}\n"
        "      Points = 12\n"
        "  likely  Old one (Stopped, node loyalty): the node has its name, and maps its labels\n"
        "      Member = #{profile.id}\n"
        "      Points = 12\n"
        "      Bonus = true\n"
        "  likely  Win back (Draft, node loyalty): the node has its name, and maps its labels\n"
        "      Member = #{profile.id}\n"
        "      Points = 12\n"
        "Action/mail\n"
        "  no journey is known to use it\n"
        "Action/push\n"
        "  doubtful  Anniversary v2.0 (Draft, node push): the node has its name, and maps other labels\n"
        "      Other = 1\n"
        "  possible  Welcome (Deployed, node Send the push): the node maps its labels, which no other action has\n"
        "      tenant = 'shop'\n"
        "      Device = #{profile.device}\n"
        "      Title = 'Hi'\n"
        "      Text = 'You'\n"
        "\n"
        "4 actions in journeys, 3 in use.\n"
    )  # fmt: skip
    assert sum(one.startswith("GET /ajo/journey") for one in adobe.calls) == 3
    found = json.loads(do("usage", "-o", "json").out)
    Draft202012Validator(schema("usage")).validate(found)
    assert found["takenAt"] is None
    assert do("usage", "pusch").err.startswith(
        "error CS925: there is no action `pusch` (did you mean `push`?)\n"
    )


def test_only_the_usage_of_what_is_selected_is_shown(do: Do) -> None:
    def shown(*words: str) -> list[str]:
        found = json.loads(do("usage", "-o", "json", *words).out)
        return [one["address"] for one in found["actions"]]

    every = shown()
    assert shown("--select", "pus?", "--select", "loyalty") == ["Action/loyalty", "Action/push"]
    assert shown("push", "--select", "loyalty") == ["Action/loyalty", "Action/push"]
    assert shown("--exclude", "p*") == [one for one in every if not one.startswith("Action/p")]
    assert do("usage", "--select", "pusch").err.startswith(
        "error CS335: `pusch` names nothing (did you mean `push`?)\n"
    )


def test_a_label_in_french_is_the_same_parameter(do: Do, adobe: Adobe) -> None:
    adobe.journeys = [
        journey(
            1,
            "Bienvenue",
            "Deployed",
            node("x", tenant="1", Appareil="2", Titre="3", Texte="4", Pastille="5"),
        )
    ]
    assert "possible  Bienvenue (Deployed" in do("usage", "push").out


def test_two_actions_with_the_same_labels_are_told_apart_by_nobody(do: Do, adobe: Adobe) -> None:
    del adobe
    text = (do.folder.path / "loyalty.yaml").read_text()
    do.folder.write(
        "bonus.yaml", text.replace("name: loyalty, title: The loyalty", "name: bonus, title: The bonus")
    )
    out = do("usage", "bonus", "loyalty").out
    assert (
        "doubtful  Anniversary v1.0 (Redeployed, node Points): the node maps its labels, which are those of loyalty too"
        in out
    )
    assert "likely  Win back (Draft, node loyalty)" in out


def test_a_deletion_names_the_journeys_that_use_the_action(do: Do) -> None:
    confirmed(do, "first")
    (do.folder.path / "loyalty.yaml").unlink()
    out = " ".join(do("plan").out.split())
    words = "2 journeys use it and have to let go of it first: Anniversary v1.0, Win back"
    assert f"{words} (deleted-in-use)" in out
    (change,) = json.loads(do("plan", "-o", "json").out)["changes"]
    assert (change["action"], change["impact"], change["diff"][-1]["words"]) == (
        "delete",
        "breaking",
        words,
    )
    pack = do.folder.path.parent / "second"
    assert do.apply("--accept", "max-delete", "--accept", "breaking", "--pack", str(pack)).code == 0
    text = (pack / "pack.md").read_text()
    assert "take it out of them first" in text
    assert "No journey uses" not in text


def test_a_parameter_that_a_live_journey_maps_is_not_removed_unnoticed(do: Do, adobe: Adobe) -> None:
    confirmed(do, "first")
    file = do.folder.path / "push.yaml"
    file.write_text(
        file.read_text()
        .replace('      badge: "{{ params.badge }}"\n', "")
        .replace("    badge: {type: integer, label: {en: Badge, fr: Pastille}, optional: true}\n", "")
    )
    plan = do("plan").out
    # The journey does not map the badge.
    assert "frozen-in-use" in plan
    assert "mapped-in-journey" not in plan
    file.write_text(
        file.read_text()
        .replace('{title: "{{ params.title }}", ', "{")
        .replace("    title: {type: string, label: {en: Title, fr: Titre}}\n", "")
    )
    plan = do("plan").out
    assert "live journey that maps `title`: Welcome (mapped-in-journey)" in plan
    assert plan.startswith("↻ Action/push  [breaking]")
    assert do("plan", "--fail-on", "breaking").code == 1
    # A draft freezes the action, and nobody is in it yet.
    adobe.journeys = [
        journey(1, "Welcome", "Draft", node("x", tenant="1", Device="2", Title="3", Text="4"))
    ]
    plan = do("plan").out
    assert "frozen-in-use" in plan
    assert "mapped-in-journey" not in plan
    # One that is over does neither.
    adobe.journeys = [
        journey(1, "Welcome", "Finished", node("x", tenant="1", Device="2", Title="3", Text="4"))
    ]
    assert "~ Action/push  [breaking]" in do("plan").out
    # Where no action changes, nobody asks for the journeys.
    do.folder.write("push.yaml", "")
    write(do.folder, push=SEVEN["push"])
    do.folder.write("environments.yaml", ENVIRONMENT)
    adobe.calls.clear()
    assert do("plan", "--detailed-exitcode").code == 0
    assert not any("journey" in one for one in adobe.calls)


def test_without_a_network_a_plan_rests_on_the_last_snapshot_and_says_so(
    do: Do, adobe: Adobe, monkeypatch: pytest.MonkeyPatch
) -> None:
    do.folder.write("shop.yaml", CAPPING)
    confirmed(do, "first")
    outcome = do("usage", "--save", "push")
    assert outcome.err == "wrote journeys.json\n"
    file = do.folder.path / "journeys.json"
    saved = json.loads(file.read_text())
    assert (saved["sandbox"], len(saved["journeys"]), [one["uid"] for one in saved["endpoints"]]) == (
        "prod",
        6,
        ["u1"],
    )
    push = do.folder.path / "push.yaml"
    push.write_text(push.read_text().replace("sound: default", "sound: chime"))
    do.rewrite("300 per 1m", "600 per 1m")
    live = do("plan", "-o", "json").out
    # No network: nobody listens there.
    url = adobe.url
    monkeypatch.setenv("ADOBE_URL", "http://localhost:9")
    monkeypatch.setenv("ADOBE_TOKEN_URL", "http://localhost:9/ims/token/v3")
    outcome = do("plan")
    assert outcome.code == 0, outcome.err
    words = " ".join(outcome.out.split())
    assert (
        "Note: Adobe's API was not reached (no token from http://localhost:9/ims/token/v3: it does not answer (ConnectError)): configurations are as of 20"
        in words
    )
    assert "(journeys.json); apply reads them again" in words
    assert f"Note: journeys are as of {saved['takenAt']} (journeys.json)" in words
    assert "move the journeys that use it: Welcome" in words
    assert "as of " in do("usage", "push").out
    drift = " ".join(do("drift").out.split())
    assert "Note: changes on the screen are not known: Adobe's API was not reached" in drift
    plan = do.folder.path.parent / "plan.json"
    offline = json.loads(do("plan", "-o", "json", "--out", str(plan)).out)
    assert offline["changes"] == json.loads(live)["changes"]
    assert len(offline["notes"]) == 2
    # No secret: the same, as in the review of a fork.
    monkeypatch.delenv("ADOBE_SECRET")
    assert "the environment variable ADOBE_SECRET is not set" in " ".join(do("plan").out.split())
    # To apply, it is read for real.
    outcome = do("apply", str(plan))
    assert (outcome.code, "CS606" in outcome.err) == (1, True)
    monkeypatch.setenv("ADOBE_SECRET", "s3cr3t-of-the-shop")
    assert do("apply", str(plan)).err.startswith("error CS963: ")
    monkeypatch.setenv("ADOBE_URL", url)
    monkeypatch.setenv("ADOBE_TOKEN_URL", f"{url}/ims/token/v3")
    adobe.by_hand("u1", methods=["PUT"])
    assert do("apply", str(plan), "--pack", str(do.folder.path.parent / "p2")).err.startswith(
        "error CS916: what is deployed has changed"
    )
    # Without a snapshot, what cannot be read is an error.
    file.unlink()
    monkeypatch.setenv("ADOBE_URL", "http://localhost:9")
    monkeypatch.setenv("ADOBE_TOKEN_URL", "http://localhost:9/ims/token/v3")
    assert do("plan").err.startswith(
        "error CS963: no token from http://localhost:9/ims/token/v3: it does not answer"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[1]", "the snapshot of journeys 'journeys.json' cannot be read"),
        ('{"snapshotVersion": 2}', "the snapshot of journeys 'journeys.json' cannot be read"),
        (
            '{"snapshotVersion": 1, "journeys": [{"id": 1}], "takenAt": ""}',
            "the snapshot of journeys 'journeys.json' cannot be read",
        ),
        (
            '{"snapshotVersion": 1, "journeys": [], "takenAt": "", "sandbox": "dev"}',
            "the snapshot 'journeys.json' is of another sandbox than the target's",
        ),
    ],
)
def test_a_snapshot_that_is_none(do: Do, content: str, words: str) -> None:
    do.folder.write("journeys.json", content)
    assert do("plan").err.startswith(f"error CS848: {words}\n")


def test_journeys_that_cannot_be_read_whole(do: Do, adobe: Adobe) -> None:
    adobe.page_size = 2
    adobe.journeys = [*JOURNEYS, JOURNEYS[0]]
    assert (
        do("usage").err
        == "error CS873: Adobe's API cannot be read: the list of journeys changed while it was read\nhelp: try again when no one else is changing it\n"
    )
    adobe.journeys = []
    assert "no journey is known to use it" in do("usage", "push").out


@pytest.mark.parametrize("broken", [{"nodes": "none"}, {"nodes": [{"type": "action", "paramMappings": 5}]}])
def test_a_journey_of_another_shape_is_never_taken_for_one_that_uses_nothing(
    do: Do, adobe: Adobe, broken: dict[str, Any]
) -> None:
    adobe.journeys = [{**JOURNEYS[0], **broken}]
    name = "paramMappings" if isinstance(broken["nodes"], list) else "nodes"
    assert do("usage").err == (
        f"error CS873: Adobe's API cannot be read: `{name}` of a journey is not a list\n"
        "help: nothing was changed; which journeys use an action stays unknown\n"
    )
    adobe.journeys = [{**JOURNEYS[0], "metadata": "none"}]
    assert do("usage").code == 0


def test_where_there_are_no_journeys(do: Do, workspace: Folder, callsheet: Callsheet) -> None:
    do.folder.write("environments.yaml", ENVIRONMENT)
    assert do("usage", "--save").err == (
        "error CS845: the target of journeys names no file for a snapshot\nhelp: write `usage: journeys.json` into it\n"
    )
    own = ("{secret", "api:", "limits")
    bare = [one for one in ENVIRONMENT.splitlines() if not any(it in one for it in own)]
    do.folder.write("environments.yaml", "\n".join(bare))
    assert do("usage").err.startswith("error CS845: the target has no `api`: journeys cannot be read\n")
    workspace.write(
        "environments.yaml",
        "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: local}\n"
        "spec: {values: {host: a.example.com}, target: {type: sqlite, path: a.db}}\n",
    )
    assert callsheet("usage", "-C", workspace.path, "-e", "local").err.startswith(
        "error CS845: the target of local has no journeys\n"
    )
