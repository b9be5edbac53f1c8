"""Results → pages: what a reviewer needs first comes first, and the rest is folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from difflib import unified_diff
from typing import Any

from callsheet.deploying import ApplyResult
from callsheet.language import Diagnostic
from callsheet.language.difference import IMPACTS, heaviest
from callsheet.planning import NOTHING, Change, Difference, Drift, GuardVerdict, Plan
from callsheet.planning.protections import Protection
from callsheet.planning.review import DataFlow, SharedChange, data_flows, grouped_flows
from callsheet.reporting.codes_page import codes_page
from callsheet.reporting.model import Report, Style
from callsheet.reporting.page import (
    Block,
    Code,
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
from callsheet.reporting.terminal import SAID_IN_WORDS, counted, value_text, value_texts
from callsheet.results import DiffResult, DriftResult, ExplainResult, RequestPair, ValidationResult
from callsheet.words import and_more

_WIDE = Style(width=160)
_GRAVE = ("breaking", "sensitive")
MAX_ROWS = 40
MAX_LINES = 60

Row = Sequence[Inline]
Entry = tuple[Change, list[str], RequestPair | None]
"""A change, the environments in which it is the same, and the request before and after."""


def diff_page(result: DiffResult) -> Page:
    """Return the page of a diff: the reviewer's view."""
    entries: list[Entry] = [
        (change, names, result.request_of(names, change.address)) for change, names in result.grouped()
    ]
    against = result.compared_with
    changed = entries or result.protections
    title = f"{counted(len(entries), 'change')} {against}" if changed else f"No change {against}"
    title += result.also_protected
    shared = {address for one in result.shared for address in one.addresses}
    own = [one for one in entries if one[0].address not in shared]
    blocks: list[Block] = [
        Heading(1, ("callsheet: ", title)),
        *_overview(own, _shared_rows(result, entries)),
    ]
    blocks += _flow_table(result.flows)
    blocks += [block for one in result.shared for block in _shared(one, entries)]
    blocks += [
        Paragraph(
            ("Policy ", Code(one.name), f" {one.words}: it looks at ", *some(one.addresses, 10)),
            "sensitive",
        )
        for one in result.other_policies
    ]
    return Page("review", title, blocks, _sections(own), opening=_protected(result.protections))


def plan_page(plan: Plan) -> Page:
    """Return the page of a plan."""
    entries: list[Entry] = [(one, [], None) for one in plan.changes]
    parts = [f"{number} to {action}" for action, number in plan.summary.items() if number]
    parts = [one for one in parts if not one.endswith("unchanged")]
    what = ", ".join([*parts, f"{plan.unchanged} unchanged"]) if parts else "nothing to do"
    blocks: list[Block] = [
        Heading(1, ("callsheet: plan for ", Code(plan.environment))),
        Paragraph((what, ".")),
        *_overview(entries),
    ]
    blocks += [Paragraph(("Note: ", one)) for one in plan.notes]
    blocks += [_guard(one) for one in plan.guards if one.verdict != "passed"]
    blocks += _flow_table(data_flows({plan.environment: plan.changes}))
    blocks += _drift(plan.drift, plan.unmanaged)
    commit = (plan.commit or "no commit")[:12]
    differ = "; the files differ from it" if plan.dirty else ""
    blocks.append(Paragraph(("Plan ", Code(plan.digest[:19]), " at ", Code(commit), f"{differ}.")))
    return Page(
        f"plan:{plan.environment}", f"Plan for {plan.environment}: {what}", blocks, _sections(entries)
    )


def validation_page(result: ValidationResult) -> Page:
    """Return the page of a validation."""
    errors = sum(one.severity == "error" for one in result.diagnostics)
    warnings = len(result.diagnostics) - errors
    documents = counted(result.documents, "document")
    title = (
        f"{counted(errors, 'error')}, {counted(warnings, 'warning')} in {documents}"
        if result.diagnostics
        else f"Valid: {documents}"
    )
    ordered = sorted(result.diagnostics, key=lambda one: one.severity)
    return Page(
        "review",
        title,
        [
            Heading(1, ("callsheet: ", title)),
            *(Paragraph(("Note: ", *inline(one))) for one in result.notes),
        ],
        [_diagnosed(one) for one in ordered],
        "finding",
    )


def drift_page(result: DriftResult) -> Page:
    """Return the page of a drift."""
    number = len(result.drift)
    title = f"{counted(number, 'object')} drifted" if number else "No drift"
    blocks: list[Block] = [Heading(1, ("callsheet: ", title, " in ", Code(result.environment)))]
    blocks += _drift(result.drift, result.unmanaged)
    return Page(f"drift:{result.environment}", f"{title} in {result.environment}", blocks)


def apply_page(result: ApplyResult) -> Page:
    """Return the page of an apply."""
    where = result.plan.environment
    if result.outcome == "nothing":
        title: str = "nothing to do"
    else:
        outcomes = Counter(one.outcome for one in result.steps)
        title = f"apply {result.serial}: " + ", ".join(f"{many} {one}" for one, many in outcomes.items())
    rows = [
        ((one.outcome,), (one.action,), (Code(one.address),), (one.error or "",))
        for one in sorted(result.steps, key=lambda step: step.outcome == "done")
    ]
    blocks: list[Block] = [Heading(1, ("callsheet: ", title, " in ", Code(where)))]
    blocks += _table(("outcome", "step", "action", "why"), rows)
    return Page(f"apply:{where}", f"{where}: {title}", blocks)


# -- parts ------------------------------------------------------------------------------------


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
        short: list[Block] = [head, _reasons([one.difference for one in changes])]
        whole = [block for one in changes for block in _protection(one)]
        sections.append(Section([*title, *whole], [*title, *short], -1 - IMPACTS.index(impact)))
    return sections


PROTECTED = "What commands do, and what they protect"


def _protection(one: Protection) -> list[Block]:
    where: Inline = (f" in {', '.join(one.environments)}",) if one.environments else ()
    head, *rest = _difference(one.difference)
    words = head.content if isinstance(head, Paragraph) else ()
    content: Inline = (Code(one.subject), *where, f": {one.difference.impact}, ", *words)
    return [Paragraph(content, one.difference.impact), *rest]


def _reasons(found: Sequence[Difference]) -> Items:
    """Return each reason once: what it is for the first time, and how often it is there."""
    by_reason: dict[str, list[Difference]] = {}
    for one in sorted(found, key=lambda it: -IMPACTS.index(it.impact)):
        by_reason.setdefault(one.reason, []).append(one)
    return Items([_reason(reason, some) for reason, some in by_reason.items()])


def _reason(reason: str, found: Sequence[Difference]) -> Inline:
    more = and_more(len(found), 1)
    return (f"{found[0].impact}, {reason}: ", *inline(found[0].words), *((f", {more}",) if more else ()))


def _shared_rows(result: DiffResult, entries: Sequence[Entry]) -> list[Row]:
    """Return one row of the summary table for each shared value, instead of one for each action."""
    rows: list[Row] = []
    for one in result.shared:
        impacts = [change.impact for change, _, _ in entries if change.address in one.addresses]
        action: Inline = (Code(f"values.{one.name}"), f" ({counted(len(one.addresses), 'action')})")
        rows.append(((heaviest(impacts),), ("update",), action, ("",), (", ".join(one.environments),)))
    return rows


def _overview(entries: Sequence[Entry], before: Sequence[Row] = ()) -> list[Block]:
    """Return the summary table: the gravest first, at most `MAX_ROWS` of them."""
    ordered = sorted(entries, key=lambda one: (-IMPACTS.index(one[0].impact), one[0].address))
    rows: list[Row] = [
        (
            (change.impact,),
            (change.action,),
            _address(change),
            (change.owner or "",),
            (", ".join(names),),
        )
        for change, names, _ in ordered
    ]
    return _table(("impact", "step", "action", "owner", "environments"), [*before, *rows])


def _table(head: Sequence[str], rows: Sequence[Row]) -> list[Block]:
    if not rows:
        return []
    kept = [
        index for index in range(len(head)) if any(any(row[index]) and row[index] != ("",) for row in rows)
    ]
    blocks: list[Block] = [
        Table([head[one] for one in kept], [[row[one] for one in kept] for row in rows[:MAX_ROWS]])
    ]
    if len(rows) > MAX_ROWS:
        blocks.append(Paragraph((and_more(len(rows), MAX_ROWS),)))
    return blocks


def _address(change: Change) -> Inline:
    if change.address_before == change.address:
        return (Code(change.address),)
    return (Code(change.address_before), " → ", Code(change.address))


def _flow_table(flows: Sequence[DataFlow]) -> list[Block]:
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
    return [Heading(2, ("Personal data that newly leaves",)), *_table(head, rows)]


def _shared(one: SharedChange, entries: Sequence[Entry]) -> list[Block]:
    """Return what one shared value changes: the value, the actions, and one of them in full."""
    impacts = Counter(change.impact for change, _, _ in entries if change.address in one.addresses)
    weight = ", ".join(f"{impacts[impact]} {impact}" for impact in reversed(IMPACTS) if impacts[impact])
    blocks: list[Block] = [
        Heading(
            2,
            (
                "Shared value ",
                Code(f"values.{one.name}"),
                f" changes {counted(len(one.addresses), 'action')}",
            ),
        ),
        Lines(_sides(one.before, one.after, ())),
        Paragraph(("In ", ", ".join(one.environments), f" ({weight}): ", *some(one.addresses, 12), ".")),
    ]
    example = next((entry for entry in entries if entry[0].address in one.addresses), None)
    if example is not None:
        summary: Inline = ("For example ", Code(example[0].address))
        blocks.append(Fold(summary, _details(example)))
    return blocks


def _sections(entries: Sequence[Entry]) -> list[Section]:
    """Return each change: breaking and sensitive ones in full, the rest folded."""
    sections = []
    for entry in sorted(entries, key=lambda one: -IMPACTS.index(one[0].impact)):
        change, names, _ = entry
        where = f" in {', '.join(names)}" if names else ""
        owner = f", owner {change.owner}" if change.owner else ""
        head: Inline = (*_address(change), f" {change.action}, {change.impact}{owner}{where}")
        details, grave = _details(entry), change.impact in _GRAVE
        whole: list[Block] = [Heading(3, head), *details] if grave else [Fold(head, details)]
        short: list[Block] = [Heading(3, head) if grave else Paragraph(head), _reasons(change.diff)]
        sections.append(Section(whole, short, -IMPACTS.index(change.impact)))
    return sections


def _details(entry: Entry) -> list[Block]:
    change, _, requests = entry
    blocks: list[Block] = []
    for one in change.diff:
        blocks += _difference(one)
    if requests is not None and requests.lines_before != requests.lines_after:
        blocks += _requests(requests)
    return blocks


def _difference(one: Difference) -> list[Block]:
    place: Inline = (" · ", Code(f"{one.place[0]}:{one.place[1]}")) if one.place else ()
    blocks: list[Block] = [Paragraph((*inline(one.words), f" ({one.reason})", *place), one.impact)]
    told = not one.path or one.reason in SAID_IN_WORDS
    lines = [] if told else _sides(one.before, one.after, one.path)
    return [*blocks, Lines(lines)] if lines else blocks


def _sides(before: Any, after: Any, path: Any) -> list[str]:
    if isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
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
    lines = list(unified_diff(pair.lines_before, pair.lines_after, lineterm="", n=50))[3:]
    head: Inline = ("The request of the test case ", Code(pair.case), ", before and after:")
    if not pair.case:
        head = ("The request, with the examples of its parameters, before and after:",)
    return [Paragraph(head), Lines(_cut(lines))]


def _cut(lines: list[str]) -> list[str]:
    more = and_more(len(lines), MAX_LINES, "line")
    return [*lines[:MAX_LINES], f" {more}"] if more else lines


def _guard(one: GuardVerdict) -> Block:
    way_out = "" if one.guard == "protect" or "--accept" in one.message else f"; --accept {one.guard}"
    tone = "breaking" if one.verdict == "broken" else "sensitive"
    return Paragraph(
        ("Guard ", Code(one.guard), f" {one.verdict}: {one.message}{way_out}. ", *some(one.addresses, 10)),
        tone,
    )


def _drift(drift: Sequence[Drift], unmanaged: Sequence[str]) -> list[Block]:
    blocks: list[Block] = []
    if drift:
        blocks.append(Heading(2, ("Changed at the target, not by callsheet",)))
    for one in drift:
        words = "no longer deployed" if one.kind == "missing" else "changed"
        blocks.append(Heading(3, (Code(one.address), f" {words}")))
        for difference in one.diff:
            blocks += _difference(difference)
    if unmanaged:
        blocks.append(Heading(2, ("Deployed, not by callsheet, left alone",)))
        blocks.append(Items([(Code(one),) for one in unmanaged[:MAX_ROWS]]))
    return blocks


def _diagnosed(one: Diagnostic) -> Section:
    blocks = _diagnostic(one)
    return Section(blocks, blocks[:1], 0 if one.severity == "error" else 1)


def _diagnostic(one: Diagnostic) -> list[Block]:
    place = f"{one.file}:{one.span.line}:{one.span.column}"
    blocks: list[Block] = [
        Paragraph((f"{one.severity} {one.code} ", Code(place), " ", *inline(one.message)), one.severity)
    ]
    if one.source.strip():
        blocks.append(Lines([one.source], "yaml"))
    related = [(Code(f"{it.file}:{it.span.line}"), " ", *inline(it.message)) for it in one.related]
    if related:
        blocks.append(Items(related))
    blocks.append(Paragraph(("help: ", *inline(one.help))))
    return blocks


PAGES: dict[type, Callable[[Any], Page]] = {
    DiffResult: diff_page,
    Plan: plan_page,
    ValidationResult: validation_page,
    DriftResult: drift_page,
    ApplyResult: apply_page,
    ExplainResult: codes_page,
}
"""How each type of result becomes a page."""


def page_report(name: str, write_page: Callable[[Page, Style], str]) -> Report:
    """Return the report that writes every kind of page in one markup."""

    def writer(page: Callable[[Any], Page]) -> Callable[[Any, Style], str]:
        return lambda result, style: write_page(page(result), style)

    return Report(name, {kind: writer(page) for kind, page in PAGES.items()})
