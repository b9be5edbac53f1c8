"""The text of a body → its JSON: an action sends nothing else."""

from __future__ import annotations

import json
from typing import Any

from callsheet.importing.hiding import hidden
from callsheet.importing.model import ImportFault

NOT_JSON = "callsheet sends JSON"


def json_body(text: str, what: str = "the body", way_out: str = NOT_JSON, *, unique: bool = False) -> Any:
    """Return what a body says.

    Args:
        text: of the body.
        what: it is called where it comes from.
        way_out: what to do where it is not JSON.
        unique: whether a key that is there twice is refused; else the last one counts.

    Raises:
        ImportFault: where it is not JSON.

    """
    try:
        return json.loads(text, object_pairs_hook=_unique if unique else None)
    except _TwiceError as twice:
        raise ImportFault(
            f"{what} has a key twice", f"keep one of the two `{hidden(twice.args[0])[:40]}`"
        ) from None
    except (ValueError, RecursionError):
        raise ImportFault(f"{what} is not JSON", way_out) from None


class _TwiceError(ValueError):
    """A key that is there twice."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found
