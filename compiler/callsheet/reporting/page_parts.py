"""Changes → parts of a page: tables, and what differs, with its values and its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import unified_diff
from typing import Any

from msgspec.structs import replace

from callsheet.language.characters import safe
from callsheet.language.difference import IMPACTS, NOTHING, Difference
from callsheet.language.masking import masked
from callsheet.planning.hosts import hosts_of
from callsheet.planning.model import Change, PlanSelection
from callsheet.planning.request_pairs import RequestPair
from callsheet.planning.review import DataFlow, grouped_flows
from callsheet.reporting.model import Style
from callsheet.reporting.page import (
    Block,
    Code,
    Facts,
    Fold,
    Heading,
    Inline,
    Items,
    Lines,
    Page,
    Paragraph,
    Section,
    Table,
    inline,
    some,
)
from callsheet.reporting.phrases import selected
from callsheet.reporting.terminal import SAID_IN_WORDS, shown, value_text, value_texts
from callsheet.reporting.text_lists import request_lines
from callsheet.words import and_more

_WIDE = Style(width=160)
_GRAVE = ("breaking", "sensitive")
MAX_ROWS = 40
MAX_LINES = 60
Row = Sequence[Inline]
ByHand = Callable[[Change, Sequence[str]], str]
"""What is said of a change that is done on a screen, in these environments; empty for any other."""
Entry = tuple[Change, list[str], RequestPair | None]
"""A change, the environments in which it is the same, and the request before and after."""


def nothing_by_hand(change: Change, names: Sequence[str]) -> str:  # noqa: ARG001
    """Return that nothing is known to be done on a screen."""
    return ""


def selection_blocks(selection: PlanSelection | None) -> list[Block]:
    """Return the paragraph on the objects that a result is limited to; nothing for all of them."""
    return [] if selection is None else [Paragraph((f"{selected(selection)}.",))]


def reasons(found: Sequence[Difference]) -> Items:
    """Return each reason once: what it is for the first time, and how often it is there."""
    by_reason: dict[str, list[Difference]] = {}
    for one in sorted(found, key=lambda it: -IMPACTS.index(it.impact)):
        by_reason.setdefault(one.reason, []).append(one)
    return Items([_reason(reason, some) for reason, some in by_reason.items()])


def _reason(reason: str, found: Sequence[Difference]) -> Inline:
    more = and_more(len(found), 1)
    return (f"{found[0].impact}, {reason}: ", *inline(found[0].words), *((f", {more}",) if more else ()))


def facts_of(entry: Entry) -> Facts:
    """Return what a change is filtered by."""
    change, names, _ = entry
    hosts = {host for one in (change.before, change.after) if one is not None for host in _hosts(one)}
    return Facts(
        address=change.address,
        impact=change.impact,
        owner=_on_one_line(masked(change.owner or "")),
        hosts=tuple(sorted(map(_on_one_line, hosts))),
        environments=tuple(map(_on_one_line, names)),
    )


def with_hosts(page: Page, hosts: Mapping[str, Sequence[str]]) -> Page:
    """Return a page on which a message is also found by these hosts, by its address."""

    def about(one: Facts | None) -> Facts | None:
        added = hosts.get(one.address, ()) if one is not None else ()
        if one is None or not added:
            return one
        return replace(one, hosts=tuple(sorted({*one.hosts, *map(_on_one_line, added)})))

    def found_by(one: Block) -> Block:
        return replace(one, about=[*map(about, one.about)]) if isinstance(one, Table) else one

    sections = [replace(one, about=about(one.about)) for one in page.sections]
    return replace(page, blocks=[*map(found_by, page.blocks)], sections=sections)


def _on_one_line(text: str) -> str:
    return safe(" ".join(text.split()))


def _hosts(content: Mapping[str, Any]) -> set[str]:
    """Return the hosts that an object calls; none of what was broken by hand at the target."""
    try:
        return {*map(masked, hosts_of(content))}
    except (AttributeError, KeyError, TypeError, ValueError):
        return set()


def defined_of(changes: Iterable[Change]) -> list[str]:
    """Return the addresses of changes that the workspace defines after them."""
    return sorted({one.address for one in changes if one.after is not None})


def table(head: Sequence[str], rows: Sequence[Row], about: Sequence[Facts | None] = ()) -> list[Block]:
    """Return a table of at most `MAX_ROWS` rows, without its empty columns; nothing without rows."""
    if not rows:
        return []
    kept = [
        index for index in range(len(head)) if any(any(row[index]) and row[index] != ("",) for row in rows)
    ]
    blocks: list[Block] = [
        Table(
            [head[one] for one in kept],
            [[row[one] for one in kept] for row in rows[:MAX_ROWS]],
            about[:MAX_ROWS],
        )
    ]
    if len(rows) > MAX_ROWS:
        blocks.append(Paragraph((and_more(len(rows), MAX_ROWS),)))
    return blocks


def address_of(change: Change) -> Inline:
    """Return the address of a change, and the one before where it is renamed."""
    if change.address_before == change.address:
        return (Code(change.address),)
    return (Code(change.address_before), " → ", Code(change.address))


def change_sections(
    entries: Sequence[Entry],
    beside: Mapping[str, Sequence[Block]] | None = None,
    by_hand: ByHand = nothing_by_hand,
) -> list[Section]:
    """Return each change: breaking and sensitive ones in full, the rest folded.

    What else is to be said of a change comes first in it, by its address.
    """
    sections = []
    for entry in sorted(entries, key=lambda one: -IMPACTS.index(one[0].impact)):
        change, names, _ = entry
        where = f" in {', '.join(names)}" if names else ""
        owner = f", owner {change.owner}" if change.owner else ""
        head: Inline = (
            *address_of(change),
            f" {_step(change, names, by_hand)}, {change.impact}{owner}{where}",
        )
        inner = [*(beside or {}).get(change.address, ()), *change_details(entry)]
        grave = change.impact in _GRAVE
        whole: list[Block] = [Heading(3, head), *inner] if grave else [Fold(head, inner)]
        short: list[Block] = [Heading(3, head) if grave else Paragraph(head), reasons(change.diff)]
        sections.append(Section(whole, short, -IMPACTS.index(change.impact), facts_of(entry)))
    return sections


def _step(change: Change, names: Sequence[str], by_hand: ByHand) -> str:
    return ", ".join(filter(None, (change.action, by_hand(change, names))))


def change_details(entry: Entry) -> list[Block]:
    """Return what differs, and the request before and after where it is known."""
    change, _, requests = entry
    blocks: list[Block] = []
    for one in change.diff:
        blocks += difference_blocks(one)
    return blocks if requests is None else [*blocks, *_requests(requests)]


def difference_blocks(one: Difference) -> list[Block]:
    """Return one difference: its words and its place, then its values."""
    place: Inline = (" · ", Code(f"{one.place[0]}:{one.place[1]}")) if one.place else ()
    blocks: list[Block] = [Paragraph((*inline(one.words), f" ({one.reason})", *place), one.impact)]
    told = not one.path or one.reason in SAID_IN_WORDS
    lines = [] if told else sides(one.before, one.after, one.path)
    return [*blocks, Lines(lines)] if lines else blocks


def sides(before: Any, after: Any, path: Any) -> list[str]:
    """Return a value before and after, as lines with signs."""
    if isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        before, after = shown(before, path), shown(after, path)
        return _cut(list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:])
    if before is not NOTHING and after is not NOTHING:
        was, now = value_texts(before, after, path, _WIDE, indent=2)
        return [f"- {was}", f"+ {now}"]
    pairs = (("-", before), ("+", after))
    return [
        f"{sign} {value_text(value, path, _WIDE, indent=2)}"
        for sign, value in pairs
        if value is not NOTHING
    ]


def _requests(pair: RequestPair) -> list[Block]:
    before, after = ([] if one is None else request_lines(one) for one in (pair.before, pair.after))
    if before == after:
        return []
    lines = list(unified_diff(before, after, lineterm="", n=50))[3:]
    head: Inline = ("The request of the test case ", Code(pair.case), ", before and after:")
    if not pair.case:
        head = ("The request, with the examples of its parameters, before and after:",)
    return [Paragraph(head), Lines(_cut(lines))]


def _cut(lines: list[str]) -> list[str]:
    more = and_more(len(lines), MAX_LINES, "line")
    return [*lines[:MAX_LINES], f" {more}"] if more else lines


def overview(
    entries: Sequence[Entry], before: Sequence[Row] = (), by_hand: ByHand = nothing_by_hand
) -> list[Block]:
    """Return the summary table: the gravest first, at most `MAX_ROWS` of them."""
    ordered = sorted(entries, key=lambda one: (-IMPACTS.index(one[0].impact), one[0].address))
    rows: list[Row] = [
        (
            (change.impact,),
            (_step(change, names, by_hand),),
            address_of(change),
            (change.owner or "",),
            (", ".join(names),),
        )
        for change, names, _ in ordered
    ]
    about = [*(None for _ in before), *map(facts_of, ordered)]
    return table(("impact", "step", "action", "owner", "environments"), [*before, *rows], about)


def flow_table(flows: Sequence[DataFlow]) -> list[Block]:
    """Return which personal data newly leaves, for which host: once for all actions that send the same."""
    if not flows:
        return []
    rows = [
        (
            (Code(one.host),),
            (one.kind,),
            (Code(one.parameter),),
            some(addresses, 3),
            (", ".join(one.environments),),
        )
        for one, addresses in grouped_flows(flows)
    ]
    head = ("host", "personal data", "parameter", "action", "environments")
    return [Heading(2, ("Personal data that newly leaves",)), *table(head, rows)]
