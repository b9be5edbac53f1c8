"""A whole account is taken over in one go: files with connections, and a plan that changes nothing."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from callsheet import Workspace
from callsheet.language.schema_check import schema
from support.accounts import VENDORS, account, files_of, small
from support.forms import examples
from support.workspaces import Callsheet, Folder

VALUES = "{host: rest.example.com, tenant: shop, limits: {daily: 10, hourly: 2}}"
REGISTRY = f"""\
apiVersion: callsheet/v1
kind: Environment
metadata: {{name: local}}
spec:
  values: {VALUES}
  target: {{type: sqlite, path: .callsheet/registry.db}}
"""
LEDGER = "  ledger: {type: sqlite, path: .callsheet/registry.db}\n"
DIRECTORY = REGISTRY.replace("sqlite, path: .callsheet/registry.db", "directory, path: deployed") + LEDGER


def deployed(folder: Folder, environment: str, files: dict[str, str]) -> None:
    """Deploy files to the target of an environment, and forget them: they are nobody's."""
    folder.write("environments.yaml", environment)
    for file, text in files.items():
        folder.write(file, text)
    workspace = Workspace(folder.path, cache=False)
    assert workspace.apply(workspace.plan("local"), author="ada").outcome == "done"
    for file in files:
        (folder.path / file).unlink()
    for one in folder.path.iterdir():
        if one.is_dir() and not any(one.iterdir()):
            one.rmdir()
    workspace = Workspace(folder.path)
    names = [file.rpartition("/")[2].removesuffix(".yaml") for file in files]
    assert workspace.apply(workspace.forget(names, "local"), author="ada").outcome == "done"


def planned(folder: Folder) -> list[tuple[str, Any]]:
    """Return the actions of a plan, each with what differs."""
    found = Workspace(folder.path).plan("local")
    return [(one.action, [*one.diff]) for one in found.changes]


def contents(folder: Folder) -> dict[str, str]:
    return {str(one.relative_to(folder.path)): one.read_text() for one in folder.path.rglob("*.yaml")}


def test_an_account_of_four_vendors_is_taken_over_and_the_plan_changes_nothing(
    empty: Folder, callsheet: Callsheet
) -> None:
    many = examples(60, 300)
    deployed(empty, REGISTRY, files_of(small(many), 1))
    outcome = callsheet("adopt", "--all", "-C", empty.path)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"wrote {many + 4} files for {many} deployed objects\n" in outcome.out
    assert planned(empty) == [("adopt", [])] * many
    workspace = Workspace(empty.path)
    assert workspace.apply(workspace.plan("local"), author="ada").outcome == "done"
    assert (workspace.plan("local").changes, workspace.plan("local").unmanaged) == ((), ())
    found = workspace.compile()
    assert sorted(found.connections) == sorted(VENDORS)
    assert {one.names_connection for one in found.actions.values()} == {*VENDORS}
    assert callsheet("adopt", "--all", "-C", empty.path).out == "Nothing to adopt in local.\n"


def test_a_plan_says_of_nothing_that_it_takes_over_that_it_is_left_alone(
    empty: Folder, callsheet: Callsheet
) -> None:
    deployed(empty, REGISTRY, files_of(small(5), 1))
    assert callsheet("adopt", "--select", "braze_*", "-q", "-C", empty.path).code == 0
    for form in ("text", "markdown"):
        plan = callsheet("plan", "-C", empty.path, "-o", form).out
        adopted, alone = plan.split("Unmanaged" if form == "text" else "left alone")
        assert ("braze" in adopted, "hooks" in adopted) == (True, False)
        listed = alone.partition("Plan ")[0]
        assert ("braze" in listed, "hooks" in listed) == (False, True)


def test_a_dry_run_shows_the_tree_and_writes_nothing(empty: Folder, callsheet: Callsheet) -> None:
    deployed(empty, REGISTRY, files_of(small(5), 1))
    outcome = callsheet("adopt", "--all", "--dry-run", "-C", empty.path)
    assert outcome.out == (
        "hooks_3.yaml\nsendgrid_2.yaml\nvonage_1.yaml\n"
        "braze/\n  connection.yaml (for 2 actions)\n  braze_0.yaml\n  braze_4.yaml\n"
        "would write 6 files for 5 deployed objects\n"
        "They refer to BRAZE_KEY, HOOKS_KEY, SENDGRID_KEY, VONAGE_SECRET.\n"
    )
    assert [*contents(empty)] == ["environments.yaml"]


def test_the_result_is_one_json_document_by_its_schema(empty: Folder, callsheet: Callsheet) -> None:
    documents = small(5)
    del documents[1]["spec"]["request"]["payload"]
    documents[1]["spec"]["request"]["payloadFile"] = "batch.json.j2"
    empty.write("batch.json.j2", '{"to": [{% for one in [1, 2] %}{{ params.user }}{% if one == 1 %},{% endif %}{% endfor %}], "of": {{ values.tenant }}}')  # fmt: skip
    deployed(empty, REGISTRY, files_of(documents, 1))
    empty.write("environments.yaml", f"{REGISTRY}---\n{REGISTRY.replace('name: local', 'name: other')}")
    at = ("-C", empty.path, "-e", "local", "-o", "json")
    shown = callsheet("adopt", "--all", "--dry-run", *at)
    assert [*contents(empty)] == ["environments.yaml"]
    done = callsheet("adopt", "--all", *at)
    record = json.loads(done.out)
    assert json.loads(shown.out) == {**record, "written": False}
    Draft202012Validator(schema("adopt")).validate(record)
    (left,) = record["left"]
    assert left["address"] == "Action/vonage_1"
    assert left["reason"].startswith("the payload comes from a template file")
    assert (shown.code, done.code, done.err) == (
        1,
        1,
        f"Action/vonage_1 is not adopted: {left['reason']}\n",
    )
    assert {name: one for name, one in record.items() if name != "left"} == {
        "environment": "local",
        "written": True,
        "objects": [
            {"address": "Action/braze_0", "file": "braze/braze_0.yaml"},
            {"address": "Action/braze_4", "file": "braze/braze_4.yaml"},
            {"address": "Action/hooks_3", "file": "hooks_3.yaml"},
            {"address": "Action/sendgrid_2", "file": "sendgrid_2.yaml"},
        ],
        "connections": [{"file": "braze/connection.yaml", "actions": 2}],
        "secrets": ["BRAZE_KEY", "HOOKS_KEY", "SENDGRID_KEY"],
        "elsewhere": ["other"],
        "files": [
            "braze/connection.yaml",
            "braze/braze_0.yaml",
            "braze/braze_4.yaml",
            "hooks_3.yaml",
            "sendgrid_2.yaml",
        ],
    }
    assert {one for one in contents(empty) if one != "environments.yaml"} == {*record["files"]}


def test_the_files_say_once_what_is_common_and_secrets_are_references(
    empty: Folder, callsheet: Callsheet
) -> None:
    deployed(empty, REGISTRY, files_of(small(5), 1))
    assert callsheet("adopt", "--select", "braze_*", "-C", empty.path).code == 0
    files = contents(empty)
    assert files["braze/connection.yaml"] == (
        "apiVersion: callsheet/v1\nkind: Connection\n"
        "metadata: {name: braze, owner: team, labels: {vendor: braze}}\n"
        'spec:\n  url: https://rest.example.com/messages\n  headers: {X-Version: "3"}\n'
        "  authentication: {token: {secret: 'env:BRAZE_KEY'}, type: bearer}\n"
    )
    assert files["braze/braze_4.yaml"] == (
        "apiVersion: callsheet/v1\nkind: Action\nmetadata: {name: braze_4}\nspec:\n  connection: braze\n"
        "  request: {method: POST, path: /4, payload: {number: 4, to: '{{ params.user }}'}}\n"
        "  parameters: {user: {example: u-1, label: User, type: string}}\n"
    )
    assert callsheet("fmt", "--check", "-C", empty.path).code == 0
    plan = Workspace(empty.path).plan("local")
    assert [one.address for one in plan.changes] == ["Action/braze_0", "Action/braze_4"]


def test_nothing_that_is_there_is_overwritten(empty: Folder, callsheet: Callsheet) -> None:
    deployed(empty, REGISTRY, files_of(small(5), 1))
    here = "apiVersion: callsheet/v1\nkind: Connection\nmetadata: {name: braze}\nspec: {limits: {retries: 1}}\n"
    empty.write("braze/connection.yaml", here)
    empty.write("vonage_1.yaml", "# mine\n")
    empty.write("hook.yaml", "apiVersion: callsheet/v1\nkind: Action\nmetadata: {name: hooks_3}\nspec: {request: {method: GET, url: \"https://a.example.com\"}}\n")  # fmt: skip
    before = contents(empty)
    outcome = callsheet("adopt", "--all", "-C", empty.path)
    assert (outcome.code, outcome.err) == (0, "")
    after = contents(empty)
    assert {one: after[one] for one in before} == before
    assert {*after} - {*before} == {"braze_2/connection.yaml", "braze_2/braze_0.yaml", "braze_2/braze_4.yaml", "sendgrid_2.yaml", "vonage_1-2.yaml"}  # fmt: skip


def test_an_action_of_a_known_account_names_the_connection_that_is_there(
    empty: Folder, callsheet: Callsheet
) -> None:
    deployed(empty, REGISTRY, files_of(small(5), 1))
    assert callsheet("adopt", "--select", "braze_0", "--select", "braze_4", "-C", empty.path).code == 0
    shutil.move(empty.path / "braze" / "braze_4.yaml", empty.path.parent / "moved.yaml")
    assert callsheet("adopt", "--select", "label:vendor=braze", "-C", empty.path).code == 0
    assert contents(empty)["braze/braze_4.yaml"] == (empty.path.parent / "moved.yaml").read_text()


TEMPLATE = '{"to": [{% for one in [1, 2] %}{{ params.user }}{% if one == 1 %},{% endif %}{% endfor %}]}\n'


def from_a_file(document: dict[str, Any]) -> dict[str, Any]:
    """Return an action whose payload is read from a template file."""
    request = {key: one for key, one in document["spec"]["request"].items() if key != "payload"}
    return {
        **document,
        "spec": {**document["spec"], "request": {**request, "payloadFile": "batch.json.j2"}},
    }


@pytest.mark.parametrize("number", [1, 6])
def test_a_template_file_that_reads_only_parameters_is_written_back(
    empty: Folder, callsheet: Callsheet, number: int
) -> None:
    empty.write("batch.json.j2", TEMPLATE)
    documents = small(number)
    deployed(empty, REGISTRY, files_of([from_a_file(documents[0]), *documents[1:]], 1))
    name = documents[0]["metadata"]["name"]
    taken = empty.path / (f"{name}.json.j2" if number == 1 else f"braze/{name}.json.j2")
    taken.parent.mkdir(exist_ok=True)
    taken.write_text("mine")
    outcome = callsheet("adopt", "--all", "-C", empty.path)
    assert (outcome.code, outcome.err) == (0, "")
    assert planned(empty) == [("adopt", [])] * number
    (written,) = empty.path.rglob(f"{name}-2.json.j2")
    assert (written.read_text(), taken.read_text()) == (TEMPLATE, "mine")


@pytest.mark.parametrize("out", [(), ("--out", "deep/own.yaml")])
def test_one_object_is_adopted_with_its_template_file(
    empty: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, out: tuple[str, ...]
) -> None:
    empty.write("batch.json.j2", TEMPLATE)
    (document,) = small(1)
    deployed(empty, REGISTRY, files_of([from_a_file(document)], 1))
    name = document["metadata"]["name"]
    monkeypatch.chdir(empty.path)
    outcome = callsheet("adopt", name, *out, "-C", empty.path)
    assert (outcome.code, outcome.err) == (0, "")
    folder = empty.path / "deep" if out else empty.path
    assert (folder / f"{name}.json.j2").read_text() == TEMPLATE
    assert outcome.out.count("wrote ") == 2
    assert planned(empty) == [("adopt", [])]


def test_what_no_file_can_describe_is_left_with_the_reason_and_the_rest_is_adopted(
    empty: Folder, callsheet: Callsheet
) -> None:
    by_template, literal = small(2)
    del by_template["spec"]["request"]["payload"]
    by_template["spec"]["request"]["payloadFile"] = "batch.json.j2"
    empty.write("batch.json.j2", '{"to": [{% for one in [1, 2] %}{{ params.user }}{% if one == 1 %},{% endif %}{% endfor %}], "of": {{ values.tenant }}}')  # fmt: skip
    documents = [by_template, literal, *small(6)[2:]]
    deployed(empty, REGISTRY, files_of(documents, 1))
    policy = "apiVersion: callsheet/v1\nkind: Policy\nmetadata: {name: titled}\nspec:\n  message: An action has a title\n  select: {names: [hooks_3]}\n  schema: {required: [title]}\n"  # fmt: skip
    empty.write("policy.yaml", policy)
    outcome = callsheet("adopt", "--all", "-C", empty.path)
    assert outcome.code == 1
    assert outcome.err.splitlines()[0].startswith("Action/braze_0 is not adopted: the payload comes from a template file")  # fmt: skip
    assert outcome.err.splitlines()[1].startswith("Action/hooks_3 is not adopted: CS701 ")
    assert len(outcome.err.splitlines()) == 2
    assert planned(empty) == [("adopt", [])] * 4


def test_an_object_that_says_another_name_than_it_has_is_left_with_the_reason(
    empty: Folder, callsheet: Callsheet
) -> None:
    deployed(empty, DIRECTORY, files_of(small(2), 1))
    (file,) = (empty.path / "deployed").glob("*/braze_0.json")
    file.write_text(file.read_text().replace("braze_0", "other"))
    outcome = callsheet("adopt", "--all", "-C", empty.path)
    assert outcome.code == 1
    assert outcome.err == (
        "Action/braze_0 is not adopted: what is deployed says that its name is `other`\n"
    )
    assert sorted(contents(empty)) == ["environments.yaml", "vonage_1.yaml"]


@pytest.mark.parametrize(
    ("words", "adopted"),
    [
        (("--select", "label:vendor=hooks"), ["hooks_3"]),
        (("--select", "owner:team", "--exclude", "braze_*"), ["hooks_3", "sendgrid_2", "vonage_1"]),
        (("--all", "--exclude", "kind:action", "--exclude", "vonage_1"), []),
        (("--all", "--exclude", "label:vendor"), []),
        (("--select", "Action/vonage_1", "--select", "hooks_?"), ["hooks_3", "vonage_1"]),
    ],
)
def test_what_is_taken_over_is_selected_as_everywhere(
    words: tuple[str, ...], adopted: list[str], empty: Folder, callsheet: Callsheet
) -> None:
    deployed(empty, REGISTRY, files_of(small(5), 1))
    outcome = callsheet("adopt", *words, "-C", empty.path)
    assert sorted(Workspace(empty.path).compile().actions) == adopted
    if not adopted:
        assert outcome.err.startswith("error CS336: `--exclude ")
        assert "selects nothing that is unmanaged in local" in outcome.err


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("vonage_l", "vonage_1"),
        ("label:vendor=brase", "label:vendor=braze"),
        ("lable:vendor=braze", "label:"),
        ("owner:teem", "owner:team"),
    ],
)
def test_a_misspelt_selection_is_refused_with_what_may_be_meant(
    word: str, meant: str, empty: Folder, callsheet: Callsheet
) -> None:
    deployed(empty, REGISTRY, files_of(small(5), 1))
    outcome = callsheet("adopt", "--select", word, "-C", empty.path)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error CS335: ")
    assert f"(did you mean `{meant}`?)" in outcome.err


def test_a_credential_in_what_is_deployed_is_neither_written_nor_shown(
    empty: Folder, callsheet: Callsheet
) -> None:
    deployed(empty, DIRECTORY, files_of(small(2), 1))
    (file,) = (empty.path / "deployed").glob("*/braze_0.json")
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    there = json.loads(file.read_text())
    there["request"]["headers"]["X-Version"] = key
    file.write_text(json.dumps(there))
    outcome = callsheet("adopt", "--all", "-C", empty.path)
    assert outcome.code == 1
    assert outcome.err.startswith("Action/braze_0 is not adopted: ")
    assert key not in outcome.out + outcome.err + "".join(contents(empty).values())
    assert "vonage_1.yaml" in contents(empty)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name one object, or use --all or --select"),
        (("one", "--all"), "name one object, or use --all or --select"),
        (("one", "--dry-run"), "--dry-run needs --all or --select"),
        (("--all", "--out", "one.yaml"), "--out names the file of one object"),
        (("one", "-o", "json"), "-o json needs --all or --select"),
        (("one", "--exclude", "two"), "name one object, or use --all or --select"),
        (("--exclude", "two"), "name one object, or use --all or --select"),
    ],
)
def test_what_is_adopted_is_said_in_one_way(
    arguments: tuple[str, ...], message: str, workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = callsheet("adopt", *arguments, "-C", workspace.path)
    assert outcome.code == 2
    assert message in outcome.err


@pytest.mark.parametrize("environment", [REGISTRY, DIRECTORY], ids=["sqlite", "directory"])
@settings(
    max_examples=examples(3, 100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6), number=st.integers(1, 7))
def test_any_account_is_taken_over_without_a_change(
    environment: str, seed: int, number: int, empty: Folder
) -> None:
    for old in empty.path.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    deployed(empty, environment, files_of(account(seed, number), seed))
    workspace = Workspace(empty.path, cache=False)
    found = workspace.adopt_all()
    assert dict(found.left) == {}
    workspace.write(found)
    assert planned(empty) == [("adopt", [])] * number
    assert workspace.apply(workspace.plan("local"), author="ada").outcome == "done"
    assert (workspace.plan("local").changes, workspace.plan("local").unmanaged) == ((), ())
