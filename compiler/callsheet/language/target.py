"""Kind Target: a document → the description of a REST collection in which actions are deployed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from callsheet.documents import Document
from callsheet.language.environment import Environment

_FIELD = re.compile(r"\{\{\s*(\w+)((?:\.[A-Za-z_$][A-Za-z0-9_$-]*)*)\s*(\|\s*tojson\s*)?\}\}")
"""A field in a leaf of a Target's body: its root, its path, and whether it is there as JSON."""


def one_field(leaf: str) -> re.Match[str] | None:
    """Find the one field that a leaf contains; None for a constant, and with another template."""
    found = list(_FIELD.finditer(leaf))
    return found[0] if len(found) == 1 and leaf.count("{{") == 1 else None


def is_one_way(leaf: Any) -> bool:
    """Return whether a leaf is made of the action by `$each` or `$choose`, and not read backwards."""
    return isinstance(leaf, Mapping) and any(key.startswith("$") for key in leaf)


def collection_named(environment: Environment) -> str | None:
    """Return the name of the Target that an environment deploys to; None for another type of target."""
    target = environment.target
    return str(target.get("collection")) if target is not None and target["type"] == "http" else None


def with_collections(
    environments: Iterable[Environment], targets: Mapping[str, Document]
) -> list[Environment]:
    """Return each environment, one whose target is a collection with the description that it names.

    One that names none is left out.

    Args:
        environments: resolved.
        targets: the documents of kind Target, by name.

    """
    found = []
    for environment in environments:
        name = collection_named(environment)
        if name is None:
            found.append(environment)
        elif name in targets:
            found.append(replace(environment, collection=targets[name]))
    return found


def fields_of_body(body: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the leaves of a Target's body, each with its path; a list is one, and what goes one way."""
    if isinstance(body, dict) and body and not is_one_way(body):
        for key, one in body.items():
            yield from fields_of_body(one, (*path, key))
    else:
        yield path, body
