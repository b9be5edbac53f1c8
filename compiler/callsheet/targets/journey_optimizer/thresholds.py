"""`error_rate > 5%` → a condition on the figures of an action."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from msgspec import Struct

from callsheet.errors import ArgumentError
from callsheet.targets.journey_optimizer.metrics import COUNTS, RATES, TIMES, Figures

NAMES = (*COUNTS, *RATES, *TIMES)
_CONDITION = re.compile(r"\s*([a-z0-9_]+)\s*(>=|<=|>|<)\s*(\d{1,12}(?:\.\d{1,6})?)\s*(%|ms|s)?\s*")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip


class Threshold(Struct, frozen=True):
    """A condition under which the figures of an action fail."""

    text: str
    name: str
    compare: str
    number: float

    @classmethod
    def read(cls, text: str) -> Threshold:
        """Read a condition as it is written on the command line; raises ArgumentError."""
        match = _CONDITION.fullmatch(text)
        if match is None or match[1] not in NAMES:
            raise ArgumentError(
                f"{text!r} is not a condition: write one such as 'error_rate > 5%' or 'p95_ms > 800ms';"
                f" the figures are {', '.join(NAMES)}"
            )
        name, unit = match[1], match[4]
        wanted = {"%": RATES, "ms": TIMES, "s": TIMES}.get(unit or "", NAMES)
        if name not in wanted:
            raise ArgumentError(f"{text!r} is not a condition: `{name}` is not measured in `{unit}`")
        number = float(match[3]) * (1_000 if unit == "s" else 1)
        return cls(text.strip(), name, match[2], number)

    def holds(self, figures: Figures) -> bool:
        """Return whether the figures fail; what is unknown does not."""
        value = figures.value(self.name)
        return value is not None and _COMPARE[self.compare](value, self.number)
