"""A parameter of the path of an operation → what stands for its value: of its type, values and limits."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from callsheet.importing.fitting import fits
from callsheet.importing.model import ImportFault, Slot
from callsheet.importing.sampling import Sampler

_MOST_LISTED = 100
"""How many values of the path a parameter lists."""


def is_list(schema: dict[str, Any]) -> bool:
    """Return whether a schema takes lists."""
    kinds = schema.get("type")
    return "array" in (kinds if isinstance(kinds, list) else [kinds])


def of_path(described: dict[str, Any] | None, sampler: Sampler, name: str, mark: str) -> Slot:
    """Return what stands for a value in the path: of the type, the values and the limits of its schema."""
    plain = Slot(mark, {"type": "string"}, name)
    if described is None:
        return plain
    schema = sampler.resolved(described["schema"])
    try:
        found = sampler.value(schema, (name,), 1)
    except ImportFault:
        return plain
    if isinstance(found, list) and len(found) == 1:
        found, schema = found[0], sampler.resolved(schema.get("items"))
    shown = _shown(sampler.described(described["at"]))
    parameter = {**described, "name": name}
    if sampler.shows_credential(parameter, shown):
        shown = None
    if not isinstance(found, Slot):
        return _listed(schema, shown, found, plain)
    if found.example == "":
        return plain
    known = isinstance(shown, str | int) and fits(shown, schema) and shown != ""
    example = shown if known else found.example
    example = name if sampler.shows_credential(parameter, example) else example
    fields = dict(found.fields)
    if "minLength" in fields:
        # No part of a path may be empty.
        fields["minLength"] = max(fields["minLength"], 1)
    # Of some patterns there is no sample: what is declared must fit its own example.
    fitting = replace(found, name=mark, fields=fields, example=example)
    return fitting if fits(example, schema) else plain


def _shown(described: dict[str, Any]) -> Any:
    """Return the example of a parameter, or its default: there is a value in the path of each call."""
    parts = (described, described.get("schema"))
    listed = [
        one[key] for key in ("example", "default") for one in parts if isinstance(one, dict) and key in one
    ]
    return listed[0] if listed else None


def _listed(schema: dict[str, Any], shown: Any, first: Any, plain: Slot) -> Slot:
    """Return what stands for one of the values that a schema lists; any text where it lists none."""
    listed = [schema["const"]] if "const" in schema else schema.get("enum", [])
    for kind in (str, int):
        values = [
            one for one in listed if isinstance(one, kind) and not isinstance(one, bool) and one != ""
        ]
        example = next((one for one in (shown, first, *values) if one in values), None)
        if values and len(values) == len(listed) <= _MOST_LISTED and example is not None:
            fields = {"type": "string" if kind is str else "integer", "enum": values}
            return replace(plain, fields=fields, example=kind(example))
    is_value = isinstance(first, str | int) and not isinstance(first, bool) and first != ""
    return replace(plain, example=str(first)) if is_value else plain
