"""What every target and every ledger must do; a new implementation joins by one more parameter."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callsheet.errors import CallsheetError
from callsheet.ledger import Intent, Ledger, NewApply, Outcome, Position
from callsheet.ledger.sqlite import open_ledger
from callsheet.rendering import digest_of
from callsheet.targets import Author, Step, StepRefused, Target
from callsheet.targets.registry import open_target

AUTHOR = Author("ada", "2026-11-25T08:00:00Z", "abc")
ONE, TWO = '{"n":1}', '{"n":2}'

OpenTarget = Callable[[bool], Target]
OpenLedger = Callable[[bool], Ledger]


@pytest.fixture(params=["sqlite"])
def target_at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenTarget]:
    opened: list[Target] = []

    def at(writing: bool) -> Target:
        target = {"sqlite": open_target}[request.param]({"path": "db/target.db"}, tmp_path, writing=writing)
        opened.append(target)
        return target

    yield at
    for one in opened:
        one.close()


@pytest.fixture(params=["sqlite"])
def ledger_at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenLedger]:
    opened: list[Ledger] = []

    def at(writing: bool) -> Ledger:
        options = {"path": "db/ledger.db"}
        ledger = {"sqlite": open_ledger}[request.param](options, tmp_path, writing=writing, beside=None)
        opened.append(ledger)
        return ledger

    yield at
    for one in opened:
        one.close()


def step(action: str, name: str, before: str | None, after: str | None, key: str, old: str = "") -> Step:
    return Step(
        action=action,
        address=f"Action/{name}",
        address_before=f"Action/{old or name}",
        before=digest_of(before) if before else None,
        canonical=after,
        after=digest_of(after) if after else None,
        key=key,
    )


def test_a_target_that_does_not_exist_is_empty_and_is_not_created(
    target_at: OpenTarget, tmp_path: Path
) -> None:
    assert target_at(False).read() == {}
    assert not (tmp_path / "db").exists()


def test_what_is_applied_is_read_back(target_at: OpenTarget) -> None:
    target = target_at(True)
    target.apply([step("create", "a", None, ONE, "k1"), step("create", "b", None, TWO, "k2")], AUTHOR)
    found = target_at(False).read()
    assert {address: (one.canonical, one.digest, one.revision) for address, one in found.items()} == {
        "Action/a": (ONE, digest_of(ONE), 1),
        "Action/b": (TWO, digest_of(TWO), 1),
    }
    assert (found["Action/a"].applied_by, found["Action/a"].applied_at) == ("ada", "2026-11-25T08:00:00Z")


def test_update_rename_and_delete(target_at: OpenTarget) -> None:
    target = target_at(True)
    target.apply([step("create", "a", None, ONE, "k1")], AUTHOR)
    target.apply([step("update", "a", ONE, TWO, "k2")], AUTHOR)
    assert target.read()["Action/a"].revision == 2
    target.apply([step("rename", "b", TWO, ONE, "k3", old="a")], AUTHOR)
    assert {address: one.revision for address, one in target.read().items()} == {"Action/b": 3}
    target.apply([step("delete", "b", ONE, None, "k4")], AUTHOR)
    assert target.read() == {}


def test_a_step_against_another_state_is_refused_and_nothing_of_the_batch_is_done(
    target_at: OpenTarget,
) -> None:
    target = target_at(True)
    target.apply([step("create", "a", None, ONE, "k1")], AUTHOR)
    with pytest.raises(StepRefused):
        target.apply([step("create", "b", None, ONE, "k2"), step("update", "a", TWO, ONE, "k3")], AUTHOR)
    assert set(target.read()) == {"Action/a"}


def test_a_key_that_was_seen_is_not_done_again(target_at: OpenTarget) -> None:
    target = target_at(True)
    target.apply([step("create", "a", None, ONE, "k1")], AUTHOR)
    target.apply([step("create", "a", None, ONE, "k1")], AUTHOR)
    assert target.read()["Action/a"].revision == 1


def test_identity_is_the_same_wherever_it_is_opened(target_at: OpenTarget) -> None:
    assert target_at(False).identity() == target_at(True).identity() == target_at(False).identity()


def test_what_was_edited_by_hand_is_told_by_its_digest(target_at: OpenTarget, tmp_path: Path) -> None:
    target_at(True).apply([step("create", "a", None, ONE, "k1")], AUTHOR)
    with sqlite3.connect(tmp_path / "db" / "target.db") as connection:
        connection.execute("UPDATE registry_action SET compiled = ?", (TWO,))
    connection.close()
    assert target_at(False).read()["Action/a"].digest == digest_of(TWO)


# -- ledger -----------------------------------------------------------------------------------


def new(digest: str = "sha256:plan") -> NewApply:
    return NewApply(
        plan_digest=digest,
        environment="local",
        commit=None,
        author="ada",
        at="2026-11-25T08:00:00Z",
        accepted=("drift",),
        callsheet="0.0",
    )


def intent(
    number: int, action: str, name: str, before: str | None, after: str | None, old: str = ""
) -> Intent:
    one = step(action, name, before, after, f"{action}-{name}-{number}-{old}", old)
    return Intent(
        number, action, one.address, one.address_before, one.before, one.after, one.canonical, one.key
    )


def done(*numbers: int) -> list[Outcome]:
    return [Outcome(number=number, outcome="done") for number in numbers]


def test_a_ledger_that_does_not_exist_has_no_lineage(ledger_at: OpenLedger, tmp_path: Path) -> None:
    ledger = ledger_at(False)
    assert (ledger.position(), ledger.applied(), ledger.history(), ledger.open_apply()) == (
        Position(None, 0),
        {},
        [],
        None,
    )
    assert not (tmp_path / "db").exists()


def test_a_ledger_in_which_nothing_was_applied_is_as_good_as_none(ledger_at: OpenLedger) -> None:
    ledger_at(True)
    assert ledger_at(False).position() == Position(None, 0)


def test_an_apply_is_recorded_from_intent_to_end(ledger_at: OpenLedger) -> None:
    ledger = ledger_at(True)
    serial = ledger.begin(new(), [intent(1, "create", "a", None, ONE), intent(2, "create", "b", None, TWO)])
    assert serial == 1
    ledger.settle(serial, done(1), "t")
    open_ = ledger.open_apply()
    assert open_ is not None
    assert (open_[0], [one.number for one in open_[1]]) == (1, [2])
    ledger.settle(serial, [Outcome(number=2, outcome="failed", error="no")], "t")
    ledger.finish(serial, "failed", "t2")
    assert ledger.open_apply() is None
    assert {address: one.digest for address, one in ledger.applied().items()} == {
        "Action/a": digest_of(ONE)
    }
    (record,) = ledger_at(False).history()
    assert (record.outcome, record.finished_at, record.accepted) == ("failed", "t2", ("drift",))
    assert [(one.outcome, one.error) for one in record.steps] == [("done", None), ("failed", "no")]


def test_delete_rename_adopt_and_forget_change_what_is_owned(ledger_at: OpenLedger) -> None:
    ledger = ledger_at(True)
    ledger.begin(new(), [intent(1, "create", "a", None, ONE), intent(2, "adopt", "b", TWO, TWO)])
    ledger.settle(1, done(1, 2), "t")
    ledger.finish(1, "done", "t")
    ledger.begin(new(), [intent(1, "rename", "c", ONE, TWO, old="a"), intent(2, "forget", "b", TWO, None)])
    ledger.settle(2, done(1, 2), "t")
    ledger.finish(2, "done", "t")
    assert {address: one.serial for address, one in ledger.applied().items()} == {"Action/c": 2}
    ledger.begin(new(), [intent(1, "delete", "c", TWO, None)])
    ledger.settle(3, done(1), "t")
    assert ledger.applied() == {}


def test_lineage_stays_and_serial_grows(ledger_at: OpenLedger) -> None:
    ledger = ledger_at(True)
    ledger.begin(new(), [])
    ledger.finish(1, "done", "t")
    first = ledger.position()
    ledger.begin(new("sha256:other"), [])
    second = ledger_at(False).position()
    assert first.lineage == second.lineage is not None
    assert (first.serial, second.serial) == (1, 2)


@pytest.mark.parametrize("table", ["ledger_apply", "ledger_intent", "ledger_outcome", "ledger_end"])
def test_the_history_of_the_sqlite_ledger_is_append_only(
    ledger_at: OpenLedger, table: str, tmp_path: Path
) -> None:
    ledger = ledger_at(True)
    ledger.begin(new(), [intent(1, "create", "a", None, ONE)])
    ledger.settle(1, done(1), "t")
    ledger.finish(1, "done", "t")
    connection = sqlite3.connect(tmp_path / "db" / "ledger.db")
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET serial = 9"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_the_files_are_for_their_owner_only(
    ledger_at: OpenLedger, target_at: OpenTarget, tmp_path: Path
) -> None:
    ledger_at(True)
    target_at(True)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "db").glob("*.db")} == {0o600}


def test_a_newer_component_is_refused(ledger_at: OpenLedger, tmp_path: Path) -> None:
    ledger_at(True).close()
    with sqlite3.connect(tmp_path / "db" / "ledger.db") as connection:
        connection.execute("UPDATE callsheet_component SET version = 2")
    connection.close()
    for writing in (False, True):
        with pytest.raises(CallsheetError) as caught:
            ledger_at(writing)
        assert caught.value.code == "CS904"
