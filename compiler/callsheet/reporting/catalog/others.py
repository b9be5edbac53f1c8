"""What is deployed and not defined → rows of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Struct

from callsheet.deploying.cataloguing import CatalogResult, State
from callsheet.importing.guesses import without_accents
from callsheet.language.addresses import Address
from callsheet.language.kinds import deployed_kinds


class Other(Struct, frozen=True):
    """An object that is deployed somewhere, and that the workspace does not define."""

    kind: str
    name: str
    states: Mapping[str, State]

    vendor: ClassVar[str] = ""
    channel: ClassVar[str] = ""
    owner: ClassVar[str] = ""
    sensitivity: ClassVar[Sequence[str]] = ()

    @property
    def search(self) -> str:
        """Everything by which it is found, in lower case and without accents."""
        return without_accents(self.name).casefold()

    @property
    def words(self) -> list[str]:
        """The words of its states, each once."""
        return [*dict.fromkeys(one.word for one in self.states.values())]

    @property
    def placed(self) -> list[str]:
        """The words of its states, each after the name of its environment."""
        return [f"{name} {one.word}" for name, one in self.states.items()]

    @property
    def sort(self) -> str:
        """Its kind in words; the kind itself where there are none."""
        known = deployed_kinds()
        return known[self.kind].singular if self.kind in known else self.kind

    @property
    def last(self) -> State | None:
        """Its newest apply anywhere; None where none is known."""
        return newest(self.states)


def others_of(result: CatalogResult) -> Sequence[Other]:
    """Return them by their addresses."""
    return [Other(*Address.read(address), states) for address, states in result.others.items()]


def by_state(result: CatalogResult) -> Sequence[tuple[str, str, Sequence[str]]]:
    """Return their addresses by environment and state."""
    found: dict[tuple[str, str], list[str]] = {}
    for address, states in result.others.items():
        for name, one in states.items():
            found.setdefault((name, one.word), []).append(address)
    return [(name, word, addresses) for (name, word), addresses in sorted(found.items())]


def newest(states: Mapping[str, State]) -> State | None:
    """Return the state with the newest apply; None where none is known."""
    found = [one for one in states.values() if one.at]
    return max(found, key=lambda one: one.at, default=None)
