"""Files and documents in a workspace that are not its definitions, and are left alone.

A vendor's description, to which contracts refer, a collection that somebody exported to import from it, and
what callsheet itself writes, may lie anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

from callsheet.compiling.unit import Left
from callsheet.documents import Source, Unreadable
from callsheet.documents.foreign_reader import ForeignFault, read_foreign
from callsheet.language.own_output import MAX_BYTES, is_own_file, is_own_output

MAX_DESCRIPTION_BYTES = 16 * 1_048_576
"""A vendor's description may be larger than a file of actions."""

_SECTIONS = frozenset(
    """
    schemas responses parameters examples requestBodies headers securitySchemes links callbacks pathItems
    """.split()  # noqa: SIM905 - a list of words
)
"""Of the components of a description (OpenAPI 3.1, "Components Object")."""
_DESCRIPTION = re.compile(
    rb"""(?x) ^\{?\s*["']?(?:openapi|swagger)["']?\s*: | "kind"\s*:\s*"discovery\#restDescription"
    | ^\{?\s*["']?components["']?\s*:\s*\{?\s*["']?(?:"""
    + "|".join(sorted(_SECTIONS)).encode()
    + rb""")["']?\s*:""",
    re.MULTILINE,
)
_OPENAPI = re.compile(rb"""^\s*\{?\s*["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]\.""", re.MULTILINE)
_COLLECTION = re.compile(
    rb"""(?x) getpostman\.com/json/collection/v | "_postman_variable_scope"\s*: | "_postman_id"\s*:
    | ["']?__export_format["']?\s*:\s*[0-9]
    | \A\s*["']?type["']?\s*:\s*["']?[a-z]+\.insomnia\.rest/
    | \A\{?\s*["']?opencollection["']?\s*:
    | \A\s*\{\s*"log"\s*:\s*\{\s*"(?:version|creator|pages|entries|browser)"\s*:"""
)
"""How a collection of Postman or Insomnia, an environment of theirs, and a HAR file begin."""
_OURS = frozenset(("kind", "metadata", "spec"))
"""Keys of a document of ours, one of which is there where another was forgotten."""
_BEGINNING = 65_536
"""How much of a file tells what it is: characters of a text, bytes of a large file."""


def begins_as_openapi(content: bytes) -> bool:
    """Return whether the bytes of a file begin as an OpenAPI description does."""
    return _OPENAPI.search(content[:_BEGINNING]) is not None


def is_foreign(value: Any, *, is_json: bool) -> bool:
    """Return whether a document does not belong to the workspace."""
    return _is_description(value) or _is_collection(value) or (is_json and is_own_output(value))


def is_description_file(text: str, values: Collection[Any], *, is_json: bool) -> bool:
    """Return whether a file is a description, by what could be read of it, or by its beginning."""
    if any(map(_is_description, values)):
        return True
    if is_json and not values:
        # The reader of our own documents gives up where a number is too large; the key may stand anywhere.
        with suppress(ForeignFault):
            return _is_description(read_foreign(text, is_json=True))
    return _begins_as(text[:_BEGINNING].encode("utf-8", "replace"), _DESCRIPTION)


def is_collection_file(text: str) -> bool:
    """Return whether a file is what another program exported, by its beginning."""
    return _begins_as(text[:_BEGINNING].encode("utf-8", "replace"), _COLLECTION)


def without_parts(units: Sequence[Left]) -> list[Left]:
    """Return units without those of the files of which descriptions consist, which are theirs."""
    waiting = [file for one in units if one.describes for file in one.refers]
    if not waiting:
        return list(units)
    by_file = {one.file: one for one in units}
    parts: set[str] = set()
    while waiting:
        file = waiting.pop()
        if file not in parts and file in by_file:
            parts.add(file)
            waiting += by_file[file].refers
    # A file with documents of ours keeps them, whoever names it.
    return [one for one in units if not one.empty or one.file not in parts]


def is_large_and_foreign(source: Source, file: str) -> bool:
    """Return whether a file that is too large for a document is not ours, or a report of ours."""
    try:
        content = source.read(file, limit=MAX_DESCRIPTION_BYTES)
    except Unreadable:
        return _is_large_output(source, file)
    head = content[:_BEGINNING]
    return _begins_as(head, _DESCRIPTION, _COLLECTION) or is_own_file(content)


def _begins_as(head: bytes, *forms: re.Pattern[bytes]) -> bool:
    return b"callsheet/v1" not in head and any(one.search(head) is not None for one in forms)


def _is_large_output(source: Source, file: str) -> bool:
    try:
        return is_own_file(source.read(file, limit=MAX_BYTES))
    except Unreadable:
        return False


def _is_description(value: Any) -> bool:
    if not isinstance(value, dict) or "apiVersion" in value:
        return False
    known = ("openapi", "swagger", "asyncapi")
    is_whole = any(one in value for one in known) or value.get("kind") == "discovery#restDescription"
    return is_whole or _is_part(value)


def _is_part(value: dict[Any, Any]) -> bool:
    """Return whether a document is the paths or the components of a description, to which none need refer.

    A document of ours has neither. A schema alone is not told from one that lacks its kind.
    """
    if _OURS & value.keys():
        return False
    sections, paths = value.get("components"), value.get("paths")
    has_sections = isinstance(sections, dict) and bool(sections) and sections.keys() <= _SECTIONS
    has_paths = isinstance(paths, dict) and bool(paths) and all(str(one).startswith("/") for one in paths)
    return has_sections or has_paths


def _is_collection(value: Any) -> bool:
    """Return whether a document is an export of Postman, Insomnia or Bruno, or a HAR file."""
    if not isinstance(value, dict) or "apiVersion" in value or "kind" in value:
        return False
    within = value.get("collection")  # as Postman's API wraps it
    whole = within if isinstance(within, dict) else value
    log = value.get("log")
    is_bruno = isinstance(value.get("items"), list) or value.get("type") == "collection"
    return (
        (isinstance(whole.get("info"), dict) and isinstance(whole.get("item"), list))
        or any(one in value for one in ("_postman_variable_scope", "opencollection"))
        or (value.get("_type") == "export" and isinstance(value.get("resources"), list))
        or ".insomnia.rest/" in str(value.get("type"))
        or (isinstance(log, dict) and isinstance(log.get("entries"), list))
        or (is_bruno and "version" in value and "name" in value)
    )
