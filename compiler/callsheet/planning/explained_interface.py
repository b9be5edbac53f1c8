"""Changes of what callers rely on → their words, impact and reason code: parameters, responses, limits."""

from __future__ import annotations

from typing import Any

from callsheet.documents import Path
from callsheet.language.difference import NOTHING
from callsheet.planning.explained_values import (
    Explanation,
    amount,
    dotted,
    fields_of,
    verb,
)


def explain_parameter(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    """Explain a change of a parameter, or of all of them."""
    if len(path) == 1:
        required = [name for name, one in fields_of(new).items() if not one.get("optional")]
        if old is NOTHING and not required:
            return "parameters added, all optional", "compatible", "parameter-added"
        reason = "parameter-required" if old is NOTHING else "parameter-removed"
        return f"parameters {verb(old, new)}", "breaking", reason
    name = path[1]
    if len(path) == 2 and new is NOTHING:
        return f"parameter `{name}` removed", "breaking", "parameter-removed"
    if len(path) == 2 and old is NOTHING:
        if new.get("optional"):
            return f"parameter `{name}` added, optional", "compatible", "parameter-added"
        return f"parameter `{name}` added, required", "breaking", "parameter-required"
    return _parameter_field(str(name), path[2:], old, new)


def _parameter_field(name: str, path: Path, old: Any, new: Any) -> Explanation:
    field = str(path[0]) if path else ""
    match field:
        case "type" | "items":
            return (
                f"parameter `{name}` changed its type from {old} to {new}",
                "breaking",
                "parameter-retyped",
            )
        case "optional":
            if new is True:
                return f"parameter `{name}` became optional", "compatible", "parameter-optional"
            return f"parameter `{name}` became required", "breaking", "parameter-required"
        case "label" | "description" | "example":
            return (
                f"{field} of parameter `{name}` {verb(old, new)}",
                "cosmetic",
                "parameter-described",
            )
        case "sensitivity":
            words = f"sensitivity of parameter `{name}` {verb(old, new)}"
            return words, "sensitive", "sensitivity-changed"
        case "whenMissing":
            return (
                f"parameter `{name}`, when missing, {verb(old, new)}",
                "compatible",
                "parameter-changed",
            )
        case "journey":
            return (
                f"source of parameter `{name}` in journeys {verb(old, new)}",
                "compatible",
                "parameter-changed",
            )
        case _:
            return _constraint(name, field, old, new)


def _constraint(name: str, field: str, old: Any, new: Any) -> Explanation:
    words = f"`{field}` of parameter `{name}` {verb(old, new)}"
    if new is NOTHING:
        return words, "compatible", "parameter-widened"
    numbers = isinstance(old, int | float) and isinstance(new, int | float)
    if field == "multipleOf" and numbers:
        # Here alone: a plan in which nothing changed imports no rules.
        from callsheet.calling.parameters import is_multiple

        wider = is_multiple(old, new)
    else:
        wider = numbers and (new < old if field.startswith("min") else new > old)
    if wider:
        return words, "compatible", "parameter-widened"
    return words, "breaking", "parameter-narrowed"


def explain_response(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    """Explain a change of what the service answers."""
    if path[2:3] == ("when",):
        return f"what makes an answer a failure {verb(old, new)}", "compatible", "failure-condition-changed"
    words = f"response field `{dotted(path[1:])}` {verb(old, new)}"
    if new is NOTHING:
        return words, "breaking", "response-field-removed"
    if old is NOTHING:
        return words, "compatible", "response-field-added"
    if type(old) is not type(new):
        return words, "breaking", "response-field-retyped"
    return words, "cosmetic", "response-example-changed"


def explain_limit(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    """Explain a change of a limit: lowering one is compatible."""
    words = f"`{dotted(path)}` {verb(old, new)}"
    was, now = amount(old), amount(new)
    if was is not None and now is not None and now < was:
        return words, "compatible", "limit-lowered"
    return words, "sensitive", "limit-raised"
