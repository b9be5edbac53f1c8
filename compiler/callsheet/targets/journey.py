"""Journey Optimizer: custom actions are typed into its screen; what is there is what somebody confirmed.

There is no API that creates or reads a custom action. What was confirmed (`callsheet confirm`) is kept in a
registry beside the ledger, and answers for the screen; the entry point of type `journey-optimizer`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callsheet.database import Database
from callsheet.errors import CallsheetError
from callsheet.language.plugins import plugins
from callsheet.targets.model import Author, Deployed, Step, Target

TYPE = "journey-optimizer"


def open_target(options: Mapping[str, Any], root: Path, *, writing: bool) -> JourneyTarget:
    """Open what is known of a sandbox: the registry of what was confirmed, beside the ledger.

    Raises:
        CallsheetError: CS805 without a ledger of its own, CS902 to CS948 by what is wrong with it.

    """
    ledger = options.get("ledger") or {}
    if ledger.get("type") in (None, TYPE):
        raise CallsheetError(
            "CS805",
            "a target of type journey-optimizer holds no ledger: the environment needs one of its own",
            help="write `ledger: {type: sqlite, path: .callsheet/NAME.db}`, or a PostgreSQL",
        )
    inner = plugins("callsheet.targets")[ledger["type"]].load()(ledger, root, writing=writing)
    return JourneyTarget(options, inner)


class JourneyTarget:
    """A sandbox of Journey Optimizer, as far as somebody confirmed what is on its screen."""

    def __init__(self, options: Mapping[str, Any], inner: Target) -> None:
        self.options = options
        self.inner = inner

    @property
    def database(self) -> Database | None:
        """The database of the registry: a confirmation and its record are one transaction."""
        found: Database | None = getattr(self.inner, "database", None)
        return found

    def identity(self) -> dict[str, Any]:
        """Give what tells this sandbox from others."""
        named = {name: self.options[name] for name in ("organization", "sandbox") if name in self.options}
        return {"type": TYPE, **named, "confirmed": self.inner.identity()}

    def read(self) -> dict[str, Deployed]:
        """Give what was confirmed, by address."""
        return self.inner.read()

    def apply(self, steps: Sequence[Step], author: Author) -> None:
        """Note that somebody did the steps on the screen, all of them or none."""
        self.inner.apply(steps, author)

    def close(self) -> None:
        """Let go of the registry."""
        self.inner.close()
