"""What a row of the list and a card have in common: an object with its state in each environment."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from callsheet.deploying.cataloguing import State
from callsheet.language.kinds import deployed_kinds


class Row(Struct, frozen=True):
    """An object with its state by environment."""

    kind: str
    name: str
    states: Mapping[str, State]

    @property
    def sort(self) -> str:
        """Its kind in words; the kind itself where there are none."""
        known = deployed_kinds()
        return known[self.kind].singular if self.kind in known else self.kind

    @property
    def last(self) -> State | None:
        """Its newest apply anywhere; None where none is known."""
        found = [one for one in self.states.values() if one.at]
        return max(found, key=lambda one: one.at, default=None)

    @property
    def words(self) -> list[str]:
        """The words of its states, each once."""
        return [*dict.fromkeys(one.word for one in self.states.values())]

    @property
    def placed(self) -> list[str]:
        """The words of its states, each after the name of its environment."""
        return [f"{name} {one.word}" for name, one in self.states.items()]
