"""What a relay writes down: a JSON line for each event, and metrics. No value of a call is in them."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from callsheet.errors import CallsheetError
from callsheet.relay.keys import KEPT_SECONDS, KeyEvent
from callsheet.relay.metrics import Metrics
from callsheet.relay.replies import Reply
from callsheet.relay.serving import Table

Plain = str | int | float | bool | None


class Records:
    """Writes events; a line has the time, the event, and names and numbers that the relay itself chose.

    Args:
        write: takes one line.
        metrics: are counted beside it.

    """

    def __init__(self, write: Callable[[str], None], metrics: Metrics) -> None:
        self.write = write
        self.metrics = metrics
        self._alone = threading.Lock()

    def event(self, level: str, event: str, **fields: Plain) -> None:
        """Write one line."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"time": now, "level": level, "event": event, **fields}, ensure_ascii=False)
        # A call that was made has an answer, also where nobody reads the log any more.
        with self._alone, suppress(OSError, ValueError):
            self.write(line)

    def answered(
        self, action: str, reply: Reply, *, seconds: float, request: str, replayed: bool, key: bool
    ) -> None:
        """Write what came of one call; `action` is empty where none of that name is served."""
        shown = action or "-"
        self.metrics.requests.labels(shown, str(reply.status), reply.outcome).inc()
        if action:
            self.metrics.seconds.labels(action).observe(seconds)
        if reply.attempts > 1 and not replayed:
            self.metrics.retries.labels(shown).inc(reply.attempts - 1)
        if replayed:
            self.metrics.replays.labels(shown).inc()
        level = "info" if reply.status < 500 else "warning"
        self.event(
            level,
            "call",
            action=action or None,
            status=reply.status,
            outcome=reply.outcome,
            code=reply.code or None,
            attempts=reply.attempts,
            seconds=round(seconds, 4),
            request=request,
            replayed=replayed,
            keyed=key,
            **({"why": reply.why} if reply.why else {}),
        )

    def serves(self, table: Table, before: Table) -> None:
        """Write what is served from now on, and what is not."""
        self.metrics.served.set(len(table.served))
        self.metrics.not_served.set(len(table.not_served))
        self.metrics.serial.set(table.serial)
        changed = sum(1 for name, one in table.served.items() if before.served.get(name) is not one)
        gone = sum(1 for name in before.served if name not in table.served)
        self.event(
            "info", "serves", serial=table.serial, actions=len(table.served), changed=changed, gone=gone
        )
        if table.is_empty:
            why = "no action is applied in the environment, or its database is another one"
            self.event("warning", "nothing-applied", why=why)
        for name, one in table.not_served.items():
            if before.not_served.get(name) != one:
                self.event("warning", "not-served", action=name, code=one.code, why=one.why)

    def secret_missing(self, action: str, reference: str, error: CallsheetError) -> None:
        """Write that calls of an action will fail, by the name of the secret that is not there."""
        self.event(
            "warning", "secret-missing", action=action, secret=reference, code=error.code, why=error.message
        )

    def not_read(self, code: str, why: str) -> None:
        """Write that what is applied cannot be read, and why."""
        self.event("error", "not-read", code=code, why=why, then="what was read last is served")

    def reads_again(self) -> None:
        """Write that it can be read again."""
        self.event("info", "reads-again")

    def not_renewed(self, code: str, why: str) -> None:
        """Write that the certificate cannot be read again, and why."""
        then = "the certificate that was read last is used"
        self.event("error", "not-renewed", code=code, why=why, then=then)

    def key(self, one: KeyEvent) -> None:
        """Write what became of a key of callers, by its reference."""
        level = "info" if one.event == "key-reads-again" else "error"
        then = {
            "key-not-read": f"it counts for {KEPT_SECONDS:g} seconds more",
            "key-dropped": "it counts no more",
        }.get(one.event)
        code, why = one.code or None, one.why or None
        self.event(level, one.event, key=one.reference, code=code, why=why, then=then)

    def fault(self, error: BaseException) -> None:
        """Write where a fault of the relay is, without its words, which could contain a value."""
        where = ""
        trace = error.__traceback__
        while trace is not None:
            name = os.path.basename(trace.tb_frame.f_code.co_filename)
            where = f"{name}:{trace.tb_lineno}"
            trace = trace.tb_next
        self.event("error", "fault", code="CS999", type=type(error).__name__, where=where)
