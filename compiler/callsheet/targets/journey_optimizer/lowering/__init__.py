"""A compiled action → the form that Journey Optimizer's screen and its journeys can hold, with verdicts.

Pure: no file, clock or network. What rests on a point that nobody has verified names the point by its
number in section 11 of the reference on deployment. Nothing is imported until it is used: most plans are
for other targets.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from callsheet.targets.journey_optimizer.lowering.form import lowered
    from callsheet.targets.journey_optimizer.lowering.model import (
        ComputedVariable,
        Form,
        LoweredAuthentication,
        LoweredField,
        Verdict,
    )
    from callsheet.targets.journey_optimizer.lowering.references import reference_fault
    from callsheet.targets.journey_optimizer.lowering.relay_hosts import relay_host
    from callsheet.targets.journey_optimizer.lowering.relayed import (
        custom_action,
        relay_call,
        relay_form,
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

_MODULES = {
    "lowered": "form",
    "reference_fault": "references",
    "relay_host": "relay_hosts",
    **dict.fromkeys(("custom_action", "relay_call", "relay_form", "relay_reasons"), "relayed"),
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    module = import_module(f"{__name__}.{_MODULES.get(name, 'model')}")
    return getattr(module, name)
