"""A compiled workspace × an environment → what is wanted there, under which names, written where."""

from __future__ import annotations

from callsheet.compiling import Compiled
from callsheet.documents.places import Path
from callsheet.language.action import Action, Definition
from callsheet.language.addresses import Address
from callsheet.language.environment import Environment, overlaid_spots
from callsheet.language.layers import URL, URL_PATH
from callsheet.language.urls import url_text
from callsheet.planning.plan import Desired
from callsheet.planning.sides import Place


def desired_of(compiled: Compiled, environment: Environment) -> Desired:
    """Return what a compiled workspace wants of one environment."""
    return Desired(
        actions=compiled.by_environment.get(environment.name, {}),
        renamed_from=compiled.renames,
        place=place_in(compiled, environment),
    )


def place_in(compiled: Compiled, environment: Environment) -> Place:
    """Return the function that returns where a field of a compiled action is written."""

    def place(address: str, path: Path) -> tuple[str, int, int] | None:
        action = compiled.definitions.get(Address.read(address).name)
        if action is None:
            return None
        if not path:
            return action.origin.place
        source = ("lifecycle", "protect") if path == ("protect",) else path
        offset = path[2] if path[:2] == URL and path[2:] else None
        if isinstance(offset, int):
            source = _part_of_url(action, environment, offset)
        document, there, _ = overlaid_spots("", action, environment).where(source)
        return document.location(there)

    return place


def _part_of_url(action: Definition, environment: Environment, offset: int) -> Path:
    """Return which field writes the character of a compiled URL: that of the whole, or of its path."""
    from callsheet.compiling.action import compiled_base

    base = compiled_base(action, environment) if isinstance(action, Action) else None
    if base is None:
        return URL
    return URL if offset < len(url_text(base).removesuffix("/")) else URL_PATH
