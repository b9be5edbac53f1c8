"""How a query parameter or a header writes lists and objects, and what is written → the texts of a value.

Source: OpenAPI 3.1, "Style Values" and "Style Examples"; Swagger 2.0, "Parameter Object". In one thing more
is read than they say: `name[]`, `name[key][]` and `name[key][0]`, as PHP and Rails write lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsheet.contracts.text_values import kinds_of, properties_of
from callsheet.contracts.walking import Walk

Pairs = Sequence[tuple[str, str]]

DELIMITERS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}
"""What stands between the items of a list that is written as one text, by style."""
_FORMATS = {
    "csv": ("form", False), "ssv": ("spaceDelimited", False), "tsv": ("tabDelimited", False),
    "pipes": ("pipeDelimited", False), "multi": ("form", True),
}  # fmt: skip
MAX_NESTED = 6
_KEYS = re.compile(r"(?:\[[^\[\]]*\])+")
_KEY = re.compile(r"\[([^\[\]]*)\]")


def style_of(parameter: Mapping[str, Any], *, old: bool) -> dict[str, Any]:
    """Return the style of a parameter, and whether each item has a pair of its own (`explode`).

    Args:
        parameter: as the description writes it.
        old: whether the description is Swagger 2.0.

    """
    empty = parameter.get("allowEmptyValue") is True
    if old:
        style, spread = _FORMATS.get(str(parameter.get("collectionFormat")), ("form", False))
        return {"style": style, "explode": spread, "empty": empty, "nested": _nested(parameter)}
    usual = "simple" if parameter.get("in") == "header" else "form"
    style = str(parameter.get("style") or usual)
    explode = parameter.get("explode")
    spread = explode if isinstance(explode, bool) else style == "form"
    return {"style": style, "explode": spread, "empty": empty}


def _nested(parameter: Mapping[str, Any]) -> list[str]:
    """Return what stands between the items of lists within lists (Swagger 2.0, "Items Object")."""
    found: list[str] = []
    items = parameter.get("items")
    while isinstance(items, dict) and items.get("type") == "array" and len(found) < MAX_NESTED:
        style, _ = _FORMATS.get(str(items.get("collectionFormat")), ("form", False))
        found.append(DELIMITERS[style])
        items = items.get("items")
    return found


def delimiter_within(parameter: Mapping[str, Any], level: int) -> str:
    """Return what stands between the items of a list within a list, `level` lists further in."""
    nested = parameter.get("nested") or ()
    return str(nested[level]) if level < len(nested) else ","


class Query:
    """A query or the headers of a request, as a parameter of a contract reads it.

    Args:
        parameter: its record in an operation.
        root: the definitions to which its schema refers.
        others: the names of the other parameters, which are no part of this one.

    """

    def __init__(self, parameter: Mapping[str, Any], root: dict[str, Any], others: Sequence[str]) -> None:
        self.name: str = parameter["name"]
        self.style: str = parameter["style"]
        self.explode: bool = parameter["explode"]
        self.is_json: bool = parameter["json"]
        schema = parameter["schema"]
        walk = Walk(root)
        self.kinds = kinds_of((schema,), walk)
        self.properties, self.free = properties_of((schema,), walk)
        self.others = set(others)
        is_spread = self.explode and self.style == "form" and "object" in self.kinds
        self.is_spread = is_spread and not self.is_json
        self.delimiter = DELIMITERS.get(self.style, ",")
        self.nested: Sequence[str] = parameter.get("nested") or ()

    def pairs(self, pairs: Pairs) -> list[tuple[str, str]]:
        """Return what of a query belongs to the parameter."""
        return [(key, text) for key, text in pairs if self._has(key)]

    def _has(self, key: str) -> bool:
        takes_more = self.free == "described" and key not in self.others
        if self.is_spread and (key in self.properties or takes_more):
            return True
        if self.style == "deepObject" and key.startswith(f"{self.name}["):
            return _KEYS.fullmatch(key[len(self.name) :]) is not None
        if self.style == "form" and "array" in self.kinds and key == f"{self.name}[]":
            return True
        return key == self.name and not (self.is_spread and self.kinds == {"object"})

    def may_be_there(self, pairs: Pairs) -> bool:
        """Return whether an object that is open may be written by names that nothing describes."""
        is_open = self.is_spread and self.free != "closed"
        return is_open and (not self.properties or any(key not in self.others for key, _ in pairs))

    def values(self, pairs: Pairs) -> Iterator[Any]:
        """Yield what the pairs of the parameter may stand for, with texts as leaves.

        Where the schema leaves open whether it is a list, an object or one value, each is read.
        """
        if any(key not in (self.name, f"{self.name}[]") for key, _ in pairs):
            yield self._deep(pairs) if self.style == "deepObject" else dict(pairs)
            return
        texts = [text for _, text in pairs]
        if self.is_json:
            yield texts[0]
            return
        one = self.delimiter.join(texts)
        if "array" in self.kinds:
            parts = texts if self.explode and self.style == "form" else self._split(one)
            yield [_parted(part, self.nested) for part in parts]
        if "object" in self.kinds and self.style != "deepObject":
            yield self._paired(self._split(one))
        yield texts[0] if len(texts) == 1 else texts

    def _split(self, text: str) -> list[str]:
        parts = text.split(self.delimiter) if text else []
        # Around the commas of a header there may be blanks (RFC 9110, section 5.6.1).
        return [one.strip() for one in parts] if self.style == "simple" else parts

    def _paired(self, parts: list[str]) -> Any:
        """Return an object that is written as one text; the parts themselves where it is none."""
        if self.style == "simple" and self.explode:
            cut = [one.partition("=") for one in parts]
            found = {key: held for key, _, held in cut}
            return found if all(sign for _, sign, _ in cut) and len(found) == len(cut) else parts
        found = dict(zip(parts[::2], parts[1::2], strict=False))
        return found if len(parts) == 2 * len(found) else parts

    def _deep(self, pairs: Pairs) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, text in pairs:
            _put(found, _KEY.findall(key[len(self.name) :]) or [key], text)
        return found


def _parted(text: str, delimiters: Sequence[str]) -> Any:
    """Return the lists within a list that a text is, by what stands between their items."""
    if not delimiters:
        return text
    parts = text.split(delimiters[0]) if text else []
    return [_parted(one, delimiters[1:]) for one in parts]


def _put(found: dict[str, Any], path: Sequence[str], text: str) -> None:
    """Write a text at a path of keys; the empty key is the next item of a list."""
    for part in path[:-1]:
        inner = found.setdefault(part or str(len(found)), {})
        if not isinstance(inner, dict):
            return
        found = inner
    found[path[-1] or str(len(found))] = text


def written(parameter: Mapping[str, Any], value: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield the pairs of a value that is no text: each name, and its leaves, which a delimiter joins."""
    name, style, explode = parameter["name"], parameter["style"], parameter["explode"]
    if isinstance(value, Mapping):
        if style == "deepObject":
            for key, leaf in _leaves(value):
                yield f"{name}{key}", [leaf]
        elif explode and style == "form":
            for key, one in value.items():
                yield key, [one]
        elif explode and style == "simple":
            yield name, [(f"{key}=", one) for key, one in value.items()]
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
