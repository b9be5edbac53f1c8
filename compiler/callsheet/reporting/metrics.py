"""Figures of actions → text, JSON and a page with small charts."""

from __future__ import annotations

from typing import Any

from callsheet.reporting.model import Style
from callsheet.reporting.page import Block, Code, Heading, Inline, Items, Page, Paragraph, Share, Table
from callsheet.reporting.terminal import paint, safe
from callsheet.results import MetricsResult
from callsheet.targets.journey_optimizer.metrics import COUNTS, RATES, TIMES, Figures
from callsheet.words import counted

HEAD = ("action", "calls", "errors", "timeouts", "capped", "p50", "p95", "p99")
_LATENCIES = TIMES[:3]
"""What the table shows of the times: the wait in a queue is left to JSON."""


def metrics_text(result: MetricsResult, style: Style) -> str:
    """Write a table of the figures, what to look at, and what fails."""
    rows = [HEAD, *(_cells(one) for one in result.figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = []
    for number, row in enumerate(rows):
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        line = safe("  ".join(cells).rstrip())
        lines.append(paint(line, "bold", style) if number == 0 else line)
    for one in result.figures:
        lines += [f"  {safe(one.name)}: {safe(note)}" for note in one.notes]
    for text, names in result.failures.items():
        lines.append(paint(f"Fails {safe(text)}: {safe(', '.join(names))}", "red", style))
    lines += [f"Note: {safe(one)}" for one in result.notes]
    return "\n".join([*lines, "", _sum(result)])


def _cells(one: Figures) -> tuple[str, ...]:
    name = one.name if one.known else f"({one.name or 'no name'})"
    rates = (_percent(one.value(rate)) for rate in RATES)
    times = (_milliseconds(one.times[time]) for time in _LATENCIES)
    return (name, f"{one.counts['calls']:,}", *rates, *times)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} %"


def _milliseconds(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f} ms"


def _sum(result: MetricsResult) -> str:
    calls = sum(one.counts["calls"] for one in result.figures)
    known = sum(one.known for one in result.figures)
    return f"{counted(calls, 'call')} of {counted(known, 'action')} in {safe(result.environment)}."


def metrics_record(result: MetricsResult) -> dict[str, Any]:
    """Return the figures as JSON."""
    return {
        "environment": result.environment,
        "actions": [
            {"name": one.name, "known": one.known, **figures_record(one)} for one in result.figures
        ],
        "failures": [
            {"condition": text, "actions": list(names)} for text, names in result.failures.items()
        ],
        **({"notes": list(result.notes)} if result.notes else {}),
    }


def figures_record(one: Figures) -> dict[str, Any]:
    """Return the figures of one action as JSON."""
    return {
        **{name: one.value(name) for name in COUNTS},
        **{name: _rounded(one.value(name)) for name in RATES},
        **{name: one.times[name] for name in TIMES},
        "per_second": one.per_second,
        **({} if one.peak is None else {"peak_per_second": one.peak}),
        "notes": list(one.notes),
    }


def figures_line(one: Figures) -> str:
    """Return the figures of one action in a line: calls, what went wrong with them, and latencies."""
    _, calls, *cells = _cells(one)
    rates = [f"{cell} {name}" for cell, name in zip(cells[:3], HEAD[2:5], strict=True) if cell != "-"]
    times = [f"{name} {cell}" for cell, name in zip(cells[3:], HEAD[5:], strict=True) if cell != "-"]
    return "; ".join(", ".join(part) for part in ([f"{calls} calls", *rates], times) if part)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def metrics_page(result: MetricsResult) -> Page:
    """Return the page of the figures."""
    title = f"Calls in {result.environment}"
    slowest = max((one.times["p99_ms"] or 0 for one in result.figures), default=0)
    blocks: list[Block] = [Heading(1, ("callsheet: calls in ", Code(result.environment)))]
    for text, names in result.failures.items():
        blocks.append(Paragraph((f"Fails {text}: {', '.join(names)}.",), "breaking"))
    blocks.append(Table(HEAD, [_row(one, slowest) for one in result.figures]))
    notes: list[Inline] = [(Code(one.name), f": {note}") for one in result.figures for note in one.notes]
    if notes:
        blocks.append(Items(notes))
    blocks += [Paragraph(("Note: ", one)) for one in result.notes]
    blocks.append(Paragraph((_sum(result),)))
    return Page(f"metrics:{result.environment}", title, blocks)


def _row(one: Figures, slowest: float) -> list[Inline]:
    cells = _cells(one)
    shares = [one.value(rate) for rate in RATES]
    found: list[Inline] = [(Code(cells[0]),), (cells[1],)]
    found += [(_share(value, 100, text),) for value, text in zip(shares, cells[2:5], strict=True)]
    times = [one.times[time] for time in _LATENCIES]
    return [
        *found,
        *((_share(value, slowest, text),) for value, text in zip(times, cells[5:], strict=True)),
    ]


def _share(value: float | None, whole: float, text: str) -> str | Share:
    return text if value is None or not whole else Share(round(value / whole, 4), text)
