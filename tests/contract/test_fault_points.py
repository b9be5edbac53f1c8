"""Every target × every step × every point at which an apply can die: never twice, never lost.

A new target joins by one more class in tests/support/kept.py. That the process dies in the middle of a transaction or between two calls is
tested with `kill -9`, in tests/faults.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from callsheet.deploying import stores
from support.kept import Http, Kept
from support.workspaces import Callsheet


class CrashedError(BaseException):
    """The process is gone."""


ACTIONS = ["create", "update", "delete", "rename", "replace"]
POINTS = {
    "before it is written down": ("ledger", "begin", "before"),
    "before it is sent": ("target", "apply", "before"),
    "after it is done, before the answer": ("target", "apply", "after"),
    "after the answer, before the record": ("ledger", "settle", "before"),
    "after the record, before the end": ("ledger", "finish", "before"),
    "after the end": ("ledger", "finish", "after"),
}


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


@pytest.mark.one_in(7)
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
