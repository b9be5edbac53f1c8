"""Which parameters a compiled action sends, and which of them are personal data."""

from __future__ import annotations

from typing import Any

from callsheet.rendering.slots import parameters_read


def personal_data(action: dict[str, Any]) -> dict[str, str]:
    """Give the parameters that are personal data and that the request sends, with their kind."""
    sent = set(parameters_read(action.get("request", {})))
    return {
        name: fields["sensitivity"]
        for name, fields in action.get("parameters", {}).items()
        if fields.get("sensitivity") and name in sent
    }
