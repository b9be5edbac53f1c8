"""Every verb: what it prints, by its schema where it is JSON; exit codes; what it imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from callsheet.language.schema_check import schema, schema_names
from support.workspaces import ENVIRONMENT, Callsheet, Folder, Outcome, run_callsheet


def valid(text: str, name: str) -> Any:
    record = json.loads(text)
    jsonschema.Draft202012Validator(schema(name)).validate(record)
    return record


# -- schemas ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", schema_names())
def test_a_schema_is_one_and_explains_itself(name: str, callsheet: Callsheet) -> None:
    one = schema(name)
    jsonschema.Draft202012Validator.check_schema(one)
    assert one["title"]
    assert one["description"]
    assert one["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(callsheet("schema", name).out) == one
    for example in one.get("examples", ()):
        jsonschema.Draft202012Validator(one).validate(example)


def test_a_schema_is_found_by_its_kind(callsheet: Callsheet) -> None:
    assert callsheet("schema", "Action").out == callsheet("schema", "action").out
    assert callsheet("schema").out.split() == schema_names()
    assert callsheet("schema", "Acton").code == 2


def test_fields_of_ones_own_are_free_and_others_are_not() -> None:
    for name in (
        "action",
        "message",
        "endpointconfig",
        "environment",
        "policy",
        "target",
        "workspace",
        "connection",
        "fragment",
        "actionset",
    ):
        one = schema(name)
        assert one["additionalProperties"] is False
        assert "^x-" in one["patternProperties"]


# -- machine output ---------------------------------------------------------------------------


def test_every_json_output_is_valid_by_its_schema(samples: Folder, callsheet: Callsheet) -> None:
    where = ("-C", samples.path)
    local = (*where, "-e", "local")

    def json_of(*command: str | Path) -> str:
        return callsheet(*command, "-o", "json").out

    assert valid(json_of("validate", *where), "validate")["summary"]["documents"] == 26
    assert valid(json_of("plan", *local), "plan")["ledger"] == {"lineage": None, "serial": 0}
    applied = valid(json_of("apply", *local, "--yes"), "apply")
    assert applied["summary"] == {"done": 13, "failed": 0, "skipped": 0, "unknown": 0}
    push = samples.path / "epsilon" / "message.yaml"
    push.write_text(push.read_text().replace("15s", "16s").replace("name: epsilon_message", "name: push"))
    assert valid(json_of("plan", *local), "plan")["summary"]["delete"] == 1
    push.write_text(push.read_text() + "  lifecycle: {renamedFrom: epsilon_message}\n")
    (change,) = valid(json_of("plan", *local), "plan")["changes"]
    assert (change["action"], change["from"]) == ("rename", "Action/epsilon_message")
    assert valid(json_of("diff", *local), "diff")["changes"]
    assert valid(json_of("diff", *where, "--base", "HEAD"), "diff")["base"] == "HEAD"
    assert valid(json_of("drift", *local), "drift")["drift"] == []
    assert len(valid(json_of("history", *local), "history")["applies"]) == 1
    assert len(valid(json_of("history", "show", "1", *local), "history")["applies"][0]["steps"]) == 13
    actions = valid(json_of("list", *where, "--lang", "fr"), "list")["actions"]
    assert {one["title"] for one in actions} >= {"Notification push Firebase"}
    assert (
        valid(json_of("show", "push", *where), "show")["environments"]["local"]["action"]["name"] == "push"
    )
    deployed = valid(json_of("show", "epsilon_message", *local, "--deployed"), "show")["environments"][
        "local"
    ]
    assert (deployed["revision"], deployed["appliedBy"]) == (1, "ada")
    rendered = valid(json_of("render", *local), "render")
    for kind, name in (("actions", "action"), ("messages", "message"), ("endpoints", "endpointconfig")):
        assert rendered[kind]
        for one in rendered[kind]:
            jsonschema.Draft202012Validator(schema(f"compiled-{name}")).validate(one)
    for verb in (("render", "vonage_api", *local, "--params", "a=1"), ("send", "vonage_api", *local)):
        assert callsheet(*verb).err.startswith(
            "error CS925: `vonage_api` is an endpoint configuration, which sends nothing\n"
        )
    request = json_of("render", "push", *local, "--params", "customer_key=1", "--params",
                      "email=a@b.c", "--params", "locale=fr_FR")  # fmt: skip
    assert valid(request, "render")["requests"][0]["headers"]["X-OUID"] == "shop-local"
    assert len(valid(json_of("explain", "--list"), "explain")["rules"]) > 40
    assert valid(json_of("render", *where, "--diff-env", "local", "staging"), "diff")["changes"]


@pytest.mark.parametrize(
    "name", ["firebase/push", "facebook/conversion", "adobe-io/event", "epsilon/message"]
)
def test_a_sample_names_its_schema_for_the_editor(name: str, samples: Folder) -> None:
    first = (samples.path / f"{name}.yaml").read_text().split("\n")[0]
    assert first == "# yaml-language-server: $schema=../../schemas/action.schema.json"


# -- text -------------------------------------------------------------------------------------


def prepared(workspace: Folder, callsheet: Callsheet) -> None:
    """Deploy, then make one change of many sorts."""
    workspace.action("second")
    workspace.action("third")
    callsheet("apply", "-C", workspace.path, "--yes")
    example = workspace.path / "example.yaml"
    example.write_text(
        example.read_text()
        .replace("api.example.com", "other.example.com")
        .replace("title: {type: string, example: Hi}", "title: {type: string}\n    locale: {type: string, sensitivity: location}")
        .replace("fixed: 1", "fixed: {deep: [1, two], password: \"{{ env.name }}\"}, l: '{{ params.locale }}'")
        .replace("en: Example", "en: A title that is so long that it does not fit into one line of a terminal of 80")
    )  # fmt: skip
    (workspace.path / "second.yaml").unlink()
    third = workspace.path / "third.yaml"
    third.write_text(
        third.read_text().replace("name: third", "name: renamed") + "  lifecycle: {renamedFrom: third}\n"
    )
    workspace.action("fourth")
    environments = workspace.path / "environments.yaml"
    environments.write_text(environments.read_text() + "  guards: {requireAccept: [sensitive]}\n")


@pytest.mark.parametrize("colour", [False, True], ids=["plain", "colour"])
@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_plan_reads_well(
    width: int, colour: bool, workspace: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    prepared(workspace, callsheet)
    monkeypatch.setenv("COLUMNS", str(width))
    if colour:
        monkeypatch.setenv("FORCE_COLOR", "1")
    outcome = callsheet("plan", "-C", workspace.path)
    assert outcome.code == 0
    assert ("\x1b[" in outcome.out) is colour
    assert outcome.out == snapshot


def test_listings_read_well(samples: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion) -> None:
    where = ("-C", samples.path)
    assert callsheet("list", *where).out == snapshot(name="list")
    assert callsheet("explain", "CS412").out == snapshot(name="explain")
    assert callsheet("explain", "forbidden-header").out == callsheet("explain", "cs412").out
    assert callsheet("explain").out == callsheet("explain", "--list").out == snapshot(name="catalog")
    assert callsheet("render", "epsilon_message", *where, "-e", "local").out == snapshot(name="render")
    assert callsheet("--help").out == snapshot(name="help")


def test_wrong_usage_is_told_with_what_is_near(workspace: Folder, callsheet: Callsheet) -> None:
    where = ("-C", workspace.path)
    for command, words in [
        (("explain", "CS3066"), "there is no code 'CS3066' (did you mean `CS306`?)"),
        (("plan", *where, "-o", "jsn"), "there is no output format 'jsn' (did you mean `json`?)"),
        (("diff", *where, "--head", "HEAD"), "--head goes with --base"),
        (("history", "show", *where), "history show needs the number of an apply"),
        (
            ("render", *where, "--params", "nowhere.json"),
            "nowhere.json cannot be read: no such file or directory",
        ),
    ]:
        outcome = callsheet(*command)
        assert (outcome.code, outcome.out) == (2, "")
        assert words in outcome.err


def test_what_does_not_exist_is_told_with_what_is_near(workspace: Folder, callsheet: Callsheet) -> None:
    where = ("-C", workspace.path)
    for command, words in [
        (("render", "exmple", *where), "there is no action `exmple` in local (did you mean `example`?)"),
        (("show", "exmple", *where), "there is no action `exmple` in the workspace (did you mean `example`?)"),
        (("show", "example", *where, "--deployed"), "there is no action `example` deployed"),
        (("history", "show", "7", *where), "there is no apply 7 in local"),
        (("diff", *where, "--base", "HEAD"), "the workspace is not in a git repository"),
        (("apply", *where, "nowhere.json"), "nowhere.json cannot be read: no such file or directory"),
        (("validate", *where, "--out", "/nowhere/x"), "/nowhere/x cannot be written: no such file or directory"),
        (("plan", *where, "--out", workspace.path), "cannot be written: is a directory"),
    ]:  # fmt: skip
        outcome = callsheet(*command)
        assert (outcome.code, outcome.out) == (1, "")
        assert words in outcome.err


def test_an_invalid_workspace_is_shown_and_nothing_is_planned(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.action(constant="yes")
    for verb in ("plan", "diff", "render"):
        outcome = callsheet(verb, "-C", workspace.path)
        assert (outcome.code, outcome.out) == (1, "")
        assert "error CS120" in outcome.err
        assert "error CS924: the workspace has 1 error: nothing was done" in outcome.err
    assert callsheet("render", "-C", workspace.path, "--diff-env", "local", "local").code == 1
    assert callsheet("render", "example", "-C", workspace.path).code == 1


def test_an_abstract_environment_cannot_be_planned(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write(
        "base.yaml", "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: base}\nspec: {}\n"
    )
    outcome = callsheet("plan", "-C", workspace.path, "-e", "base")
    assert "error CS803: the environment `base` is abstract: it has no target" in outcome.err


def test_init_writes_nothing_where_something_is(tmp_path: Path, callsheet: Callsheet) -> None:
    (tmp_path / "callsheet.yaml").write_text("mine")
    outcome = callsheet("init", tmp_path)
    assert "already contains callsheet.yaml: nothing was written" in outcome.err
    assert [one.name for one in tmp_path.iterdir() if one.name != "state"] == ["callsheet.yaml"]
    (tmp_path / "file").write_text("")
    assert "error CS928" in callsheet("init", tmp_path / "file" / "x").err
    assert callsheet("init", tmp_path / "new").code == 0
    assert json.loads((tmp_path / "new" / ".vscode" / "settings.json").read_text())["yaml.schemas"]
    assert (tmp_path / "new" / ".schemas" / "action.schema.json").exists()


def test_strict_makes_warnings_fail(workspace: Folder, callsheet: Callsheet) -> None:
    path = workspace.action()
    path.write_text(path.read_text().replace("https", "http"))
    assert callsheet("validate", "-C", workspace.path).out.endswith("Valid, with 1 warning: 2 documents.\n")
    assert callsheet("validate", "-C", workspace.path, "--strict").code == 1
    assert callsheet("validate", "-C", workspace.path, "-q").out == ""


@pytest.mark.cached
def test_verbose_says_what_was_read(workspace: Folder) -> None:
    import re

    from support.workspaces import run_callsheet

    first = run_callsheet("plan", "-C", workspace.path, "-v", "-q")
    again = run_callsheet("plan", "-C", workspace.path, "-v", "-q")
    assert (first.out, again.out) == ("", "")
    pattern = (
        r"callsheet: compiled 2 files \(%s\) for 1 environments in [0-9.]+ s\n"
        r"callsheet: local: 0 deployed, 0 applied, serial 0\n"
    )
    assert re.fullmatch(pattern % "2 new, 0 from the cache", first.err)
    assert re.fullmatch(pattern % "0 new, 2 from the cache", again.err)


def test_results_go_to_a_file(workspace: Folder, callsheet: Callsheet) -> None:
    out = workspace.path.parent / "out.json"
    assert callsheet("validate", "-C", workspace.path, "-o", "json", "--out", out).out == ""
    valid(out.read_text(), "validate")
    assert [one.name for one in out.parent.iterdir() if "tmp" in one.name] == []


def test_parameters_come_from_files_and_arguments(workspace: Folder, callsheet: Callsheet) -> None:
    where = ("-C", workspace.path)
    good = workspace.path.parent / "params.yaml"
    good.write_text("title: From a file\n")
    assert '"title": "From a file"' in callsheet("render", *where, "--params", good).out
    shown = callsheet("render", *where, "--params", good, "--params", "title=Ada").out
    assert shown.startswith("POST https://api.example.com/v1/send\n")
    assert '"title": "Ada"' in shown
    good.write_text("- 1\n")
    assert callsheet("render", *where, "--params", good).code == 2
    good.write_text("a: [")
    assert "params.yaml:2:1: not valid YAML" in callsheet("render", *where, "--params", good).err
    refused = callsheet("render", *where, "--params", "tilte=x")
    assert refused.code == 1
    assert (
        "  `tilte` is not declared (did you mean `title`?)\n  `title` is required and has no value\n"
        in refused.err
    )


def test_typed_arguments_are_read_by_their_type(workspace: Folder, callsheet: Callsheet) -> None:
    path = workspace.action()
    path.write_text(path.read_text().replace("{type: string, example: Hi}", "{type: array}"))
    assert '"title": [\n' in callsheet("render", "-C", workspace.path, "--params", "title=[1]").out
    assert (
        "`title` is not of type array"
        in callsheet("render", "-C", workspace.path, "--params", "title=[").err
    )


def test_two_revisions_are_compared(workspace: Folder, callsheet: Callsheet) -> None:
    where = ("-C", workspace.path)
    workspace.commit("one")
    workspace.action(constant="2")
    (workspace.path / "link.yaml").symlink_to("/etc/hostname")
    workspace.commit("two")
    (workspace.path / "link.yaml").unlink()
    workspace.action(constant="3")
    workspace.write(
        "more.yaml", ENVIRONMENT.replace("name: local", "name: new").replace("local.db", "new.db")
    )
    refused = callsheet("diff", *where, "--base", "HEAD~1", "--head", "HEAD")
    assert refused.code == 1, "a link out of the workspace is refused"
    assert "link.yaml:1:1: error CS105" in refused.err
    assert callsheet("diff", *where, "--base", "HEAD").code == 0, "its removal is compared"
    diff = valid(callsheet("diff", *where, "--base", "HEAD~1", "-o", "json").out, "diff")
    assert {one["environment"]: len(one["changes"]) for one in diff["environments"]} == {
        "local": 1,
        "new": 0,
    }
    assert [one["reason"] for one in diff["protections"]] == ["environment-added"]
    workspace.git("rm", "-q", "--cached", "link.yaml")
    workspace.commit("three")
    one = valid(
        callsheet("diff", *where, "--base", "HEAD~2", "--head", "HEAD", "-e", "local", "-o", "json").out,
        "diff",
    )
    assert [change["diff"][0]["after"] for change in one["changes"]] == [3]
    assert callsheet("diff", *where, "--base", "HEAD~2", "--detailed-exitcode").code == 2
    unknown = callsheet("diff", *where, "--base", "origin/main")
    assert "error CS923: git does not know the revision 'origin/main'" in unknown.err
    assert callsheet("diff", *where, "--base", "--output=/tmp/x").code == 1
    (workspace.path / "more.yaml").unlink()
    gone = valid(callsheet("diff", *where, "--base", "HEAD", "-o", "json").out, "diff")
    assert gone["changes"] == []
    assert [one["reason"] for one in gone["protections"]] == ["environment-removed"]


def test_no_traceback_reaches_a_user(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    import callsheet.compiling.workspace as module

    def fail(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("canary-secret")

    monkeypatch.setattr(module, "compile_workspace", fail)
    outcome = callsheet("validate", "-C", workspace.path)
    assert outcome.code == 1
    assert outcome.err.startswith("error CS999: internal error (ZeroDivisionError at test_verbs.py:")
    assert "canary" not in outcome.err
    monkeypatch.setenv("CALLSHEET_DEBUG", "1")
    assert "Traceback" in callsheet("validate", "-C", workspace.path).err
    monkeypatch.setattr(
        module, "compile_workspace", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    assert callsheet("validate", "-C", workspace.path).err.strip() == "Aborted: nothing more was done."


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "callsheet", *arguments],
        capture_output=True, text=True, check=True,
        env={key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")},
    )  # fmt: skip
    imported = {
        line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line
    }
    assert "click" in imported
    assert imported & {"jinja2", "jsonschema", "jsonschema_rs", "deepdiff", "yaml", "sqlite3"} == set()


def test_a_result_takes_the_place_of_a_file_and_of_nothing_else(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    def out(path: str | Path) -> Outcome:
        return callsheet("validate", "-C", workspace.path, "--out", path)

    # A file keeps its mode, and a link leads where it led.
    file, link = tmp_path / "result.txt", tmp_path / "link.txt"
    file.write_text("before")
    file.chmod(0o600)
    link.symlink_to(file)
    assert out(link).code == 0
    assert link.is_symlink()
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("Valid: 2 documents.\n", 0o600)
    assert sorted(one.name for one in tmp_path.iterdir() if "result" in one.name) == ["result.txt"]
    # A device stays one, also for whoever could put a file into its place.
    before = os.stat("/dev/null").st_rdev
    assert out("/dev/null").code == 0
    assert os.stat("/dev/null").st_rdev == before
    full = out("/dev/full")
    assert (full.code, full.err.splitlines()[0]) == (
        1, "error CS928: /dev/full cannot be written: no space left on device",
    )  # fmt: skip
    # A pipe is written to.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader:
        assert out(pipe).code == 0
        assert reader.communicate()[0] == "Valid: 2 documents.\n"
    done = run_callsheet("validate", "-C", workspace.path, "--out", "/dev/stdout")
    assert (done.code, done.out) == (0, "Valid: 2 documents.\n")


def test_the_question_is_asked_on_a_terminal_and_no_is_no(workspace: Folder) -> None:
    import pty

    for answer, code in (("n\n", 1), ("y\n", 0)):
        leader, follower = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "callsheet", "apply", "-C", str(workspace.path)],
            stdin=follower, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        os.write(leader, answer.encode())
        out, err = process.communicate()
        os.close(leader)
        os.close(follower)
        assert (process.returncode, "Apply this plan? [y/N]" in err) == (code, True)
        assert ("Apply 1 in local: 1 done." in out) is (code == 0)


@pytest.mark.parametrize("name", ["plan.html", "PLAN.HTM", "plan.md", "junit.xml"])
def test_a_plan_is_not_written_under_the_name_of_a_report(
    name: str, workspace: Folder, callsheet: Callsheet
) -> None:
    out = workspace.path / name
    refused = callsheet("plan", "-C", workspace.path, "-o", "html", "--out", out)
    assert refused.code == 2
    assert "--out writes the plan as JSON, for `apply`" in " ".join(refused.err.split())
    assert not out.exists()
    assert callsheet("plan", "-C", workspace.path, "--out", out.with_suffix(".json")).code == 0
