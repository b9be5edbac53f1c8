"""The names at which callsheet writes: a link that a commit put there is never followed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from callsheet.compiling.cache import FILE as UNITS
from callsheet.compiling.runs import FILE as RUNS
from support.workspaces import Callsheet, Folder

FOREIGN = "places.sqlite"
DIRECTORY = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {host: api.example.com}
  target: {type: directory, path: deployed}
  ledger: {type: sqlite, path: .callsheet/local.db}
"""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a folder that is not the workspace's, with the database of another program."""
    folder = tmp_path / "outside"
    folder.mkdir()
    connection = sqlite3.connect(folder / FOREIGN)
    connection.execute("CREATE TABLE visited (url TEXT)")
    connection.execute("INSERT INTO visited VALUES ('https://example.com')")
    connection.commit()
    connection.close()
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


LINKS = {
    "the folder": (".callsheet", ""),
    "the cache": (".callsheet/cache", ""),
    "the cache's file": (f".callsheet/cache/{UNITS}", FOREIGN),
    "the cache's file of runs": (f".callsheet/cache/{RUNS}", FOREIGN),
    "the cache's journal": (f".callsheet/cache/{UNITS}-journal", "journal"),
    "the cache of contracts": (".callsheet/cache/contracts-1.sqlite", FOREIGN),
    "the ignore file": (".callsheet/.gitignore", "ignore"),
    "the database": (".callsheet/local.db", FOREIGN),
    "a database that is not there": (".callsheet/local.db", "new.db"),
    "the database's journal": (".callsheet/local.db-journal", "journal"),
    "the lock": (".callsheet/local.db.lock", "lock"),
    "the deployed folder": ("deployed", ""),
    "the journal of what was deployed": ("deployed/.callsheet/journal.jsonl", "journal"),
}


@pytest.mark.parametrize("verb", ["validate", "plan", "drift", "apply --yes"])
@pytest.mark.parametrize("case", LINKS)
def test_a_link_at_a_name_of_ours_leads_nowhere(
    case: str, verb: str, workspace: Folder, outside: Path, callsheet: Callsheet
) -> None:
    name, target = LINKS[case]
    if name.startswith("deployed"):
        workspace.write("environments.yaml", DIRECTORY)
    link = workspace.path / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside / target)
    before = contents(outside)
    outcome = callsheet(*verb.split(), "-C", workspace.path)
    assert contents(outside) == before
    if name == "deployed":
        # Documents are not read through it either.
        assert any(f"error {code}" in outcome.out + outcome.err for code in ("CS105", "CS985"))
    elif verb == "validate" or "cache/" in name or name.endswith(("cache", ".gitignore")):
        # Without its cache, callsheet is only slower.
        assert outcome.code == 0, outcome
    else:
        assert outcome.code == 1
        assert outcome.err.startswith("error CS985: "), outcome.err


def test_a_link_is_refused_by_its_name(workspace: Folder, outside: Path, callsheet: Callsheet) -> None:
    (workspace.path / ".callsheet").symlink_to(outside)
    assert callsheet("plan", "-C", workspace.path).err == (
        "error CS985: .callsheet is a symbolic link, and callsheet would write through it\n"
        "help: remove the link; to keep the files elsewhere, link the workspace's own folder\n"
    )


@pytest.mark.cached
def test_a_workspace_that_is_reached_by_a_link_works(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(workspace.path)
    assert callsheet("apply", "-C", tmp_path / "link", "--yes").code == 0
    assert workspace.database.exists()
    assert (workspace.path / ".callsheet" / "cache").is_dir()


def test_a_foreign_database_is_refused_before_anything_is_written(
    workspace: Folder, outside: Path, callsheet: Callsheet
) -> None:
    (workspace.path / ".callsheet" / "cache").mkdir(parents=True)
    kept = ("local.db", f"cache/{UNITS}", f"cache/{RUNS}")
    for name in kept:
        (workspace.path / ".callsheet" / name).write_bytes((outside / FOREIGN).read_bytes())
    before = contents(workspace.path / ".callsheet")
    assert callsheet("validate", "-C", workspace.path).code == 0
    for verb in ("plan", "apply"):
        outcome = callsheet(verb, "-C", workspace.path, *(["--yes"] if verb == "apply" else []))
        assert outcome.err.startswith("error CS909: .callsheet/local.db is a SQLite database of another")
    after = contents(workspace.path / ".callsheet")
    names = [one.rpartition("/")[2] for one in kept]
    assert [after[name] for name in names] == [before[name] for name in names]
    assert set(after) - set(before) <= {"local.db.lock", ".gitignore"}


def test_a_lock_whose_holder_cannot_be_noted_is_a_lock(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import os

    def full(*arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    outcome = callsheet("apply", "-C", workspace.path, "--yes")
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("diff -o html --out", "w.html"),
        ("plan --out", "plan.json"),
        ("validate -o json --out", "reports/w.json"),
        ("test --junit", "junit.xml"),
        ("render example -o json --out", "w.json"),
    ],
)
@pytest.mark.parametrize("where", ["outside", "a folder outside", "in .git"])
def test_a_link_that_a_commit_can_have_leads_no_result_out_of_the_repository(
    line: str,
    name: str,
    where: str,
    workspace: Folder,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    workspace.write(".callsheetignore", "**/*.json\nout\n")
    workspace.commit()
    kept = tmp_path / "kept"
    kept.mkdir()
    link = workspace.path / name
    victim = workspace.path / ".git" / "config" if where == "in .git" else kept / link.name
    if where == "a folder outside":
        link, name = workspace.path / "out", f"out/{link.name}"
        link.symlink_to(kept)
    else:
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(victim)
    before = victim.read_bytes() if victim.exists() else None
    monkeypatch.chdir(workspace.path)
    outcome = callsheet(*line.split(), name)
    assert outcome.code == 1
    shown = link.relative_to(workspace.path)
    assert (
        f"error CS985: {shown} is a symbolic link that leads out of the repository's files" in outcome.err
    )
    assert (victim.read_bytes() if victim.exists() else None) == before


def test_a_link_inside_of_the_repository_is_written_through(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.commit()
    (workspace.path / "there").mkdir()
    (workspace.path / "out").symlink_to("there")
    out = workspace.path / "out" / "w.html"
    assert callsheet("diff", "--base", "HEAD", "-C", workspace.path, "-o", "html", "--out", out).code == 0
    assert (workspace.path / "there" / "w.html").read_text().startswith("<!doctype html>")
