"""CS320: an action with an environment's overlay over it → what is wrong with it, where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from callsheet.documents import Document, Path, Problem, Related
from callsheet.language.action import Definition
from callsheet.language.catalog import Spots, declare
from callsheet.language.environment import Environment, OverlaidSpots, overlaid_spots
from callsheet.language.kinds import KINDS
from callsheet.language.merge import holds, value_in
from callsheet.language.schema_check import check_value

declare(
    "CS320",
    "overlay-removes",
    """An overlay must not remove a field, by `$remove` or by a null where none is allowed.

`$remove` is planned for a later version. Until then, remove the field from the action, and write it in the
overlays of the environments that need it. A null is a value where one is allowed, as in a payload. An
authentication is removed by `{type: none}`: one of another type replaces the whole of it.

For example, in an Environment:

    overlays: {push: {limits: null}}
    overlays: {push: {request: {headers: {X-Shop: {$remove: true}}}}}
""",
    adjustable=False,
)


@dataclass(frozen=True, slots=True)
class _OverlaidDocumentSpots(OverlaidSpots):
    """As `OverlaidSpots`, by paths from the document's root, as the schema names them."""

    def where(self, path: Path) -> tuple[Document, Path]:
        if path[:1] != ("spec",) or self.environment is None or self.action is None:
            return self.document, path
        return self.environment.origin(self.action, path[1:])

    def value(self, path: Path, message: str, *, do: str, related: tuple[Related, ...] = ()) -> Problem:
        """Point at a value; an overlay's null that cannot stand there was meant to take a field away."""
        if not self._is_null(path):
            return Spots.value(self, path, message, do=do, related=related)
        field = ".".join(map(str, path))
        return Spots.value(
            replace(self, code="CS320"),
            path,
            f"null is not allowed in `{field}`, and an overlay cannot remove a field yet",
            do=_WITHOUT if path != ("spec", "authentication") else "write `authentication: {type: none}`",
        )

    def _is_null(self, path: Path) -> bool:
        if self.environment is None or self.action is None:
            return False
        overlay = {"spec": self.environment.overlays.get(self.action.name)}
        return holds(overlay, path) and value_in(overlay, path) is None


_WITHOUT = "remove the field from the action, and write it in the overlays of the environments that need it"


def check_overlay(action: Definition, environment: Environment) -> list[Problem]:
    """Check that an action is still valid by its schema when an environment's overlay is over it."""
    spec = environment.overlaid(action)
    if spec is action.spec:
        return []
    removals = [*_removals(environment.overlays[action.name], ())]
    if removals:
        at_overlay = overlaid_spots("CS320", action, environment)
        message = "`$remove` is not supported yet: an overlay cannot remove a field"
        return [at_overlay.key(path, message, do=_WITHOUT) for path in removals]
    whole = {**action.document.value, "spec": spec}

    def at(code: str) -> Spots:
        return _OverlaidDocumentSpots(code, action.document, (), environment, action)

    return check_value(at, whole, KINDS[action.kind].schema)


def _removals(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict):
        if "$remove" in value:
            yield (*path, "$remove")
        for key, one in value.items():
            yield from _removals(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _removals(one, (*path, index))
