"""Which actions an environment deploys, or a policy looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callsheet.language.action import Definition


@dataclass(frozen=True, slots=True)
class Selector:
    """Selects by label, name and kind; an empty selector selects everything."""

    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @classmethod
    def read(cls, written: dict[str, Any] | None, kinds: tuple[str, ...] = ()) -> Selector:
        """Read a `select` field, which its schema has found valid; `kinds` where it names none."""
        written = written or {}
        labels = tuple(
            (label, tuple(value) if isinstance(value, list) else (value,))
            for label, value in (written.get("labels") or {}).items()
        )
        if "channel" in written:
            value = written["channel"]
            labels = (*labels, ("channel", tuple(value) if isinstance(value, list) else (value,)))
        return cls(labels, tuple(written.get("names") or ()), tuple(written.get("kinds") or kinds))

    def selects(self, one: Definition) -> bool:
        """Return whether an action or a message is selected."""
        if self.kinds and one.kind not in self.kinds:
            return False
        name, labels = one.name, one.labels
        if self.names and name not in self.names:
            return False
        return all(labels.get(label) in allowed for label, allowed in self.labels)
