"""Kind Target: a document → the description of a REST collection in which actions are deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from callsheet.documents import Document, Problem
from callsheet.language.catalog import Spots
from callsheet.language.environment import Environment
from callsheet.language.schema_check import nearest

_FIELD = re.compile(r"\{\{\s*(\w+)((?:\.[A-Za-z_$][A-Za-z0-9_$-]*)*)\s*(\|\s*tojson\s*)?\}\}")
"""A field in a leaf of a Target's body: its root, its path, and whether it is there as JSON."""


def one_field(leaf: str) -> re.Match[str] | None:
    """Find the one field that a leaf holds; None for a constant, and for what holds another template."""
    found = list(_FIELD.finditer(leaf))
    return found[0] if len(found) == 1 and leaf.count("{{") == 1 else None


def is_one_way(leaf: Any) -> bool:
    """Return whether a leaf is made of the action by `$each` or `$choose`, and not read backwards."""
    return isinstance(leaf, Mapping) and any(key.startswith("$") for key in leaf)


def with_collections(
    environments: list[Environment], targets: Mapping[str, Document]
) -> tuple[list[Environment], list[Problem]]:
    """Return each environment whose target is a collection the description that it names.

    Args:
        environments: resolved.
        targets: the documents of kind Target, by name.

    """
    found, problems = [], []
    for environment in environments:
        target = environment.target
        if target is None or target["type"] != "http":
            found.append(environment)
            continue
        name = target.get("collection")
        document = targets.get(str(name))
        if document is None:
            spots = Spots("CS807", environment.document)
            message = f"there is no Target `{name}`" + nearest(str(name), targets)
            problems.append(
                spots.key(("spec", "target"), message, do="name a document of kind Target by `collection`")
            )
            continue
        found.append(replace(environment, collection=document))
    return found, problems


def fields_of_body(body: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the leaves of a Target's body, each with its path; a list is one, and what goes one way."""
    if isinstance(body, dict) and body and not is_one_way(body):
        for key, one in body.items():
            yield from fields_of_body(one, (*path, key))
    else:
        yield path, body
