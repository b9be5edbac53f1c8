"""The ledger in a relational database: append-only history, and what is applied, derived from it.

`begin`, `settle` and `finish` join the caller's transaction where there is one, so that a step in the
embedded registry and its record are kept together or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Sized
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from callsheet.databases.model import Database, damaged
from callsheet.language.steps import Step
from callsheet.ledger.model import (
    Applied,
    ApplyRecord,
    NewApply,
    Position,
    Provenance,
    SettledStep,
)
from callsheet.ledger.schema import LEDGER

_columns = attrgetter(*Step.__struct_fields__)

MAX_SERIAL = 2**53 - 1
"""The largest number that a plan can hold (RFC 7493)."""


class RelationalLedger:
    """A ledger in one database; `database` is None while the ledger does not exist."""

    def __init__(self, shown: str, database: Database | None) -> None:
        self.shown = shown
        self.database = database

    def position(self) -> Position:
        """Return lineage and serial."""
        if self.database is None:
            return Position(None, 0)
        lineage = self._all("SELECT lineage FROM ledger")
        serial = self._all("SELECT coalesce(max(serial), 0) FROM ledger_apply")[0][0]
        if serial and not lineage:
            raise damaged(self.shown, "it has applies, and no lineage")
        if not 0 <= serial <= MAX_SERIAL:
            raise damaged(self.shown, f"its last apply is number {serial}")
        # A ledger in which nothing was ever applied is as good as none.
        return Position(lineage[0][0] if serial else None, serial)

    def applied(self) -> dict[str, Applied]:
        """Return what callsheet last put there, by address."""
        rows = self._all("SELECT address, canonical, digest, serial FROM ledger_object")
        return {
            row[0]: Applied(address=row[0], canonical=row[1], digest=row[2], serial=row[3]) for row in rows
        }

    def applied_at(self, serial: int) -> tuple[dict[str, Applied], dict[str, str]]:
        """Return what was deployed after an apply, and the present address of what was renamed since."""
        there: dict[str, Applied] = {}
        now: dict[str, str] = {}
        for number, action, address, before, digest, canonical in self._all(_DONE):
            if number > serial:
                if action == "rename":
                    first = next((old for old, new in now.items() if new == before), before)
                    now[first] = address
                continue
            if action in ("delete", "forget", "rename"):
                there.pop(before, None)
            if action not in ("delete", "forget"):
                there[address] = Applied(address=address, canonical=canonical, digest=digest, serial=number)
        return there, {old: new for old, new in now.items() if old in there and old != new}

    def written(self) -> dict[str, list[str]]:
        """Return what was written of each object, the likeliest to be there first."""
        found: dict[str, list[str]] = {}
        open_apply = self.open_apply()
        for intent in [] if open_apply is None else open_apply[1]:
            if intent.canonical is not None:
                found.setdefault(intent.address, []).append(intent.canonical)
        for address, one in self.applied().items():
            found.setdefault(address, []).append(one.canonical)
        for address, canonical in self._all(_WRITTEN):
            found.setdefault(address, []).append(canonical)
        return {address: list(dict.fromkeys(texts)) for address, texts in found.items()}

    def open_apply(self) -> tuple[int, list[Step]] | None:
        """Return the apply that never finished, with its unsettled steps."""
        rows = self._all(
            "SELECT serial FROM ledger_apply WHERE serial NOT IN (SELECT serial FROM ledger_end)"
        )
        if not rows:
            return None
        serial = rows[0][0]
        steps = self._all(
            _OPEN_INTENTS,
            serial,
            serial,
        )
        return serial, [Step(*row) for row in steps]

    def begin(self, new: NewApply, steps: Sequence[Step]) -> int:
        """Record an apply and every step that it is about to take; returns its serial."""
        database = self._writable()
        with database.transaction():
            serial: int = database.rows("SELECT coalesce(max(serial), 0) + 1 FROM ledger_apply")[0][0]
            accepted = json.dumps(new.accepted)
            database.run(
                "INSERT INTO ledger_apply VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    serial,
                    new.plan_digest,
                    new.environment,
                    new.commit,
                    new.author,
                    new.at,
                    accepted,
                    new.callsheet,
                ),
            )
            origin = new.provenance
            database.run(
                "INSERT INTO ledger_provenance VALUES (?, ?, ?, ?, ?, ?)",
                (
                    serial,
                    origin.plan,
                    json.dumps(origin.approvers),
                    origin.run_url,
                    origin.reason,
                    None if new.dirty is None else int(new.dirty),
                ),
            )
            database.run_many(
                "INSERT INTO ledger_intent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(serial, *_columns(one)) for one in steps],
            )
        return serial

    def settle(self, serial: int, steps: Sequence[SettledStep], at: str) -> None:
        """Record what became of steps; what is done becomes what is applied."""
        database = self._writable()
        with database.transaction():
            database.run_many(
                "INSERT INTO ledger_outcome VALUES (?, ?, ?, ?, ?)",
                [(serial, one.number, one.outcome, one.error, at) for one in steps],
            )
            _own(database, serial, [one.number for one in steps if one.outcome == "done"])
            _keep(database, serial, {one.number: one.there for one in steps if one.there is not None})

    def finish(self, serial: int, outcome: str, at: str) -> None:
        """Record how an apply ended."""
        database = self._writable()
        with database.transaction():
            database.run("INSERT INTO ledger_end VALUES (?, ?, ?)", (serial, outcome, at))

    def history(self) -> list[ApplyRecord]:
        """Return every apply, newest first."""
        steps: dict[int, list[SettledStep]] = {}
        # The compiled actions are not read: a history can be long.
        for serial, *step in self._all(
            "SELECT serial, number, action, address, address_before, before, after, NULL, key,"
            " coalesce(outcome, 'open'), error"
            " FROM ledger_intent LEFT JOIN ledger_outcome USING (serial, number) ORDER BY serial, number"
        ):
            steps.setdefault(serial, []).append(SettledStep(*step))
        origins, dirty = self._provenance(), self._dirty()
        return [
            replace(
                _record(
                    (*row[:-1], self._names(row[-1])),
                    tuple(steps.get(row[0], ())),
                    origins.get(row[0], Provenance()),
                ),
                dirty=dirty.get(row[0]),
            )
            for row in self._all(
                "SELECT a.serial, plan_digest, environment, commit_id, author, started_at, e.at,"
                " coalesce(e.outcome, 'open'), accepted FROM ledger_apply a LEFT JOIN ledger_end e"
                " USING (serial) ORDER BY a.serial DESC"
            )
        ]

    def _names(self, text: str) -> tuple[str, ...]:
        """Return a list of names as it is kept; raises CS905 for anything else."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise damaged(self.shown, "a list of names in it is none")
        return tuple(found)

    def _provenance(self) -> dict[int, Provenance]:
        """Return where each apply came from; a ledger that an older callsheet wrote does not know."""
        if self.database is None or self.database.version_of(LEDGER) < 2:
            return {}
        return {
            serial: Provenance(plan=plan, approvers=self._names(approvers), run_url=run_url, reason=reason)
            for serial, plan, approvers, run_url, reason in self._all(
                "SELECT serial, plan, approvers, run_url, reason FROM ledger_provenance"
            )
        }

    def _dirty(self) -> dict[int, bool]:
        """Return whether the files differed from the commit, by apply, where it was recorded."""
        if self.database is None or self.database.version_of(LEDGER) < 3:
            return {}
        query = "SELECT serial, dirty FROM ledger_provenance WHERE dirty IS NOT NULL"
        return {serial: bool(dirty) for serial, dirty in self._all(query)}

    def close(self) -> None:
        """Let go of the file."""
        if self.database is not None:
            self.database.close()

    def _writable(self) -> Database:
        if self.database is None:
            raise TypeError("the ledger was opened for reading")
        return self.database

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return [] if self.database is None else self.database.rows(query, values)


_INTENT = "SELECT number, action, address, address_before, before, after, canonical, key FROM ledger_intent"

_OPEN_INTENTS = f"""{_INTENT} WHERE serial = ? AND number NOT IN
    (SELECT number FROM ledger_outcome WHERE serial = ?) ORDER BY number"""  # noqa: S608 - no value in it


_WRITTEN = """SELECT address, canonical FROM (
        SELECT address, canonical, serial, number,
            row_number() OVER (PARTITION BY address ORDER BY serial DESC, number DESC) AS place
        FROM ledger_intent WHERE canonical IS NOT NULL) AS written
    WHERE place <= 3 ORDER BY serial DESC, number DESC"""


_DONE = """SELECT serial, action, address, address_before, after, canonical FROM ledger_intent
    JOIN ledger_outcome USING (serial, number) WHERE outcome = 'done' ORDER BY serial, number"""


def _own(database: Database, serial: int, numbers: Sequence[int]) -> None:
    """Derive what is applied from steps that are done."""
    if not numbers:
        return
    rows = database.rows(
        "SELECT number, action, address, address_before FROM ledger_intent"  # noqa: S608 - marks only
        f" WHERE serial = ? AND number IN ({_marks(numbers)}) ORDER BY number",
        (serial, *numbers),
    )
    gone: list[tuple[str]] = []
    there: dict[str, int] = {}
    for number, action, address, before in rows:
        if action in ("delete", "forget", "rename"):
            gone.append((before,))
            there.pop(before, None)
        if action not in ("delete", "forget"):
            there[address] = number
    database.run_many("DELETE FROM ledger_object WHERE address = ?", gone)
    if there:
        # The texts stay in the database: they are most of what it holds.
        database.run(
            "INSERT INTO ledger_object SELECT address, after, canonical, serial FROM ledger_intent"  # noqa: S608
            f" WHERE serial = ? AND number IN ({_marks(there)}) {_LATEST}",
            (serial, *there.values()),
        )


_RENAMED = "SELECT number, address_before FROM ledger_intent WHERE serial = ? AND action = 'rename'"


def _keep(database: Database, serial: int, there: Mapping[int, Applied]) -> None:
    """Record what steps that are not done left at the target; what was renamed all the same, once."""
    if not there:
        return
    renamed = database.rows(_RENAMED, (serial,))
    gone = [(before,) for number, before in renamed if number in there and there[number].address != before]
    database.run_many("DELETE FROM ledger_object WHERE address = ?", gone)
    rows = [(one.address, one.digest, one.canonical, one.serial) for one in there.values()]
    database.run_many(_UPSERT, rows)


_LATEST = (
    "ON CONFLICT (address) DO UPDATE SET digest = excluded.digest, canonical = excluded.canonical,"
    " serial = excluded.serial"
)
_UPSERT = f"INSERT INTO ledger_object VALUES (?, ?, ?, ?) {_LATEST}"  # noqa: S608 - no value in it


def _marks(values: Sized) -> str:
    return ", ".join("?" * len(values))


def _record(row: tuple[Any, ...], steps: tuple[SettledStep, ...], provenance: Provenance) -> ApplyRecord:
    serial, plan_digest, environment, commit, author, started, finished, outcome, accepted = row
    return ApplyRecord(
        serial=serial,
        plan_digest=plan_digest,
        environment=environment,
        commit=commit,
        author=author,
        started_at=started,
        finished_at=finished,
        outcome=outcome,
        accepted=accepted,
        steps=steps,
        provenance=provenance,
    )
