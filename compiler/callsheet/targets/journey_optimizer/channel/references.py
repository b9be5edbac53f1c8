"""Where the content of a message takes a parameter from: the source that it names, or a placeholder.

A parameter names its source as a journey's expression does. Of a profile and of an action's answer, the
reference prints the same field for messages (sections 3 and 8). An event has an id there, which its name
does not say: it stays a placeholder within the path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callsheet.language.action import label_of
from callsheet.targets.journey_optimizer.lowering.references import CLOSING, OPENING, source_of

_NAMES = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"
_PROFILE = re.compile(rf"#\{{ExperiencePlatform\.[A-Za-z_][A-Za-z0-9_]*\.profile\.({_NAMES})\}}")
_ACTION = re.compile(rf"@action\{{({_NAMES})\}}")
_EVENT = re.compile(rf"@event\{{([A-Za-z_][A-Za-z0-9_]*)\.({_NAMES})\}}")


def reference_to(declared: Mapping[str, Any], name: str, language: str) -> str:
    """Return the path of a parameter in the content of a message, or a placeholder."""
    source = source_of(declared, name, language) or ""
    if found := _PROFILE.fullmatch(source):
        return f"profile.{found[1]}"
    if found := _ACTION.fullmatch(source):
        return f"context.journey.actions.{found[1]}"
    if found := _EVENT.fullmatch(source):
        return f"context.journey.events.{OPENING}{found[1]}{CLOSING}.{found[2]}"
    shown = "".join(_shown(one) for one in label_of(declared, name, language))
    return f"{OPENING}{shown}{CLOSING}"


def is_complete(text: str) -> bool:
    """Return whether no placeholder is left in a text."""
    return OPENING not in text


def _shown(one: str) -> str:
    return one if one.isprintable() and one not in (OPENING, CLOSING, "{", "}", "%", "|") else " "
