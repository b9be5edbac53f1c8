"""CS849, CS890 to CS894: what journeys make of the actions that they call (`callsheet journeys check`).

Sources: Adobe's documentation of Journey Optimizer, pages "Use custom actions", "Journey properties"
(timeout or error), "Dry run", "Use API call responses in custom actions", and the description "Retrieve
Journeys using APIs".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from callsheet.documents import Path, Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.content import Content
from callsheet.outbound.durations import Duration
from callsheet.words import and_more, counted

if TYPE_CHECKING:
    from callsheet.targets.journey_optimizer.lowering.model import Form
    from callsheet.targets.journey_optimizer.readings import Reading
    from callsheet.targets.journey_optimizer.uses import Use

SUBJECT = "called"
REQUEST: Path = ("request",)


class Called(Struct, frozen=True, kw_only=True):
    """One node of a journey, and the action that it calls, or whose answer it reads.

    Attributes:
        use: the node.
        content: the action as the workspace compiles it.
        forms: the action as it is deployed, in the screen's form, by language.
        readings: what the node reads of its answers, each with the text, and whether that is a condition.

    """

    use: Use
    content: Content
    forms: dict[str, Form]
    readings: Sequence[tuple[Reading, str, bool]]


@rule("CS890", "no-error-path", on=SUBJECT, severity="warning", adjustable=True)
def no_error_path(called: Called, at: Spots) -> Iterator[Problem]:
    """A node that calls an action needs a path for a timeout or an error: else the profile stops there."""
    use = called.use
    if use.calls and use.fallback is False:
        yield at.key(
            REQUEST,
            f"{_where(use)} has no path for a timeout or an error: the profile stops there",
            do="tick *Add an alternative path in case of a timeout or an error* in the node",
        )


@rule("CS891", "journey-too-short", on=SUBJECT, severity="warning", adjustable=True)
def journey_too_short(called: Called, at: Spots) -> Iterator[Problem]:
    """A journey must give an action the time that its limits give it, retries included.

    It is the field *Timeout or error* in the journey's properties. Adobe's description of the API
    gives it no unit: up to 999 counts as seconds, more as milliseconds (nobody has verified it).
    """
    use, limits = called.use, called.content.get("limits") or {}
    if not use.calls or use.timeout is None or "timeout" not in limits:
        return
    needed = Duration.read(limits["timeout"])
    if needed.seconds > use.timeout:
        yield at.value(
            ("limits", "timeout"),
            f"{_where(use)} gives it {use.timeout}s, and it may take {needed} with its retries",
            do="raise *Timeout or error* in the journey's properties (30s at most), or lower the limit",
        )


@rule("CS892", "mapping-drift", on=SUBJECT, adjustable=True)
def mapping_drift(called: Called, at: Spots) -> Iterator[Problem]:
    """A journey must hold the expression that is generated for a field of the action as it is deployed.

    It was pasted before the action changed, or it was changed in the journey. A placeholder stands for any
    one source, which is in parentheses where it is composed; a source that the definition names (`journey`)
    is compared too. What is required is mapped, and not to nothing.
    """
    use, form = called.use, called.forms.get(called.use.language)
    if not use.calls or form is None:
        return
    held = {one["label"]: one["expression"] for one in use.mappings}
    expected = {one.label: one for one in _expected(form, called.content, use.language)}
    for label in use.missing:
        path = expected[label].path if label in expected else REQUEST
        do = _paste(expected[label].expression) if label in expected else "map it to its source"
        yield at.value(path, f"{_where(use)} does not map `{label}`, which the action requires", do=do)
    for label, one in expected.items():
        fault = _fault_of(one, held[label]) if label in held else ""
        if fault:
            yield at.value(one.path, f"{_where(use)} maps `{label}` to {fault}", do=_paste(one.expression))


class _Expected(Struct, frozen=True, kw_only=True):
    """What a journey has to map to one label; an empty expression is any source."""

    path: Path
    label: str
    expression: str
    optional: bool


def _expected(form: Form, content: Content, language: str) -> Iterator[_Expected]:
    from callsheet.targets.journey_optimizer.lowering.references import source_of

    declared: dict[str, Any] = content.get("parameters", {})
    for path, one in form.fields.items():
        if one.computed is not None:
            label, expression = one.computed.label, one.computed.expression
        elif one.kind == "variable":
            label, expression = one.label, source_of(declared, one.parameter, language) or ""
        else:
            continue
        yield _Expected(path=path, label=label, expression=expression, optional=one.optional)


def _fault_of(one: _Expected, held: str) -> str:
    """Return what a label is mapped to that it should not be; empty where all is well."""
    from callsheet.targets.journey_optimizer.pasted import has_placeholder, is_pasted

    if not held.strip():
        return "" if one.optional else "nothing, and the action requires it"
    if has_placeholder(held):
        return f"an expression in which a placeholder is left: {held}"
    if one.expression and not is_pasted(one.expression, held):
        return f"another expression than the generated one: {held}"
    return ""


def _paste(expression: str) -> str:
    """Return what to do; an expression is on a line of its own, to be copied as it is."""
    return f"paste the generated expression:\n{expression}" if expression else "map it to its source"


@rule("CS893", "answer-field-gone", on=SUBJECT, adjustable=True)
def answer_field_gone(called: Called, at: Spots) -> Iterator[Problem]:
    """A field of an answer that a journey reads must be in the example of the answer.

    Journeys see only the fields of the examples (`responses`); the status (`jo_status_code`) is always
    there.
    """
    from callsheet.targets.journey_optimizer.readings import FAILURE, STATUS, holds_field

    responses: dict[str, Any] = called.content.get("responses") or {}
    name = called.content["name"]
    for reading in dict.fromkeys(one for one, _, _ in called.readings):
        if reading.action != name:
            yield at.key(
                REQUEST,
                f"{_where(called.use)} reads `@action{{{reading.action}}}`, and the action is `{name}`",
                do=f"write `@action{{{name}}}`: the case of a name counts",
            )
            continue
        outcome, path = "success", reading.path
        if path[:1] == (FAILURE,):
            outcome, path = "failure", path[1:]
        if not reading.path or path[:1] == (STATUS,):
            continue
        if not holds_field((responses.get(outcome) or {}).get("payload"), path):
            field = ".".join(reading.path)
            yield at.key(
                ("responses", outcome, "payload"),
                f"{_where(called.use)} reads `{field}`, which the {outcome} example does not have",
                do="put it back, or change the journey first",
            )


@rule("CS894", "null-in-dry-run", on=SUBJECT, severity="warning", adjustable=True)
def null_in_dry_run(called: Called, at: Spots) -> Iterator[Problem]:
    """A condition on an answer should treat null: in a dry run, no action is called.

    Every answer is null then. The same holds for an action that timed out. Write `is null`, or a
    `defaultValue`. A comparison of the status (`jo_status_code`) needs neither: it is false for null.
    """
    from callsheet.targets.journey_optimizer.readings import STATUS, treats_null

    found = dict.fromkeys(
        text for one, text, condition in called.readings if condition and one.path[:1] != (STATUS,)
    )
    for text in found:
        if not treats_null(text):
            yield at.key(
                REQUEST,
                f"{_where(called.use)} decides by an answer that is null in a dry run: {text}",
                do="add a `defaultValue`, or a test `is null`",
            )


class Unjudged(Struct, frozen=True, kw_only=True):
    """The nodes that may call one action.

    Attributes:
        uses: of journeys that are not over.
        limited: whether the action has a limit of its time.
        names_only: whether no more is known of journeys than their names.

    """

    uses: Sequence[Use]
    limited: bool
    names_only: bool


@rule("CS849", "not-judged", on="unjudged", severity="warning", adjustable=True)
def not_judged(found: Unjudged, at: Spots) -> Iterator[Problem]:
    """What a check of journeys cannot judge should be known: it may hide any of the other findings.

    A node shows the labels that it maps, and not which action it calls. A file of journeys may contain
    only their names; an answer of the API may lack what a node does after an error.
    """
    if found.names_only:
        yield at.key(
            REQUEST,
            "no node is judged: of the journeys only the names are known",
            do="write the snapshot by `callsheet usage --save`",
        )
        return
    reasons = [f"{_where(one)} {why}" for one in found.uses if (why := _unknown(one, found))]
    if reasons:
        nodes = f"{counted(len(reasons), 'node')} {'is' if len(reasons) == 1 else 'are'} not judged"
        more = and_more(len(reasons), 5)
        yield at.key(
            REQUEST,
            f"{nodes}, or not as a whole: {'; '.join([*reasons[:5], *([more] if more else [])])}",
            do="name a node as its action, and map the labels of the action as it is deployed",
        )


def _unknown(use: Use, found: Unjudged) -> str:
    """Return what is not judged of a node, in words; empty where all of it is."""
    if use.may_call:
        return f"may call it: {use.why}"
    if not use.calls:
        return ""
    unknown = []
    if use.extra:
        unknown.append(f"maps {', '.join(f'`{one}`' for one in use.extra[:3])}, which it does not have")
    if use.fallback is None:
        unknown.append("does not say whether an error has a path")
    if use.timeout is None and found.limited:
        unknown.append("does not say how long it waits")
    return " and ".join(unknown)


def _where(use: Use) -> str:
    node = f", node `{use.node}`," if use.node else ""
    return f"journey `{use.journey}` ({use.status}){node}"
