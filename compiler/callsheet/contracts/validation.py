"""A value × a translated schema → faults in the words of an author, each with the place in the contract.

The compiled Rust validator finds them. Where a choice (`oneOf`, `anyOf`) fails, the alternative that comes
nearest is reported instead of "none of these".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callsheet.contracts.sources import ContractFault
from callsheet.documents import Path, parts_of
from callsheet.language.merge import value_in
from callsheet.words import nearest

_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
MAX_FAULTS = 20
DEPTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a value.

    Attributes:
        path: of the value; of the object that lacks a property.
        at: the pointer in the contract.
        allowed: the values that the contract names, where it names some.

    """

    path: Path
    words: str
    way_out: str
    at: str
    allowed: tuple[Any, ...] = ()


class Validation:
    """One translated schema, compiled once."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.validator = _compiled(schema)
        self.branches: dict[int, Any] = {}

    def faults(self, value: Any) -> list[Fault]:
        """Return what is wrong with a value; empty where it is valid."""
        if self.validator.is_valid(value):
            return []
        return self._of(self.validator, self.schema, value, (), 0)

    def _of(
        self, validator: Any, schema: dict[str, Any], value: Any, base: Path, depth: int
    ) -> list[Fault]:
        found: list[Fault] = []
        for error in validator.iter_errors(value):
            path = (*base, *error.instance_path)
            keyword, node = self._node(schema, list(error.schema_path))
            inner = value_in(value, tuple(error.instance_path))
            if keyword in ("oneOf", "anyOf") and depth < DEPTH:
                found += self._nearest(node, keyword, inner, path, depth)
            elif keyword == "additionalProperties":
                found += _unknown(set(node.get("properties", {})), node, inner, path)
            elif keyword == "unevaluatedProperties":
                # What failed elsewhere counts as unevaluated too: here, what nothing names is unknown.
                found += _unknown(_named(node, self.schema, set()), node, inner, path)
            else:
                found += _worded(keyword, node, inner, path)
        return sorted(found, key=lambda one: (len(one.path), str(one.path)))[:MAX_FAULTS]

    def _nearest(
        self, node: dict[str, Any], keyword: str, value: Any, path: Path, depth: int
    ) -> list[Fault]:
        """Return the faults of the alternative that fits best: that fails deepest, and least."""
        best: list[Fault] | None = None
        for branch in node[keyword]:
            found = self._of(self._branch(branch), self._whole(branch), value, path, depth + 1)
            if not found:
                continue
            rank = (-max(len(one.path) for one in found), len(found))
            if best is None or rank < (-max(len(one.path) for one in best), len(best)):
                best = found
        if best is not None:
            return best
        words = f"{_name(path)} matches none of the contract's alternatives"
        return [Fault(path=path, words=words, way_out="match one of them", at=_at(node))]

    def _branch(self, branch: dict[str, Any]) -> Any:
        if id(branch) not in self.branches:
            self.branches[id(branch)] = _compiled(self._whole(branch))
        return self.branches[id(branch)]

    def _whole(self, branch: dict[str, Any]) -> dict[str, Any]:
        return {**branch, "$defs": self.schema.get("$defs", {})}

    def _node(self, schema: dict[str, Any], path: list[Any]) -> tuple[str, dict[str, Any]]:
        """Return the keyword that failed and the schema that contains it, through every reference."""
        node: Any = schema
        holder: dict[str, Any] = schema
        keyword = ""
        for part in path:
            if isinstance(node, dict) and "$ref" in node and part not in node:
                node = _definition(node, self.schema)
            if isinstance(node, dict):
                holder, keyword = node, str(part)
                node = _definition(node, self.schema) if part == "$ref" else node.get(str(part), {})
            elif isinstance(node, list) and isinstance(part, int) and part < len(node):
                node = node[part]
        return keyword, holder


def _definition(node: dict[str, Any], root: dict[str, Any]) -> Any:
    """Return what a translated reference refers to."""
    (key,) = parts_of(node["$ref"].removeprefix("#/$defs"))
    return root.get("$defs", {}).get(key, {})


def _compiled(schema: dict[str, Any]) -> Any:
    import jsonschema_rs

    try:
        return jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions())
    except (jsonschema_rs.ValidationError, ValueError) as error:
        words = str(getattr(error, "message", error))[:120]
        raise ContractFault(
            "CS450",
            f"a schema of the contract is not valid: {words}",
            "check it with a validator of its format, or download the file again",
        ) from None


def _worded(keyword: str, node: dict[str, Any], value: Any, path: Path) -> Iterator[Fault]:
    at, told = _at(node), node.get(keyword)
    name = _name(path)
    if keyword == "required" and isinstance(value, dict):
        for one in told or ():
            if one not in value:
                yield Fault(
                    path=path, words=f"{name} lacks `{one}`, which the contract requires",
                    way_out=f"write `{one}`", at=at,
                )  # fmt: skip
    elif keyword == "type":
        kinds = [told] if isinstance(told, str) else list(told or ())
        wanted = " or ".join(_TYPES.get(one, one) for one in kinds)
        yield Fault(
            path=path, words=f"{name} must be {wanted} by the contract", way_out=f"write {wanted}", at=at
        )
    elif keyword in ("enum", "const"):
        allowed = tuple(told or ()) if keyword == "enum" else (told,)
        shown = ", ".join(json.dumps(one, ensure_ascii=False) for one in allowed[:12])
        texts = [one for one in allowed if isinstance(one, str)]
        hint = nearest(value, texts) if isinstance(value, str) else ""
        words = f"{name} is not one of the values of the contract{hint}"
        yield Fault(path=path, words=words, way_out=f"write one of {shown}", at=at, allowed=allowed)
    else:
        shown = json.dumps(told, ensure_ascii=False)[:100]
        yield Fault(
            path=path, words=f"{name} does not satisfy `{keyword}: {shown}` of the contract",
            way_out="change the value", at=at,
        )  # fmt: skip


def _unknown(known: set[str], node: dict[str, Any], value: Any, path: Path) -> Iterator[Fault]:
    for key in value if isinstance(value, dict) else ():
        if key not in known:
            yield Fault(
                path=(*path, key), words=f"`{key}` is not in the contract{nearest(key, sorted(known))}",
                way_out="correct the name, or remove it", at=_at(node),
            )  # fmt: skip


def _named(node: Any, root: dict[str, Any], seen: set[int]) -> set[str]:
    """Return the properties that a schema names, with all that it is made of."""
    if not isinstance(node, dict) or id(node) in seen:
        return set()
    seen.add(id(node))
    found = set(node.get("properties", {}))
    if "$ref" in node:
        found |= _named(_definition(node, root), root, seen)
    for name in ("allOf", "anyOf", "oneOf"):
        for one in node.get(name, ()):
            found |= _named(one, root, seen)
    for name in ("then", "else"):
        found |= _named(node.get(name), root, seen)
    return found


def deprecated_in(schema: dict[str, Any], value: Any) -> Iterator[tuple[Path, str]]:
    """Yield the properties of a value that a schema marks as deprecated, each with its pointer there."""
    yield from _deprecated(schema, value, (), schema, 0)


def _deprecated(
    node: Any, value: Any, path: Path, root: dict[str, Any], depth: int
) -> Iterator[tuple[Path, str]]:
    if not isinstance(node, dict) or depth > DEPTH:
        return
    if "$ref" in node:
        yield from _deprecated(_definition(node, root), value, path, root, depth + 1)
    for name in ("allOf", "anyOf", "oneOf"):
        for one in node.get(name, ()):
            yield from _deprecated(one, value, path, root, depth + 1)
    if isinstance(value, dict):
        for key, one in node.get("properties", {}).items():
            if key in value:
                if isinstance(one, dict) and one.get("deprecated") is True:
                    yield (*path, key), _at(one) or _at(node)
                yield from _deprecated(one, value[key], (*path, key), root, depth + 1)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _deprecated(node.get("items"), one, (*path, index), root, depth + 1)


def _at(node: dict[str, Any]) -> str:
    return str(node.get("x-at", ""))


def _name(path: Path) -> str:
    return f"`{'.'.join(map(str, path))}`" if path else "the body"
