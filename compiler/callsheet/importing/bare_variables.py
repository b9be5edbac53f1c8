"""A variable without quotes in a JSON body → the parameter in its place, and what is to be said of it.

A tool writes the text of the variable there, whatever it is: a number, an object, or what makes the body no
JSON. An action knows the type of each parameter before.
"""

from __future__ import annotations

from typing import Any

from callsheet.importing.json_bodies import NOT_JSON
from callsheet.importing.model import ImportFault, Slot

_MADE_UP: dict[str, tuple[str, Any]] = {
    "$timestamp": ("integer", 1_700_000_000),
    "$randomInt": ("integer", 1),
    "$randomBoolean": ("boolean", True),
    "$randomPrice": ("number", 1.5),
    "$randomLatitude": ("number", 1.5),
    "$randomLongitude": ("number", 1.5),
}
"""What a tool makes up for each call that is JSON without quotes, with its type and an example."""


def bare_slot(name: str, identifier: str) -> tuple[Slot, str]:
    """Return the parameter for a variable without a value, and a note; empty where nothing is to be said.

    Args:
        name: of the variable.
        identifier: from which the parameter's name is made.

    Raises:
        ImportFault: for what a tool makes up as a text: the body would be no JSON.

    """
    kind, example = _MADE_UP.get(name, ("number", 1))
    found = Slot(identifier, {"type": kind}, example)
    if name in _MADE_UP:
        return found, ""
    if name.startswith("$"):
        raise ImportFault(
            f"the body is not JSON: `{{{{{name[:40]}}}}}`, without quotes, is a text in it", NOT_JSON
        )
    return (
        found,
        f"{_without_quotes(name)}: it is a number, in place of any JSON that the tool writes",
    )


def bare_secret(name: str) -> str:
    """Return the note for a variable that is a credential."""
    return f"{_without_quotes(name)}: the secret is sent as a string"


def _without_quotes(name: str) -> str:
    return f"`{{{{{name[:40]}}}}}` has no quotes in the body"
