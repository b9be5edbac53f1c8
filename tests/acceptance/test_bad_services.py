"""Services that refuse, change, fail or lie: each message says what happened, what is known, and what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from support.collection import TOKEN, Collection
from support.hooks import ENVIRONMENT, PAGING, settled
from support.workspaces import Callsheet, Folder, Outcome

READ = '  read: {path: "/hooks/{id}"}\n'


def described(folder: Folder, old: str = "", new: str = "", more: str = "") -> None:
    assert old in ENVIRONMENT
    folder.write("environments.yaml", ENVIRONMENT.replace(old, new, 1) + more)


def writes_before(collection: Collection, change: Callable[[], object]) -> None:
    """Let somebody change something between the list, and the read before the write."""
    real = collection.page

    def page(query: dict[str, list[str]], fault: str) -> tuple[int, object, dict[str, str]]:
        answer = real(query, fault)
        change()
        return answer

    collection.page = page  # type: ignore[method-assign]


def token_refused(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOKS_TOKEN", "another-token-here")


def html(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    collection.list_faults = ["html"]


def html_for_a_write(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    collection.faults = ["html"] * 3


def list_that_changes(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    described(folder, "items: data", "items: data" + PAGING["page"])
    collection.paging, collection.list_faults = "page", ["change"] * 9


def list_that_does_not_end(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    described(folder, "items: data", "items: data" + PAGING["cursor"])
    collection.page = lambda query, fault: (200, {"data": [], "meta": {"next": "again"}}, {})  # type: ignore[method-assign]


def deleted_meanwhile(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    collection.faults = ["gone"]


def edited_meanwhile(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    described(folder, more=READ)
    writes_before(collection, lambda: collection.somebody_edits("h/1"))


def condition_refused(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    described(folder, more=READ + "  ifMatch: {header: ETag}\n")
    collection.etags, collection.faults = True, ["edited"]


def other_values_echoed(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    collection.faults = ["lie"]


def storm_of_429_for_the_list(
    folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.list_faults = ["429"] * 9


def storm_of_429_for_a_write(
    folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.faults = ["429"] * 3


def no_answer_to_a_write(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    collection.faults = ["before"] * 3


def refused_behind_a_lost_answer(
    folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.faults = ["after", "refuse"]


def mapping_that_loses_something(
    folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    described(folder, ', definition: "{{ action | tojson }}"', "")


def object_without_an_id(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    collection.objects["h/9"] = {"name": "x"}


def two_of_one_name(folder: Folder, collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    collection.objects["h/9"] = {**collection.objects["h/1"], "id": "h/9"}


SITUATIONS = [
    token_refused, html, html_for_a_write, list_that_changes, list_that_does_not_end, deleted_meanwhile,
    edited_meanwhile, condition_refused, other_values_echoed, storm_of_429_for_the_list,
    storm_of_429_for_a_write, no_answer_to_a_write, refused_behind_a_lost_answer,
    mapping_that_loses_something, object_without_an_id, two_of_one_name,
]  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_what_is_said(
    hooks: Folder,
    callsheet: Callsheet,
    collection: Collection,
    monkeypatch: pytest.MonkeyPatch,
    snapshot: SnapshotAssertion,
    situation: Callable[[Folder, Collection, pytest.MonkeyPatch], None],
) -> None:
    at = ("-C", hooks.path)
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    hooks.action("example", constant="2")
    situation(hooks, collection, monkeypatch)
    outcome: Outcome = callsheet("apply", *at, "--yes", "-q")
    assert outcome.code == 1
    assert TOKEN not in outcome.out + outcome.err
    assert outcome.err.replace(str(collection.port), "PORT") == snapshot


def test_a_service_that_says_it_is_done_and_did_nothing(
    hooks: Folder, callsheet: Callsheet, collection: Collection, snapshot: SnapshotAssertion
) -> None:
    at = ("-C", hooks.path)
    real = collection.keep
    collection.keep = lambda identity, one: None  # type: ignore[method-assign]
    collection.shown = lambda identity: {"id": identity}  # type: ignore[method-assign]
    outcome = callsheet("apply", *at, "--yes", "-q")
    assert (outcome.code, outcome.err) == (1, snapshot)
    collection.keep = real  # type: ignore[method-assign]
    del collection.shown  # type: ignore[method-assign]
    assert callsheet("plan", *at).out == snapshot
    settled(hooks, callsheet, collection)
