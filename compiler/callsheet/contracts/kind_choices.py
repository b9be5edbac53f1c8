"""A base and its kinds → the schema of its values: each satisfies the kind that its discriminator names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callsheet.contracts.discriminators import case_of
from callsheet.contracts.kinds import discriminator_of
from callsheet.contracts.nodes import definition_key, reference_to

if TYPE_CHECKING:
    from callsheet.contracts.schemas import Translator


def of_kinds(translator: Translator, base: str, *, is_whole: bool) -> dict[str, Any]:
    """Translate a value of the base at a pointer; one whose discriminator names no kind is open.

    Args:
        translator: of the description.
        base: the pointer of the base.
        is_whole: whether no other part of an `allOf` names properties of the value.

    """
    key = definition_key(f"{base}/{'x-kinds' if is_whole else 'x-open-kinds'}")
    if key not in translator.definitions:
        translator.definitions[key] = {}
        name = discriminator_of(translator.look(base))
        cases = []
        for one in translator.kinds.of(base):
            kinds = [_kind(translator, it, is_whole=is_whole) for it in one.targets]
            cases.append(case_of(name, one.values, kinds))
        choice = {
            "if": {"type": "object", "required": [name]},
            "then": {"allOf": cases, "x-at": base},
            "x-at": base,
        }
        plain = translator.definition(base, base, base)
        translator.definitions[key] = {"x-at": base, "allOf": [plain, choice]}
    return reference_to(key, base)


def _kind(translator: Translator, target: str, *, is_whole: bool) -> dict[str, Any]:
    """Translate what a value of a kind must satisfy; a kind may be a base itself."""
    if translator.kinds.of(target):
        found = of_kinds(translator, target, is_whole=is_whole)
    else:
        found = translator.definition(target, target, target)
    is_closed = is_whole and translator.shapes.is_closed(translator.look(target))
    return {**found, "unevaluatedProperties": False} if is_closed else found
