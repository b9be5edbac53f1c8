"""Which parameters a compiled action sends, and which of them are personal data."""

from __future__ import annotations

from typing import Any

from callsheet.language.urls import host_of
from callsheet.templates.slots import parameters_read


def receiver_of(action: dict[str, Any]) -> str:
    """Return who receives what a compiled action or message sends: a host, or the action that delivers it.

    `?` stands for what somebody broke by hand at the target.
    """
    try:
        if "request" in action:
            return host_of(action["request"]["url"])
        if "url" in action:
            return host_of(action["url"])
        via = action.get("via", {})
        return str(via["smtp"]["host"]) if "smtp" in via else f"the action {via.get('action', '?')}"
    except (AttributeError, KeyError, TypeError, ValueError):
        return "?"


def personal_data(action: dict[str, Any]) -> dict[str, str]:
    """Return the parameters that are personal data and that are sent, with their kind."""
    parts = [action.get(one) for one in ("request", "via", "content", "to", "replyTo", "unsubscribe")]
    sent = {name for part in parts for name in parameters_read(part)}
    parameters = action.get("parameters")
    return {
        name: str(fields["sensitivity"])
        for name, fields in (parameters.items() if isinstance(parameters, dict) else ())
        if isinstance(fields, dict) and fields.get("sensitivity") and name in sent
    }
