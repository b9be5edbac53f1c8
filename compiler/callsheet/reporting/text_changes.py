"""Changes and drift → text: what differs, with its impact, its values and its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callsheet.documents import Path
from callsheet.language.difference import NOTHING, Difference
from callsheet.planning.model import Change, Drift
from callsheet.reporting.model import Style
from callsheet.reporting.terminal import (
    SAID_IN_WORDS,
    paint,
    safe,
    shown,
    value_text,
    value_texts,
    wrapped,
)
from callsheet.words import and_more

SIGNS = {
    "create": ("+", "green", "created"),
    "update": ("~", "yellow", "updated"),
    "replace": ("↻", "magenta", "replaced"),
    "rename": ("⇄", "blue", "renamed"),
    "delete": ("-", "red", "deleted"),
    "adopt": ("=", "blue", "adopted"),
    "forget": ("x", "dim", "forgotten"),
}
IMPACT_COLOURS = {
    "cosmetic": "dim",
    "compatible": "green",
    "breaking": "red",
    "sensitive": "magenta",
}


def change_lines(change: Change, style: Style) -> list[str]:
    """Write one change: its sign, address and impact, then each difference with its place."""
    sign, colour, _ = SIGNS[change.action]
    address = safe(change.address)
    if change.address_before != change.address:
        address = f"{safe(change.address_before)} → {address}"
    head = f"{sign} {address}"
    owner = f"  owner {safe(change.owner)}" if change.owner else ""
    impact = paint(change.impact, IMPACT_COLOURS[change.impact], style)
    lines = [f"{paint(head, colour, style)}  [{impact}]{paint(owner, 'dim', style)}"]
    for one in change.diff:
        lines += difference_lines(one, style)
    return lines


def difference_lines(one: Difference, style: Style) -> list[str]:
    """Write one difference: its words, its values and its place."""
    colour = IMPACT_COLOURS[one.impact]
    words = f"{safe(one.words)} ({one.reason})"
    # An expression is copied as it is.
    lines = [f"    {words}"] if one.reason == "expression-changed" else wrapped(words, style, indent=4)
    if one.impact in ("breaking", "sensitive"):
        lines = [paint(line, colour, style) for line in lines]
    # What the words end with already is not repeated below them.
    if _has_lines(one.before) and _has_lines(one.after):
        before, after = (str(shown(it, one.path)) for it in (one.before, one.after))
        lines += _line_diff(before, after, style)
    elif one.path and one.reason not in SAID_IN_WORDS:
        for signed, painted in signed_values(one.before, one.after, one.path, style, 8):
            lines.append("      " + paint(signed, painted, style))
    return [*lines, *place_lines(one.place, style, indent=6)]


def place_lines(place: tuple[str, int, int] | None, style: Style, *, indent: int) -> list[str]:
    """Write where something is written: one line, none where it is not known."""
    if place is None:
        return []
    file, line, column = place
    return [paint(f"{' ' * indent}{safe(file)}:{line}:{column}", "dim", style)]


def signed_values(before: Any, after: Any, path: Path, style: Style, indent: int) -> list[tuple[str, str]]:
    """Return what was and what is, with their signs and colours; nothing for a side that is not there."""
    sides = (("-", before, "red"), ("+", after, "green"))
    if before is not NOTHING and after is not NOTHING:
        texts: Sequence[str] = value_texts(before, after, path, style, indent=indent)
    else:
        texts = [
            "" if value is NOTHING else value_text(value, path, style, indent=indent)
            for _, value, _ in sides
        ]
    return [
        (f"{sign} {text}", colour)
        for (sign, value, colour), text in zip(sides, texts, strict=True)
        if value is not NOTHING
    ]


def _has_lines(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value


def _line_diff(before: str, after: str, style: Style) -> list[str]:
    """Write the lines of a text that changed, as `diff -u` does, at most 40 of them."""
    from difflib import unified_diff

    found = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]
    colours = {"-": "red", "+": "green", "@": "dim"}
    lines = ["      " + paint(safe(one), colours.get(one[:1], "dim"), style) for one in found[:40]]
    more = and_more(len(found), 40, "line")
    return [*lines, f"      {more}"] if more else lines


def drift_lines(drift: Any, unmanaged: Any, style: Style) -> list[str]:
    """Write what was changed at the target, and what is there and not managed."""
    lines: list[str] = []
    if drift:
        lines.append(paint("Drift: changed at the target, not by callsheet", "yellow", style))
        for one in drift:
            lines += _one_drift(one, style)
        lines.append("")
    if unmanaged:
        lines.append(paint("Unmanaged: deployed, not by callsheet, left alone", "yellow", style))
        lines += [f"  ? {safe(address)}" for address in unmanaged]
        lines.append("")
    return lines


def _one_drift(one: Drift, style: Style) -> list[str]:
    if one.kind == "missing":
        return [f"  ! {safe(one.address)}  no longer deployed"]
    lines = [f"  ! {safe(one.address)}"]
    for difference in one.diff:
        lines += difference_lines(difference, style)
    return lines
