"""A compiled workspace × an environment → what is wanted there, under which names, written where."""

from __future__ import annotations

from callsheet.compiling import Compiled
from callsheet.documents.places import Path
from callsheet.language.addresses import Address
from callsheet.language.environment import Environment, overlaid_spots
from callsheet.planning.changes import Place
from callsheet.planning.plan import Desired


def desired_of(compiled: Compiled, environment: Environment) -> Desired:
    """Return what a compiled workspace wants of one environment."""
    return Desired(
        actions=compiled.by_environment.get(environment.name, {}),
        renamed_from=renames(compiled),
        place=place_in(compiled, environment),
    )


def renames(compiled: Compiled) -> dict[str, str]:
    """Return the address before, by address after, of what was renamed."""
    return {
        one.address: str(Address(one.kind, one.renamed_from))
        for one in compiled.definitions.values()
        if one.renamed_from
    }


def place_in(compiled: Compiled, environment: Environment) -> Place:
    """Return the function that returns where a field of a compiled action is written."""
    definitions = compiled.definitions

    def place(address: str, path: Path) -> tuple[str, int, int] | None:
        action = definitions.get(Address.read(address).name)
        if action is None:
            return None
        if not path:
            return action.origin.place
        source = ("lifecycle", "protect") if path == ("protect",) else path
        document, there, _ = overlaid_spots("", action, environment).where(source)
        span = document.places.key(there) if there in document.places.keys else document.place(there)
        return document.file, span.line, span.column

    return place
