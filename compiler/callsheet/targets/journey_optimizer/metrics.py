"""Step events of journeys, summed up by action and endpoint → figures of each action.

Sources: Adobe's pages "List of fields" of shared step events and "Query examples" of Journey Optimizer, and
its guardrails for custom actions (0.75 s is the slow path). The query is ours. Nobody has run it on a
sandbox: whether `actionName` is the name of the action or the label of its node, and how errors are spelt,
is not documented; both spellings are counted.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from callsheet.errors import CallsheetError
from callsheet.language.action import in_language
from callsheet.language.urls import host_of
from callsheet.outbound.durations import Rate

COUNTS = ("calls", "ok", "e4xx", "e5xx", "timeouts", "capped")
TIMES = ("p50_ms", "p95_ms", "p99_ms", "max_queue_ms")
SLOW_MS = 750
"""Beyond this an endpoint is on the slow path: 150,000 calls in 30 seconds (Adobe's guardrails)."""
_FIELDS = "_experience.journeyOrchestration.stepEvents"


class Figures(Struct, frozen=True, kw_only=True):
    """What was measured of one action, over all of its endpoints.

    Attributes:
        name: of the action; of the events, where it fits none.
        known: whether it is an action of the environment.
        counts: by `COUNTS`.
        times: by `TIMES`, in ms; the highest of its endpoints, None where there is none.
        per_second: calls in a second that had one, as an average; None where that is unknown.
        notes: what to look at.
        peak: calls in its busiest second; None where that is unknown.
        missing: the counts that the result does not have; they are 0 in `counts`.

    """

    name: str
    known: bool
    counts: Mapping[str, int]
    times: Mapping[str, float | None]
    per_second: float | None
    notes: tuple[str, ...] = ()
    peak: float | None = None
    missing: frozenset[str] = frozenset()

    @classmethod
    def uncalled(cls, name: str) -> Figures:
        """Return the figures of an action of the environment that was not called."""
        counts, times = dict.fromkeys(COUNTS, 0), dict.fromkeys(TIMES)
        notes = ("no call in the result",)
        return cls(name=name, known=True, counts=counts, times=times, per_second=None, notes=notes)

    def value(self, name: str) -> float | None:
        """Return a figure by its name: a count, a time, or a rate in per cent; None where it is unknown."""
        if name in self.missing or _COUNTED.get(name) in self.missing:
            return None
        if name in self.counts:
            return self.counts[name]
        if name in self.times:
            return self.times[name]
        calls = self.counts["calls"]
        part = {
            "error_rate": calls - self.counts["ok"],
            "timeout_rate": self.counts["timeouts"],
            "capped_rate": self.counts["capped"],
        }[name]
        return 100 * part / calls if calls else None


RATES = ("error_rate", "timeout_rate", "capped_rate")
_COUNTED = {"timeout_rate": "timeouts", "capped_rate": "capped"}
"""Which count may be missing for a rate; calls and successes never are."""


def query_text(hours: int) -> str:
    """Return the SQL for Query Service that sums up the calls of the last hours."""
    fields = {
        "action": "actionName", "endpoint": "actionOriginEndpoint", "err": "actionExecutionError",
        "code": "actionExecutionErrorCode", "ms": "actionExecutionOriginTime", "wait_ms": "actionWaitTime",
        "t0": "actionExecutionOriginStartTime",
    }  # fmt: skip
    chosen = ",\n         ".join(f"{_FIELDS}.{name} AS {short}" for short, name in fields.items())
    percentiles = ",\n       ".join(
        f"PERCENTILE_CONT({part}) WITHIN GROUP (ORDER BY ms) AS {name}"
        for part, name in ((0.5, "p50_ms"), (0.95, "p95_ms"), (0.99, "p99_ms"))
    )
    # Nothing of a user goes in but a number.
    return f"""WITH calls AS (
  SELECT {chosen}
  FROM journey_step_events
  WHERE {_FIELDS}.actionType = 'customHttpAction'
    AND timestamp > (now() - interval '{hours}' hour)
    AND COALESCE({_FIELDS}.inTest, false) = false
    AND COALESCE({_FIELDS}.inDryRun, false) = false),
seconds AS (
  SELECT *, COUNT(t0) OVER (PARTITION BY action, DATE_TRUNC('second', t0)) AS in_second FROM calls)
SELECT action, endpoint, COUNT(1) AS calls,
       SUM(CASE WHEN err IS NULL THEN 1 ELSE 0 END) AS ok,
       SUM(CASE WHEN err = 'http' AND code LIKE '4%' THEN 1 ELSE 0 END) AS e4xx,
       SUM(CASE WHEN err = 'http' AND code LIKE '5%' THEN 1 ELSE 0 END) AS e5xx,
       SUM(CASE WHEN err IN ('timedout', 'timeout') THEN 1 ELSE 0 END) AS timeouts,
       SUM(CASE WHEN err IN ('capped', 'capping') THEN 1 ELSE 0 END) AS capped,
       {percentiles},
       MAX(wait_ms) AS max_queue_ms,
       COUNT(t0) / NULLIF(COUNT(DISTINCT DATE_TRUNC('second', t0)), 0) AS rps_when_busy,
       MAX(in_second) AS peak_rps
FROM seconds GROUP BY action, endpoint ORDER BY calls DESC;
"""  # noqa: S608


def rows_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as JSON that `read_rows` reads: numbers as numbers, whatever type they came in."""
    written = [
        {name: one if isinstance(one, str) else _number(one) for name, one in row.items()} for row in rows
    ]
    return json.dumps({"rows": written}, ensure_ascii=False, indent=1) + "\n"


def read_rows(text: str) -> list[dict[str, Any]]:
    """Read a saved result: CSV with a head, a JSON array of objects, or an object with `rows`.

    Raises:
        CallsheetError: CS895 for anything else, and for a number that is none.

    """
    try:
        rows = _rows(text.removeprefix("\ufeff"))
    except (ValueError, csv.Error, RecursionError):
        raise _unreadable("it is neither CSV nor JSON with the columns of the query") from None
    fault = row_fault(rows)
    if fault:
        raise _unreadable(fault)
    return rows


def row_fault(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return what is wrong with the rows of a result; empty where nothing is."""
    for number, row in enumerate(rows, 1):
        for name in ("calls", "ok"):
            if _number(row.get(name)) is None:
                return f"row {number} has no number `{name}`"
        fault = _inconsistency(row)
        if fault:
            return f"row {number}: {fault}"
    return ""


def _inconsistency(row: Mapping[str, Any]) -> str:
    """Return what of a row cannot be; empty where nothing is wrong."""
    for name in (*COUNTS, *TIMES):
        if _number(row.get(name)) is None and not _is_null(row.get(name)):
            return f"`{name}` is not a number"
    calls = _number(row["calls"]) or 0
    for name in COUNTS[1:]:
        if (_number(row.get(name)) or 0) > calls:
            return f"`{name}` is more than `calls`"
    return ""


def _is_null(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in ("", "null"))


def _rows(text: str) -> list[dict[str, Any]]:
    if text.lstrip()[:1] in ("[", "{"):
        value = json.loads(text)
        rows = value.get("rows") if isinstance(value, dict) else value
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            raise ValueError("rows")
        return rows
    found = list(csv.DictReader(io.StringIO(text), strict=True))
    if not found and "action" not in text:
        raise ValueError("head")
    return found


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value in (None, ""):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if 0 <= found < 1e15 else None


def figures_of(
    rows: Iterable[Mapping[str, Any]], actions: Mapping[str, Mapping[str, Any]]
) -> list[Figures]:
    """Return the figures of each action that was called, then of what fits none.

    A row belongs to the action of its name or its title; else to the only one that calls its host.

    Args:
        rows: of the query's result.
        actions: the compiled actions of the environment, by name.

    """
    found: dict[tuple[bool, str], list[Mapping[str, Any]]] = {}
    named, calling = _by_name(actions), _by_host(actions)
    for row in rows:
        host = host_of(str(row.get("endpoint") or ""))
        name = named.get(str(row.get("action") or "").casefold()) or calling.get(host)
        found.setdefault((name is not None, name or str(row.get("action") or "")), []).append(row)
    return [
        _figures(name, of, actions.get(name, {}), known=known)
        for (known, name), of in sorted(found.items(), key=lambda one: (not one[0][0], one[0][1]))
    ]


def _by_name(actions: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the actions by their names and titles, without case; the first of two counts."""
    found: dict[str, str] = {}
    for name, compiled in actions.items():
        titles = [in_language(compiled.get("title"), language) for language in ("en", "fr")]
        for one in filter(None, (name, *titles)):
            found.setdefault(one.casefold(), name)
    return found


def _by_host(actions: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the actions by the host that they call, where no other calls it."""
    hosts = {name: host_of(one["request"]["url"]) for name, one in actions.items()}
    several = Counter(hosts.values())
    return {host: name for name, host in hosts.items() if host and several[host] == 1}


def _figures(
    name: str, rows: Sequence[Mapping[str, Any]], compiled: Mapping[str, Any], *, known: bool
) -> Figures:
    counts = {one: int(sum(_numbers(rows, one))) for one in COUNTS}
    missing = frozenset(one for one in COUNTS if not _numbers(rows, one))
    times = {one: max(_numbers(rows, one), default=None) for one in TIMES}
    seen = _numbers(rows, "rps_when_busy")
    per_second = sum(seen) if seen else None
    # The query counts the busiest second of an action over all of its endpoints, and repeats it for each.
    peak = max(_numbers(rows, "peak_rps"), default=None)
    return Figures(
        name=name, known=known, counts=counts, times=times, per_second=per_second, peak=peak,
        missing=missing,
        notes=tuple(_notes(times["p95_ms"], per_second, peak, compiled.get("limits") or {})),
    )  # fmt: skip


def _numbers(rows: Iterable[Mapping[str, Any]], name: str) -> list[float]:
    return [it for row in rows if (it := _number(row.get(name))) is not None]


def _notes(
    p95: float | None, per_second: float | None, peak: float | None, limits: Mapping[str, Any]
) -> Iterable[str]:
    if p95 is not None and p95 > SLOW_MS:
        yield f"slower than {SLOW_MS} ms: Adobe takes it to its slow path, 150,000 calls in 30 s"
    if "rate" in limits:
        rate = Rate.read(limits["rate"])
        # What a longer period allows may all come in one second.
        in_one = rate.calls if rate.period.seconds >= 1 else rate.per_second
        if peak is not None and peak > in_one:
            yield f"{peak:g} calls in its busiest second, and `limits.rate` allows {in_one:g}"
        elif per_second is not None:
            yield from _beside(per_second, rate.per_second)


def _beside(per_second: float, allowed: float) -> Iterable[str]:
    if per_second > allowed:
        yield f"{per_second:g} calls in a busy second, and `limits.rate` allows {allowed:g}"
    elif per_second > 0.8 * allowed:
        yield f"{per_second:g} calls in a busy second, near the {allowed:g} of `limits.rate`"


def _unreadable(why: str) -> CallsheetError:
    return CallsheetError(
        "CS895", f"the saved result cannot be read: {why}",
        help="save the result of the query that `callsheet metrics --sql` prints, as CSV or JSON",
    )  # fmt: skip
