"""How a query parameter or a header writes lists and objects, and what is written → the value.

Source: OpenAPI 3.1, "Style Values" and "Style Examples"; Swagger 2.0, "Parameter Object".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsheet.contracts.nodes import all_of

Pairs = Sequence[tuple[str, str]]

DELIMITERS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}
"""What stands between the items of a list that is written as one text, by style."""
_FORMATS = {
    "csv": ("form", False), "ssv": ("spaceDelimited", False), "tsv": ("tabDelimited", False),
    "pipes": ("pipeDelimited", False), "multi": ("form", True),
}  # fmt: skip
_KEY = re.compile(r"\[([^\[\]]*)\]")


def style_of(parameter: Mapping[str, Any], *, old: bool) -> dict[str, Any]:
    """Return the style of a parameter, and whether each item has a pair of its own (`explode`).

    Args:
        parameter: as the description writes it.
        old: whether the description is Swagger 2.0.

    """
    if old:
        style, spread = _FORMATS.get(str(parameter.get("collectionFormat")), ("form", False))
        return {"style": style, "explode": spread}
    usual = "simple" if parameter.get("in") == "header" else "form"
    style = str(parameter.get("style") or usual)
    explode = parameter.get("explode")
    return {"style": style, "explode": explode if isinstance(explode, bool) else style == "form"}


def shape_of(schema: Any, root: dict[str, Any]) -> dict[str, Any]:
    """Return the types, the properties and the items of a schema and of all that it always satisfies."""
    found: dict[str, Any] = {"properties": {}}
    for node in all_of(schema, root):
        found["properties"] |= node.get("properties") or {}
        for name in ("type", "items", "additionalProperties", "anyOf", "oneOf"):
            if name in node:
                found.setdefault(name, node[name])
    if found["properties"]:
        found.setdefault("type", "object")
    return found


def pairs_of(parameter: Mapping[str, Any], shape: Mapping[str, Any], pairs: Pairs) -> list[tuple[str, str]]:
    """Return what of a query belongs to a parameter.

    Args:
        parameter: its record in an operation.
        shape: of its schema.
        pairs: names and values of the query.

    """
    return [(key, text) for key, text in pairs if _is_of(parameter, shape, key)]


def _is_of(parameter: Mapping[str, Any], shape: Mapping[str, Any], key: str) -> bool:
    name = parameter["name"]
    if key == name:
        return True
    if parameter["style"] == "deepObject":
        return key.startswith(f"{name}[") and key.endswith("]")
    if parameter["style"] == "form" and may_be(shape, "array"):
        # Not of the specification, and usual: PHP's and Rails' form of a list.
        return key == f"{name}[]"
    return is_spread(parameter, shape) and key in shape["properties"]


def is_spread(parameter: Mapping[str, Any], shape: Mapping[str, Any]) -> bool:
    """Return whether the properties of an object are parameters of their own, without its name."""
    return bool(parameter["explode"]) and parameter["style"] == "form" and may_be(shape, "object")


def value_of(parameter: Mapping[str, Any], shape: Mapping[str, Any], pairs: Pairs) -> Any:
    """Return what a parameter's pairs stand for, with texts as leaves: a text, a list or a mapping."""
    name, style = parameter["name"], parameter["style"]
    if style == "deepObject" and any(key != name for key, _ in pairs):
        found: dict[str, Any] = {}
        for key, text in pairs:
            _put(found, _KEY.findall(key[len(name) :]) or [key], text)
        return found
    if is_spread(parameter, shape) and any(key in shape["properties"] for key, _ in pairs):
        return dict(pairs)
    delimiter = DELIMITERS.get(style, ",")
    texts = [text for _, text in pairs]
    if may_be(shape, "object"):
        parts = delimiter.join(texts).split(delimiter)
        return dict(zip(parts[::2], parts[1::2], strict=False))
    if may_be(shape, "array"):
        return texts if len(texts) > 1 else texts[0].split(delimiter)
    return texts[0]


def readings(value: Any, schema: Any, root: dict[str, Any]) -> Iterator[Any]:
    """Yield the values that texts can stand for: first that of the schema's type, then of any other."""
    yield typed(value, schema, root)
    shape = shape_of(schema, root)
    for one in (*shape.get("anyOf", ()), *shape.get("oneOf", ())):
        yield typed(value, one, root)
    if isinstance(value, str):
        yield value
        yield from (_scalar(value, kind) for kind in ("boolean", "number", "null"))


def typed(value: Any, schema: Any, root: dict[str, Any]) -> Any:
    """Read the texts of a value as the types that a schema wants."""
    shape = shape_of(schema, root)
    if isinstance(value, Mapping):
        other = shape.get("additionalProperties")
        return {key: typed(one, shape["properties"].get(key, other), root) for key, one in value.items()}
    if isinstance(value, list):
        return [typed(one, shape.get("items"), root) for one in value]
    kinds = shape.get("type", "string")
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind == "array":
            return [typed(one, shape.get("items"), root) for one in value.split(",")]
        found = _scalar(value, kind)
        if found is not value:
            return found
    return value


def _scalar(text: str, kind: str) -> Any:
    """Return the value of a kind that a text stands for; the text itself where it stands for none."""
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind in ("integer", "number") and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text):
        number = float(text)
        return int(number) if number.is_integer() and "." not in text else number
    return None if kind == "null" and text in ("", "null") else text


def _put(found: dict[str, Any], path: Sequence[str], text: str) -> None:
    for part in path[:-1]:
        inner = found.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        found = inner
    found[path[-1]] = text


def written(parameter: Mapping[str, Any], value: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield the pairs of a value that is no text: each name, and its leaves, which a delimiter joins."""
    name, style, explode = parameter["name"], parameter["style"], parameter["explode"]
    if isinstance(value, Mapping):
        if style == "deepObject":
            for key, leaf in _leaves(value):
                yield f"{name}{key}", [leaf]
        elif explode:
            for key, one in value.items():
                yield key, [one]
        else:
            yield name, [part for pair in value.items() for part in pair]
    elif explode and style == "form":
        for one in value:
            yield name, [one]
    else:
        yield name, list(value)


def _leaves(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, one in value.items():
        if isinstance(one, Mapping):
            for inner, leaf in _leaves(one):
                yield f"[{key}]{inner}", leaf
        else:
            yield f"[{key}]", one


def may_be(shape: Mapping[str, Any], kind: str) -> bool:
    """Return whether a value of a shape may be of a kind."""
    kinds = shape.get("type", ())
    return kind in ([kinds] if isinstance(kinds, str) else kinds)
