"""What Journey Optimizer freezes of an action once a journey uses it.

Source: Adobe's documentation, page "Configure a custom action": name, description, URL and authentication
can be changed, and headers and query parameters added. Anything else is a new action, to which the journeys
move.
"""

from __future__ import annotations

from collections.abc import Sequence

from callsheet.language.difference import NOTHING, Difference

_OURS = ("owner", "labels", "limits", "protect")
"""Fields that the screen does not have."""
_CHANGEABLE = ("name", "title", "description", "authentication")


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
