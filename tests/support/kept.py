"""The five targets in workspaces of their own, and what each can be asked for without callsheet."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any, ClassVar

import pytest

from support.adobe import CLIENT, SECRET, TOKEN
from support.adobe_workspace import CAPPING
from support.adobe_workspace import ENVIRONMENT as JOURNEYS
from support.collection import TOKEN as HOOKS_TOKEN
from support.hooks import ENVIRONMENT as HOOKS
from support.workspaces import ENVIRONMENT as REGISTRY
from support.workspaces import POSTGRESQL, Folder

APART = "  ledger: {type: sqlite, path: .callsheet/ledger.db}\n"


class Kept:
    """A workspace that is deployed to one target, and what can be asked of that target without callsheet.

    `made` is how many changes each step is at the target; `fixed`: does the target itself say what cannot change?
    """

    made: ClassVar[dict[str, int]] = {"create": 1, "update": 1, "delete": 1, "rename": 1, "replace": 1}
    fixed = False
    kind = "Action"
    secrets: ClassVar[tuple[str, ...]] = ()

    def __init__(self, folder: Folder, request: pytest.FixtureRequest) -> None:
        self.folder = folder
        self.request = request
        self.open()

    def open(self) -> None:
        self.folder.write("environments.yaml", REGISTRY)

    def write(self, constant: str = "1", name: str = "one") -> None:
        self.folder.action(name, constant=constant)

    def count(self) -> int:
        return int(self.rows("SELECT count(*) FROM registry_action")[0][0])

    def changes(self) -> int:
        return int(self.rows("SELECT count(*) FROM registry_history")[0][0])

    def rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder.database)) as connection:
            return connection.execute(query).fetchall()

    def everything(self) -> dict[str, str]:
        """All that is kept, of the workspace, the ledger and the target, as text by name."""
        found = {"target": self.held()}
        for path in sorted(self.folder.path.rglob("*")):
            name = str(path.relative_to(self.folder.path))
            if path.suffix == ".db":
                with closing(sqlite3.connect(path)) as connection:
                    found[name] = "\n".join(connection.iterdump())
            elif path.is_file() and "cache" not in name and not name.endswith((".lock", "-shm", "-wal")):
                found[name] = path.read_text("utf-8")
        return found

    def held(self) -> str:
        """What the target holds, where that is not in the workspace's own folder."""
        return ""


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

    def held(self) -> str:
        tables = ("registry_action", "registry_history", "ledger_apply", "ledger_intent", "ledger_outcome")
        return "\n".join(str(self.rows(f"SELECT * FROM {one} ORDER BY 1, 2")) for one in tables)


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
    secrets = (HOOKS_TOKEN,)

    def open(self) -> None:
        self.collection = self.request.getfixturevalue("collection")
        self.folder.write("environments.yaml", HOOKS)

    def fix(self) -> None:
        """Say that the service lets nobody change the definition, so that an update is a replacement."""
        update = 'update: {path: "/hooks/{id}"'
        self.folder.write("environments.yaml", HOOKS.replace(update, f"{update}, fields: [name]"))

    def count(self) -> int:
        return len(self.collection.objects)

    def held(self) -> str:
        return json.dumps([self.collection.objects, self.collection.writes()], sort_keys=True)

    def changes(self) -> int:
        return len(self.collection.writes())


class Journeys(Kept):
    """Configurations of endpoints: each change is a PUT with its undeploy and deploy; a name is callsheet's alone."""

    made: ClassVar[dict[str, int]] = {"create": 2, "update": 3, "delete": 2, "rename": 0, "replace": 3}
    kind = "EndpointConfig"
    secrets = (CLIENT, SECRET, TOKEN)

    def open(self) -> None:
        self.adobe = self.request.getfixturevalue("adobe")
        for one in self.folder.path.glob("*.yaml"):
            one.unlink()
        self.folder.write("environments.yaml", JOURNEYS)

    def write(self, constant: str = "1", name: str = "one") -> None:
        text = CAPPING.replace("shop_api", name).replace("api.example.com", f"{name}.example.com")
        self.folder.write(f"{name}.yaml", text.replace("300 per", f"{200 + int(constant)} per"))

    def count(self) -> int:
        return len(self.adobe.configs)

    def held(self) -> str:
        return json.dumps([self.adobe.configs, self.adobe.changes()], sort_keys=True)

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
