"""Actions as journeys hold them → text and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from callsheet.documents import pointer_of
from callsheet.reporting.model import Style
from callsheet.reporting.terminal import paint, safe, value_text, wrapped
from callsheet.results import JourneyResult
from callsheet.words import counted

if TYPE_CHECKING:
    from callsheet.targets.journey_optimizer.lowering.model import Form, LoweredField

_COLOURS = {"exact": "green", "rough": "yellow", "relay": "red", "impossible": "red"}


def journey_text(result: JourneyResult, style: Style) -> str:
    """Write each action with what its journeys paste, and why something needs a relay."""
    lines = []
    for name, form in result.forms.items():
        kind = paint(form.kind, _COLOURS[form.kind], style)
        lines += ["", f"{paint(safe(name), 'bold', style)}  {kind}"]
        for one in form.fields.values():
            lines += _field_lines(one, form, style)
        for warning in form.authentication.warnings:
            lines += wrapped(f"note: {safe(warning)}", style, indent=2)
        if form.content is not None:
            lines.append("  content of a message:")
            lines += [f"    {safe(line)}" for line in form.content.rstrip().split("\n")]
        lines += _relay_lines(result.relayed.get(name), style)
    counts = Counter[str](one.kind for one in result.forms.values())
    found = ", ".join(f"{counts[kind]} {kind}" for kind in _COLOURS if counts[kind]) or "no action"
    return "\n".join(
        [*lines, "", f"{counted(len(result.forms), 'action')} in {safe(result.environment)}: {found}."]
    )


def _relay_lines(call: Form | None, style: Style) -> Iterator[str]:
    """Yield what is on the screen of an action that a relay calls."""
    if call is None:
        return
    yield f"  by the relay: POST {safe(call.url)}"
    for one in call.fields.values():
        if one.path[1:2] == ("payload",):
            yield f"    {safe('.'.join(str(part) for part in one.path[2:]))}: {_what(one, call, style)}"


def _field_lines(one: LoweredField, form: Form, style: Style) -> Iterator[str]:
    where = safe(".".join(str(part) for part in one.path if part != "request"))
    verdict = (
        ""
        if one.verdict.kind == "exact"
        else f"  {paint(one.verdict.kind, _COLOURS[one.verdict.kind], style)}"
    )
    yield f"  {where}: {_what(one, form, style)}{verdict}"
    if one.computed is not None:
        yield f"      {safe(one.computed.expression)}"
    if one.kind == "content" and one.path != ("request", "payload"):
        yield f"      {safe(str(one.value))}"
    for words in (one.verdict.reason, *(f"for {value}" for value in one.verdict.within)):
        if words:
            yield from wrapped(safe(words), style, indent=6)


def _what(one: LoweredField, form: Form, style: Style) -> str:
    if one.kind in ("variable", "computed"):
        optional = ", optional" if one.optional else ""
        return f"{one.kind} {safe(one.label)} ({one.type}{optional})"
    if one.kind == "authentication":
        return form.authentication.type or "none of the screen's"
    if one.kind == "secret":
        return f"secret {{{safe(str(one.value))}}}"
    if one.value is None or one.kind == "content":
        return one.kind
    return f"{one.kind} {value_text(one.value, (), style, indent=4)}"


def journey_record(result: JourneyResult) -> dict[str, Any]:
    """Return the forms as JSON."""
    return {
        "environment": result.environment,
        "language": result.language,
        "actions": [
            _form(name, form) | _relay(result.relayed.get(name)) for name, form in result.forms.items()
        ],
    }


def _relay(call: Form | None) -> dict[str, Any]:
    if call is None:
        return {}
    return {
        "relay": {"url": call.url, "payload": call.payload, "authentication": call.authentication.fields}
    }


def _form(name: str, form: Form) -> dict[str, Any]:
    authentication = form.authentication
    return {
        "name": name,
        "verdict": form.kind,
        "url": form.url,
        "pathExpression": None if form.path is None else form.path.expression,
        "allowNull": form.allow_null,
        "payload": form.payload,
        "authentication": {
            "type": authentication.type,
            "fields": authentication.fields,
            "payload": authentication.payload,
            "warnings": list(authentication.warnings),
        },
        "fields": [
            {
                "path": pointer_of(one.path),
                "kind": one.kind,
                "verdict": one.verdict.kind,
                "reason": one.verdict.reason,
                "label": one.label or None,
                "type": one.type or None,
                "optional": one.optional,
                "expression": None if one.computed is None else one.computed.expression,
                "complete": None if one.computed is None else one.computed.complete,
                "value": one.value,
            }
            for one in form.fields.values()
        ],
        "unverified": list(form.unverified),
        **({} if form.content is None else {"content": form.content}),
    }
