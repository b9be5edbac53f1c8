"""The catalog of codes → a page: a table of all, then each with its documentation and examples."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

from callsheet.language import Rule
from callsheet.reporting.page import Block, Code, Heading, Lines, Page, Paragraph, Table, inline
from callsheet.reporting.terminal import counted
from callsheet.results import ExplainResult


def codes_page(result: ExplainResult) -> Page:
    """Return the page of the catalog, or of one code; it is not a comment, and never shortened."""
    if len(result.rules) == 1 and result.detailed:
        (rule,) = result.rules
        return Page("", rule.code, list(_explained(rule, 1)))
    title = f"callsheet: {counted(len(result.rules), 'code')}"
    rows = [((Code(one.code),), (one.severity,), (one.name,), inline(one.summary)) for one in result.rules]
    blocks: list[Block] = [
        Heading(1, (title,)),
        Table(("Code", "Severity", "Name", "What it says"), rows),
    ]
    for one in result.rules:
        blocks += _explained(one, 2)
    return Page("", title, blocks)


def _explained(rule: Rule, level: int) -> Iterator[Block]:
    yield Heading(level, (f"{rule.code} {rule.name}",))
    silenced = "" if rule.adjustable else "; the workspace cannot silence it"
    yield Paragraph((f"{rule.severity}{silenced}",), rule.severity)
    for part in rule.documentation.split("\n\n"):
        if part.startswith("    "):
            yield Lines(dedent(part).split("\n"), "yaml")
        else:
            yield Paragraph(inline(" ".join(part.split())))
    for title, example in (("Bad", rule.bad), ("Good", rule.good)):
        if example:
            yield Paragraph((title,))
            yield Lines(example.split("\n"), "yaml")
