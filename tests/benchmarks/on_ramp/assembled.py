"""A schema of a description → a value made of the examples, defaults and values that its parts name."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

DEPTH = 8
OF_FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "ada@example.com",
    "uuid": "7d444840-9dc0-41f1-b245-5ffdce74fad2",
    "uri": "https://example.com/a",
    "url": "https://example.com/a",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "google-duration": "3.5s",
    "byte": "YQ==",
}


class Assembler:
    """Assembles values; what is optional is there in half of all cases.

    Args:
        look: returns what a reference leads to, or None.
        chance: decides between alternatives.

    """

    def __init__(self, look: Callable[[str], Any], chance: random.Random) -> None:
        self.look = look
        self.chance = chance

    def value(self, node: Any, depth: int = 0) -> Any:
        """Return a value for a schema; it is not certain that it fits."""
        for _ in range(10):
            if isinstance(node, dict) and isinstance(node.get("$ref"), str):
                node = self.look(node["$ref"])
        if not isinstance(node, dict) or depth > 2 * DEPTH:
            return {} if node is None else "text"
        for name in ("example", "default", "const"):
            if name in node and node[name] is not None:
                return node[name]
        for name in ("examples", "enum"):
            if isinstance(node.get(name), list) and node[name]:
                return self.chance.choice(node[name])
        parts = list(node["allOf"]) if isinstance(node.get("allOf"), list) else []
        for name in ("oneOf", "anyOf"):
            if isinstance(node.get(name), list) and node[name]:
                parts.append(self.chance.choice(node[name]))
        if not parts:
            return self._plain(node, depth)
        own = {key: one for key, one in node.items() if key not in ("allOf", "oneOf", "anyOf")}
        found = [self.value(one, depth + 1) for one in parts]
        found += [self._plain(own, depth)] if own.get("properties") else []
        if not all(isinstance(one, dict) for one in found):
            return found[0]
        return {key: it for one in found for key, it in one.items()}

    def _plain(self, node: dict[str, Any], depth: int) -> Any:
        kinds = node.get("type")
        kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
        if kind == "object" or (kind is None and isinstance(node.get("properties"), dict)):
            return self._object(node, depth)
        if kind == "array":
            number = max(1, min(3, node.get("minItems") or 1))
            return [self.value(node.get("items"), depth + 1) for _ in range(number)]
        if kind in ("integer", "number"):
            return node.get("minimum", min(1, node.get("maximum", 1)))
        if kind == "boolean":
            return self.chance.random() < 0.5
        if kind == "null":
            return None
        text = OF_FORMATS.get(str(node.get("format")), "text")
        text += "x" * (min(node.get("minLength") or 0, 200) - len(text))
        return text[: node.get("maxLength") or None]

    def _object(self, node: dict[str, Any], depth: int) -> dict[str, Any]:
        required = node.get("required") if isinstance(node.get("required"), list) else []
        found = {}
        for name, one in (node.get("properties") or {}).items():
            read_only = isinstance(one, dict) and one.get("readOnly") is True
            if (name in (required or ()) and not read_only) or (
                depth < DEPTH and not read_only and self.chance.random() < 0.5
            ):
                found[name] = self.value(one, depth + 1)
        extra = node.get("additionalProperties")
        if isinstance(extra, dict) and not found and depth < DEPTH:
            found["key"] = self.value(extra, depth + 1)
        return found
