"""What a ledger recorded → what each apply did to an object, by whom, and which fields it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from callsheet.deploying.seen import Seen
from callsheet.language.difference import Difference
from callsheet.language.masking import masked
from callsheet.ledger import Applied, ApplyRecord, SettledStep
from callsheet.planning.field_changes import differences
from callsheet.planning.sides import content_of
from callsheet.templates.values import digest_of

MOST_PAST = 10
"""So many applies of an object are shown of each environment."""
Done = tuple[ApplyRecord, SettledStep]
"""A step that was done, or that the open apply has not settled, and the apply that it was a step of."""


class Past(Struct, frozen=True, kw_only=True):
    """What one apply did to an object.

    Attributes:
        step: create, update and so on.
        open: whether it is not settled: what became of it is not known.
        diff: what differed from before; None where the ledger no longer says what was written, or where
            there was nothing before.

    """

    record: ApplyRecord
    step: str
    diff: Sequence[Difference] | None = None
    open: bool = False


class History(Struct, frozen=True):
    """The last applies of an object in one environment, and how many there were before."""

    past: Sequence[Past]
    older: int


class Steps:
    """What was done to each object of an environment."""

    def __init__(self, seen: Seen) -> None:
        self._found: dict[str, list[Done]] = {}
        for record in seen.applies:
            for step in record.steps:
                if step.outcome == "done" or is_open(record, step, seen):
                    self._found.setdefault(step.address, []).append((record, step))

    def of(self, address: str) -> Sequence[Done]:
        """Return what was done to an object, newest first; by an earlier name before it was renamed."""
        found: list[Done] = []
        renamed: Done | None = None
        while True:
            for done in self._found.get(address, ()):
                if renamed is None or done[0].serial < renamed[0].serial:
                    found.append(done)
                    if done[1].action == "rename":
                        break
            if not found or found[-1] is renamed or found[-1][1].action != "rename":
                return found
            renamed = found[-1]
            address = renamed[1].address_before


def is_open(record: ApplyRecord, step: SettledStep, seen: Seen) -> bool:
    """Return whether a step is one that the open apply of an environment has not settled."""
    return step.outcome == "open" and record.serial == seen.open_serial


def history_of(steps: Sequence[Done], seen: Seen) -> History:
    """Return the last applies of an object, newest first, each with what it changed."""
    addresses = {it for _, step in steps for it in (step.address, step.address_before)}
    texts = {digest_of(text): text for one in addresses for text in seen.texts.get(one, ())}
    past = [
        Past(record=record, step=step.action, open=True)
        if is_open(record, step, seen)
        else Past(record=record, step=step.action, diff=_differences(step, texts))
        for record, step in steps[:MOST_PAST]
    ]
    return History(past, len(steps) - len(past))


def _differences(step: SettledStep, texts: Mapping[str, str]) -> Sequence[Difference] | None:
    before, after = texts.get(step.before or ""), texts.get(step.after or "")
    if before is None or after is None:
        return None
    # Without what is hidden, on both sides: neither a value nor the name of a field tells it.
    old, new = (
        masked(content_of(Applied(address=step.address, canonical=text, digest="", serial=0)))
        for text in (before, after)
    )
    return differences(old, new)
