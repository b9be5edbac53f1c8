"""Results → text for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from callsheet.deploying.executor import ApplyResult
from callsheet.language.difference import IMPACTS, Impact
from callsheet.planning.model import Change, GuardVerdict, Plan, PlanSelection
from callsheet.reporting.metrics import figures_line
from callsheet.reporting.model import Style
from callsheet.reporting.phrases import (
    PROTECTED,
    figures_note,
    planned,
    selected,
    selected_to_plan,
    way_out,
)
from callsheet.reporting.terminal import (
    counted,
    paint,
    safe,
    wrapped,
)
from callsheet.reporting.text_changes import (
    IMPACT_COLOURS,
    SIGNS,
    change_lines,
    difference_lines,
    drift_lines,
    place_lines,
    signed_values,
)
from callsheet.reporting.text_lists import (
    written_lines,
)
from callsheet.results import (
    DiffResult,
    DriftResult,
)
from callsheet.words import first_of, listed


def plan_text(plan: Plan, style: Style) -> str:
    """Write a plan: what changes and why, drift, unmanaged objects, guards, and a summary."""
    lines: list[str] = []
    if plan.selection is not None:
        lines += [*wrapped(safe(selected_to_plan(plan.selection)), style, indent=0), ""]
    for change in plan.changes:
        head, *rest = change_lines(change, style)
        by_hand = paint("  by hand", "yellow", style) if plan.by_hand(change) else ""
        lines += [head + by_hand, *rest, *_figure_lines(plan, change.address, style), ""]
    if plan.figures is not None:
        lines += _note_lines([figures_note(plan.figures)], style)
    lines += _note_lines([*plan.notes, *_dirty_note(plan)], style)
    lines += drift_lines(plan.drift, plan.left_alone, style)
    lines += _guard_lines(plan.guards, style)
    lines.append(_summary(plan, style))
    return "\n".join(lines)


def _figure_lines(plan: Plan, address: str, style: Style) -> list[str]:
    one = None if plan.figures is None else plan.figures.by_address.get(address)
    if one is None:
        return []
    texts = (f"calls until now: {figures_line(one)}", *one.notes)
    return [line for text in texts for line in wrapped(safe(text), style, indent=4)]


def _dirty_note(plan: Plan) -> list[str]:
    if not (plan.dirty and plan.changes):
        return []
    return [f"the files of the workspace are not those of the commit {(plan.commit or '')[:12]}."]


def _note_lines(notes: Sequence[str], style: Style) -> list[str]:
    return [line for one in notes for line in (*wrapped(f"Note: {safe(one)}", style, indent=0), "")]


def _guard_lines(guards: tuple[GuardVerdict, ...], style: Style) -> list[str]:
    lines: list[str] = []
    for one in guards:
        if one.verdict == "passed":
            continue
        colour = "red" if one.verdict == "broken" else "yellow"
        text = f"Guard {one.guard} {one.verdict}: {safe(one.message)}{way_out(one)}"
        lines += [paint(line, colour, style) for line in wrapped(text, style, indent=0)]
        lines += [f"  {safe(address)}" for address in first_of(one.addresses, 10)]
    if lines:
        lines.append("")
    return lines


def _summary(plan: Plan, style: Style) -> str:
    parts = planned(plan)
    where = f" in {safe(plan.environment)}"
    if not parts:
        drifted = _drifted(plan)
        return paint(f"Nothing to do{where}: {plan.unchanged} unchanged{drifted}.", "bold", style)
    return paint(f"Plan{where}: {', '.join(parts)}, {plan.unchanged} unchanged.", "bold", style)


def diff_text(result: DiffResult, style: Style) -> str:
    """Write the changes of a diff; what is the same in several environments is written once."""
    against = safe(result.compared_with)
    grouped = result.grouped()
    limited = _selected_lines(result.selection, style)
    if not grouped and not result.policies and not result.protections:
        return "\n".join([*limited, paint(f"No change {against}.", "bold", style)])
    lines = [*limited, *protection_lines(result, style), *shared_lines(result, style)]
    for change, environments in result.split()[1]:
        head, *rest = change_lines(change, style)
        lines += [f"{head}  in {safe(', '.join(environments))}", *rest, ""]
    lines.append(
        paint(f"{counted(len(grouped), 'change')} {against}{result.also_protected}.", "bold", style)
    )
    return "\n".join(lines)


def _selected_lines(selection: PlanSelection | None, style: Style) -> list[str]:
    if selection is None:
        return []
    return [*wrapped(f"{safe(selected(selection))}.", style, indent=0), ""]


def protection_lines(result: DiffResult, style: Style) -> list[str]:
    """Write what changed of what commands do and protect: the gravest first, each subject once."""
    lines: list[str] = []
    head = ""
    for one in result.protections:
        where = f"  in {safe(', '.join(one.environments))}" if one.environments else ""
        if head != f"! {safe(one.subject)}{where}":
            lines += [""] if lines else []
            head = f"! {safe(one.subject)}{where}"
            lines.append(paint(head, "yellow", style))
        impact = paint(f"    [{one.difference.impact}]", IMPACT_COLOURS[one.difference.impact], style)
        first, *rest = difference_lines(one.difference, style)
        lines += [f"{impact} {first.lstrip()}", *rest]
    title = paint(f"{PROTECTED}:", "bold", style)
    return [title, *lines, ""] if lines else []


def shared_lines(result: DiffResult, style: Style) -> list[str]:
    """Write what one shared value changes once, with the actions; and policies that changed."""
    lines: list[str] = []
    together, _ = result.split()
    for one in result.shared:
        impacts = [change.impact for change, _ in together if change.address in one.addresses]
        weight = max(impacts, key=IMPACTS.index, default="cosmetic")
        impact = paint(weight, IMPACT_COLOURS[weight], style)
        head = f"~ {safe(one.subject)}  [{impact}]  changes {counted(len(one.addresses), 'action')}"
        lines.append(f"{paint(head, 'yellow', style)}  in {safe(', '.join(one.environments))}")
        for line, colour in signed_values(one.before, one.after, (one.name,), style, 6):
            lines.append("    " + paint(line, colour, style))
        lines += place_lines(one.place, style, indent=4)
        lines += wrapped(_listed(one.addresses), style, indent=4)
        lines += _shared_reasons([change for change, _ in together], one.addresses, style)
        lines.append("")
    for policy in result.other_policies:
        words = f"policy `{safe(policy.name)}` {policy.words}: it looks at {_listed(policy.addresses)}"
        lines += [*wrapped(words, style, indent=0), ""]
    return lines


def _shared_reasons(changes: Sequence[Change], addresses: Sequence[str], style: Style) -> list[str]:
    """Write what needs attention and several actions have in common, each once with its number."""
    number: dict[tuple[str, str, Impact], set[str]] = {}
    for change in changes:
        for one in change.diff if change.address in addresses else ():
            if one.impact in ("breaking", "sensitive"):
                number.setdefault((one.words, one.reason, one.impact), set()).add(change.address)
    lines: list[str] = []
    for (words, reason, impact), found in number.items():
        text = f"{safe(words)} ({reason}), {counted(len(found), 'action')}"
        lines += [paint(line, IMPACT_COLOURS[impact], style) for line in wrapped(text, style, indent=4)]
    return lines


def _listed(addresses: Sequence[str]) -> str:
    return safe(listed(addresses, 10)) or "no action"


def _drifted(plan: Plan) -> str:
    """Return how many objects drifted, and the two ways on."""
    if not plan.drift:
        return ""
    return f"; {counted(len(plan.drift), 'object')} drifted (`drift --write`, or `--accept drift`)"


def drift_text(result: DriftResult, style: Style) -> str:
    """Write what was changed at the target, and not by callsheet."""
    lines = [*_selected_lines(result.selection, style), *_note_lines(result.notes, style)]
    lines += drift_lines(result.drift, result.unmanaged, style)
    if result.screen:
        lines.append(paint("Changed on the screen after it was confirmed", "yellow", style))
        lines += [f"  ! {safe(one.address)} {safe(one.words)}" for one in result.screen]
        for advice in result.advice:
            lines += wrapped(safe(advice), style, indent=2)
        lines.append("")
    where = safe(result.environment)
    if result.screen and not result.drift:
        what = counted(len({one.address for one in result.screen}), "object")
        lines.append(paint(f"{what} changed on the screen in {where}.", "bold", style))
    elif not result.drift:
        lines.append(paint(f"No drift in {where}.", "bold", style))
    else:
        lines.append(paint(f"{counted(len(result.drift), 'object')} drifted in {where}.", "bold", style))
    return "\n".join([*lines, *written_lines(result.fields, style)])


def apply_text(result: ApplyResult, style: Style) -> str:
    """Write what was done, and one line that sums it up."""
    lines = [
        f"  settled from an interrupted apply: {safe(one.address)} {one.outcome}" for one in result.settled
    ]
    for one in result.steps:
        sign, colour, done = SIGNS[one.action]
        if one.outcome == "done":
            lines.append(paint(f"  {sign} {safe(one.address)} {done}", colour, style))
        else:
            why = f": {safe(one.error)}" if one.error else ""
            lines.append(paint(f"  ! {safe(one.address)} {one.outcome}{why}", "red", style))
    where = safe(result.plan.environment)
    if result.outcome == "nothing":
        drifted = _drifted(result.plan)
        lines.append(
            paint(
                f"Nothing to do in {where}: {result.plan.unchanged} unchanged{drifted}.",
                "bold",
                style,
            )
        )
        return "\n".join(lines)
    parts = [
        f"{result.count(one)} {one}"
        for one in ("done", "failed", "skipped", "unknown")
        if result.count(one)
    ]
    lines.append(paint(f"Apply {result.serial} in {where}: {', '.join(parts)}.", "bold", style))
    return "\n".join(lines)
