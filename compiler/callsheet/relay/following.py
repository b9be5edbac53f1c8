"""Looks at what is applied again and again: a new apply is served, and a failure serves the last one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from callsheet.calling.sending import Line
from callsheet.errors import CallsheetError
from callsheet.relay.model import LONGEST_SECONDS, Reading
from callsheet.relay.records import Records
from callsheet.relay.serving import Served, Serving, Table
from callsheet.rules.secrets import references_in


class Follower:
    """What is served now, and since when it is known.

    Args:
        read: returns what is applied; raises `CallsheetError` where that cannot be read.
        serving: makes a table of it.
        renew: reads again what may be renewed, keys and certificates; raises `CallsheetError`.
        records: get what came of it.

    Attributes:
        table: what is served.
        failure: the code of why the last look failed; empty where it did not.
        read_at: the time of the last good look, in seconds since 1970.

    """

    def __init__(
        self,
        read: Callable[[], Reading],
        serving: Serving,
        renew: Callable[[], None],
        records: Records,
        *,
        every: float,
    ) -> None:
        self.read = read
        self.serving = serving
        self.renew = renew
        self.records = records
        self.every = every
        self.table = Table()
        self.failure = ""
        self._unrenewed = ""
        self.read_at = 0.0
        self._reading: Reading | None = None
        self._checked: dict[str, Served] = {}
        self._retired: list[tuple[float, Line]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay-follower", daemon=True)

    def start(self) -> None:
        """Look once, and then again and again; raises what the first look does."""
        self._take(self.read())
        self._thread.start()

    @property
    def status(self) -> str:
        """What `/readyz` says of what is served: ok, stale, or that no action is applied."""
        if self.failure:
            return "stale"
        return "nothing-applied" if self.table.is_empty else "ok"

    def close(self) -> None:
        """Look no more, and close the lines."""
        self._stop.set()
        for line in [*(one.line for one in self.table.served.values()), *(one for _, one in self._retired)]:
            line.close()

    def look(self) -> None:
        """Look once; what cannot be read leaves everything as it is."""
        try:
            self.renew()
            self._unrenewed = ""
        except CallsheetError as error:
            if self._unrenewed != error.code:
                self.records.not_renewed(error.code, error.message)
            self._unrenewed = error.code
        try:
            self._take(self.read())
        except CallsheetError as error:
            self._failed(error.code, error.message)
        except Exception as error:
            # Whatever a driver raises: the relay goes on with what it has.
            self._failed(type(error).__name__, "the driver of the database failed")

    def check_secrets(self) -> None:
        """Look whether what is served finds its secrets, each action once for each state of it."""
        seen: dict[str, CallsheetError | None] = {}
        for name, one in self.table.served.items():
            if self._checked.get(name) is one:
                continue
            content: Any = one.content
            for reference in dict.fromkeys(found for _, found in references_in(content)):
                if reference not in seen:
                    seen[reference] = _why_unresolved(one, reference)
                if error := seen[reference]:
                    self.records.secret_missing(name, reference, error)
        self._checked = dict(self.table.served)

    def _run(self) -> None:
        # Not before it listens: a store of secrets may be slow.
        self._check()
        while not self._stop.wait(self.every):
            self.look()
            self._check()

    def _check(self) -> None:
        try:
            self.check_secrets()
        except Exception as error:
            # A scheme of another package: calls will say so, and this thread goes on.
            self.records.fault(error)

    def _failed(self, code: str, why: str) -> None:
        if self.failure != code:
            self.records.not_read(code, why)
        self.failure = code
        self.records.metrics.failures.inc()
        self.records.metrics.stale.set(1)

    def _take(self, reading: Reading) -> None:
        if self._reading is not None and reading.serial < self._reading.serial:
            raise CallsheetError(
                "CS905",
                f"apply {self._reading.serial} was read before, and now the last one is"
                f" {reading.serial or 'none'}: the ledger is another or an older one, or was emptied",
                help="put it back; start the relay again where this is meant",
            )
        if reading != self._reading:
            self.table, before = self.serving.table(reading, self.table), self.table
            self._reading = reading
            self._retire(before)
            self.records.serves(self.table, before)
        if self.failure:
            self.records.reads_again()
        self.failure = ""
        self.read_at = time.time()
        self.records.metrics.stale.set(0)
        self.records.metrics.read_at.set(self.read_at)

    def _retire(self, before: Table) -> None:
        """Close the lines that no call uses any more; those that were in use just now, the next time."""
        now = time.monotonic()
        for since, line in self._retired:
            if now - since > 2 * LONGEST_SECONDS:
                line.close()
        self._retired = [one for one in self._retired if now - one[0] <= 2 * LONGEST_SECONDS]
        kept = {id(one.line) for one in self.table.served.values()}
        self._retired += [(now, one.line) for one in before.served.values() if id(one.line) not in kept]


def _why_unresolved(served: Served, reference: str) -> CallsheetError | None:
    try:
        served.line.way.resolve(reference)
    except CallsheetError as error:
        return error
    return None
