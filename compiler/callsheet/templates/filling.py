"""A compiled payload × the values of its parameters → the payload that is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callsheet.language.when_empty import WHEN_EMPTY, inside, members
from callsheet.templates.evaluate import evaluate
from callsheet.templates.faults import TemplateFault
from callsheet.templates.filter_calls import apply_filter
from callsheet.templates.scope import ABSENT, JSON_TYPES, MAX_STEPS, Scope, present, text_at
from callsheet.templates.slot_expressions import parse_slot
from callsheet.templates.whole_text import render_file

Reveal = Callable[[str], Any]
"""Returns what is written in the place of a reference to a secret."""


class SlotFiller:
    """Fills the slots of a compiled payload, or of a text.

    Args:
        declared: the parameters, as they are compiled.
        values: of them, checked.
        reveal: returns what is written in the place of a reference to a secret.
        around: the scope of a template file, whose steps are counted; None for a payload of its own.

    """

    def __init__(
        self,
        declared: Mapping[str, Any],
        values: dict[str, Any],
        reveal: Reveal,
        around: Scope | None = None,
    ) -> None:
        self.reveal = reveal
        self.around = around
        self.declared = declared
        self.values = values
        self.present = 0  # how many slots had a value so far
        self.types = {name: JSON_TYPES[fields["type"]] for name, fields in declared.items()}

    def fill(self, node: Any) -> Any:
        """Return the value of a compiled node; `ABSENT` for a field that is to be dropped."""
        if isinstance(node, list):
            return [one for item in node if (one := self.fill(item)) is not ABSENT]
        if not isinstance(node, dict):
            return node
        slot = next((key for key in _SLOTS if key in node), None)
        if slot is not None:
            value = _SLOTS[slot](self, node)
            self.present += value is not ABSENT and slot != "$secret"
            return value
        if WHEN_EMPTY in node:
            return self._unless_empty(node)
        return self._mapping(members(node))

    def _unless_empty(self, node: Mapping[str, Any]) -> Any:
        """Return a mapping; `ABSENT` where no parameter in it has a value, whatever constants it has."""
        before = self.present
        filled = self._mapping(members(node))
        return filled if self.present > before else ABSENT

    def _mapping(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, one in fields.items() if (value := self.fill(one)) is not ABSENT}

    def _param(self, node: Mapping[str, Any]) -> Any:
        name = node["$param"]
        value = self.values.get(name, ABSENT)
        for step in node.get("filters", ()):
            if isinstance(step, str):
                value = apply_filter(step, value, [], 0)
            else:
                value = apply_filter(step["filter"], value, list(step["args"]), 0)
        return self._when_missing(value, [name])

    def _when_missing(self, value: Any, names: list[str]) -> Any:
        if value is ABSENT and any(
            "whenMissing" in self.declared[name] and self.declared[name]["whenMissing"] is None
            for name in names
        ):
            return None
        return value

    def _concat(self, node: Mapping[str, Any]) -> str:
        return "".join(text_at(self._part(part), 0) for part in node["$concat"])

    def _part(self, part: Any) -> Any:
        """Return a part of a text: a missing parameter leaves nothing, whatever `whenMissing` says."""
        if isinstance(part, dict) and "$param" in part and part["$param"] not in self.values:
            value = self.fill(part)
            return ABSENT if value is None else value
        return self.fill(part)

    def _expr(self, node: Mapping[str, Any]) -> Any:
        around = self.around
        scope = Scope({}, self.values, self.types, MAX_STEPS if around is None else around.steps)
        try:
            value = present(evaluate(parse_slot(node["$expr"]), scope))
        finally:
            if around is not None:
                around.steps = scope.steps
        return self._when_missing(value, list(node["params"]))

    def _template(self, node: Mapping[str, Any]) -> Any:
        return rendered(node["$template"], self.values, self.types, self.reveal)

    def _secret(self, node: Mapping[str, Any]) -> Any:
        return self.reveal(node["$secret"])


_SLOTS: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "$param": SlotFiller._param,  # noqa: SLF001
    "$concat": SlotFiller._concat,  # noqa: SLF001
    "$expr": SlotFiller._expr,  # noqa: SLF001
    "$template": SlotFiller._template,  # noqa: SLF001
    "$secret": SlotFiller._secret,  # noqa: SLF001
}


def rendered(
    template: Mapping[str, Any],
    values: dict[str, Any],
    types: Mapping[str, str],
    reveal: Reveal = lambda reference: {"secret": reference},
) -> Any:
    """Return the payload that a compiled template file writes.

    Args:
        template: as a compiled action has it, with the fragments that it names.
        values: of the parameters.
        types: their JSON types.
        reveal: returns what is written in the place of a reference to a secret.

    """
    pieces = Pieces(template.get("fragments", {}), reveal)
    return render_file(template["text"], Scope(template["names"], values, types, fragment=pieces))


class Pieces:
    """What `fragment(…)` returns in a template file.

    Args:
        pieces: by name, the compiled payload of a fragment over parameters of its own, and their types.
        reveal: returns what is written in the place of a reference to a secret.

    """

    def __init__(self, pieces: Mapping[str, Mapping[str, Any]], reveal: Reveal) -> None:
        self.pieces = pieces
        self.reveal = reveal
        self.sizes = {name: _size(one["payload"]) for name, one in pieces.items()}

    def __call__(self, name: str, given: Mapping[str, Any], scope: Scope, offset: int) -> Any:
        """Return a piece for arguments; what is not given is the parameter of the same name.

        Raises:
            TemplateFault: at the offset of the call.

        """
        if name not in self.pieces:
            # What is deployed may have been broken by hand.
            message = f"the template has no fragment `{name}`"
            raise TemplateFault("CS329", offset, message, "apply the action again")
        scope.step(offset, self.sizes[name])
        piece = self.pieces[name]
        declared = piece.get("parameters", {})
        known = {**(scope.params or {}), **given}
        values = {one: known[one] for one in declared if known.get(one, ABSENT) is not ABSENT}
        try:
            return SlotFiller(declared, values, self.reveal, scope).fill(piece["payload"])
        except TemplateFault as fault:
            raise TemplateFault(
                fault.code, offset, f"in the fragment `{name}`: {fault.message}", fault.help
            ) from None


def _size(node: Any) -> int:
    """Return how many steps a compiled value costs, beside those of its expressions."""
    fields = node if isinstance(node, dict) else {}
    steps: list[Any] = fields.get("filters") or fields.get("$concat") or []
    return 1 + len(steps) + sum(_size(one) for _, one in inside(node))
