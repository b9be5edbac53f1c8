"""The main job on the samples, by the steps of a person: change, review, apply, drift."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from support.workspaces import ENVIRONMENT, Callsheet, Folder, git, run_callsheet


def read(outcome_text: str) -> dict:  # type: ignore[type-arg]
    return json.loads(outcome_text)


def lower_priority(samples: Folder) -> None:
    push = samples.path / "firebase" / "push.yaml"
    push.write_text(push.read_text().replace("priority: HIGH", "priority: NORMAL", 1))


def revisions(path: Path) -> dict[str, str]:
    """Give revision and digest of every row of the registry."""
    connection = sqlite3.connect(path)
    try:
        return dict(
            connection.execute("SELECT address, revision || digest FROM registry_action").fetchall()
        )
    finally:
        connection.close()


def test_one_changed_line_is_one_change_everywhere(samples: Folder, callsheet: Callsheet) -> None:
    where = ("-C", samples.path)
    assert callsheet("apply", *where, "-e", "local", "--yes").code == 0
    rows = samples.path / ".callsheet" / "local.db"
    before = revisions(rows)
    lower_priority(samples)

    diff = read(callsheet("diff", *where, "--base", "HEAD", "-o", "json").out)
    plan = read(callsheet("plan", *where, "-e", "local", "-o", "json").out)
    for (change,) in (diff["changes"], plan["changes"]):
        assert change["address"] == "Action/firebase_push"
        assert (change["action"], change["impact"]) == ("update", "compatible")
        (one,) = change["diff"]
        assert (one["path"], one["before"], one["after"]) == (
            "/request/payload/message/android/priority",
            "HIGH",
            "NORMAL",
        )
        assert (one["file"], one["line"], one["column"]) == ("firebase/push.yaml", 28, 31)
    assert callsheet("plan", *where, "-e", "local", "--detailed-exitcode").code == 2

    assert callsheet("apply", *where, "-e", "local", "--yes").code == 0
    after = revisions(rows)
    assert {address for address in after if after[address] != before[address]} == {"Action/firebase_push"}
    assert callsheet("drift", *where, "-e", "local", "--detailed-exitcode").code == 0
    assert callsheet("plan", *where, "-e", "local", "--detailed-exitcode").code == 0


def test_drift_is_shown_and_never_written_over_unasked(samples: Folder, callsheet: Callsheet) -> None:
    where = ("-C", samples.path, "-e", "local")
    callsheet("apply", *where, "--yes")
    with sqlite3.connect(samples.path / ".callsheet" / "local.db") as connection:
        connection.execute(
            "UPDATE registry_action SET compiled = replace(compiled, 'HIGH', 'LOW')"
            " WHERE address = 'Action/firebase_push'"
        )
        connection.execute("DELETE FROM registry_action WHERE address = 'Action/epsilon_message'")
    connection.close()
    drift = callsheet("drift", *where, "--detailed-exitcode", "-o", "json")
    assert drift.code == 2
    assert [(one["address"], one["kind"]) for one in read(drift.out)["drift"]] == [
        ("Action/epsilon_message", "missing"),
        ("Action/firebase_push", "changed"),
    ]
    plan = read(callsheet("plan", *where, "-o", "json").out)
    assert (plan["changes"], len(plan["drift"])) == ([], 2)
    assert callsheet("apply", *where, "--yes").code == 0
    assert callsheet("drift", *where, "--detailed-exitcode").code == 2

    lower_priority(samples)
    refused = callsheet("apply", *where, "--yes")
    assert refused.code == 1
    assert "error CS918" in refused.err
    assert "--accept drift" in refused.err
    assert callsheet("apply", *where, "--yes", "--accept", "drift").code == 0
    assert callsheet("drift", *where, "--detailed-exitcode").code == 0
    assert callsheet("plan", *where, "--detailed-exitcode").code == 0


def test_what_callsheet_did_not_deploy_is_listed_and_left_alone(
    samples: Folder, callsheet: Callsheet
) -> None:
    where = ("-C", samples.path, "-e", "local")
    callsheet("apply", *where, "--yes")
    with sqlite3.connect(samples.path / ".callsheet" / "local.db") as connection:
        connection.execute(
            "INSERT INTO registry_action SELECT 'Action/by_hand', 'by_hand', digest, 1, compiled, 'x', 'y', NULL, NULL"
            " FROM registry_action LIMIT 1"
        )
    connection.close()
    plan = read(callsheet("plan", *where, "-o", "json").out)
    assert (plan["changes"], plan["unmanaged"]) == ([], ["Action/by_hand"])
    assert "? Action/by_hand" in callsheet("plan", *where).out


TWENTY = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: first, ownr: me}
spec:
  request:
    method: SEND
    url: 17
  limits: {retries: 11}
---
apiVersion: callsheet/v1
kind: Action
metadata: {name: second}
spec:
  request:
    method: GET
    url: ftp://api.example.com/v1
    headers:
      Content-Type: text/plain
      content-type: application/json
      Host: example.com
      "X Y": z
    query: {key: {secret: "env:KEY"}}
    payload:
      a: "{{ values.nowhere }}"
      b: "{{ params.nobody }}"
      c: "{{ 1 / 0 }}"
      d: "{{ 'x' | shout }}"
      e: "{{ 'x' | "
      f: no
      g: 1_000
  authentication: {type: bearer, token: plain-text-token}
  parameters:
    unused: {type: string}
    wrong: {type: integer, example: many}
---
apiVersion: callsheet/v2
kind: Action
"""

EXPECTED = [
    ("CS203", 3, 25), ("CS206", 6, 13), ("CS205", 7, 10), ("CS209", 8, 21),
    ("CS502", 24, 14), ("CS306", 25, 14), ("CS509", 26, 14), ("CS505", 27, 20), ("CS501", 28, 18),
    ("CS120", 29, 10), ("CS121", 30, 10), ("CS601", 31, 41), ("CS307", 33, 5), ("CS307", 34, 5),
    ("CS318", 34, 37), ("CS202", 36, 13),
]  # fmt: skip


def test_many_mistakes_are_reported_at_once_each_at_its_place(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("many.yaml", TWENTY)
    workspace.write(
        "more.yaml",
        "apiVersion: callsheet/v1\nkind: Action\nmetadata: {name: example}\nspec:\n  request:\n    method: GET\n"
        "    url: ftp://api.example.com/v1\n    headers:\n      Content-Type: text/plain\n"
        '      content-type: application/json\n      Host: example.com\n      "X Y": z\n'
        '    query: {key: {secret: "env:KEY"}}\n    payload: {}\n',
    )
    outcome = callsheet("validate", "-C", workspace.path, "-o", "json")
    assert outcome.code == 1
    found = read(outcome.out)
    places = {(one["file"], one["code"], one["line"], one["column"]) for one in found["diagnostics"]}
    assert places == {("many.yaml", *one) for one in EXPECTED} | {
        ("more.yaml", "CS301", 3, 18),
        ("more.yaml", "CS408", 6, 13),
        ("more.yaml", "CS401", 7, 10),
        ("more.yaml", "CS413", 9, 21),
        ("more.yaml", "CS411", 10, 7),
        ("more.yaml", "CS412", 11, 7),
        ("more.yaml", "CS409", 12, 7),
        ("more.yaml", "CS605", 13, 18),
    }
    assert found["summary"] == {"documents": 6, "errors": 22, "warnings": 2}


def plan_bytes(folder: Path, python: str, **environment: str) -> bytes:
    out = folder.parent / "plan.json"
    subprocess.run(
        [python, "-m", "callsheet", "plan", "-C", str(folder), "-e", "local", "-q", "--out", str(out)],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )
    return out.read_bytes()


def test_plans_from_two_clones_are_byte_identical(samples: Folder, tmp_path: Path) -> None:
    clones = []
    for name in ("one", "an other place"):
        git(tmp_path, "clone", "-q", str(samples.path.parent), name)
        clones.append(tmp_path / name / "actions")
    # The same files, created in another order.
    for file in sorted(clones[1].rglob("*.yaml"), reverse=True):
        file.write_bytes(file.read_bytes())
    first = plan_bytes(clones[0], sys.executable, PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C")
    second = plan_bytes(
        clones[1], sys.executable, PYTHONHASHSEED="4711", TZ="Asia/Tokyo", LC_ALL="C.UTF-8", COLUMNS="200"
    )
    assert first == second
    assert not (clones[0] / ".callsheet" / "local.db").exists(), "a plan creates no database"


def other_pythons() -> list[str]:
    """Return the newest other supported Python that is installed."""
    found = {
        str(one)
        for version in ("3.11", "3.12", "3.13", "3.14")
        if f"3.{sys.version_info.minor}" != version
        for one in [
            shutil.which(f"python{version}"),
            *Path.home().glob(f".pyenv/versions/{version}.*/bin/python"),
        ]
        if one and subprocess.run([one, "-c", ""], check=False, capture_output=True).returncode == 0
    }
    return sorted(found)[-1:]


@pytest.mark.long
def test_plans_by_two_pythons_are_byte_identical(samples: Folder, tmp_path: Path) -> None:
    from support.workspaces import ROOT

    others = other_pythons()
    if not others:
        pytest.skip("no other supported Python is installed")
    expected = plan_bytes(samples.path, sys.executable)
    for python in others:
        subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True)
        own = tmp_path / "venv" / "bin" / "python"
        subprocess.run([own, "-m", "pip", "install", "-q", str(ROOT)], check=True)
        assert plan_bytes(samples.path, str(own), PYTHONPATH="") == expected


def test_without_a_terminal_and_without_yes_nothing_is_applied(workspace: Folder) -> None:
    outcome = run_callsheet("apply", "-C", workspace.path)
    assert outcome.code == 1
    assert "error CS920" in outcome.err
    assert not workspace.database.exists()


def test_two_environments_ask_which_one(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write(
        "more.yaml", ENVIRONMENT.replace("name: local", "name: staging").replace("local.db", "s.db")
    )
    outcome = callsheet("plan", "-C", workspace.path)
    assert outcome.code == 2
    assert outcome.err == "error CS921: which environment?\nhelp: choose one with -e: local, staging\n"
    assert "did you mean `staging`?" in callsheet("plan", "-C", workspace.path, "-e", "stagin").err


def test_a_closed_pipe_ends_quietly(samples: Folder) -> None:
    done = subprocess.run(
        f"{sys.executable} -m callsheet render -C {samples.path} -e local | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_a_terminal_without_utf_8_gets_escapes(samples: Folder) -> None:
    outcome = run_callsheet(
        "list", "-C", samples.path, "--lang", "fr", PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0"
    )
    assert outcome.code == 0
    assert "\\xc9v\\xe9nement" in outcome.out


def test_secrets_are_never_in_any_output(
    samples: Folder, monkeypatch: pytest.MonkeyPatch, callsheet: Callsheet
) -> None:
    for name in ("FACEBOOK_ACCESS_TOKEN", "ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET", "EPSILON_PASSWORD"):
        monkeypatch.setenv(name, "canary-4711")
    where = ("-C", samples.path, "-e", "local")
    printed = ""
    for command in (
        ("validate", "-C", samples.path), ("render", *where), ("plan", *where, "-o", "json"),
        ("apply", *where, "--yes"), ("show", "facebook_conversion", *where, "--deployed"), ("history", *where),
    ):  # fmt: skip
        outcome = callsheet(*command)
        printed += outcome.out + outcome.err
    assert "env:FACEBOOK_ACCESS_TOKEN" in printed
    stored = b"".join(path.read_bytes() for path in samples.path.rglob("*") if path.is_file())
    assert "canary-4711" not in printed
    assert b"canary-4711" not in stored
