"""A compiled action → the form that Journey Optimizer's screen and its journeys can hold, with verdicts.

Pure: no file, clock or network. What rests on a point that nobody has verified names the point by its
number in section 11 of the reference on deployment.
"""

from __future__ import annotations

from callsheet.targets.journey_optimizer.lowering.form import lowered
from callsheet.targets.journey_optimizer.lowering.model import (
    ComputedVariable,
    Form,
    LoweredAuthentication,
    LoweredField,
    Verdict,
)
from callsheet.targets.journey_optimizer.lowering.references import reference_fault

__all__ = [
    "ComputedVariable",
    "Form",
    "LoweredAuthentication",
    "LoweredField",
    "Verdict",
    "lowered",
    "reference_fault",
]
