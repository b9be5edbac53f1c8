"""Which journey uses which action, and how sure that is: what others ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct, field

from callsheet.language.action import label_of
from callsheet.words import listed

Sure = Literal["certain", "likely", "possible", "doubtful"]
LIVE = ("Deployed", "Redeployed", "Paused")
"""States in which people are in a journey."""
OVER = ("Finished", "Stopped")
"""States in which a journey calls nothing any more."""


class Use(Struct, frozen=True, kw_only=True):
    """One node of a journey that may be a call of an action.

    Attributes:
        address: of the action.
        journey: its name, with the version where it has several.
        sure: certain (the journey reads its answer), likely (labels and name fit), possible (the labels fit
            no other action), doubtful.
        why: in words.
        mappings: what the node maps: label, path, expression.
        language: the one in which the labels fit best; empty where it maps none.
        fallback: whether an error or a timeout has a path of its own; None where that is unknown.
        timeout: how many seconds the journey gives an action; None where that is unknown.
        reads: the texts that read an answer of the action, each with whether it is a condition.
        missing: labels that the action requires, and the node does not map.
        extra: labels that the node maps, and the action does not have.

    """

    address: str
    journey: str
    status: str
    node: str
    sure: Sure
    why: str
    mappings: Sequence[Mapping[str, str]] = ()
    language: str = ""
    fallback: bool | None = None
    timeout: int | None = None
    reads: Sequence[Mapping[str, Any]] = ()
    missing: Sequence[str] = ()
    extra: Sequence[str] = ()

    @property
    def over(self) -> bool:
        """Whether the journey calls nothing any more."""
        return self.status in OVER

    @property
    def calls(self) -> bool:
        """Whether it is a node that calls the action, as far as can be said."""
        return bool(self.language) and self.sure != "doubtful"

    @property
    def may_call(self) -> bool:
        """Whether it may call the action, and what it maps is not known to be the action's."""
        return not self.reads and not self.calls

    @property
    def live(self) -> bool:
        """Whether people are in the journey."""
        return self.status in LIVE


class Usage(Struct, frozen=True, kw_only=True):
    """Who uses what.

    Attributes:
        uses: by address of the action.
        taken_at: of the snapshot; empty where the API was read just now, or nothing is known.
        names_only: whether the snapshot has no more than the names of journeys.
        unreached: why it is of a snapshot, where the API was asked.
        strangers: the actions that the snapshot names, and that are not there.

    """

    uses: Mapping[str, Sequence[Use]] = field(default_factory=dict)
    taken_at: str = ""
    names_only: bool = False
    unreached: str = ""
    strangers: Sequence[str] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of where this comes from."""
        found = []
        if self.unreached:
            found.append(f"Adobe's API was not reached ({self.unreached})")
        if self.taken_at:
            found.append(f"journeys are as of {self.taken_at}")
        if self.strangers:
            found.append(f"the snapshot names actions that are not there: {listed(self.strangers, 5)}")
        return tuple(found)

    def journeys(self, address: str) -> list[str]:
        """Return the journeys that use an action, likely or possibly, and are not over."""
        found = [one for one in self.uses.get(address, ()) if one.sure != "doubtful"]
        return sorted({one.journey for one in found if one.status not in OVER})

    def mapping(self, address: str, labels: Sequence[str]) -> list[str]:
        """Return the live journeys that map one of these labels of an action."""
        return sorted(
            {
                one.journey
                for one in self.uses.get(address, ())
                if one.live and one.sure != "doubtful" and any(it["label"] in labels for it in one.mappings)
            }
        )


def labels_of(compiled: Mapping[str, Any], name: str) -> list[str]:
    """Return the labels under which a parameter may have been typed in."""
    declared = compiled.get("parameters", {})
    return [label_of(declared, name, language) for language in ("en", "fr")] if name in declared else []
