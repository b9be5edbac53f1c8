"""Which journeys use which action, as a file of the workspace says it: a snapshot, and no network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from callsheet.errors import CallsheetError

MAX_BYTES = 16 * 1_048_576


def read_usage(root: Path, target: dict[str, Any] | None) -> dict[str, list[str]]:
    """Read the snapshot that a target names by `usage`; empty where it names none.

    The file is JSON: the name of an action, and the names of the journeys that use it.

    Raises:
        CallsheetError: CS848 where it cannot be read, or says something else.

    """
    shown = (target or {}).get("usage")
    if not isinstance(shown, str):
        return {}
    path = (root / shown).resolve()
    try:
        if not path.is_relative_to(root.resolve()):
            raise ValueError("outside")
        with path.open("rb") as stream:
            content = json.loads(stream.read(MAX_BYTES + 1).decode("utf-8"))
        good = isinstance(content, dict) and all(
            isinstance(one, list) and all(isinstance(it, str) for it in one) for one in content.values()
        )
        if not good:
            raise ValueError("shape")
    except (OSError, ValueError, RecursionError):
        raise CallsheetError(
            "CS848",
            f"the snapshot of journeys {shown[:80]!r} cannot be read",
            help='name a JSON file of the workspace, as {"push": ["Welcome", "Win back"]}',
        ) from None
    return {f"Action/{name}": journeys for name, journeys in content.items() if journeys}
