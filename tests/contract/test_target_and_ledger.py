"""What every target and every ledger must do; a new implementation joins by one more parameter."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from callsheet.compiling import digest_of
from callsheet.errors import CallsheetError
from callsheet.language.plugins import plugins
from callsheet.ledger import Ledger, NewApply, Position, Provenance, SettledStep
from callsheet.targets import Author, Step, StepRefused, Target

AUTHOR = Author("ada", "2026-11-25T08:00:00Z", "abc")
ONE, TWO = '{"n":1}', '{"n":2}'

OpenTarget = Callable[[bool], Target]
OpenLedger = Callable[[bool], Ledger]
Query = Callable[[str], list[Any]]


KINDS = ["sqlite", "postgresql"]
TARGETS = [*KINDS, "directory", "journey-optimizer"]
OPTIONS: dict[str, dict[str, Any]] = {
    "directory": {"path": "db/deployed"},
    "journey-optimizer": {"sandbox": "dev", "ledger": {"type": "sqlite", "path": "db/callsheet.db"}},
    "sqlite": {"path": "db/callsheet.db"},
    "postgresql": {"url": {"secret": "env:CALLSHEET_DATABASE"}, "schema": "contract"},
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    if kind == "postgresql":
        request.getfixturevalue("database")
    return kind


@pytest.fixture
def query(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], list[Any]]:
    """Run a statement in the database of a kind, as somebody else would; an error is a RuntimeError."""

    def run(statement: str) -> list[Any]:
        try:
            if kind == "sqlite":
                connection = sqlite3.connect(tmp_path / "db" / "callsheet.db")
                with contextlib.closing(connection), connection:
                    return connection.execute(statement).fetchall()
            server, name = request.getfixturevalue("server"), request.getfixturevalue("database")
            found: list[Any] = server.execute(f"SET search_path = contract; {statement}", name)
        except Exception as error:
            raise RuntimeError(str(error)) from None
        return found

    return run


@pytest.fixture(params=TARGETS)
def target_kind(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    if found == "postgresql":
        request.getfixturevalue("database")
    return found


@pytest.fixture
def edit(target_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Write over the object `a` as somebody else would."""

    def run(text: str) -> None:
        if target_kind == "directory":
            (tmp_path / "db" / "deployed" / "Action" / "a.json").write_text(text)
        elif target_kind == "postgresql":
            server, name = request.getfixturevalue("server"), request.getfixturevalue("database")
            server.execute(
                f"SET search_path = contract; UPDATE registry_action SET compiled = '{text}'", name
            )
        else:
            connection = sqlite3.connect(tmp_path / "db" / "callsheet.db")
            with contextlib.closing(connection), connection:
                connection.execute("UPDATE registry_action SET compiled = ?", (text,))

    return run


@pytest.fixture
def target_at(target_kind: str, tmp_path: Path) -> Iterator[OpenTarget]:
    opened: list[Target] = []

    def at(writing: bool) -> Target:
        entry = plugins("callsheet.targets")[target_kind]
        target = entry.load()(OPTIONS[target_kind], tmp_path, writing=writing)
        opened.append(target)
        return target

    yield at
    for one in opened:
        one.close()


@pytest.fixture
def ledger_at(kind: str, tmp_path: Path) -> Iterator[OpenLedger]:
    opened: list[Ledger] = []

    def at(writing: bool) -> Ledger:
        if kind == "postgresql" and writing:
            # The one lock is held until a ledger is closed.
            for one in opened:
                one.close()
        entry = plugins("callsheet.ledgers")[kind]
        ledger = entry.load()(OPTIONS[kind], tmp_path, writing=writing, beside=None)
        opened.append(ledger)
        return ledger

    yield at
    for one in opened:
        one.close()


def there(kind: str, tmp_path: Path, query: Callable[[str], list[Any]]) -> bool:
    """Tell whether anything was created."""
    if kind == "sqlite":
        return (tmp_path / "db").exists()
    return bool(query("SELECT 1 FROM pg_namespace WHERE nspname = 'contract'"))


def step(action: str, name: str, before: str | None, after: str | None, key: str, old: str = "") -> Step:
    return Step(
        number=1,
        action=action,
        address=f"Action/{name}",
        address_before=f"Action/{old or name}",
        before=digest_of(before) if before else None,
        canonical=after,
        after=digest_of(after) if after else None,
        key=key,
    )


def test_a_target_that_does_not_exist_is_empty_and_is_not_created(
    target_at: OpenTarget, target_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert target_at(False).read() == {}
    assert not (tmp_path / "db").exists()
    if target_kind == "postgresql":
        server, name = request.getfixturevalue("server"), request.getfixturevalue("database")
        assert server.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'contract'", name) == []


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


def test_what_was_edited_by_hand_is_told_by_its_digest(
    target_at: OpenTarget, edit: Callable[[str], None]
) -> None:
    target_at(True).apply([step("create", "a", None, ONE, "k1")], AUTHOR)
    edit(TWO)
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
) -> Step:
    one = step(action, name, before, after, f"{action}-{name}-{number}-{old}", old)
    return replace(one, number=number)


def settled(number: int, outcome: str, error: str | None = None) -> SettledStep:
    return SettledStep.of(intent(number, "create", "a", None, "{}"), outcome, error)


def done(*numbers: int) -> list[SettledStep]:
    return [settled(number, "done") for number in numbers]


def test_a_ledger_that_does_not_exist_has_no_lineage(
    ledger_at: OpenLedger, kind: str, tmp_path: Path, query: Query
) -> None:
    ledger = ledger_at(False)
    assert (ledger.position(), ledger.applied(), ledger.history(), ledger.open_apply()) == (
        Position(None, 0),
        {},
        [],
        None,
    )
    assert not there(kind, tmp_path, query)


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
    ledger.settle(serial, [settled(2, "failed", "no")], "t")
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


def test_what_was_there_behind_an_apply_is_known(ledger_at: OpenLedger) -> None:
    ledger = ledger_at(True)
    for number, intents in enumerate(
        (
            [intent(1, "create", "a", None, ONE), intent(2, "create", "b", None, TWO)],
            [intent(1, "rename", "c", ONE, TWO, old="a"), intent(2, "delete", "b", TWO, None)],
            [intent(1, "rename", "d", TWO, ONE, old="c"), intent(2, "create", "e", None, ONE)],
        ),
        1,
    ):
        ledger.begin(new(f"sha256:{number}"), intents)
        ledger.settle(number, [*done(1), settled(2, "failed" if number == 3 else "done")], "t")
        ledger.finish(number, "done", "t")
    then, now = ledger_at(False).applied_at(1)
    assert {address: one.digest for address, one in then.items()} == {
        "Action/a": digest_of(ONE),
        "Action/b": digest_of(TWO),
    }
    assert now == {"Action/a": "Action/d"}
    then, now = ledger_at(False).applied_at(3)
    assert (set(then), now) == ({"Action/d"}, {})


def test_lineage_stays_and_serial_grows(ledger_at: OpenLedger) -> None:
    ledger = ledger_at(True)
    ledger.begin(new(), [])
    ledger.finish(1, "done", "t")
    first = ledger.position()
    ledger.begin(new("sha256:other"), [])
    second = ledger_at(False).position()
    assert first.lineage == second.lineage is not None
    assert (first.serial, second.serial) == (1, 2)


TABLES = ["ledger_apply", "ledger_intent", "ledger_outcome", "ledger_end", "ledger_provenance"]


@pytest.mark.parametrize("table", TABLES)
def test_the_history_of_a_ledger_is_append_only(ledger_at: OpenLedger, table: str, query: Query) -> None:
    ledger = ledger_at(True)
    ledger.begin(new(), [intent(1, "create", "a", None, ONE)])
    ledger.settle(1, done(1), "t")
    ledger.finish(1, "done", "t")
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET serial = 9"):
        with pytest.raises(RuntimeError, match="append-only"):
            query(statement)


def test_the_history_of_a_registry_is_append_only(kind: str, tmp_path: Path, query: Query) -> None:
    target = plugins("callsheet.targets")[kind].load()(OPTIONS[kind], tmp_path, writing=True)
    with contextlib.closing(target):
        target.apply([step("create", "a", None, ONE, "k1")], AUTHOR)
    for statement in ("DELETE FROM registry_history", "UPDATE registry_history SET revision = 9"):
        with pytest.raises(RuntimeError, match="append-only"):
            query(statement)


def test_where_an_apply_came_from_is_kept(ledger_at: OpenLedger) -> None:
    origin = Provenance(plan="sha256:approved", approvers=("grace",), run_url="https://ci/1", reason="why")
    ledger = ledger_at(True)
    ledger.begin(replace(new(), provenance=origin), [])
    assert ledger.history()[0].provenance == origin


def test_a_ledger_of_an_older_callsheet_is_read_as_it_is_and_migrated_when_it_is_written(
    ledger_at: OpenLedger, query: Query
) -> None:
    ledger = ledger_at(True)
    ledger.begin(new(), [])
    ledger.finish(1, "done", "t")
    ledger.close()
    query("DROP TABLE ledger_provenance")
    query("UPDATE callsheet_component SET version = 1")
    assert ledger_at(False).history()[0].provenance == Provenance()
    assert ledger_at(True).begin(new("sha256:next"), []) == 2
    assert [one.serial for one in ledger_at(False).history()] == [2, 1]


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    for group in ("callsheet.targets", "callsheet.ledgers"):
        beside = {} if group.endswith("targets") else {"beside": None}
        options = {"path": f"db/{group}.db"}
        plugins(group)["sqlite"].load()(options, tmp_path, writing=True, **beside).close()
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "db").glob("*.db")} == {0o600}


def test_a_newer_component_is_refused(ledger_at: OpenLedger, query: Query) -> None:
    ledger_at(True).close()
    query("UPDATE callsheet_component SET version = 4")
    for writing in (False, True):
        with pytest.raises(CallsheetError) as caught:
            ledger_at(writing)
        assert caught.value.code == "CS904"
        assert "has schema version 4, and this callsheet knows 3" in caught.value.message
