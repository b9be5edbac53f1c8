"""A target of another package: an entry point, and a class with the four methods of `Target`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from callsheet.language.plugins import plugins
from support.workspaces import Callsheet, Folder

PLAIN = '''\
import hashlib, json, pathlib
from callsheet.targets import Deployed


class Plain:
    """One JSON file with everything; a line of the log for each batch of steps."""

    def __init__(self, folder):
        self.file, self.log = folder / "kept.json", folder / "log.txt"

    def identity(self):
        return {"type": "plain"}

    def read(self):
        kept = json.loads(self.file.read_text()) if self.file.exists() else {}
        return {
            address: Deployed(
                address=address, canonical=text, revision=1, applied_by="", applied_at="",
                digest="sha256:" + hashlib.sha256(text.encode()).hexdigest(),
            )
            for address, text in kept.items()
        }

    def apply(self, steps, author):
        kept = {address: one.canonical for address, one in self.read().items()}
        for step in steps:
            kept.pop(step.address_before, None)
            if step.canonical is not None:
                kept[step.address] = step.canonical
        self.note("one by one", steps)
        self.file.write_text(json.dumps(kept))

    def note(self, how, steps):
        with self.log.open("a") as log:
            log.write(f"{how}: {' '.join(step.action + ' ' + step.address for step in steps)}\\n")

    def close(self):
        pass


def open_plain(options, root, *, writing):
    return Plain(root / options["folder"])
'''

ABLE = """

from callsheet.errors import CallsheetError


class Able(Plain):
    parallel = 2
    records = True
    notes = ("it was read at noon",)
    recall = dict

    def apply_each(self, steps, author):
        self.apply(steps, author)
        self.note("side by side", steps)
        return [None] * len(steps)

    def check(self, actions):
        for action in actions:
            if action["name"] == "unheld":
                raise CallsheetError("CS875", "it cannot hold `unheld`", help="rename it")

    def replaces(self, before, after):
        return ["fixed"]

    def read(self):
        self.note("recalls", [])
        (self.log.parent / "recalled.txt").write_text(" ".join(self.recall()))
        return super().read()


def open_able(options, root, *, writing):
    return Able(root / options["folder"])
"""

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {{name: local}}
spec:
  target: {{type: {kind}, folder: ../there}}
  ledger: {{type: sqlite, path: .callsheet/ledger.db}}
"""

Deploy = Callable[[str], Path]


@pytest.fixture
def deployed_to(tmp_path: Path, workspace: Folder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deploy]:
    """Install a package with two targets, and let the workspace be deployed to one of them."""
    package = tmp_path / "packages"
    described = package / "others_targets-1.0.dist-info"
    described.mkdir(parents=True)
    (package / "others_targets.py").write_text(PLAIN + ABLE)
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: others-targets\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text(
        "[callsheet.targets]\nplain = others_targets:open_plain\nable = others_targets:open_able\n"
    )
    monkeypatch.syspath_prepend(str(package))
    plugins.cache_clear()
    folder = tmp_path / "there"
    folder.mkdir()

    def to(kind: str) -> Path:
        workspace.write("environments.yaml", ENVIRONMENT.format(kind=kind))
        return folder

    yield to
    plugins.cache_clear()


def planned(outcome: Any) -> dict[str, Any]:
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def let_go(callsheet: Callsheet, workspace: Folder, name: str) -> None:
    at = ("-C", workspace.path)
    plan = workspace.path.parent / "forget.json"
    assert callsheet("forget", *at, "-e", "local", name, "--out", plan).code == 0
    applied = callsheet("apply", plan, *at, "--yes", "-q")
    assert applied.code == 0, applied.err


def test_a_target_with_nothing_but_the_four_methods_is_planned_applied_and_read(
    callsheet: Callsheet, workspace: Folder, deployed_to: Deploy
) -> None:
    there = deployed_to("plain")
    workspace.action("second")
    at = ("-C", workspace.path, "-e", "local")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert sorted(json.loads((there / "kept.json").read_text())) == ["Action/example", "Action/second"]
    workspace.action("second", constant="2")
    workspace.remove("example")
    plan = planned(callsheet("plan", *at, "-o", "json"))
    assert {one["address"]: one["action"] for one in plan["changes"]} == {
        "Action/example": "delete",
        "Action/second": "update",
    }
    assert "notes" not in plan
    assert callsheet("apply", *at, "--yes", "-q", "--accept", "breaking").code == 0
    workspace.remove("second")
    let_go(callsheet, workspace, "second")
    assert callsheet("drift", *at).code == 0
    # One step at a time; adopting and forgetting are the ledger's alone.
    steps = [one for one in (there / "log.txt").read_text().splitlines() if one != "one by one: "]
    assert sorted(steps) == [
        "one by one: create Action/example",
        "one by one: create Action/second",
        "one by one: delete Action/example",
        "one by one: update Action/second",
    ]


def test_what_a_target_can_do_beyond_them_is_found_by_its_members(
    callsheet: Callsheet, workspace: Folder, deployed_to: Deploy
) -> None:
    there = deployed_to("able")
    at = ("-C", workspace.path, "-e", "local")
    for name in ("second", "third"):
        workspace.action(name)
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    log = (there / "log.txt").read_text().splitlines()
    assert [one for one in log if one.startswith("side by side")] == [
        "side by side: create Action/example create Action/second"
    ]
    workspace.action("second", constant="2")
    plan = planned(callsheet("plan", *at, "-o", "json"))
    assert plan["notes"] == ["it was read at noon"]
    assert [(one["address"], one["action"]) for one in plan["changes"]] == [("Action/second", "replace")]
    assert (there / "recalled.txt").read_text() == "Action/example Action/second Action/third"
    workspace.action("second")
    workspace.remove("third")
    let_go(callsheet, workspace, "third")
    assert "one by one: forget Action/third" in (there / "log.txt").read_text()
    workspace.action("unheld")
    refused = callsheet("plan", *at)
    assert refused.code == 1
    assert refused.err.startswith("error CS875: it cannot hold `unheld`")
