"""What a PATCH says: the fields that are to be, null for those that are to go (RFC 7396)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from callsheet.documents import equal
from callsheet.language.difference import NOTHING
from callsheet.targets.rest.normal import is_empty
from callsheet.targets.rest.template import KeyPath, get, put


def with_removed(
    body: dict[str, Any], leaves: Iterable[KeyPath], shown: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    """Add to a body a null for each leaf that it lacks and that the service has.

    Args:
        body: what is to be; changed in place.
        leaves: the paths that callsheet writes.
        shown: what the service shows of the object.
        sent: what callsheet sent of it before.

    """
    for path in leaves:
        there = get(shown, path)
        gone = get(body, path) is NOTHING and there is not NOTHING and there is not None
        # What callsheet never sent, and the service fills with nothing, is the service's own.
        if gone and not (is_empty(there) and get(sent, path) is NOTHING):
            put(body, path, None)
    return body


def patch_of(
    leaves: Iterable[KeyPath], now: Mapping[str, Any], wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the merge patch that brings the leaves of an object to what is wanted, and nothing else."""
    patch: dict[str, Any] = {}
    for path in leaves:
        there, value = get(now, path), get(wanted, path)
        if value is NOTHING:
            if there is not NOTHING:
                put(patch, path, None)
        elif isinstance(value, Mapping) and isinstance(there, Mapping):
            inner = merge_patch(there, value)
            if inner:
                put(patch, path, inner)
        elif not equal(value, there):
            put(patch, path, value)
    return patch


def merge_patch(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the merge patch that makes one value of another: null takes a member away."""
    patch: dict[str, Any] = {key: None for key in now if key not in wanted}
    for key, value in wanted.items():
        there = now.get(key, NOTHING)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            inner = merge_patch(there, value)
            if inner:
                patch[key] = inner
        elif not equal(value, there):
            patch[key] = value
    return patch


def unsayable(now: Any, wanted: Any) -> KeyPath | None:
    """Return where a merge patch cannot make one value of another; None where it can.

    Null takes a member away, so that no patch can make a member null. In a list null stays null.
    """
    if not isinstance(wanted, Mapping):
        return None
    for key, value in wanted.items():
        there = now.get(key, NOTHING) if isinstance(now, Mapping) else NOTHING
        if value is None and there is not None:
            return (key,)
        inner = unsayable(there, value)
        if inner is not None:
            return (key, *inner)
    return None
