"""What a compiled value is made of: the parameters that it reads, and whether it may have no value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.templates.evaluate import evaluate
from callsheet.templates.faults import TemplateFault
from callsheet.templates.scope import ABSENT, EXAMPLES, JSON_TYPES, Scope
from callsheet.templates.slot_expressions import parse_slot


def parameters_read(value: Any) -> list[str]:
    """Return the name of every parameter that a compiled value reads, in order, as often as it does."""
    found: list[str] = []
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            if isinstance(one.get("$param"), str):
                found.append(one["$param"])
            elif isinstance(one.get("$expr"), str):
                found += _names(one.get("params"))
            elif isinstance(one.get("$template"), dict):
                found += _names(one["$template"].get("params"))
            else:
                left += reversed(one.values())
        elif isinstance(one, list):
            left += reversed(one)
    return found


def _names(listed: Any) -> list[str]:
    # What is deployed may have been broken by hand.
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []


def may_be_absent(slot: Mapping[str, Any], declared: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether a slot of a payload has no value for some values of the parameters.

    Args:
        slot: of a compiled payload.
        declared: the parameters, as they are compiled.

    """
    names = list(parameters_read(slot))
    if "$concat" in slot or any(declared[name].get("whenMissing", "drop") is None for name in names):
        return False
    if "$param" in slot:
        steps = slot.get("filters", ())
        given = any(isinstance(one, dict) and one["filter"] == "default" for one in steps)
        return bool(declared[names[0]].get("optional")) and not given
    values = {
        name: EXAMPLES[fields["type"]] for name, fields in declared.items() if not fields.get("optional")
    }
    types = {name: JSON_TYPES[fields["type"]] for name, fields in declared.items()}
    try:
        return evaluate(parse_slot(slot["$expr"]), Scope({}, values, types)) is ABSENT
    except TemplateFault:
        return True  # it depends on values that are not known here
