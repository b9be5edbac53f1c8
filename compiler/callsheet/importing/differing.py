"""A sample of the items of a list → as many that differ, each of which their schema takes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from msgspec.structs import replace

from callsheet.calling.generated import contract_values
from callsheet.documents import among
from callsheet.importing.fitting import fits, others_matching
from callsheet.importing.model import Known, Slot, with_examples

_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOST_TRIED = 5_000


def differing(value: Any, node: dict[str, Any], number: int) -> list[Any]:
    """Return so many values, the first of which is a sample; it is repeated where no others are found.

    Args:
        value: the sample; what may differ from call to call in it is a slot.
        node: the schema of an item.
        number: of the values.

    """
    named = node.get("enum")
    if isinstance(named, list):
        listed = [Known(one) if isinstance(one, str) else one for one in named[:number]]
        return [*listed, *[value] * (number - len(listed))]
    found: list[Any] = []
    shown: list[Any] = []
    at_bounds: list[Any] = []
    for one in chain([value], islice(_others(value, node), _MOST_TRIED)):
        if len(found) >= number:
            break
        example = with_examples(one)
        if among(example, shown):
            continue
        shown.append(example)
        # Another item may have the value of a bound too: that is left to last.
        (at_bounds if _is_bound(one) else found).append(one)
    found = [*found, *at_bounds, *[value] * number][:number]
    return [_renamed(one, at + 1) if at else one for at, one in enumerate(found)]


def _is_bound(value: Any) -> bool:
    """Return whether a sample is a value that a parameter is tried with."""
    return isinstance(value, Slot) and among(
        value.example, [one for _, one in contract_values(value.fields)]
    )


def _others(value: Any, node: dict[str, Any]) -> Iterator[Any]:
    """Yield samples that may differ from one in what its first slots contain."""
    if isinstance(value, Slot):
        schema = {**node, **value.fields}
        for one in _candidates(value.example, schema):
            if fits(one, schema):
                yield replace(value, example=one)
    elif isinstance(value, dict):
        for key, one in value.items():
            for other in _others(one, {}):
                yield {**value, key: other}
    elif isinstance(value, list):
        for index, one in enumerate(value):
            for other in _others(one, {}):
                yield [*value[:index], other, *value[index + 1 :]]


def _candidates(example: Any, schema: dict[str, Any]) -> Iterator[Any]:
    """Yield values of the type of one, those that are nearest to it first."""
    if isinstance(example, bool):
        yield not example
    elif isinstance(example, int | float):
        step = schema.get("multipleOf")
        step = step if isinstance(step, int | float) and step > 0 else 1
        for times in range(1, _MOST_TRIED // 2):
            yield from (example + times * step, example - times * step)
    elif isinstance(example, str):
        suffixes = (str(number) for number in range(1, 1_000))
        cut = len(example) if "maxLength" in schema else None
        ended = (f"{example[: cut and cut - len(one)]}{one}" for one in suffixes)
        yield from islice(ended, 1_000 if "pattern" not in schema else 50)
        yield from chain(_with_another_character(example), others_matching(schema))


def _with_another_character(text: str) -> Iterator[str]:
    for index in range(len(text) - 1, max(-1, len(text) - 41), -1):
        for one in _CHARACTERS:
            yield f"{text[:index]}{one}{text[index + 1 :]}"


def _renamed(value: Any, number: int) -> Any:
    """Return a sample whose slots are those of the item of this number."""
    if isinstance(value, Slot):
        return replace(value, name=f"{value.name}_{number}")
    if isinstance(value, dict):
        return {key: _renamed(one, number) for key, one in value.items()}
    return [_renamed(one, number) for one in value] if isinstance(value, list) else value
