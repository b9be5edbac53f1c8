"""The connection to PostgreSQL is cut at each statement of a verb: the next command finishes it.

Before the server has the statement, and after it, so that only the answer is lost.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from support.postgres import CuttingProxy, Server
from support.workspaces import Callsheet, Folder

Prepare = Callable[[Folder, Callsheet], None]


@dataclass(frozen=True)
class Verb:
    """A verb that writes: what comes before it, its line, and the steps that must be done once at the end."""

    prepare: Prepare
    line: str
    steps: tuple[tuple[str, str], ...]
    first: str = ""
    """What makes it ready in the database itself, over a connection that holds: a plan is for one database."""


def apply_first(folder: Folder, callsheet: Callsheet) -> None:
    for name in ("changed", "gone", "old"):
        folder.action(name)
    assert callsheet("apply", "-C", folder.path, "--yes", "-q").code == 0


def change(folder: Folder, callsheet: Callsheet) -> None:
    apply_first(folder, callsheet)
    folder.action("changed", constant="2")
    folder.remove("gone")
    folder.rename("old", "renamed")
    folder.action("new")


def go_back(folder: Folder, callsheet: Callsheet) -> None:
    """Apply a second state; the files are those of the first state again."""
    apply_first(folder, callsheet)
    folder.action("changed", constant="2")
    folder.action("new")
    assert callsheet("apply", "-C", folder.path, "--yes", "-q").code == 0
    folder.action("changed")
    folder.remove("new")


def take_over(folder: Folder, callsheet: Callsheet) -> None:
    """Lose the ledger of what is deployed: it is adopted."""
    apply_first(folder, callsheet)


VERBS = {
    "first apply": Verb(
        lambda folder, callsheet: folder.action("one") and None,
        "apply --yes",
        (("create", "Action/one"), ("create", "Action/example")),
    ),
    "apply": Verb(
        change,
        "apply --yes",
        (
            ("create", "Action/new"),
            ("delete", "Action/gone"),
            ("rename", "Action/renamed"),
            ("update", "Action/changed"),
        ),
    ),
    "rollback": Verb(
        go_back, "apply ../back.json", (("delete", "Action/new"),), "rollback 1 --out ../back.json -q"
    ),
    "adopt": Verb(take_over, "apply --yes", (("adopt", "Action/changed"), ("adopt", "Action/gone"))),
}


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", VERBS)
def test_a_connection_that_is_cut_at_any_statement_is_settled_by_the_next_command(
    name: str,
    shared_workspace: Folder,
    server: Server,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    database: str,
    request: pytest.FixtureRequest,
) -> None:
    verb = VERBS[name]
    monkeypatch.chdir(shared_workspace.path)
    verb.prepare(shared_workspace, callsheet)
    if name == "adopt":
        server.execute("TRUNCATE callsheet.ledger_object", database)

    def attempt(cut_at: int, when: str) -> tuple[int, str, int, str]:
        there = f"try_{cut_at}_{when}_{name.replace(' ', '_')}"
        server.execute(f"CREATE DATABASE {there} TEMPLATE {database}")
        monkeypatch.setenv("CALLSHEET_DATABASE", server.url(there))
        if verb.first:
            assert callsheet(*verb.first.split()).code == 0
        proxy = CuttingProxy(server, cut_at, when)
        url = server.url(there).replace(f"host={server.host}", f"host=127.0.0.1 port={proxy.port}")
        monkeypatch.setenv("CALLSHEET_DATABASE", f"{url} sslmode=disable gssencmode=disable")
        outcome = callsheet(*verb.line.split(), "-q")
        proxy.close()
        monkeypatch.setenv("CALLSHEET_DATABASE", server.url(there))
        return outcome.code, outcome.err, proxy.statements, there

    code, said, statements, _ = attempt(0, "before")
    assert (code, said) == (0, ""), said
    assert statements > 8
    cuts = [(number, when) for number in range(1, statements + 1) for when in ("before", "after")]
    if not request.config.getoption("--long"):
        cuts = random.Random(name).sample(cuts, 3)
    for number, when in cuts:
        code, said, _, there = attempt(number, when)
        assert "CS999" not in said, (number, when, said)
        for _ in range(100):
            again = callsheet("apply", "--yes", "-q")
            if "CS901" not in again.err:
                break
            time.sleep(0.1)  # the server has not noticed yet that the connection is cut
        assert again.code == 0, (number, when, said, again.err)
        plan = json.loads(callsheet("plan", "-o", "json").out)
        assert (plan["changes"], plan["drift"], plan["unmanaged"]) == ([], [], []), (number, when)
        history = json.loads(callsheet("history", "-o", "json").out)["applies"]
        done = [
            (step["action"], step["address"])
            for one in history
            for step in one["steps"]
            if step["outcome"] == "done"
        ]
        assert [done.count(step) for step in verb.steps] == [1] * len(verb.steps), (number, when, done)
        server.execute(f"DROP DATABASE {there} WITH (FORCE)")


@pytest.mark.timeout(3600)
def test_a_copy_of_a_ledger_that_is_cut_is_whole_or_not_there(
    workspace: Folder,
    server: Server,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(workspace.path)
    change(workspace, callsheet)
    assert callsheet("apply", "--yes", "-q").code == 0
    wanted = callsheet("history", "-o", "json").out
    environments = (workspace.path / "environments.yaml").read_text()

    def attempt(cut_at: int, when: str) -> tuple[int, str, int, str]:
        there = server.database()
        proxy = CuttingProxy(server, cut_at, when)
        url = server.url(there).replace(f"host={server.host}", f"host=127.0.0.1 port={proxy.port}")
        monkeypatch.setenv("CALLSHEET_DATABASE", f"{url} sslmode=disable gssencmode=disable")
        outcome = callsheet("ledger", "copy", "env:CALLSHEET_DATABASE", "-q")
        proxy.close()
        monkeypatch.setenv("CALLSHEET_DATABASE", server.url(there))
        return outcome.code, outcome.err, proxy.statements, there

    code, said, statements, _ = attempt(0, "before")
    assert code == 0, said
    cuts = [(number, when) for number in range(1, statements + 1) for when in ("before", "after")]
    if not request.config.getoption("--long"):
        cuts = random.Random("copy").sample(cuts, 3)
    for number, when in cuts:
        code, said, _, there = attempt(number, when)
        assert "CS999" not in said, (number, when, said)
        again = callsheet("ledger", "copy", "env:CALLSHEET_DATABASE", "-q")
        # Where only the last answer was lost, the copy is there already.
        assert again.code == 0 or again.err.startswith("error CS932"), (number, when, said, again.err)
        workspace.write(
            "environments.yaml",
            environments.split("  target:")[0]
            + '  target: {type: postgresql, url: {secret: "env:CALLSHEET_DATABASE"}}\n',
        )
        assert (
            json.loads(callsheet("history", "-o", "json").out)["applies"] == json.loads(wanted)["applies"]
        )
        assert callsheet("plan").out.startswith("Nothing to do"), (number, when)
        workspace.write("environments.yaml", environments)
        server.execute(f"DROP DATABASE {there} WITH (FORCE)")
