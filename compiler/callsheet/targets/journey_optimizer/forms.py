"""Which form an action has in an environment: that of a custom action, or of a custom channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from callsheet.targets.journey_optimizer.lowering.model import Form

CHANNEL = "custom-channel"
"""The flavor of a target whose actions are custom channels."""


def is_channel(target: Mapping[str, Any] | None) -> bool:
    """Return whether a target's options say that its actions are custom channels."""
    return (target or {}).get("flavor") == CHANNEL


def form_for(
    compiled: Mapping[str, Any], language: str = "en", *, target: Mapping[str, Any] | None
) -> Form:
    """Return the form of a compiled action as the target of an environment holds it."""
    if is_channel(target):
        from callsheet.targets.journey_optimizer.channel import channel_form

        return channel_form(compiled, language)
    from callsheet.targets.journey_optimizer.lowering.form import lowered

    return lowered(compiled, language)
