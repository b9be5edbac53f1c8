"""A compiled payload → its fields, each with what becomes of it on the screen, and the JSON that is pasted.

Sources: the reference on the screen, section 2 (keys, lists, nulls); that on deployment, sections 1.4 and
1.5. A list of objects with a variable in it is one collection for the journey: its members can be renamed
and not computed, and a list within its objects is not mapped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from callsheet.documents import Path
from callsheet.language.layers import PAYLOAD
from callsheet.language.when_empty import is_droppable, members
from callsheet.targets.journey_optimizer.lowering.model import (
    EXACT,
    LoweredField,
    Topic,
    Verdict,
    relay,
    rough,
)

_SLOTS = ("$param", "$concat", "$expr", "$template", "$secret")
NO_OBJECT = relay("the payload is not an object", "root")
DROPPED_OBJECT = "the screen sends an object also where nothing in it has a value (`$whenEmpty: drop`)"
NULL_IN_LIST = "a null in a list is not sent"
KEY_FAULT = "the screen takes no key that contains `.` or begins with `$`"
COLLECTION = "the journey maps the list as one collection, with one object for each of its elements"


def section_of(path: Path) -> str:
    """Return which section of the request a path is in: url, headers, query or payload; empty for none."""
    return str(path[1]) if path[0] == "request" else ""


LowerLeaf = Callable[[Path, Any], LoweredField]


def is_slot(node: Any) -> bool:
    """Return whether a compiled value is a slot, and no value of the payload's own."""
    return isinstance(node, dict) and any(one in node for one in _SLOTS)


def is_variable(node: Any) -> bool:
    """Return whether a compiled value depends on parameters."""
    return is_slot(node) and "$secret" not in node


class PayloadFields(Struct, frozen=True):
    """Walks a payload; what stands around a field decides with what it contains.

    Attributes:
        lower: returns what becomes of a leaf by itself.

    """

    lower: LowerLeaf

    def fields(self, payload: Any) -> Iterator[LoweredField]:
        """Yield every field of a payload, with its verdict."""
        if is_slot(payload):
            yield from self._root(payload)
        elif isinstance(payload, dict):
            yield from self._inside(payload, PAYLOAD, "")
        else:
            yield LoweredField(path=PAYLOAD, kind="none", verdict=NO_OBJECT)

    def _root(self, payload: Any) -> Iterator[LoweredField]:
        """Yield the field of a payload that is one slot: an object that no screen holds as a whole."""
        found = self.lower(PAYLOAD, payload)
        fits = found.verdict.needs_relay and "$template" in payload
        yield found if fits else LoweredField(path=PAYLOAD, kind="none", verdict=NO_OBJECT)

    def _inside(self, node: Any, path: Path, refused: str) -> Iterator[LoweredField]:
        """Yield the fields below a node; `refused` says why none of them can be held, where it is so."""
        if is_slot(node) or not isinstance(node, dict | list) or not node:
            yield self._leaf(node, path, refused)
        elif is_droppable(node):
            verdict = relay(DROPPED_OBJECT, "drop").noting(refused)
            yield LoweredField(path=path, kind="none", verdict=verdict)
        elif isinstance(node, dict):
            for key, one in members(node).items():
                yield from self._inside(one, (*path, key), refused or key_fault(key))
        elif not refused and any(_has_variable(one) for one in node if is_object(one)):
            yield from self._collection(node, path)
        else:
            for index, one in enumerate(node):
                yield from self._item(one, (*path, index), refused)

    def _item(self, node: Any, path: Path, refused: str) -> Iterator[LoweredField]:
        if node is None and not refused:
            verdict = rough(NULL_IN_LIST, topic="null")
            yield LoweredField(path=path, kind="constant", verdict=verdict)
        else:
            yield from self._inside(node, path, refused)

    def _leaf(self, node: Any, path: Path, refused: str) -> LoweredField:
        alone = self.lower(path, node)
        if not refused:
            return alone
        own = alone.verdict.reason if alone.verdict.needs_relay else ""
        topic: Topic = "key" if refused == KEY_FAULT else "list"
        return LoweredField(path=path, kind="none", verdict=relay(own, topic).noting(refused))

    def _collection(self, node: list[Any], path: Path) -> Iterator[LoweredField]:
        """Yield the fields of a list that the journey maps as a collection."""
        refused = ""
        if len(node) > 1:
            refused = "of a list of objects with variables, only the first object defines the fields"
        elif any(_has_list_of_variables(one) for one in node):
            refused = "a list with variables within the objects of a list is not mapped"
        for index, one in enumerate(node):
            for field in self._inside(one, (*path, index), refused):
                yield field if refused else _in_collection(field)


def _in_collection(field: LoweredField) -> LoweredField:
    """Return a field of a collection: a variable, and nothing else."""
    if field.verdict.needs_relay:
        return field
    if field.kind == "variable":
        verdict = field.verdict.noting(COLLECTION)
    elif field.kind == "computed":
        verdict = relay("a member of a collection can be renamed in a journey, and not computed", "list")
        return LoweredField(path=field.path, kind="none", verdict=verdict)
    else:
        name = field.path[-1]
        verdict = rough(
            f"`{name}` becomes a variable too: the fields of an object are mapped together", topic="half"
        )
    return LoweredField(
        path=field.path,
        kind=field.kind,
        verdict=verdict,
        value=field.value,
        label=field.label,
        type=field.type,
        parameter=field.parameter,
        optional=field.optional,
    )


def is_object(node: Any) -> bool:
    """Return whether a compiled value is an object of the payload's own."""
    return isinstance(node, dict) and not is_slot(node)


def key_fault(key: str) -> str:
    """Return why the screen takes no such key; empty where it takes it."""
    if "." in key or key.startswith("$"):
        return KEY_FAULT
    return ""


def _has_variable(node: Any) -> bool:
    if is_slot(node):
        return is_variable(node)
    if isinstance(node, dict):
        return any(_has_variable(one) for one in members(node).values())
    return isinstance(node, list) and any(_has_variable(one) for one in node)


def _has_list_of_variables(node: Any) -> bool:
    """Return whether an object contains a list with variables in it."""
    if is_slot(node) or not isinstance(node, dict | list):
        return False
    if isinstance(node, list):
        return _has_variable(node)
    return any(_has_list_of_variables(one) for one in members(node).values())


def pasted(node: Any, fields: Mapping[Path, LoweredField], path: Path = PAYLOAD) -> Any:
    """Return the JSON that is pasted into the screen: a variable is an object of three members.

    The members come from Adobe's tutorials, and not from the product's pages (correction 6).
    """
    found = fields.get(path)
    if found is not None and found.kind in ("variable", "computed"):
        return {"toBeMapped": True, "dataType": found.type, "label": found.label}
    if found is not None and found.kind == "secret":
        return f"{{{found.value}}}"
    if isinstance(node, dict):
        return {key: pasted(one, fields, (*path, key)) for key, one in members(node).items()}
    if isinstance(node, list):
        return [pasted(one, fields, (*path, index)) for index, one in enumerate(node)]
    return node


def constant_field(path: Path, value: Any, verdict: Verdict = EXACT) -> LoweredField:
    """Return a field that is a constant on the screen."""
    return LoweredField(path=path, kind="constant", value=value, verdict=verdict)
