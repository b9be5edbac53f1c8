"""A diff → its page: what is protected first, then what changes, each in the order of its impact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from callsheet.language.difference import IMPACTS, Impact, heaviest
from callsheet.planning.protections import Protection
from callsheet.planning.shared import SharedChange
from callsheet.reporting.page import (
    Block,
    Code,
    Fold,
    Heading,
    Inline,
    Lines,
    Page,
    Paragraph,
    Section,
    some,
)
from callsheet.reporting.page_parts import (
    ByHand,
    Entry,
    Row,
    change_details,
    change_sections,
    defined_of,
    difference_blocks,
    flow_table,
    nothing_by_hand,
    overview,
    reasons,
    selection_blocks,
    sides,
    with_hosts,
)
from callsheet.reporting.phrases import PROTECTED
from callsheet.reporting.terminal import counted
from callsheet.results import DiffResult


def diff_page(result: DiffResult, by_hand: ByHand = nothing_by_hand) -> Page:
    """Return the page of a diff: the reviewer's view."""
    entries: list[Entry] = [
        (change, names, result.request_of(names, change.address)) for change, names in result.grouped()
    ]
    against = result.compared_with
    changed = entries or result.protections
    title = f"{counted(len(entries), 'change')} {against}" if changed else f"No change {against}"
    title += result.also_protected
    together, own = (
        [(change, names, result.request_of(names, change.address)) for change, names in some_changes]
        for some_changes in result.split()
    )
    blocks: list[Block] = [
        Heading(1, ("callsheet: ", title)),
        *selection_blocks(result.selection),
        *overview(own, _shared_rows(result, together), by_hand),
    ]
    blocks += flow_table(result.flows)
    blocks += [block for one in result.shared for block in _shared(one, together)]
    blocks += [
        Paragraph(
            ("Policy ", Code(one.name), f" {one.words}: it looks at ", *some(one.addresses, 10)),
            "sensitive",
        )
        for one in result.other_policies
    ]
    page = Page(
        "review",
        title,
        blocks,
        change_sections(own, by_hand=by_hand),
        opening=_protected(result.protections),
        defined=defined_of(change for change, _, _ in entries),
    )
    return with_hosts(page, result.hosts)


def _protected(found: Sequence[Protection]) -> list[Section]:
    """Return a section for each subject of what changed of what commands do and protect."""
    subjects: dict[str, list[Protection]] = {}
    for one in found:
        subjects.setdefault(one.subject, []).append(one)
    sections = []
    for index, (subject, changes) in enumerate(subjects.items()):
        title: list[Block] = [Heading(2, (PROTECTED,))] if index == 0 else []
        impact = heaviest([one.difference.impact for one in changes])
        head = Paragraph((Code(subject), f" {impact}:"), impact)
        short: list[Block] = [head, reasons([one.difference for one in changes])]
        whole = [block for one in changes for block in _protection(one)]
        sections.append(Section([*title, *whole], [*title, *short], -1 - IMPACTS.index(impact)))
    return sections


def _protection(one: Protection) -> list[Block]:
    where: Inline = (f" in {', '.join(one.environments)}",) if one.environments else ()
    head, *rest = difference_blocks(one.difference)
    words = head.content if isinstance(head, Paragraph) else ()
    content: Inline = (Code(one.subject), *where, f": {one.difference.impact}, ", *words)
    return [Paragraph(content, one.difference.impact), *rest]


def _shared_rows(result: DiffResult, entries: Sequence[Entry]) -> list[Row]:
    """Return one row of the summary table for each shared value, instead of one for each action."""
    rows: list[Row] = []
    for one in result.shared:
        impacts = [change.impact for change, _, _ in entries if change.address in one.addresses]
        action: Inline = (Code(one.subject), f" ({counted(len(one.addresses), 'action')})")
        rows.append(((heaviest(impacts),), ("update",), action, ("",), (", ".join(one.environments),)))
    return rows


def _shared(one: SharedChange, entries: Sequence[Entry]) -> list[Block]:
    """Return what one shared value changes: the value, the actions, and one of them in full."""
    # Each action counts once, by its gravest change: it may differ between the environments.
    found: dict[str, list[Impact]] = {}
    for change, _, _ in entries:
        if change.address in one.addresses:
            found.setdefault(change.address, []).append(change.impact)
    impacts = Counter(heaviest(them) for them in found.values())
    weight = ", ".join(f"{impacts[impact]} {impact}" for impact in reversed(IMPACTS) if impacts[impact])
    place: Inline = (" · ", Code(f"{one.place[0]}:{one.place[1]}")) if one.place else ()
    blocks: list[Block] = [
        Heading(
            2,
            (
                "Shared by several: " if one.document else "Shared value ",
                Code(one.subject),
                f" changes {counted(len(one.addresses), 'action')}",
            ),
        ),
        Lines(sides(one.before, one.after, ())),
        Paragraph(
            ("In ", ", ".join(one.environments), f" ({weight}): ", *some(one.addresses, 12), ".", *place)
        ),
    ]
    example = next((entry for entry in entries if entry[0].address in one.addresses), None)
    if example is not None:
        summary: Inline = ("For example ", Code(example[0].address))
        blocks.append(Fold(summary, change_details(example)))
    return blocks
