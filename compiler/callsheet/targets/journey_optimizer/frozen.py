"""What Journey Optimizer freezes of an action once a journey uses it.

Source: Adobe's documentation, page "Configure a custom action": name, description, URL and authentication
can be changed, and headers and query parameters added. Anything else is a new action, to which the journeys
move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from callsheet.language.difference import NOTHING, Difference

if TYPE_CHECKING:
    from callsheet.targets.journey_optimizer.lowering import Form

_OURS = ("owner", "labels", "limits", "protect")
"""Fields that the screen does not have."""
_CHANGEABLE = ("name", "title", "description", "authentication")


Content = Mapping[str, Any]


def frozen_changes(before: Content, after: Content, diff: Sequence[Difference]) -> list[Difference]:
    """Return the differences that the screen would not take of an action that a journey uses.

    A computed variable stays the same variable on the screen, whatever its expression.
    """
    if "relay" in before and "relay" in after:
        return frozen_by_relay(diff)
    frozen = frozen_fields(diff)
    if not frozen or "relay" in before or "relay" in after:
        return frozen
    forms = _forms(before, after)
    return frozen if forms is None else [one for one in frozen if not _is_recomputed(one, *forms)]


def pasted_anew(before: Content, after: Content) -> list[tuple[str, str]]:
    """Return the label and the new expression of each computed variable that journeys paste again."""
    if "relay" in before or "relay" in after:
        return []
    forms = _forms(before, after)
    if forms is None:
        return []
    old, new = ({one.label: one.expression for one in form.variables} for form in forms)
    return [(label, text) for label, text in new.items() if label in old and old[label] != text]


def _forms(before: Content, after: Content) -> tuple[Form, Form] | None:
    """Return both forms; None where what is there was broken by hand, and has none."""
    from callsheet.targets.journey_optimizer.lowering import lowered

    try:
        return lowered(before), lowered(after)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None


def _is_recomputed(one: Difference, before: Form, after: Form) -> bool:
    """Return whether a difference is within a field that both forms compute, under one label and type."""
    if one.path[:1] != ("request",):
        return False
    for path, field in after.fields.items():
        old = before.fields.get(path)
        if field.kind == "computed" and one.path[: len(path)] == path and old is not None:
            return (old.kind, old.label, old.type) == (field.kind, field.label, field.type)
    return False


def frozen_fields(diff: Sequence[Difference]) -> list[Difference]:
    """Return the differences that the screen would not take of an action that a journey uses."""
    return [one for one in diff if _is_frozen(one)]


def frozen_by_relay(diff: Sequence[Difference]) -> list[Difference]:
    """Return the same of an action that a relay calls: on its screen are its variables and answers."""
    return [one for one in diff if _is_frozen_by_relay(one)]


def _is_frozen_by_relay(one: Difference) -> bool:
    if one.reason == "new-personal-data":
        return False  # it says who receives a parameter, and not that one changed
    if one.path[:1] == ("parameters",):
        field = one.path[2] if len(one.path) > 2 else ""
        return not field or field in ("label", "type", "items", "optional", "example")
    return one.path[:1] in (("responses",), ("channel",), ("marketingAction",))


def _is_frozen(one: Difference) -> bool:
    path = one.path
    if not path or path[0] in (*_OURS, *_CHANGEABLE):
        return False
    if path[:2] == ("request", "url"):
        return False
    if path[0] == "request" and path[1:2] in (("headers",), ("query",)) and one.before is NOTHING:
        return False
    if path[0] == "parameters":
        # A parameter is a variable of the payload, the headers or the query: those show what changed of it.
        field = path[2] if len(path) > 2 else ""
        return field in ("label", "type", "items", "optional", "whenMissing")
    return True
