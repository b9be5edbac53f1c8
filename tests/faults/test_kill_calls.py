"""`kill -9` of the process between any two calls to a service: the next run goes on, never twice, never lost.

The service kills its client: before it does what it was asked, or after it did, and before it answers. Each run is
killed at its first call that changes something, until one has nothing left to be killed at.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest

from support.adobe import Adobe
from support.adobe_workspace import Do
from support.collection import Collection
from support.hooks import ENVIRONMENT as HOOKS
from support.hooks import settled
from support.processes import Started
from support.workspaces import Callsheet, Folder

MOST = 12


class Killer:
    """Runs the command, and lets the service kill it at one of its changes."""

    def __init__(self, folder: Folder, service: Any, when: str) -> None:
        self.folder = folder
        self.service = service
        self.when = when
        self.kills = 0
        self.let_through = 0
        self.running: Started | None = None

    def __call__(self, when: str) -> bool:
        """Kill the client, or let the call through; says whether it was killed."""
        if when != self.when or self.running is None:
            return False
        if self.let_through:
            self.let_through -= 1
            return False
        if self.running.running():
            self.running.kill()
            self.running.wait()
            self.kills += 1
        return True

    def run(self, *arguments: str, let_through: int = 0) -> int:
        """Run a command that is killed at a change; gives its exit code, negative where it was."""
        self.let_through = let_through
        self.service.on_change = self
        self.running = Started(self.folder.path.parent / "said", *arguments, "-C", str(self.folder.path))
        code = self.running.wait()
        self.service.on_change = lambda when: False
        assert code in (0, -signal.SIGKILL), self.running.errors
        return code

    def until_done(self, prepare: Callable[[], list[str]]) -> None:
        """Apply, killed again and again, each time a call later."""
        before = self.kills
        for number in range(MOST):
            # What is killed before its call gets no further by itself.
            let_through = number if self.when == "before" else 0
            if self.run(*prepare(), let_through=let_through) == 0:
                assert self.kills > before
                return
        raise AssertionError(f"it does not come to an end: {self.service}")

    def apply(self, *arguments: str) -> None:
        self.until_done(lambda: ["apply", "--yes", "-q", *arguments])


@pytest.mark.parametrize("when", ["after", pytest.param("before", marks=pytest.mark.long)])
def test_a_life_at_adobe(do: Do, adobe: Adobe, when: str) -> None:
    killer = Killer(do.folder, adobe, when)
    killer.apply()
    do.settled(adobe)
    first = str(json.loads(do("history", "-o", "json").out)["applies"][0]["serial"])
    do.rewrite("300 per 1m", "600 per 1m")
    killer.apply()
    do.settled(adobe)
    (uid,) = adobe.configs
    adobe.by_hand(uid, methods=["PUT"])
    assert "EndpointConfig/shop_api" in do("drift").out
    do.rewrite("600 per 1m", "700 per 1m")
    killer.apply("--accept", "drift")
    do.settled(adobe)
    plan = str(do.folder.path.parent / "back.json")

    def back() -> list[str]:
        outcome = do("rollback", first, "--out", plan, "-q")
        assert outcome.code == 0, outcome.err
        return ["apply", plan, "-q"]

    killer.until_done(back)
    do.rewrite("700 per 1m", "300 per 1m")
    assert do("plan", "--detailed-exitcode").code == 0
    do.settled(adobe)
    assert set(adobe.configs) == {uid}
    (do.folder.path / "shop.yaml").unlink()
    killer.apply("--accept", "max-delete")
    do.settled(adobe, 0)
    assert len([one for one in adobe.changes() if one == "POST /endpointConfigs"]) == 1 + (when == "before")


@pytest.mark.parametrize("when", ["after", pytest.param("before", marks=pytest.mark.long)])
def test_a_life_in_a_collection(
    hooks: Folder, callsheet: Callsheet, collection: Collection, when: str
) -> None:
    hooks.write(
        "environments.yaml",
        HOOKS.replace('"/hooks/{id}"}\n  delete', '"/hooks/{id}", fields: [name, definition]}\n  delete'),
    )
    killer = Killer(hooks, collection, when)
    for name in ("one", "two"):
        hooks.action(name)
    killer.apply()
    settled(hooks, callsheet, collection)
    hooks.action("one", constant="2")
    file = hooks.path / "two.yaml"
    file.write_text(file.read_text().replace("/v1/send", "/v2/send"))
    killer.apply()
    settled(hooks, callsheet, collection)
    hooks.rename("one", "uno")
    file.unlink()
    killer.apply()
    settled(hooks, callsheet, collection)
    assert collection.names() == ["example", "uno"]
