"""A step that is done by hand: what to look at, and what to type, in the screen's order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callsheet.language.addresses import Address
from callsheet.language.kinds import deployed_kinds
from callsheet.planning import Change
from callsheet.targets.journey_optimizer.screen import Field, fields_of
from callsheet.targets.journey_optimizer.titles import Screen

_CHECKS = {
    "create": ("Nothing of this name is there.",),
    "update": ("It exists, and was not changed since the last time.",),
    "replace": ("Journeys use the action: make a new one, move them to it, and delete the old one.",),
    "rename": ("It is there under its old name, which the journeys that use it show.",),
    "delete": ("No journey uses the action: the screen refuses to delete one that is used.",),
}


class PackStep:
    """One change, and what it is on the screen."""

    def __init__(self, number: int, change: Change, journeys: Sequence[str], screen: Screen) -> None:
        self.number = number
        self.change = change
        self.journeys = list(journeys)
        self.name = Address.read(change.address).name
        self.fields = fields_of(change.after, screen) if change.after is not None else []
        is_message = Address.read(change.address).kind == "Message"
        self.message = change.after if change.after is not None and is_message else None

    @property
    def title(self) -> str:
        """What is done, in one line."""
        kind, name = Address.read(self.change.address)
        known = deployed_kinds().get(kind)
        word = known.singular if known is not None else kind.lower()
        return f"{self.number}. {self.change.action.capitalize()} the {word} {name}"

    @property
    def checks(self) -> list[str]:
        """What to look at before it is saved."""
        found = list(_CHECKS.get(self.change.action, ()))
        if self.journeys:
            found.append(f"These journeys use it: {', '.join(self.journeys)}.")
        if self.change.action in ("update", "replace", "delete") and not self.journeys:
            found.append("Which journeys use it is not known here: look at “Used in” on the screen.")
        if any(one.kind == "secret" for one in self.fields):
            found.append("Have the secrets at hand: they are named here, and never contained.")
        return found

    def sections(self) -> Iterator[tuple[str, list[Field]]]:
        """Yield the fields by section of the screen, in its order."""
        sections: dict[str, list[Field]] = {}
        for one in self.fields:
            sections.setdefault(one.section, []).append(one)
        yield from sections.items()
