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
from callsheet.targets.journey_optimizer.lowering.relayed import (
    custom_action,
    relay_call,
    relay_form,
    relay_host,
    relay_reasons,
)

__all__ = [
    "ComputedVariable",
    "Form",
    "LoweredAuthentication",
    "LoweredField",
    "Verdict",
    "custom_action",
    "lowered",
    "reference_fault",
    "relay_call",
    "relay_form",
    "relay_host",
    "relay_reasons",
]
