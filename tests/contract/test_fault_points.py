"""Every target × every step × every point at which an apply can die: never twice, never lost.

A new target joins by one more class here. That the process dies in the middle of a transaction or between two calls is
tested with `kill -9`, in tests/faults.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any, ClassVar

import pytest

from adobe_workspace import CAPPING
from adobe_workspace import ENVIRONMENT as JOURNEYS
from callsheet.deploying import stores
from conftest import ENVIRONMENT as REGISTRY
from conftest import POSTGRESQL, Callsheet, Folder
from hooks import ENVIRONMENT as HOOKS

APART = "  ledger: {type: sqlite, path: .callsheet/ledger.db}\n"


class CrashedError(BaseException):
    """The process is gone."""


class Kept:
    """A workspace that is deployed to one target, and what can be asked of that target without callsheet.

    `made` is how many changes each step is at the target; `fixed`: does the target itself say what cannot change?
    """

    made: ClassVar[dict[str, int]] = {"create": 1, "update": 1, "delete": 1, "rename": 1, "replace": 1}
    fixed = False
    kind = "Action"

    def __init__(self, folder: Folder, request: pytest.FixtureRequest) -> None:
        self.folder = folder
        self.request = request
        self.open()

    def open(self) -> None:
        self.folder.write("environments.yaml", REGISTRY)

    def write(self, constant: str = "1") -> None:
        self.folder.action("one", constant=constant)

    def count(self) -> int:
        return int(self.rows("SELECT count(*) FROM registry_action")[0][0])

    def changes(self) -> int:
        return int(self.rows("SELECT count(*) FROM registry_history")[0][0])

    def rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder.database)) as connection:
            return connection.execute(query).fetchall()


class SqliteApart(Kept):
    """Target and ledger are two files, so that no transaction holds both."""

    def open(self) -> None:
        self.folder.write("environments.yaml", REGISTRY + APART)


class Postgresql(Kept):
    def open(self) -> None:
        self.database = self.request.getfixturevalue("database")
        self.folder.write("environments.yaml", POSTGRESQL)

    def rows(self, query: str) -> list[Any]:
        server = self.request.getfixturevalue("server")
        found: list[Any] = server.execute(query.replace("FROM ", "FROM callsheet."), self.database)
        return found


class Directory(Kept):
    def open(self) -> None:
        self.folder.write(
            "environments.yaml",
            REGISTRY.replace(
                "{type: sqlite, path: .callsheet/local.db}", "{type: directory, path: deployed}"
            )
            + APART,
        )

    def count(self) -> int:
        return len(list((self.folder.path / "deployed").glob("*/*.json")))

    def changes(self) -> int:
        journal = self.folder.path / "deployed" / ".callsheet" / "journal.jsonl"
        return len(journal.read_text().splitlines())


class Http(Kept):
    made: ClassVar[dict[str, int]] = {"create": 1, "update": 1, "delete": 1, "rename": 1, "replace": 2}
    fixed = True

    def open(self) -> None:
        self.collection = self.request.getfixturevalue("collection")
        self.folder.write("environments.yaml", HOOKS)

    def fix(self) -> None:
        """Say that the service lets nobody change the definition, so that an update is a replacement."""
        update = 'update: {path: "/hooks/{id}"'
        self.folder.write("environments.yaml", HOOKS.replace(update, f"{update}, fields: [name]"))

    def count(self) -> int:
        return len(self.collection.objects)

    def changes(self) -> int:
        return len(self.collection.writes())


class Journeys(Kept):
    """Configurations of endpoints: each change is a PUT with its undeploy and deploy; a name is callsheet's alone."""

    made: ClassVar[dict[str, int]] = {"create": 2, "update": 3, "delete": 2, "rename": 0, "replace": 3}
    kind = "EndpointConfig"

    def open(self) -> None:
        self.adobe = self.request.getfixturevalue("adobe")
        for one in self.folder.path.glob("*.yaml"):
            one.unlink()
        self.folder.write("environments.yaml", JOURNEYS)

    def write(self, constant: str = "1") -> None:
        self.folder.write(
            "one.yaml", CAPPING.replace("shop_api", "one").replace("300 per", f"{200 + int(constant)} per")
        )

    def count(self) -> int:
        return len(self.adobe.configs)

    def changes(self) -> int:
        return len(self.adobe.changes())


TARGETS: dict[str, type[Kept]] = {
    "sqlite": Kept,
    "sqlite, ledger apart": SqliteApart,
    "postgresql": Postgresql,
    "directory": Directory,
    "http": Http,
    "journey-optimizer": Journeys,
}
ACTIONS = ["create", "update", "delete", "rename", "replace"]
POINTS = {
    "before it is written down": ("ledger", "begin", "before"),
    "before it is sent": ("target", "apply", "before"),
    "after it is done, before the answer": ("target", "apply", "after"),
    "after the answer, before the record": ("ledger", "settle", "before"),
    "after the record, before the end": ("ledger", "finish", "before"),
    "after the end": ("ledger", "finish", "after"),
}


@pytest.fixture(params=TARGETS)
def kept(request: pytest.FixtureRequest, workspace: Folder, patient: None) -> Kept:
    del patient
    return TARGETS[request.param](workspace, request)


class Dying:
    """Opens stores that fail at one point, once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.real = stores._open
        self.point: tuple[str, str, str] | None = None
        self.replaces = False
        monkeypatch.setattr(stores, "_open", self)

    def __call__(self, group: str, *arguments: Any, **named: Any) -> Any:
        store = self.real(group, *arguments, **named)
        if self.point is not None and group == f"callsheet.{self.point[0]}s":
            _, method, when = self.point
            setattr(store, method, self.failing(getattr(store, method), when))
        if self.replaces and group == "callsheet.targets":
            store.replaces = lambda before, after: [] if before == after else ["payload"]
        return store

    def failing(self, real: Callable[..., Any], when: str) -> Callable[..., Any]:
        def fail(*arguments: Any, **named: Any) -> Any:
            if when == "after":
                real(*arguments, **named)
            raise CrashedError

        return fail


def brought_about(kept: Kept, dying: Dying, callsheet: Callsheet, action: str) -> None:
    """Let the next apply do one step of a kind, and nothing else."""
    apply = ("apply", "-C", kept.folder.path, "--yes", "-q")
    if action != "create":
        kept.write("1")
    assert callsheet(*apply).code == 0
    if action == "delete":
        kept.folder.remove("one")
    elif action == "rename":
        kept.folder.rename("one", "two")
    else:
        kept.write("2")
    if action == "replace" and isinstance(kept, Http):
        kept.fix()
    dying.replaces = action == "replace" and not kept.fixed


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", POINTS)
def test_wherever_an_apply_dies_the_next_one_goes_on(
    kept: Kept, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, action: str, point: str
) -> None:
    at = ("-C", kept.folder.path)
    dying = Dying(monkeypatch)
    brought_about(kept, dying, callsheet, action)
    told = callsheet("plan", *at, "-o", "json", "--accept", "max-delete").out
    assert [one["action"] for one in json.loads(told)["changes"]] == [action]
    count, changes = kept.count(), kept.changes()
    dying.point = POINTS[point]
    with pytest.raises(CrashedError):
        callsheet("apply", *at, "--yes", "-q", "--accept", "max-delete")
    dying.point = None
    outcome = callsheet("apply", *at, "--yes", "-q", "--accept", "max-delete")
    assert outcome.code == 0, outcome.err
    plan = callsheet("plan", *at, "--detailed-exitcode")
    assert (plan.code, "rift" in plan.out, "unmanaged" in plan.out) == (0, False, False), plan.out
    assert kept.count() == count + {"create": 1, "delete": -1}.get(action, 0)
    assert kept.changes() == changes + kept.made[action]
    done = [
        (one["action"], one["outcome"])
        for it in json.loads(callsheet("history", *at, "-o", "json").out)["applies"]
        for one in it["steps"]
    ]
    assert done.count((action, "done")) == (2 if action == "create" and kept.kind == "Action" else 1)
