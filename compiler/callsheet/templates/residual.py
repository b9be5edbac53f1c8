"""What is left of an expression when parameters are unknown: normalised text, and its slot form.

In a compiled action it is one of `{"$param": name}` (with `filters`), `{"$concat": [...]}`, or
`{"$expr": text, "params": [...]}` for anything richer.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

FilterStep = str | dict[str, Any]
"""A filter by its name, or `{"filter": name, "args": [...]}` where it has arguments."""


class Residual(Struct, frozen=True):
    """An expression over parameters, with everything else folded in.

    Attributes:
        text: the expression, normalised: operands in parentheses, constants as literals.
        params: the parameters that it reads, in the order of their first mention.
        slot: the parameter and the filters, where the expression is no more than that.
        parts: texts and residuals, where the expression is their concatenation.

    """

    text: str
    params: tuple[str, ...]
    slot: tuple[str, tuple[FilterStep, ...]] | None = None
    parts: tuple[str | Residual, ...] | None = None

    @classmethod
    def concatenated(cls, parts: list[str | Residual]) -> Residual:
        """Join texts and residuals; neighbouring texts become one, nested joins are flattened."""
        flat: list[str | Residual] = []
        for part in parts:
            for one in part.parts if isinstance(part, Residual) and part.parts else (part,):
                if isinstance(one, str) and flat and isinstance(flat[-1], str):
                    flat[-1] += one
                elif one != "":
                    flat.append(one)
        written = [one.text if isinstance(one, Residual) else literal(one) for one in flat]
        if len(written) == 1:
            # Joined with nothing, a value becomes a string: within a larger expression that counts.
            written.insert(0, literal(""))
        return cls("(" + " ~ ".join(written) + ")", _params_of(flat), parts=tuple(flat))

    def compiled(self) -> dict[str, Any]:
        """Return the form in which a compiled action contains it."""
        if self.slot is not None:
            name, filters = self.slot
            return {"$param": name, **({"filters": list(filters)} if filters else {})}
        if self.parts is not None:
            return {
                "$concat": [part.compiled() if isinstance(part, Residual) else part for part in self.parts]
            }
        return {"$expr": self.text, "params": list(self.params)}


def residual_of(form: str, *operands: Any) -> Residual:
    """Put operands, known or not, into the `{}` of a form."""
    written = [one.text if isinstance(one, Residual) else literal(one) for one in operands]
    return Residual(form.format(*written), _params_of(operands))


def residual_filter(value: Any, name: str, arguments: list[Any]) -> Residual:
    """Put a filter after a value; a slot stays a slot where the arguments are known."""
    operands = [value, *arguments]
    written = [one.text if isinstance(one, Residual) else literal(one) for one in operands]
    call = f"({', '.join(written[1:])})" if arguments else ""
    slot = None
    known = not any(isinstance(one, Residual) for one in arguments)
    if isinstance(value, Residual) and value.slot is not None and known:
        step: FilterStep = {"filter": name, "args": arguments} if arguments else name
        slot = (value.slot[0], (*value.slot[1], step))
    return Residual(f"({written[0]} | {name}{call})", _params_of(operands), slot=slot)


def literal(value: Any) -> str:
    """Write a JSON value as a literal of the template language."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(_escaped(character) for character in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(literal(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(one)}" for key, one in value.items()) + "}"
    return json.dumps(value)


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if " " <= character <= "~":
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _params_of(operands: Any) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in operands:
        if isinstance(one, Residual):
            found.update(dict.fromkeys(one.params))
    return tuple(found)
