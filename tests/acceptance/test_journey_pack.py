"""Journey Optimizer's custom actions: a pack of what to do on the screen, and what was confirmed."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from callsheet import Workspace
from callsheet.compiling import canonical_text
from callsheet.language import label_of
from callsheet.targets.journey_optimizer.screen import compiled_payload
from support.journeys import ENVIRONMENT, SEVEN, write
from support.workspaces import Callsheet, Folder


@pytest.fixture
def seven(empty: Folder) -> Folder:
    write(empty, **SEVEN)
    return empty


class Copies(HTMLParser):
    """The exact values of the copy buttons, by label, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "button":
            self.found.append((named["aria-label"] or "", named["data-copy"] or ""))


def test_apply_writes_a_pack_and_what_is_confirmed_is_recorded_by_whom(
    seven: Folder, callsheet: Callsheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, pack = ("-C", seven.path), tmp_path / "pack"
    assert callsheet("validate", *at).out == "Valid: 8 documents.\n"
    outcome = callsheet("apply", *at, "--yes", "-q", "--pack", pack)
    assert outcome.code == 0, outcome.err
    assert sorted(one.name for one in pack.iterdir()) == ["index.html", "pack.json", "pack.md"]
    # Nothing is recorded, nothing is pretended.
    assert "Plan in journeys: 7 to create" in callsheet("plan", *at).out
    monkeypatch.setenv("CALLSHEET_AUTHOR", "ada")
    outcome = callsheet("confirm", pack, "Action/push", "sms", *at)
    assert outcome.out.endswith(
        "Other steps of the pack: Action/audit, Action/lookup, Action/loyalty, Action/mail, Action/products\n"
    )
    assert "Plan in journeys: 5 to create, 2 unchanged." in callsheet("plan", *at).out
    monkeypatch.setenv("CALLSHEET_AUTHOR", "grace")
    assert callsheet("confirm", pack, *at).code == 0
    assert (
        callsheet("confirm", pack, *at).out
        == "Nothing to record: these steps were confirmed already. Name one to confirm it again.\n"
    )
    outcome = callsheet("confirm", pack, "push", "--why", "restored", *at)
    assert (outcome.code, "Other steps" in outcome.out) == (0, False)
    assert callsheet("plan", *at).out.startswith("Nothing to do in journeys: 7 unchanged.")
    history = json.loads(callsheet("history", *at, "-o", "json").out)["applies"]
    assert [(one["author"], [it["address"] for it in one["steps"]]) for one in reversed(history)] == [
        ("ada", ["Action/push", "Action/sms"]),
        ("grace", ["Action/audit", "Action/lookup", "Action/loyalty", "Action/mail", "Action/products"]),
        ("grace", ["Action/push"]),
    ]
    digest = json.loads((pack / "pack.json").read_text())["plan"]["digest"]
    assert {one["approvedPlanDigest"] for one in history} == {digest}
    # A change is an update, with what changes; the old pack no longer fits.
    seven.write(
        "push.yaml", (seven.path / "push.yaml").read_text().replace("sound: default", "sound: chime")
    )
    second = tmp_path / "second"
    assert callsheet("apply", *at, "--yes", "-q", "--pack", second).code == 0
    page = (second / "index.html").read_text()
    assert "Update the action push" in page
    assert "payload field `sound` changed" in page
    assert callsheet("confirm", second, *at).code == 0
    assert (
        "error CS954: the plan is not what the workspace compiles to"
        in callsheet("confirm", pack, "push", *at).err
    )
    seven.write("push.yaml", "")
    third = tmp_path / "third"
    assert callsheet("apply", *at, "--yes", "-q", "--accept", "max-delete", "--pack", third).code == 0
    assert "Delete the action push" in (third / "pack.md").read_text()
    assert callsheet("confirm", third, *at).code == 0
    assert "6 unchanged" in callsheet("plan", *at).out


def test_the_pasted_form_imports_back_to_the_very_same_action(
    seven: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", tmp_path / "pack")
    record = json.loads((tmp_path / "pack" / "pack.json").read_text())
    compiled = Workspace(seven.path).compile().by_environment["journeys"]
    for step in record["steps"]:
        one = compiled[step["address"]]
        assert step["digest"] == one.digest
        if step["pasted"] is None:
            continue
        back = compiled_payload(step["pasted"], one.content.get("parameters", {}))
        again = {**one.content, "request": {**one.content["request"], "payload": back}}
        assert canonical_text(again) == one.canonical
    sms = compiled["Action/sms"].content
    # Two parameters of one label are told apart by their names.
    assert [label_of(sms["parameters"], one) for one in ("phone", "text")] == ["phone", "text"]
    with pytest.raises(ValueError, match="no parameter has the label 'x'"):
        compiled_payload({"toBeMapped": True, "dataType": "string", "label": "x"}, sms["parameters"])


def test_the_page_copies_exactly_what_is_typed_and_asks_nobody(
    seven: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", tmp_path / "pack")
    page = (tmp_path / "pack" / "index.html").read_text("utf-8")
    assert "default-src 'none'" in unescape(page)
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    copies = Copies(page).found
    fields = [
        it
        for step in json.loads((tmp_path / "pack" / "pack.json").read_text())["steps"]
        for it in step["fields"]
        if it["kind"] in ("text", "json", "expression")
    ]
    assert copies == [(f"{it['section']}, {it['name']}", it["value"]) for it in fields]
    assert (
        json.loads(dict(copies)["Failure response, Error Response"])["error"]["message"] == "gone «éà» 😀"
    )
    assert len(copies) > 25
    # Secrets are named, and never contained; nothing is there to copy of them.
    assert page.count("the secret env:PUSH_KEY") == 1
    assert "{env:SMS_SECRET}" in page


def test_it_follows_the_order_of_the_screen(seven: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", tmp_path / "pack")
    text = (tmp_path / "pack" / "pack.md").read_text("utf-8")
    push = text[text.index("Create the action push") :]
    push = push[: push.index("\n## ")]
    sections = re.findall(r"^### (.*)$", push, re.M)
    assert sections == [
        "Action", "Endpoint Configuration", "Headers", "Query parameters", "Authentication", "Request", "Response", "Failure response",
        "Send test request", "In each journey",
    ]  # fmt: skip
    # What is copied from the raw file is what is meant.
    assert "- URL: `https://push.example.com/" in push
    assert "- X-Tenant: tenant (a variable, and this is its label)" in push
    assert "- Value: *the secret env:PUSH" in push.replace("\\_", "_").replace("&#95;", "_").replace(
        "&#58;", ":"
    )
    assert '"dataType": "integer"' in push


def test_what_is_on_the_screen_is_compared_with_what_was_asked(
    seven: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    pack, copied = tmp_path / "pack", tmp_path / "copied.json"
    callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", pack)
    step = next(
        one
        for one in json.loads((pack / "pack.json").read_text())["steps"]
        if one["address"] == "Action/push"
    )
    copied.write_text(json.dumps(step["pasted"]))
    check = ("confirm", pack, "push", "-C", seven.path, "--check", copied)
    assert callsheet(*check).out == "push: the screen has what was expected\n"
    wrong = step["pasted"]
    wrong["sound"] = "chime"
    wrong["to"]["dataType"] = "integer"
    wrong["notification"]["title"] = "constant"
    del wrong["badge"]
    wrong["more"] = 1
    copied.write_text(json.dumps(wrong))
    outcome = callsheet(*check)
    assert (outcome.code, outcome.out) == (
        1,
        (
            "push: the screen differs\n"
            "  the payload lacks `badge`\n"
            "  the payload has `more`, which was not expected\n"
            "  `notification.title` is a constant, and a variable was expected\n"
            "  `sound` is 'chime', and 'default' was expected\n"
            "  the dataType of `to` is 'integer', and 'string' was expected\n"
        ),
    )
    copied.write_text("<html>")
    assert callsheet(*check).err.startswith("error CS841: ")
    assert callsheet("confirm", pack, "-C", seven.path, "--check", copied).code == 2


def forged(pack: str, old: str, new: str, *, commit: str) -> str:
    """Edit the plan of a pack so that every digest in it fits, and name a commit for it."""
    from msgspec.structs import replace

    from callsheet.compiling import canonical_text, digest_of
    from callsheet.planning.planfile import plan_record, read_plan, with_digest

    record = json.loads(pack)
    plan = read_plan(json.dumps(record["plan"]).encode(), "pack.json")
    changes = []
    for one in plan.changes:
        after = json.loads(json.dumps(one.after).replace(old, new))
        changes.append(replace(one, after=after, after_digest=digest_of(canonical_text(after))))
    edited = replace(plan, commit=commit.strip(), dirty=False, changes=tuple(changes))
    return json.dumps({**record, "plan": plan_record(with_digest(edited))})


def test_what_cannot_be_confirmed(seven: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    at, pack = ("-C", seven.path), tmp_path / "pack"
    callsheet("apply", *at, "--yes", "-q", "--pack", pack)
    assert callsheet("apply", *at, "--yes", "-q", "--pack", pack).err.startswith(
        f"error CS928: the folder {pack} cannot be created: file exists\n"
    )
    assert callsheet("confirm", pack, "pusch", *at).err.startswith(
        "error CS842: the pack has no step `pusch` (did you mean `push`?)\n"
    )
    assert callsheet("confirm", tmp_path, *at).err.startswith(f"error CS841: {tmp_path} is not a pack\n")
    file = pack / "pack.json"
    text = file.read_text()
    file.write_text(text.replace('"sound": "default"', '"sound": "chime"'))
    assert callsheet("confirm", pack, "push", *at).err.startswith("error CS912")
    seven.commit()
    file.write_text(
        forged(text, '"sound": "default"', '"sound": "chime"', commit=seven.git("rev-parse", "HEAD"))
    )
    refused = callsheet("confirm", pack, "push", *at).err.split("\n")
    assert refused[0].startswith("error CS954: the plan is not what the workspace compiles to at ")
    assert [one.split(" (")[0] for one in refused[1:-2]] == [
        "  in the plan, and not implied: create Action/push"
    ]
    file.write_text(text.replace('"packVersion": 1', '"packVersion": 2'))
    assert callsheet("confirm", pack, *at).err.startswith("error CS841")
    file.write_text(text)
    with pytest.raises(Exception, match="done by hand"):
        Workspace(seven.path).apply(Workspace(seven.path).plan("journeys"))
    # Another sandbox is another target.
    seven.write("environments.yaml", ENVIRONMENT.replace("sandbox: prod", "sandbox: dev"))
    assert callsheet("confirm", pack, *at).err.startswith("error CS915")
    seven.write(
        "environments.yaml",
        ENVIRONMENT.replace("  ledger: {type: sqlite, path: .callsheet/journeys.db}\n", ""),
    )
    assert "error CS805" in callsheet("plan", *at).err


def test_values_of_every_kind_survive_the_page(empty: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    odd = [
        "a'b\"c<d>&e",
        "tab\tend",
        "\u202egnol",
        "😀" * 3,
        " spaces  ",
        "&amp;",
        "</script><script>alert(1)</script>",
    ]
    spec = {
        "request": {
            "method": "POST",
            "url": "https://a.example.com/v1",
            "payload": {f"k{n}": it for n, it in enumerate(odd)},
        }
    }
    write(empty, odd="")
    empty.write(
        "odd.yaml",
        yaml.safe_dump(
            {"apiVersion": "callsheet/v1", "kind": "Action", "metadata": {"name": "odd"}, "spec": spec},
            allow_unicode=False,
        ),
    )
    outcome = callsheet("apply", "-C", empty.path, "--yes", "-q", "--pack", tmp_path / "pack")
    assert outcome.code == 0, outcome.err
    page = (tmp_path / "pack" / "index.html").read_text("utf-8")
    payload: Any = json.loads(dict(Copies(page).found)["Request, Payload"])
    assert list(payload.values()) == odd
    assert "<script>alert" not in page
    assert "\u202e" not in re.sub(r'data-copy="[^"]*"', "", page)


@pytest.mark.parametrize(
    ("old", "new", "action"),
    [
        ("sound: default", "sound: chime", "replace"),
        ("method: POST", "method: PUT", "replace"),
        ("headers: {X-Team: crm,", "headers: {X-Team: sales,", "replace"),
        ("headers: {X-Team: crm,", "headers: {X-More: a, X-Team: crm,", "update"),
        ('dry: "false"', 'dry: "false", more: "1"', "update"),
        ("push.example.com/v1", "push.example.com/v2", "update"),
        ("name: X-Api-Key", "name: X-Other-Key", "update"),
        ("title: The push", "title: Other", "update"),
        ("timeout: 10s", "timeout: 20s", "update"),
        ("en: Title, fr", "en: Headline, fr", "replace"),
        ("sensitivity: device-id", "sensitivity: customer-id", "update"),
    ],
)
def test_what_a_journey_freezes_is_replaced(
    seven: Folder, callsheet: Callsheet, tmp_path: Path, old: str, new: str, action: str
) -> None:
    at = ("-C", seven.path)
    assert callsheet("apply", *at, "--yes", "-q", "--pack", tmp_path / "first").code == 0
    assert callsheet("confirm", tmp_path / "first", *at).code == 0
    text = (seven.path / "push.yaml").read_text()
    assert old in text
    seven.write("push.yaml", text.replace(old, new))

    def planned() -> dict[str, Any]:
        (change,) = json.loads(callsheet("plan", *at, "-o", "json").out)["changes"]
        return dict(change)

    assert planned()["action"] == "update"
    seven.write(
        "environments.yaml", ENVIRONMENT.replace("sandbox: prod", "sandbox: prod, usage: usage.journeys")
    )
    seven.write("usage.journeys", '{"push": ["Welcome", "Win back"]}')
    change = planned()
    assert (change["action"], "frozen-in-use" in change["reasons"]) == (action, action == "replace")
    pack = tmp_path / "second"
    assert callsheet("apply", *at, "--yes", "-q", "--pack", pack).code == 0
    page = (pack / "pack.md").read_text("utf-8")
    assert "These journeys use it: Welcome, Win back." in page
    assert callsheet("confirm", pack, *at).code == 0
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0


def test_a_snapshot_of_journeys_that_is_none(seven: Folder, callsheet: Callsheet) -> None:
    seven.write(
        "environments.yaml", ENVIRONMENT.replace("sandbox: prod", "sandbox: prod, usage: usage.journeys")
    )
    for text in ("{", "[]", '{"push": "Welcome"}', '{"push": [1]}'):
        seven.write("usage.journeys", text)
        assert callsheet("plan", "-C", seven.path).err == (
            "error CS848: the snapshot of journeys 'usage.journeys' cannot be read\n"
            'help: `callsheet usage --save` writes it; or write the names, as {"push": ["Welcome", "Win back"]}\n'
        )
    seven.write(
        "environments.yaml", ENVIRONMENT.replace("sandbox: prod", "sandbox: prod, usage: ../usage.journeys")
    )
    assert callsheet("plan", "-C", seven.path).err.startswith("error CS848")


def test_an_endpoint_is_in_the_pack_as_the_call_of_its_api(
    seven: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    seven.write(
        "endpoints.yaml",
        "apiVersion: callsheet/v1\nkind: EndpointConfig\nmetadata: {name: push_api}\nspec:\n"
        "  url: https://push.example.com/*\n  methods: [POST, GET]\n"
        "  capping: {action: {maxConnections: 50, rate: 500 per 1s}, dataSource: {maxConnections: 5, rate: 300 per 1m}}\n",
    )
    assert callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", tmp_path / "pack").code == 0
    steps = json.loads((tmp_path / "pack" / "pack.json").read_text())["steps"]
    (step,) = [one for one in steps if one["address"] == "EndpointConfig/push_api"]
    (field,) = step["fields"]
    assert (field["name"], json.loads(field["value"])) == (
        "/endpointConfigs",
        {
            "url": "https://push.example.com/*",
            "methods": ["GET", "POST"],
            "services": {
                "action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}},
                "dataSource": {
                    "maxHttpConnections": 5,
                    "rating": {"maxCallsCount": 300, "periodInMs": 60000},
                },
            },
        },
    )
    assert callsheet("confirm", tmp_path / "pack", "-C", seven.path).code == 0
    seven.write(
        "endpoints.yaml",
        (seven.path / "endpoints.yaml")
        .read_text()
        .replace("500 per", "600 per")
        .replace("[POST, GET]", "[GET, POST]"),
    )
    (change,) = json.loads(callsheet("plan", "-C", seven.path, "-o", "json").out)["changes"]
    assert [(one["impact"], one["reason"]) for one in change["diff"]] == [("sensitive", "limit-raised")]
    # What an action declares more than its endpoint bears is told.
    text = (seven.path / "push.yaml").read_text()
    seven.write(
        "push.yaml", text.replace("limits: {timeout: 10s}", "limits: {timeout: 10s, rate: 1000 per 1s}")
    )
    assert (
        "warning CS856 `push` declares 1000 per 1s, and the endpoint bears 600 in a second, 150 where each call is retried 3 times"
        in " ".join(callsheet("validate", "-C", seven.path).out.split())
    )


def test_hosts_that_nothing_keeps_are_told_where_others_have_a_configuration(
    seven: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    assert callsheet("validate", "-C", seven.path).out.startswith("Valid: ")
    seven.write(
        "endpoints.yaml",
        "apiVersion: callsheet/v1\nkind: EndpointConfig\nmetadata: {name: push_api}\nspec:\n"
        "  url: https://push.example.com/*\n  methods: [POST]\n"
        "  capping: {action: {maxConnections: 50, rate: 500 per 1s}}\n",
    )
    assert callsheet("validate", "-C", seven.path).out == snapshot


def test_configurations_are_compared_with_each_other(seven: Folder, callsheet: Callsheet) -> None:
    def write_two(first: str, second: str) -> list[str]:
        for name, spec in (("one", first), ("two", second)):
            seven.write(
                f"endpoint_{name}.yaml",
                f"apiVersion: callsheet/v1\nkind: EndpointConfig\nmetadata: {{name: endpoint_{name}}}\nspec:\n  methods: [POST]\n{spec}",
            )
        record = json.loads(callsheet("validate", "-C", seven.path, "-o", "json").out)
        return [
            f"{one['code']} {one['message']}" for one in record["diagnostics"] if one["code"] != "CS857"
        ]

    capped = '  url: "https://{{ env.name }}.example.com/*"\n  capping: {action: {maxConnections: 5, rate: 5 per 1s}}\n'
    assert write_two(capped, capped) == ["CS855 `endpoint_one` caps the same URL for the same service"]
    other = capped.replace("action:", "dataSource:")
    assert write_two(capped, other) == []
    throttled = "  url: https://push.example.com/*\n  throttling: {perSecond: 500}\n"
    assert write_two(throttled, throttled) == [
        "CS854 an organization has one throttling, and `endpoint_one` is another (1465)"
    ]
    seven.write(
        "environments.yaml", ENVIRONMENT.replace("sandbox: prod", "sandbox: main, production: true")
    )
    assert write_two(throttled, capped) == []
    seven.write("environments.yaml", ENVIRONMENT.replace("sandbox: prod", "sandbox: dev"))
    assert write_two(throttled, capped) == [
        "CS854 throttling is for a production sandbox, and journeys has another (1463)"
    ]


def test_a_pack_that_nobody_named_a_folder_for_is_not_written_among_the_documents(
    seven: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(seven.path)
    before = callsheet("validate").out
    outcome = callsheet("apply", "--yes")
    assert ".callsheet/packs/pack-journeys-1" in outcome.out
    assert callsheet("confirm", ".callsheet/packs/pack-journeys-1").code == 0
    # Where it lies among them all the same, it is none of them.
    shutil.copytree(".callsheet/packs", "packs")
    assert callsheet("validate", "--no-cache").out == before
    assert callsheet("plan").code == 0
    monkeypatch.chdir(tmp_path)
    seven.remove("push")
    outcome = callsheet("apply", "-C", seven.path, "--yes")
    assert (tmp_path / "pack-journeys-2" / "index.html").is_file(), outcome


def test_a_pack_in_the_workspace_leaves_every_later_command_as_it_was(
    seven: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(seven.path)
    seven.commit()
    before = json.loads(callsheet("plan", "-o", "json").out)
    assert before["dirty"] is False
    assert callsheet("apply", "--yes", "-q", "--pack", "packs/one").code == 0
    for _ in range(2):
        assert callsheet("apply", "--yes", "-q").code == 0
    assert sorted(one.name for one in Path(".callsheet/packs").iterdir()) == [
        "pack-journeys-1", "pack-journeys-1-2",
    ]  # fmt: skip
    after = json.loads(callsheet("plan", "--require-clean", "-o", "json").out)
    assert (after["dirty"], after["commit"]) == (False, before["commit"])
    assert callsheet("confirm", "packs/one").code == 0
    # A page that is in no pack is a file like others.
    seven.write("index.html", "<p>")
    assert json.loads(callsheet("plan", "-o", "json").out)["dirty"] is True


COMPOSED = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: greet}
spec:
  request: {method: POST, url: https://greet.example.com/v1, payload: {text: "Hello {{ params.name }}", kind: mail}}
  parameters: {name: {type: string, label: Name}}
"""


@pytest.mark.parametrize(
    ("old", "new", "action", "reason"),
    [
        ("Hello {{ params.name }}", "Good day {{ params.name }}", "update", "expression-changed"),
        (
            "Hello {{ params.name }}",
            "Hello to all of you, and to {{ params.name | upper }}",
            "update",
            "expression-changed",
        ),
        ("Hello {{ params.name }}", "{{ params.name | length }}", "replace", "frozen-in-use"),
        ("Hello {{ params.name }}", "Hello", "replace", "frozen-in-use"),
        ("kind: mail", "kind: sms", "replace", "frozen-in-use"),
    ],
)
def test_another_expression_is_pasted_in_the_journeys_and_leaves_the_action_as_it_is(
    seven: Folder, callsheet: Callsheet, tmp_path: Path, old: str, new: str, action: str, reason: str
) -> None:
    at = ("-C", seven.path)
    seven.write("greet.yaml", COMPOSED)
    seven.write(
        "environments.yaml", ENVIRONMENT.replace("sandbox: prod", "sandbox: prod, usage: usage.journeys")
    )
    seven.write("usage.journeys", '{"greet": ["Welcome"]}')
    assert callsheet("apply", *at, "--yes", "-q", "--pack", tmp_path / "pack").code == 0
    assert callsheet("confirm", tmp_path / "pack", *at).code == 0
    seven.write("greet.yaml", COMPOSED.replace(old, new))
    (change,) = json.loads(callsheet("plan", *at, "-o", "json").out)["changes"]
    assert change["action"] == action
    assert (reason in change["reasons"], change["impact"]) == (True, "breaking")
    if reason == "expression-changed":
        (one,) = [it for it in change["diff"] if it["reason"] == reason]
        assert one["words"].startswith("paste the new expression of `text` in Welcome: ")
        assert f"    {one['words']} (expression-changed)\n" in callsheet("plan", *at).out
        second = tmp_path / "second"
        assert (
            callsheet(
                "apply",
                *at,
                "--yes",
                "-q",
                "--accept",
                "breaking",
                "--accept",
                "sensitive",
                "--pack",
                second,
            ).code
            == 0
        )
        assert f"- ``{one['words']}``\n" in (second / "pack.md").read_text("utf-8")


def test_a_label_with_a_number_is_named_where_it_is_typed(
    seven: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    text = COMPOSED.replace("label: Name", "label: text").replace("kind: mail", 'kind: "{{ params.name }}"')
    seven.write("greet.yaml", text)
    outcome = callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", tmp_path / "pack")
    assert outcome.code == 0, outcome.err
    page = (tmp_path / "pack" / "pack.json").read_text("utf-8")
    assert "its label is “text 2”, since another variable has its name: keep it" in page


def test_each_journey_is_told_what_to_choose_and_what_to_paste(
    seven: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    text = (seven.path / "push.yaml").read_text("utf-8")
    source = "title: {type: string, journey: '@event{Order.title}',"
    seven.write("push.yaml", text.replace("title: {type: string,", source))
    seven.write("greet.yaml", COMPOSED)
    assert callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", tmp_path / "pack").code == 0
    steps = json.loads((tmp_path / "pack" / "pack.json").read_text("utf-8"))["steps"]
    shown = {
        one["address"]: {
            it["name"]: it["value"] for it in one["fields"] if it["section"] == "In each journey"
        }
        for one in steps
    }
    push = shown["Action/push"]
    assert push["Title (string)"] == "@event{Order.title}"
    assert push["Device (string)"] is push["Badge (integer)"] is push["tenant (string)"] is None
    assert push["jo_status_code"] == "@action{push.jo_status_code}"
    assert push["errorResponse.error"] == "@action{push.errorResponse.error}"
    assert shown["Action/greet"]["text (string)"] == '"Hello " + (\u2039Name\u203a)'
