"""The record of a pack (`pack.json`) → the plan that it came from, and what each of its steps asked for."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from callsheet.errors import CallsheetError
from callsheet.language.addresses import Address
from callsheet.planning.model import Plan
from callsheet.planning.planfile import read_plan

FORMAT_VERSION = 1
MAX_BYTES = 256 * 1_048_576


class Pack(Struct, frozen=True, kw_only=True):
    """A pack that was read.

    Attributes:
        plan: the steps that are done by hand.
        pasted: the payload that each step asked for, by address, in the order of the steps.

    """

    plan: Plan
    pasted: Mapping[str, Any]

    @property
    def steps(self) -> dict[str, Any]:
        """The payload that each step asked for, by its name."""
        return {Address.read(address).name: one for address, one in self.pasted.items()}


def read_pack(path: str) -> Pack:
    """Read a pack, a folder or its pack.json; raises CS841 and CS910 to CS912."""
    file = Path(path) / "pack.json" if os.path.isdir(path) else Path(path)
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        record = json.loads(content.decode("utf-8"))
        plan, steps = record["plan"], record["steps"]
        pasted = {one["address"]: one["pasted"] for one in steps} if isinstance(steps, list) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise CallsheetError(
            "CS841", f"{path} is not a pack", help="name the folder that `callsheet apply` wrote"
        ) from None
    if pasted is None or record.get("packVersion") != FORMAT_VERSION:
        raise CallsheetError(
            "CS841", f"{path} is a pack of another version", help="create a new pack with `callsheet apply`"
        )
    return Pack(plan=read_plan(json.dumps(plan).encode(), str(file)), pasted=pasted)


def read_payload(path: str) -> Any:
    """Read a payload that was copied from the screen; raises CS841 for what is not JSON."""
    try:
        return json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise CallsheetError(
            "CS841", f"{path} is not a payload: it is not valid JSON", help="copy the whole payload"
        ) from None
