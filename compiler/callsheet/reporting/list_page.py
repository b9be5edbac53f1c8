"""What is defined → a page: a table for each category, with titles and environments."""

from __future__ import annotations

from callsheet.language import Definition, in_language
from callsheet.language.masking import masked
from callsheet.reporting.page import Block, Code, Heading, Inline, Page, Paragraph, Table
from callsheet.reporting.terminal import counted
from callsheet.reporting.text_lists import category_of
from callsheet.results import ListResult


def list_page(result: ListResult) -> Page:
    """Return the page of a list; it is no comment, and never shortened."""
    title = f"callsheet: {counted(len(result.actions), 'definition')}"
    groups: dict[str, list[Definition]] = {}
    for one in result.actions:
        groups.setdefault(masked(category_of(one)), []).append(one)
    blocks: list[Block] = [Heading(1, (title,))]
    if not groups:
        blocks.append(Paragraph(("Nothing is defined yet.",)))
    for category, found in sorted(groups.items()):
        rows = [_row(one, result) for one in sorted(found, key=lambda one: one.name)]
        blocks += [
            Heading(2, (category,)),
            Table(("Name", "Title", "Channel", "Owner", "Environments"), rows),
        ]
    return Page("", title, blocks)


def _row(one: Definition, result: ListResult) -> list[Inline]:
    title = masked(in_language(one.metadata.get("title"), result.language))
    where = ", ".join(result.environments.get(one.name, ()))
    return [
        (Code(one.name),),
        (title,),
        (masked(one.labels.get("channel", "")),),
        (masked(one.owner or ""),),
        (where,),
    ]
