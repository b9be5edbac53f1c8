"""CS320: an action with what lies over and under it → what is wrong with it, where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from callsheet.documents import Path, Problem, Related
from callsheet.language.action import Definition
from callsheet.language.catalog import Spots, declare
from callsheet.language.environment import DefinitionSpots, Environment
from callsheet.language.kinds import KINDS
from callsheet.language.layers import Layer, Written, assembled
from callsheet.language.merge import holds, is_removal, value_in
from callsheet.language.schema_check import check_value
from callsheet.rules.connections import without_url

declare(
    "CS320",
    "overlay-removes",
    """An overlay takes a field away by `$remove: true`, and only one that is there.

A null takes nothing away: it is a value, where one is allowed, as in a payload. An item of a list cannot be
taken away: write the whole list. An authentication of another type replaces the whole of the one below it,
and `{type: none}` is the one that sends nothing.

For example, in an Environment:

    overlays: {push: {limits: null}}
    overlays: {push: {request: {headers: {X-Shop: {$remove: yes}}}}}
""",
    adjustable=False,
)

_HOW = "to take a field away, write it as `{$remove: true}`"


class _DocumentSpots(DefinitionSpots, frozen=True):
    """As `DefinitionSpots`, by paths from the document's root, as the schema names them."""

    overlays: tuple[Layer, ...] = ()

    def where(self, path: Path, offset: int = 0) -> Written:
        if path[:1] != ("spec",):
            root = () if self.definition is None else self.definition.origin.root
            return Written(self.document, (*root, *path), offset)
        return DefinitionSpots.where(self, path[1:], offset)

    def value(self, path: Path, message: str, *, do: str, related: tuple[Related, ...] = ()) -> Problem:
        """Point at a value; an overlay's null that cannot stand there was meant to take a field away."""
        if not self._is_null(path[1:]):
            return Spots.value(self, path, message, do=do, related=related)
        field = ".".join(map(str, path))
        return Spots.value(
            replace(self, code="CS320"),
            path,
            f"null is not allowed in `{field}`, and takes no field away",
            do=_HOW if path != ("spec", "authentication") else "write `authentication: {type: none}`",
        )

    def _is_null(self, path: Path) -> bool:
        return any(
            holds(one.fields, one.inner(path)) and value_in(one.fields, one.inner(path)) is None
            for one in self.overlays
        )


def check_assembled(action: Definition) -> list[Problem]:
    """Check that an action over its connection is still valid by its schema."""
    made = action.connection is not None or action.origin.row is not None
    return without_url(action) or (_check(action, None, ()) if made else [])


def check_overlay(action: Definition, environment: Environment) -> list[Problem]:
    """Check that an action is still valid by its schema when an environment's overlays are over it."""
    overlays = environment.overlays_of(action)
    if not overlays:
        return []
    misplaced = list(_misplaced_removals(action, overlays))
    return misplaced or _check(action, environment, overlays)


def _check(
    action: Definition, environment: Environment | None, overlays: tuple[Layer, ...]
) -> list[Problem]:
    spec = assembled((*action.layers, *overlays))
    whole = {**action.origin.value, "spec": spec}

    def at(code: str) -> Spots:
        return _DocumentSpots(code, action.document, (), action, environment, overlays)

    return check_value(at, whole, KINDS[action.kind].schema)


def _misplaced_removals(action: Definition, overlays: tuple[Layer, ...]) -> Iterator[Problem]:
    """Yield the removals that take nothing away, at their places."""
    for index, layer in enumerate(overlays):
        below = None
        for path, value in _removals(layer.fields, ()):
            spots = Spots("CS320", layer.document, layer.root)
            if not path or not is_removal(value):
                yield spots.key((*path, "$remove"), "`$remove` takes nothing away", do=_HOW)
                continue
            below = below or assembled((*action.layers, *overlays[:index]))
            if any(isinstance(part, int) for part in path):
                message = "`$remove` cannot take an item out of a list"
                yield spots.key((*path, "$remove"), message, do="write the whole list")
            elif not holds(below, _in_action(layer, path)):
                message = f"there is no `{'.'.join(map(str, path))}` to take away"
                yield spots.key(path, message, do="correct the name, or remove the line")


def _in_action(layer: Layer, path: Path) -> Path:
    """Return where an action has what a layer writes at a path."""
    if layer.form == "connection" and path[0] in ("url", "headers", "query"):
        return ("request", *path)
    return path


def _removals(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield every mapping with `$remove`, with its path."""
    if isinstance(value, dict):
        if "$remove" in value:
            yield path, value
        for key, one in value.items():
            yield from _removals(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _removals(one, (*path, index))
