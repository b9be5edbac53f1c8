"""What callsheet writes into a workspace never breaks it: the next command reads on as before."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from callsheet.language.kinds import KINDS
from callsheet.language.own_output import is_own_output
from callsheet.language.schema_check import schema_names
from support.workspaces import ACTION, Callsheet, Folder

VALID = "Valid: 2 documents.\n"
DIRECTORY = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {host: api.example.com}
  target: {type: directory, path: "%s"}
  ledger: {type: sqlite, path: .callsheet/local.db}
"""


@pytest.fixture
def here(workspace: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Return a workspace that is the current folder, as where people type `--out plan.json`."""
    workspace.commit()
    monkeypatch.chdir(workspace.path)
    return workspace


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    "line",
    [
        "plan --out plan.json -q",
        "plan -o json --out shown.json",
        "plan --out plan.yaml -q",
        "render example -o json --out one.yml",
        "history -o json --out history.yaml",
        "validate -o gitlab --out quality.yaml",
        "validate -o json --out report.json",
        "validate -o sarif --out report.sarif.json",
        "validate -o gitlab --out quality.json",
        "validate -o junit --out report.xml",
        "validate -o html --out report.html",
        "diff --base HEAD -o json --out diff.json",
        "diff -o json --out diff.json",
        "drift -o json --out drift.json",
        "list -o json --out list.json",
        "show example -o json --out show.json",
        "history -o json --out history.json",
        "render -o json --out render.json",
        "render example --params title=Hi -o json --out request.json",
        "render --all -o json --out all.json",
        "test -o json --out test.json",
        "apply --yes -o json --out apply.json",
        "explain --list -o json --out codes.json",
        "rollback 1 --out back.json",
    ],
)
def test_a_result_in_the_workspace_is_no_document_of_it(
    line: str, here: Folder, callsheet: Callsheet
) -> None:
    callsheet("apply", "--yes", "-q")
    outcome = callsheet(*line.split())
    assert outcome.code == 0, outcome.err
    assert Path(line.split("--out ")[1].split(maxsplit=1)[0]).stat().st_size > 1
    assert callsheet("validate", "--no-cache").out == VALID
    here.action("example", "2")
    assert callsheet("plan", "--no-cache").code == 0
    here.commit("with the result")
    assert callsheet("diff", "--base", "HEAD").out == "No change since HEAD.\n"


def test_the_findings_of_a_broken_workspace_are_no_document_either(
    here: Folder, callsheet: Callsheet
) -> None:
    here.write("example.yaml", ACTION.format(name="example", constant="{{ values.gone }}"))
    for form, name in (("json", "a.json"), ("sarif", "b.json"), ("gitlab", "c.json")):
        assert callsheet("validate", "-o", form, "--out", name).code == 1
    found = json.loads(callsheet("validate", "-o", "json").out)["diagnostics"]
    assert {one["file"] for one in found} == {"example.yaml"}


@pytest.mark.parametrize(
    "path", ["deployed", "deployed/prod", "./deployed/prod", "deployed//prod", "deployed/"]
)
def test_what_is_deployed_into_a_folder_of_the_workspace_is_no_document_of_it(
    path: str, here: Folder, callsheet: Callsheet
) -> None:
    here.write("environments.yaml", DIRECTORY % path)
    assert callsheet("apply", "--yes", "-q").code == 0
    deployed = here.path / path / "Action" / "example.json"
    assert callsheet("validate", "--no-cache").out == VALID
    assert callsheet("plan").out == "Nothing to do in local: 1 unchanged.\n"
    # Nor when it was broken by hand: then it is drift.
    deployed.write_text("{")
    assert callsheet("validate", "--no-cache").out == VALID
    assert "1 object drifted" in callsheet("drift").out
    # A definition beside it is still one.
    here.write(f"{path}/more.yaml", ACTION.format(name="more", constant="1"))
    assert callsheet("validate", "--no-cache").out == "Valid: 3 documents.\n"


@pytest.mark.parametrize("path", [".", "./", "././"])
def test_the_workspace_itself_is_no_folder_to_deploy_into(
    path: str, here: Folder, callsheet: Callsheet
) -> None:
    here.write("environments.yaml", DIRECTORY % path)
    outcome = callsheet("validate")
    assert outcome.code == 1
    assert "environments.yaml:6:35: error CS810\n  the folder is the workspace itself\n" in outcome.out


def test_a_plan_that_is_larger_than_a_document_may_be_breaks_nothing(
    here: Folder, callsheet: Callsheet
) -> None:
    large = ", ".join(f'k{number}: "{"x" * 160}"' for number in range(6_000))
    here.write("example.yaml", ACTION.format(name="example", constant="{" + large + "}"))
    assert callsheet("plan", "--out", "plan.json", "-q").code == 0
    assert (here.path / "plan.json").stat().st_size > 1_048_576
    assert callsheet("validate", "--no-cache").out == VALID


def test_a_broken_action_in_json_is_still_reported(here: Folder, callsheet: Callsheet) -> None:
    here.write("more.json", '{"kind": "Action", "metadata": {"name": "more"}, "spec": {}}')
    outcome = callsheet("validate")
    assert outcome.code == 1
    assert "more.json:1:1: error CS2" in outcome.out


@pytest.mark.parametrize(
    "value", [{}, {"name": "x"}, {"a": 1}, {"apiVersion": "callsheet/v1"}, 1, None, "x", [1]]
)
def test_what_is_not_of_callsheet_is_not_taken_for_it(value: object) -> None:
    assert not is_own_output(value)


def test_every_output_has_keys_by_which_it_is_recognised() -> None:
    from callsheet.language.own_output import _outputs

    found = {name for name, _ in _outputs()}
    assert found == set(schema_names()) - {one.schema for one in KINDS.values()}
    assert all(not is_own_output(dict.fromkeys(required)) for _, required in _outputs())


def test_what_init_writes_leaves_what_is_there(
    tmp_path: Path, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".gitignore").write_text("mine\n")
    assert callsheet("init").out == (
        ".gitignore was not changed; add .callsheet/ to it.\n"
        "Wrote a workspace to this folder. Next: callsheet plan\n"
    )
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "node_modules" / "x").mkdir(parents=True)
    (tmp_path / "node_modules" / "x" / "package.json").write_text("{}")
    assert callsheet("validate").out == "Valid: 4 documents.\n"
    assert callsheet("init").err.startswith("error CS929")


@pytest.mark.parametrize("layout", ["init", "beside", "none"])
def test_a_new_file_names_the_schema_where_it_is(
    layout: str, tmp_path: Path, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "repository" / "actions"
    root.mkdir(parents=True)
    if layout == "init":
        callsheet("init", root)
    elif layout == "beside":
        (root.parent / "schemas").mkdir()
        (root.parent / "schemas" / "action.schema.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert callsheet("new", "birthday", "--from", "vonage", "-C", root).code == 0
    line = "curl https://api.example.com/v1/x -d '{\"a\": 1}'"
    assert callsheet("import", "curl", line, "--name", "one", "-C", root).code == 0
    for file in (root / "vonage" / "birthday.yaml", root / "one.yaml"):
        first = file.read_text().split("\n")[0]
        if layout == "none":
            assert not first.startswith("# yaml-language-server")
            continue
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert not os.path.isabs(schema)
        assert (file.parent / schema).is_file()


def test_new_follows_no_link_out_of_the_workspace(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (workspace.path / "vonage").symlink_to(tmp_path / "outside")
    workspace.write(".callsheetignore", "vonage\n")
    outcome = callsheet("new", "birthday", "--from", "vonage", "-C", workspace.path)
    assert outcome.code == 1
    assert list((tmp_path / "outside").iterdir()) == []


def test_what_callsheet_writes_is_no_change_of_the_workspace(here: Folder, callsheet: Callsheet) -> None:
    here.write("environments.yaml", DIRECTORY % "deployed/prod")
    here.commit()
    clean = ("--require-clean", "-q")
    assert callsheet("plan", "--out", "plan.json", *clean).code == 0
    assert callsheet("apply", "plan.json", *clean).code == 0
    callsheet("validate", "-o", "json", "--out", "report.json")
    callsheet("validate", "-o", "json", "--out", "report.yaml")
    assert callsheet("plan", *clean).code == 0
    assert json.loads(callsheet("plan", "-o", "json").out)["dirty"] is False
    here.write("notes.txt", "mine")
    refused = callsheet("plan", *clean)
    assert refused.err.startswith("error CS973"), refused
    assert "  notes.txt\nhelp: " in refused.err
    assert ".callsheetignore" in refused.err
