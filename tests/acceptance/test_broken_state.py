"""What somebody breaks by hand at the target, in any way: every command shows it, and none falls over."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from callsheet import Workspace
from callsheet.language.difference import value_at
from support.breaking import broken, containers, run
from support.forms import examples
from support.workspaces import ROOT

FORMATS = ("text", "json", "markdown", "html")


def comments(text: str) -> list[str]:
    return re.findall(r"(?m)(?:^|\s)(#.*)$", text)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the samples, applied; each example of a test breaks them, and puts them back."""
    import shutil

    folder = tmp_path_factory.mktemp("broken") / "actions"
    shutil.copytree(ROOT / "actions", folder, ignore=shutil.ignore_patterns(".callsheet"))
    assert run("apply", "-C", folder, "-e", "local", "--yes", "-q").code == 0
    return folder


@given(data=some.data())
@settings(
    max_examples=examples(2, 5), deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes
)  # fmt: skip
def test_every_command_shows_what_is_broken(deployed: Path, data: Any) -> None:
    at = ("-C", deployed, "-e", "local")
    files = {path: path.read_text() for path in deployed.rglob("*.yaml")}
    database = deployed / ".callsheet" / "local.db"
    before = database.read_bytes()
    try:
        with closing(sqlite3.connect(database)) as connection, connection:
            rows = dict(connection.execute("SELECT name, compiled FROM registry_action").fetchall())
            name = data.draw(some.sampled_from(sorted(rows)))
            value = json.loads(rows[name])
            for _ in range(data.draw(some.integers(1, 3))):
                value = broken(value, data) if containers(value) else value
            text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            connection.execute("UPDATE registry_action SET compiled = ? WHERE name = ?", (text, name))
        plan = deployed.parent / "plan.json"
        commands: list[tuple[str | Path, ...]] = [("drift", "-o", one) for one in FORMATS]
        commands += [("plan", "-o", one, "--accept", "drift") for one in FORMATS]
        commands += [("diff",), ("diff", "-o", "html"), ("list",), ("show", name), ("rollback", "1")]
        commands += [
            ("plan", "--out", plan, "--accept", "drift", "--accept", "sensitive", "--accept", "breaking")
        ]
        for command in commands:
            outcome = run(*command, *at)
            assert outcome.code == 0, (command, outcome.err)
        told = run("drift", "--write", "-o", "json", *at)
        assert told.code == 0, told.err
        compiled = Workspace(deployed).compile()
        assert compiled.errors == []
        for one in json.loads(told.out).get("fields", ()):
            if one["written"]:
                path = [part.replace("~1", "/").replace("~0", "~") for part in one["path"].split("/")[1:]]
                now = compiled.by_environment["local"][one["address"]].content
                assert looked(now, path) == looked(value, path)
        for file, old in files.items():
            assert set(comments(old)) <= set(comments(file.read_text()))
        for file, old in files.items():
            file.write_text(old)
        outcome = run("apply", plan, "-C", deployed, "-q")
        assert outcome.code == 0, outcome.err
        assert run("plan", "--detailed-exitcode", *at).code == 0
    finally:
        database.write_bytes(before)
        for file, old in files.items():
            file.write_text(old)


def looked(value: Any, path: list[str]) -> Any:
    for part in path:
        value = value_at(value, (int(part) if isinstance(value, list) else part,))
    return value
