"""Results → pages: what a reviewer needs first comes first, and the rest is folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from callsheet.deploying.executor import ApplyResult
from callsheet.language import Diagnostic
from callsheet.language.masking import masked
from callsheet.planning.model import Change, Drift, GuardVerdict, Plan
from callsheet.planning.review import data_flows
from callsheet.reporting.codes_page import codes_page
from callsheet.reporting.list_page import list_page
from callsheet.reporting.metrics import figures_line, metrics_page
from callsheet.reporting.model import Report, Style
from callsheet.reporting.page import (
    Block,
    Code,
    Heading,
    Inline,
    Items,
    Lines,
    Page,
    Paragraph,
    Section,
    inline,
    some,
)
from callsheet.reporting.page_parts import (
    MAX_ROWS,
    Entry,
    change_sections,
    defined_of,
    difference_blocks,
    flow_table,
    overview,
    selection_blocks,
    table,
    with_hosts,
)
from callsheet.reporting.phrases import figures_note, planned, way_out
from callsheet.reporting.review_page import diff_page
from callsheet.reporting.terminal import counted
from callsheet.results import (
    DiffResult,
    DriftResult,
    ExplainResult,
    ListResult,
    MetricsResult,
    ValidationResult,
)


def plan_page(plan: Plan) -> Page:
    """Return the page of a plan."""
    entries: list[Entry] = [(one, [], None) for one in plan.changes]

    def by_hand(change: Change, _: Sequence[str]) -> str:
        return "by hand" if plan.by_hand(change) else ""

    parts = planned(plan)
    what = ", ".join([*parts, f"{plan.unchanged} unchanged"]) if parts else "nothing to do"
    blocks: list[Block] = [
        Heading(1, ("callsheet: plan for ", Code(plan.environment))),
        *selection_blocks(plan.selection),
        Paragraph((what, ".")),
        *overview(entries, by_hand=by_hand),
    ]
    notes = plan.notes if plan.figures is None else (figures_note(plan.figures), *plan.notes)
    blocks += [Paragraph(("Note: ", one)) for one in notes]
    blocks += [guard_block(one) for one in plan.guards if one.verdict != "passed"]
    blocks += flow_table(data_flows({plan.environment: plan.changes}))
    blocks += drift_blocks(plan.drift, plan.left_alone)
    commit = (plan.commit or "no commit")[:12]
    differ = "; the files differ from it" if plan.dirty else ""
    blocks.append(Paragraph(("Plan ", Code(plan.digest[:19]), " at ", Code(commit), f"{differ}.")))
    sections = change_sections(entries, _figures(plan), by_hand)
    title = f"Plan for {plan.environment}: {what}"
    page = Page(f"plan:{plan.environment}", title, blocks, sections, defined=defined_of(plan.changes))
    return with_hosts(page, plan.hosts)


def _figures(plan: Plan) -> dict[str, list[Block]]:
    """Return how the calls of each change's action went, by its address."""
    found = {} if plan.figures is None else plan.figures.by_address
    texts = {at: "; ".join((figures_line(one), *one.notes)) for at, one in found.items()}
    return {at: [Paragraph((f"Calls until now: {text}.",))] for at, text in texts.items()}


def validation_page(result: ValidationResult) -> Page:
    """Return the page of a validation."""
    errors = sum(one.severity == "error" for one in result.diagnostics)
    warnings = len(result.diagnostics) - errors
    documents = counted(result.documents, result.checked)
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
    if result.screen and not number:
        title = f"{counted(len({one.address for one in result.screen}), 'object')} changed on the screen"
    blocks: list[Block] = [Heading(1, ("callsheet: ", title, " in ", Code(result.environment)))]
    blocks += [Paragraph(("Note: ", one)) for one in result.notes]
    blocks += selection_blocks(result.selection)
    blocks += drift_blocks(result.drift, result.unmanaged)
    if result.screen:
        blocks.append(Heading(2, ("Changed on the screen after it was confirmed",)))
        blocks.append(Items([(Code(one.address), f" {one.words}") for one in result.screen[:MAX_ROWS]]))
        blocks += [Paragraph((one,)) for one in result.advice]
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
    blocks += table(("outcome", "step", "action", "why"), rows)
    return Page(f"apply:{where}", f"{where}: {title}", blocks)


# -- parts ------------------------------------------------------------------------------------


def guard_block(one: GuardVerdict) -> Block:
    """Return what a guard says of a plan."""
    tone = "breaking" if one.verdict == "broken" else "sensitive"
    return Paragraph(
        (
            "Guard ",
            Code(one.guard),
            f" {one.verdict}: {one.message}{way_out(one)}. ",
            *some(one.addresses, 10),
        ),
        tone,
    )


def drift_blocks(drift: Sequence[Drift], unmanaged: Sequence[str], environment: str = "") -> list[Block]:
    """Return what is deployed otherwise than callsheet put it there, in an environment if it is named."""
    blocks: list[Block] = []
    where: Inline = (" in ", Code(environment)) if environment else ()
    if drift:
        blocks.append(Heading(2, ("Changed at the target, not by callsheet", *where)))
    for one in drift:
        words = "no longer deployed" if one.kind == "missing" else "changed"
        blocks.append(Heading(3, (Code(masked(one.address)), f" {words}")))
        for difference in one.diff:
            blocks += difference_blocks(difference)
    if unmanaged:
        blocks.append(Heading(2, ("Deployed, not by callsheet, left alone", *where)))
        blocks.append(Items([(Code(masked(one)),) for one in unmanaged[:MAX_ROWS]]))
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
    ListResult: list_page,
    MetricsResult: metrics_page,
}
"""How each type of result becomes a page."""


def page_report(name: str, write_page: Callable[[Page, Style], str]) -> Report:
    """Return the report that writes every kind of page in one markup."""

    def writer(page: Callable[[Any], Page]) -> Callable[[Any, Style], str]:
        return lambda result, style: write_page(page(result), style)

    return Report(name, {kind: writer(page) for kind, page in PAGES.items()})
