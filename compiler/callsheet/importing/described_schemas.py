"""A schema of a description → what it is made of, and what the description shows at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from callsheet.contracts.discriminators import first_decided
from callsheet.documents import parts_of
from callsheet.importing.alternatives import Choices
from callsheet.importing.credentials import is_hidden, is_hidden_field

DEPTH = 12


class Described:
    """The schemas of a description.

    Args:
        description: with its examples.
        root: the schema whose definitions are referred to.
        alternative: which one of each choice is taken, from 0.

    Attributes:
        choices: that were made of alternatives.

    """

    def __init__(self, description: dict[str, Any], root: dict[str, Any], alternative: int = 0) -> None:
        self.alternative = alternative
        self.choices = Choices()
        self.description = description
        self.definitions = root.get("$defs", {})

    def parts(self, node: dict[str, Any], path: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
        """Return a schema with what it is made of, each once; of a choice, one alternative.

        With the path of an object, a choice is noted.
        """
        return self._added(node, set(), path)

    def _added(
        self, node: dict[str, Any], seen: set[Any], path: tuple[str, ...] | None
    ) -> list[dict[str, Any]]:
        found = [node]
        for one in self._unseen(node.get("allOf") or (), seen):
            if "if" not in one:
                found += self._added(one, seen, path)
            for part in self._unseen(first_decided(one), seen):
                found += self._added(part, seen, path)
        for name in ("oneOf", "anyOf"):
            if listed := node.get(name):
                chosen = listed[self.alternative % len(listed)]
                if path is not None:
                    self.choices.enter(path, listed, chosen)
                for one in self._unseen([chosen], seen):
                    found += self._added(one, seen, path)
        return found

    def _unseen(self, schemas: Iterable[Any], seen: set[Any]) -> Iterator[dict[str, Any]]:
        """Yield what schemas lead to, but for those that were there before: by what they refer to."""
        for schema in schemas:
            is_reference = isinstance(schema, dict) and schema.keys() <= {"$ref", "x-at"}
            key = schema.get("$ref") if is_reference else id(schema)
            if key not in seen:
                seen.add(key)
                yield self.resolved(schema)

    def resolved(self, schema: Any) -> dict[str, Any]:
        """Return a schema with what its references lead to."""
        node = schema if isinstance(schema, dict) else {}
        for _ in range(DEPTH):
            if "$ref" not in node:
                break
            (key,) = parts_of(node["$ref"].removeprefix("#/$defs"))
            node = {**self.definitions.get(key, {}), **{k: v for k, v in node.items() if k != "$ref"}}
        return node

    def shows_credential(self, parameter: Mapping[str, Any], value: Any) -> bool:
        """Return whether what a description shows for a parameter is, or contains, a credential."""
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            return any(self.shows_credential(parameter, one) for one in inner)
        name = parameter["name"]
        is_password = self.is_password(self.resolved(parameter["schema"]))
        return is_password or (isinstance(value, str) and is_shown_credential(value, (name,)))

    def is_password(self, node: dict[str, Any]) -> bool:
        """Return whether the description says of a value that it is a password."""
        return any(self.described_at(one).get("format") == "password" for one in self.parts(node))

    def shown(self, node: dict[str, Any]) -> Any:
        """Return the example that the description shows at the place of a schema."""
        value = self.described_at(node)
        examples = value.get("examples")
        listed = examples[0] if isinstance(examples, list) and examples else None
        return value.get("example", listed)

    def described_at(self, node: dict[str, Any]) -> dict[str, Any]:
        """Return what the description writes at the place of a schema."""
        return self.described(node.get("x-at", ""))

    def described(self, pointer: str) -> dict[str, Any]:
        """Return the mapping at a pointer of the description; empty where there is none."""
        value: Any = self.description
        for name in parts_of(pointer):
            if isinstance(value, list) and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
            else:
                value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}


def is_shown_credential(value: str, path: tuple[str, ...]) -> bool:
    """Return whether what a description shows is a credential: nothing is lost where it is none."""
    return is_hidden(value, path) or (bool(path) and is_hidden_field(path[-1], value))
