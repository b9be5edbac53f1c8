"""Is a JSON document one that callsheet wrote: a plan, a report, a pack, a snapshot, a list, an object?

Such files may lie anywhere, also in a workspace. They are recognised by their content, and are not
documents of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from callsheet.language.kinds import KINDS
from callsheet.language.schema_check import fast_validator, schema, schema_names

MAX_BYTES = 64 * 1_048_576
_MEASURED = {"action", "endpoint", "calls", "ok"}
_CODE_QUALITY = {"check_name", "description", "fingerprint"}


def is_own_output(value: Any) -> bool:
    """Return whether a JSON value is something that callsheet writes, as the schemas of its outputs say."""
    if isinstance(value, list):
        # GitLab's code quality report, and a saved result of the query of `metrics`.
        return any(
            all(isinstance(one, dict) and set(one) >= keys for one in value)
            for keys in (_CODE_QUALITY, _MEASURED)
        )
    if not isinstance(value, dict) or "apiVersion" in value:
        return False
    if str(value.get("$id", "")).startswith("urn:callsheet:"):
        return True
    if set(value) == {"plan", "signature"}:
        return True
    if set(value) == {"rows"}:
        return isinstance(value["rows"], list) and is_own_output(value["rows"])
    if "catalogVersion" in value:
        return isinstance(value.get("actions"), list)
    if "packVersion" in value or "snapshotVersion" in value:
        return "steps" in value or "journeys" in value
    if isinstance(value.get("log"), dict):
        creator = value["log"].get("creator")
        return isinstance(creator, dict) and creator.get("name") == "callsheet"
    if "runs" in value:
        return any(one == "callsheet" for one in _drivers(value["runs"]))
    keys = set(value)
    return any(required <= keys and fast_validator(name).is_valid(value) for name, required in _outputs())


def is_own_file(content: bytes) -> bool:
    """Return whether the bytes of a JSON file are an output; for one that is too large for a document."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return is_own_output(value)


def _drivers(runs: Any) -> Iterator[Any]:
    """Return the names of the tools that made the runs of a SARIF log."""
    for one in runs if isinstance(runs, list) else []:
        tool = one.get("tool") if isinstance(one, dict) else None
        driver = tool.get("driver") if isinstance(tool, dict) else None
        yield driver.get("name") if isinstance(driver, dict) else None


@cache
def _outputs() -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the schemas of all outputs, each with the keys that it requires."""
    kinds = {one.schema for one in KINDS.values()}
    names = [one for one in schema_names() if one not in kinds]
    return tuple((one, frozenset(schema(one).get("required", ()))) for one in names)
