"""A schema as its description writes it → what it says of one value, with all that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Around = tuple[Any, ...]
"""The schemas around another one that are held against the same value."""

_SIDES = {"readOnly", "writeOnly"}
_SCALARS = (str, int, float, bool, type(None))


class Shapes:
    """Looks at the schemas of one description.

    Args:
        follow: returns what a reference refers to, or None.
        named_is_closed: whether an object that names its properties has no others, as in discovery, where
            `additionalProperties` describes the keys that are free.

    """

    def __init__(self, follow: Callable[[str], Any], *, named_is_closed: bool = False) -> None:
        self.follow = follow
        self.named_is_closed = named_is_closed

    def parts(self, node: Any) -> Iterator[dict[str, Any]]:
        """Yield a schema, what it refers to, and the parts of its `allOf`: a value must satisfy each."""
        if isinstance(node, dict) and "$ref" not in node and "allOf" not in node:
            yield node  # most are made of nothing else
            return
        seen: set[int] = set()
        rest = [node]
        while rest:
            one = rest.pop(0)
            if not isinstance(one, dict) or id(one) in seen:
                continue
            seen.add(id(one))
            yield one
            if isinstance(one.get("$ref"), str):
                rest.append(self.follow(one["$ref"]))
            if isinstance(one.get("allOf"), list):
                rest += one["allOf"]

    def is_closed(self, node: Any) -> bool:
        """Return whether a schema refuses what it does not name.

        Vendors close the parts of an `allOf` one by one, which no value with the names of two parts would
        satisfy: a part that is closed closes the whole, with the names of all of them.
        """
        closed = False
        for one in self.parts(node):
            # What additionalProperties takes or refuses is evaluated: it decides where both are there.
            keywords = ("additionalProperties", "unevaluatedProperties")
            extra = [one[name] for name in keywords if name in one][:1]
            if any(it is not False for it in extra):
                return False
            names = self.named_is_closed and bool(one.get("properties"))
            closed = closed or bool(extra) or names
        return closed

    def evaluates_all(self, node: dict[str, Any]) -> bool:
        """Return whether `additionalProperties` leaves nothing to `unevaluatedProperties` beside it."""
        return "additionalProperties" in node or any(
            one.get("additionalProperties") is True for one in self.parts(node)
        )

    def names(self, nodes: Around) -> list[str]:
        """Return the properties that schemas name, without those of their alternatives."""
        parts = [part for node in nodes for part in self.parts(node)]
        found = dict.fromkeys(name for part in parts for name in _properties(part))
        choices = [part["discriminator"] for part in parts if isinstance(part.get("discriminator"), dict)]
        found |= {one["propertyName"]: None for one in choices if isinstance(one.get("propertyName"), str)}
        return list(found)

    def is_read_only(self, name: Any, nodes: Around) -> bool:
        """Return whether only an answer contains a property: a request need not."""
        return any(
            one.get("readOnly") is True
            for node in nodes
            for part in self.parts(node)
            for one in self.parts(_properties(part).get(name))
        )

    def sides(self, node: Any) -> dict[str, bool]:
        """Return `readOnly` and `writeOnly` of a property, where it or what it is made of says so."""
        found = {}
        for part in self.parts(node):
            for name in _SIDES & part.keys():
                if part[name] is True:
                    found[name] = True
        return found

    def allowed(self, node: Any, name: str) -> list[Any] | None:
        """Return the values that a schema allows of a property by `const` or `enum`; None without one."""
        found = [one for part in self.parts(node) for one in self.parts(_properties(part).get(name))]
        values = [[one["const"]] for one in found if "const" in one]
        values += [one["enum"] for one in found if isinstance(one.get("enum"), list)]
        least = min(values, key=len, default=None)
        return least if least and all(isinstance(one, _SCALARS) for one in least) else None

    def requires(self, node: Any, name: str) -> bool:
        """Return whether a schema requires a property."""
        return any(
            name in part["required"] for part in self.parts(node) if isinstance(part.get("required"), list)
        )

    def takes_object(self, node: Any) -> bool:
        """Return whether an object may satisfy a schema, by its type."""
        kinds = [one.get("type", "object") for one in self.parts(node)]
        return node is not False and all(
            "object" in ([one] if isinstance(one, str) else one) for one in kinds
        )


def _properties(node: dict[str, Any]) -> dict[str, Any]:
    found = node.get("properties")
    return found if isinstance(found, dict) else {}
