"""Diagnostics and rules → text: the place, the line with a caret, what is wrong, what to do."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from callsheet.language import Diagnostic
from callsheet.reporting.model import Style
from callsheet.reporting.terminal import counted, paint, safe, wrapped
from callsheet.results import ExplainResult, ValidationResult
from callsheet.words import and_more

_COLOURS = {"error": "red", "warning": "yellow"}


def validation_text(result: ValidationResult, style: Style) -> str:
    """Write the findings, then a line that sums them up."""
    blocks = ["\n".join(one) for one in finding_blocks(result.diagnostics, style)]
    errors = sum(one.severity == "error" for one in result.diagnostics)
    warnings = len(result.diagnostics) - errors
    checked = counted(result.documents, result.checked)
    if errors:
        last = paint(
            f"{counted(errors, 'error')}, {counted(warnings, 'warning')} in {checked}.", "red", style
        )
    elif warnings:
        last = paint(f"Valid, with {counted(warnings, 'warning')}: {checked}.", "yellow", style)
    else:
        last = paint(f"Valid: {checked}.", "green", style)
    notes = [line for one in result.notes for line in wrapped(f"Note: {safe(one)}", style, indent=0)]
    return "\n\n".join([*blocks, "\n".join([*notes, last])])


MANY = 10
"""More findings of one code than these are shortened to the first `Style.most_findings`."""


def finding_blocks(findings: Sequence[Diagnostic], style: Style) -> list[list[str]]:
    """Write findings, of each code with many only the first, and then how many more there are."""
    number = Counter(one.code for one in findings)
    written: Counter[str] = Counter()
    blocks = []
    for one in findings:
        written[one.code] += 1
        if (
            style.most_findings is None
            or number[one.code] <= MANY
            or written[one.code] <= style.most_findings
        ):
            blocks.append(diagnostic_lines(one, style))
    if style.most_findings is None:
        return blocks
    more = [
        f"{and_more(many, style.most_findings)} of {code}" for code, many in number.items() if many > MANY
    ]
    return [*blocks, [*more, "  help: `-v` shows all of them"]] if more else blocks


def diagnostic_lines(one: Diagnostic, style: Style) -> list[str]:
    """Write one finding."""
    place = f"{safe(one.file)}:{one.span.line}:{one.span.column}"
    severity = paint(f"{one.severity} {one.code}", _COLOURS[one.severity], style)
    lines = [f"{paint(place, 'bold', style)}: {severity}"]
    lines += wrapped(safe(one.message), style, indent=2)
    lines += _quoted(one, style)
    for related in one.related:
        where = f"{safe(related.file)}:{related.span.line}:{related.span.column}"
        lines += wrapped(f"{where}: {safe(related.message)}", style, indent=4)
    # What comes after the first line is copied as it is, as an expression: it is never wrapped.
    first, *literal = one.help.split("\n")
    lines += wrapped(f"help: {safe(first)}", style, indent=2)
    return [*lines, *(f"    {safe(line)}" for line in literal)]


def _quoted(one: Diagnostic, style: Style) -> list[str]:
    """Quote the line, the part around the place where it is long, with carets below."""
    if not one.source.strip():
        return []
    start = one.span.column - 1
    end = one.span.end_column - 1 if one.span.end_line == one.span.line else len(one.source)
    end = max(min(end, len(one.source)), start + 1)
    number = f"{one.span.line} | "
    room = max(style.width - 4 - len(number), 30)
    cut = max(0, start - room // 2) if len(one.source) > room else 0
    piece = one.source[cut : cut + room]
    before = safe(one.source[cut:start])
    end = min(end, cut + room)
    marked = safe(one.source[start:end]) or " "
    carets = " " * _width(before) + "^" * max(_width(marked), 1)
    margin = " " * (len(number) - 2) + "| "
    return [
        f"    {number}{safe(piece)}",
        f"    {margin}{paint(carets, _COLOURS[one.severity], style)}",
    ]


def _width(text: str) -> int:
    """Count the cells of a terminal that a text fills (wide characters take two)."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def explain_text(result: ExplainResult, style: Style) -> str:
    """Write the catalog as a list, or one rule with its documentation and examples."""
    if not result.detailed:
        width = max(len(one.name) for one in result.rules)
        return "\n".join(
            f"{one.code}  {one.severity:<7}  {one.name:<{width}}  {one.summary}" for one in result.rules
        )
    blocks = []
    for one in result.rules:
        lines = [
            paint(f"{one.code} {one.name} ({one.severity})", "bold", style),
            "",
            one.documentation,
        ]
        for title, example in (("Bad:", one.bad), ("Good:", one.good)):
            if example:
                lines += ["", title, *(f"    {line}".rstrip() for line in example.split("\n"))]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
