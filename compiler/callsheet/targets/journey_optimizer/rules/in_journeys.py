"""CS890 to CS894: what the journeys make of the actions that they call, for `callsheet journeys check`.

Sources: Adobe's documentation of Journey Optimizer, pages "Use custom actions", "Journey properties"
(timeout or error), "Dry run", "Use API call responses in custom actions", and the description "Retrieve
Journeys using APIs".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callsheet.documents import Path, Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.content import Content
from callsheet.outbound.durations import Duration

if TYPE_CHECKING:
    from callsheet.targets.journey_optimizer.lowering.model import Form
    from callsheet.targets.journey_optimizer.readings import Reading
    from callsheet.targets.journey_optimizer.usage import Use

SUBJECT = "called"
REQUEST: Path = ("request",)
_TREATS_NULL = ("is null", "is not null", "defaultValue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
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
    source; a source that the definition names (`journey`) is compared too.
    """
    from callsheet.targets.journey_optimizer.pasted import is_pasted

    use = called.use
    form = called.forms.get(use.language)
    if not use.calls or form is None:
        return
    held = {one["label"]: one["expression"] for one in use.mappings}
    for path, label, expression in _generated(form, called.content, use.language):
        if held.get(label) and not is_pasted(expression, held[label]):
            yield at.value(
                path,
                f"{_where(use)} maps `{label}` to another expression than the generated one: {held[label]}",
                do=f"paste {expression}",
            )


def _generated(form: Form, content: Content, language: str) -> Iterator[tuple[Path, str, str]]:
    from callsheet.targets.journey_optimizer.lowering.references import source_of

    declared: dict[str, Any] = content.get("parameters", {})
    for path, one in form.fields.items():
        if one.computed is not None:
            yield path, one.computed.label, one.computed.expression
        elif one.kind == "variable" and (source := source_of(declared, one.parameter, language)):
            yield path, one.label, source


@rule("CS893", "answer-field-gone", on=SUBJECT, adjustable=True)
def answer_field_gone(called: Called, at: Spots) -> Iterator[Problem]:
    """A field of an answer that a journey reads must be in the example of the answer.

    Journeys see only the fields of the examples (`responses`); the status (`jo_status_code`) is always
    there.
    """
    from callsheet.targets.journey_optimizer.readings import FAILURE, STATUS, holds_field

    responses: dict[str, Any] = called.content.get("responses") or {}
    for reading, _, _ in called.readings:
        name, path = "success", reading.path
        if path[:1] == (FAILURE,):
            name, path = "failure", path[1:]
        if not reading.path or path[:1] == (STATUS,):
            continue
        if not holds_field((responses.get(name) or {}).get("payload"), path):
            field = ".".join(reading.path)
            yield at.key(
                ("responses", name, "payload"),
                f"{_where(called.use)} reads `{field}`, which the {name} example does not have",
                do="put it back, or change the journey first",
            )


@rule("CS894", "null-in-dry-run", on=SUBJECT, severity="warning", adjustable=True)
def null_in_dry_run(called: Called, at: Spots) -> Iterator[Problem]:
    """A condition on an answer should treat null: in a dry run, no action is called.

    Every answer is null then. The same holds for an action that timed out. Write `is null`, or a
    `defaultValue`.
    """
    found = dict.fromkeys(text for _, text, condition in called.readings if condition)
    for text in found:
        if not any(one in text for one in _TREATS_NULL):
            yield at.key(
                REQUEST,
                f"{_where(called.use)} decides by an answer that is null in a dry run: {text}",
                do="add a `defaultValue`, or a test `is null`",
            )


def _where(use: Use) -> str:
    node = f", node `{use.node}`," if use.node else ""
    return f"journey `{use.journey}` ({use.status}){node}"
