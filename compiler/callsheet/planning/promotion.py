"""Two environments → what a package that carries actions from one sandbox to the other does not carry.

Source: Adobe's documentation of Journey Optimizer, page "Copy objects to another sandbox": a package never
overwrites; in a copied custom action, authentication, constant headers and constant query values become
`INSERT SECRET HERE`; with *use existing*, the existing action must have the same structure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from callsheet.documents import equal
from callsheet.language.when_empty import is_mapping, members
from callsheet.templates.slots import parameters_read


class Promotion(Struct, frozen=True, kw_only=True):
    """What becomes of one action.

    Attributes:
        verdict: `copy` where the other sandbox has none, `use existing` where it has one of the same
            structure, `differs` where it has one of another, `stays` where only the other has it.
        type_in: what is to be typed in again after the copy, each with the value or the secret's reference.
        differences: of the structure, in words.

    """

    address: str
    verdict: Literal["copy", "use existing", "differs", "stays"]
    type_in: tuple[tuple[str, str], ...] = ()
    differences: tuple[str, ...] = ()


def promotions(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Promotion]:
    """Compare two environments.

    Args:
        before: the compiled actions of the one that is promoted, by address.
        after: those of the one that it is promoted to.

    """
    # A package carries custom actions: of one that a relay calls, the call of the relay.
    before, after = _on_screen(before), _on_screen(after)
    found = []
    for address in sorted({*before, *after}):
        if address not in before:
            found.append(Promotion(address=address, verdict="stays"))
        elif address not in after:
            values = tuple(_typed_in(before[address]))
            found.append(Promotion(address=address, verdict="copy", type_in=values))
        else:
            differences = tuple(_differences(structure(before[address]), structure(after[address]), ""))
            verdict: Literal["use existing", "differs"] = "differs" if differences else "use existing"
            values = tuple(_typed_in(after[address])) if differences else ()
            found.append(
                Promotion(address=address, verdict=verdict, type_in=values, differences=differences)
            )
    return found


def _on_screen(actions: Mapping[str, Any]) -> dict[str, Any]:
    from callsheet.targets.journey_optimizer.lowering import custom_action

    return {address: custom_action(one) for address, one in actions.items()}


def _typed_in(action: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a package replaces by INSERT SECRET HERE, with what belongs there."""
    for field, name in (("headers", "header"), ("query", "query parameter")):
        for key, value in action.get("request", {}).get(field, {}).items():
            if isinstance(value, dict) and "secret" in value:
                yield f"{name} {key}", f"the secret {value['secret']}"
            elif not isinstance(value, dict):
                yield f"{name} {key}", str(value)
    for key, value in action.get("authentication", {}).items():
        if isinstance(value, dict) and set(value) == {"secret"}:
            yield f"authentication {key}", f"the secret {value['secret']}"
        elif key != "type" and not isinstance(value, dict | list):
            yield f"authentication {key}", str(value)


def structure(action: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two actions must share so that a journey can use one for the other: no value is in it."""
    request = action.get("request", {})
    declared = action.get("parameters", {})
    return {
        "method": request.get("method"),
        "headers": {name: _kind(one, declared) for name, one in request.get("headers", {}).items()},
        "query": {name: _kind(one, declared) for name, one in request.get("query", {}).items()},
        "payload": _shape(request.get("payload"), declared),
        "responses": {
            name: _shape(one.get("payload"), {}) for name, one in (action.get("responses") or {}).items()
        },
        "authentication": action.get("authentication", {}).get("type"),
    }


def _kind(value: Any, declared: Mapping[str, Any]) -> str:
    names = sorted(set(parameters_read(value)))
    return ", ".join(f"{one}: {declared.get(one, {}).get('type')}" for one in names) or "constant"


def _shape(value: Any, declared: Mapping[str, Any]) -> Any:
    if isinstance(value, dict) and not is_mapping(value):
        return "secret" if "$secret" in value else _kind(value, declared)
    if isinstance(value, dict):
        return {key: _shape(one, declared) for key, one in members(value).items()}
    if isinstance(value, list):
        return [_shape(one, declared) for one in value]
    return "null" if value is None else "constant"


def _differences(one: Any, other: Any, path: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one:
            name = f"{path}.{key}" if path else key
            if key not in other:
                yield f"`{name}` is in the first only"
            else:
                yield from _differences(one[key], other[key], name)
        for key in other:
            if key not in one:
                yield f"`{path}.{key}` is in the second only"
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (first, second) in enumerate(zip(one, other, strict=True)):
            yield from _differences(first, second, f"{path}[{index}]")
    elif not equal(one, other):
        yield f"`{path}` is {_words(one)} in the first, and {_words(other)} in the second"


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else str(value)
