"""A slot of a compiled payload × what is declared → whether it may have no value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.templates.evaluate import evaluate
from callsheet.templates.faults import TemplateFault
from callsheet.templates.scope import ABSENT, EXAMPLES, JSON_TYPES, Scope
from callsheet.templates.slot_expressions import parse_slot
from callsheet.templates.slots import parameters_read


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
