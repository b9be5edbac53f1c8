"""`test --update`, `fmt` and `drift --write` change the lines that they must, and no line end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.workspaces import Callsheet, Folder

TESTED = """\
# A comment.
apiVersion: callsheet/v1
kind: Action
metadata: {name: example, title: {en: Example, fr: Exemple}, owner: team-a}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/send
    payload:
      title: "{{ params.title }}"
      fixed: 1
  parameters:
    title: {type: string, example: Hi}
  tests:
    - name: one
      params: {title: Hi}
      expect:
        payload:
          title: Hi
          fixed: 7  # not yet
"""
ENDS = {
    "LF": lambda number: "\n",
    "CRLF": lambda number: "\r\n",
    "mixed": lambda number: "\r\n" if number % 3 else "\n",
    "one CRLF": lambda number: "\r\n" if number == 4 else "\n",
}


def in_form(text: str, ends: str, mark: str) -> bytes:
    lines = text.split("\n")[:-1]
    return (mark + "".join(line + ENDS[ends](number) for number, line in enumerate(lines))).encode()


def lines_of(file: Path) -> list[bytes]:
    return file.read_bytes().split(b"\n")


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "BOM"])
@pytest.mark.parametrize("ends", ENDS)
def test_update_changes_one_line(workspace: Folder, callsheet: Callsheet, ends: str, mark: str) -> None:
    file = workspace.path / "example.yaml"
    file.write_bytes(in_form(TESTED, ends, mark))
    outcome = callsheet("test", "-C", workspace.path, "--no-generated", "--update")
    assert (outcome.code, outcome.err) == (0, "updated example.yaml\n")
    assert file.read_bytes() == in_form(TESTED.replace("fixed: 7", "fixed: 1"), ends, mark)


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "BOM"])
@pytest.mark.parametrize("ends", ENDS)
def test_fmt_moves_lines_with_their_ends(
    workspace: Folder, callsheet: Callsheet, ends: str, mark: str
) -> None:
    file = workspace.path / "example.yaml"
    tidy = in_form(TESTED, ends, mark)
    file.write_bytes(tidy)
    assert callsheet("fmt", "-C", workspace.path).out == ""
    assert file.read_bytes() == tidy
    file.write_bytes(
        in_form(TESTED.replace("kind: Action\n", "").replace("spec:", "kind: Action\nspec:"), ends, mark)
    )
    before = lines_of(file)
    assert callsheet("fmt", "-C", workspace.path).out == f"changed {file}\n"
    assert sorted(lines_of(file)) == sorted(before)
    assert file.read_text("utf-8-sig") == TESTED


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "BOM"])
@pytest.mark.parametrize("ends", ENDS)
def test_drift_write_changes_one_line(
    workspace: Folder, callsheet: Callsheet, ends: str, mark: str
) -> None:
    file = workspace.path / "example.yaml"
    file.write_bytes(in_form(TESTED, ends, mark))
    at = ("-C", workspace.path)
    assert callsheet("plan", *at, "--out", workspace.path.parent / "plan.json").code == 0
    assert callsheet("apply", workspace.path.parent / "plan.json", *at, "--yes").code == 0
    with closing(sqlite3.connect(workspace.database)) as database, database:
        ((text,),) = database.execute("SELECT compiled FROM registry_action").fetchall()
        changed = text.replace('"fixed":1', '"fixed":8')
        database.execute("UPDATE registry_action SET compiled = ?", (changed,))
    assert callsheet("drift", *at, "--write").code == 0
    assert file.read_bytes() == in_form(TESTED.replace("fixed: 1", "fixed: 8"), ends, mark)
