"""The text of a body → its JSON: an action sends nothing else."""

from __future__ import annotations

import json
from typing import Any

from callsheet.importing.model import ImportFault

NOT_JSON = "callsheet sends JSON"


def json_body(text: str, what: str = "the body", way_out: str = NOT_JSON) -> Any:
    """Return what a body says.

    Args:
        text: of the body.
        what: it is called where it comes from.
        way_out: what to do where it is not JSON.

    Raises:
        ImportFault: where it is not JSON.

    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ImportFault(f"{what} is not JSON", way_out) from None
