"""Which actions an environment deploys, or a policy looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Selector:
    """Selects actions by label and by name; an empty selector selects every one."""

    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def read(cls, written: dict[str, Any] | None) -> Selector:
        """Read a `select` field, which its schema has found valid."""
        written = written or {}
        labels = tuple(
            (label, tuple(value) if isinstance(value, list) else (value,))
            for label, value in (written.get("labels") or {}).items()
        )
        if "channel" in written:
            value = written["channel"]
            labels = (*labels, ("channel", tuple(value) if isinstance(value, list) else (value,)))
        return cls(labels, tuple(written.get("names") or ()))

    def selects(self, name: str, labels: dict[str, str]) -> bool:
        """Tell whether an action of this name and these labels is selected."""
        if self.names and name not in self.names:
            return False
        return all(labels.get(label) in allowed for label, allowed in self.labels)
