"""A value → every text in it, and every key, each with its path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.documents.places import Path


def texts_in(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every text of a value, in order."""
    kind = value.__class__
    if kind is str:
        yield path, value
    elif kind is dict:
        for key, one in value.items():
            inner = one.__class__
            if inner is str:
                yield (*path, key), one
            elif inner is dict or inner is list:
                yield from texts_in(one, (*path, key))
    elif kind is list:
        for index, one in enumerate(value):
            yield from texts_in(one, (*path, index))


def keys_in(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every key of a value, in order."""
    kind = value.__class__
    if kind is dict:
        for key, one in value.items():
            yield (*path, key)
            yield from keys_in(one, (*path, key))
    elif kind is list:
        for index, one in enumerate(value):
            yield from keys_in(one, (*path, index))
