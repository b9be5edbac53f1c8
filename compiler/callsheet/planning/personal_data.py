"""Which parameters a compiled action sends, and which of them are personal data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.templates.slots import parameters_read


def personal_data(action: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters that are personal data and that are sent, with their kind."""
    parameters = action.get("parameters")
    personal = {
        name: str(fields["sensitivity"])
        for name, fields in (parameters.items() if isinstance(parameters, dict) else ())
        if isinstance(fields, dict) and fields.get("sensitivity")
    }
    if not personal:
        return {}
    parts = [action.get(one) for one in ("request", "via", "content", "to", "replyTo", "unsubscribe")]
    sent = {name for part in parts for name in parameters_read(part)}
    return {name: kind for name, kind in personal.items() if name in sent}
