"""Which actions an environment deploys, or a policy looks at."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct

from callsheet.language.action import Definition


class Selector(Struct, frozen=True):
    """Selects by label, name and kind; an empty selector selects everything.

    Attributes:
        labels: each with the values of which one must be there.
        names: names, and patterns with `*` and `?`, of which one must match.
        kinds: of which one must be the definition's.
        left_out: what is not selected although the rest matches; None for nothing.

    """

    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    left_out: Selector | None = None

    @classmethod
    def read(
        cls,
        written: dict[str, Any] | None,
        kinds: tuple[str, ...] = (),
        left_out: dict[str, Any] | None = None,
    ) -> Selector:
        """Read a `select` field and an `except` field, which their schema has found valid.

        Args:
            written: what is selected; None for everything.
            kinds: of which kinds, where it names none.
            left_out: what is left out; None for nothing.

        """
        written = written or {}
        labels = tuple(
            (label, tuple(value) if isinstance(value, list) else (value,))
            for label, value in (written.get("labels") or {}).items()
        )
        if "channel" in written:
            value = written["channel"]
            labels = (*labels, ("channel", tuple(value) if isinstance(value, list) else (value,)))
        names, chosen = tuple(written.get("names") or ()), tuple(written.get("kinds") or kinds)
        return cls(labels, names, chosen, None if left_out is None else cls.read(left_out))

    def selects(self, one: Definition) -> bool:
        """Return whether an action or a message is selected."""
        if self.kinds and one.kind not in self.kinds:
            return False
        if self.names and not any(matches(pattern, one.name) for pattern in self.names):
            return False
        labels = one.labels
        if not all(labels.get(label) in allowed for label, allowed in self.labels):
            return False
        return self.left_out is None or not self.left_out.selects(one)


def is_pattern(name: str) -> bool:
    """Return whether a name is a pattern for several."""
    return "*" in name or "?" in name


def matches(pattern: str, name: str) -> bool:
    """Return whether a name is the one that is written, or matches the pattern."""
    return fnmatchcase(name, pattern) if is_pattern(pattern) else pattern == name
