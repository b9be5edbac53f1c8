"""What was written → what is read back: a step is done where the service shows what was asked.

The answer to a write is enough where it shows the whole object as it was asked. Else the object is read, or
the list where a service has no other way; several times, because some show a write only after a while.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.errors import CallsheetError
from callsheet.outbound.retries import looks
from callsheet.targets.model import Deployed, StepKept
from callsheet.targets.rest.mapping import BodyMapping
from callsheet.targets.rest.writing import Written

LOOKS = 5
"""How often an object is read back before it counts as something else: for a second and a half at most."""
Bodies = Mapping[str, Mapping[str, Any]]


class Read(Struct, frozen=True, kw_only=True):
    """What was read back of a step.

    Attributes:
        identity: the id of the object; None where there is none.
        body: what is shown of it; None where nothing is.
        good: is everything as it was asked?
        why: why the step is not done; None where it is.

    """

    identity: str | None = None
    body: Mapping[str, Any] | None = None
    good: bool = False
    why: StepKept | CallsheetError | None = None


class ReadBack:
    """Reads back what was written to one collection.

    Args:
        mapping: of the body.
        read_one: reads an object by its id, None where it is not there; None for a service without.
        read_all: reads the list, by id; None where it changes while it is read.
        of_body: returns an object of the service, by its id and what it shows.
        wait: waits so many seconds.

    """

    def __init__(
        self,
        mapping: BodyMapping,
        read_one: Callable[[str], Mapping[str, Any] | None] | None,
        read_all: Callable[[], Bodies | None],
        of_body: Callable[[str, Mapping[str, Any]], Deployed],
        wait: Callable[[float], None],
    ) -> None:
        self.mapping = mapping
        self.read_one = read_one
        self.read_all = read_all
        self.of_body = of_body
        self.wait = wait

    def check(self, written: Sequence[Written]) -> list[Read]:
        """Read back steps that the service took; return for each what was found, in their order."""
        found = [self._answered(one) for one in written]
        for _ in looks(LOOKS, self.wait):
            waiting = [number for number, one in enumerate(found) if not one.good]
            try:
                if waiting:
                    self._look(written, found, waiting)
            except CallsheetError as error:
                unknown = _unknown(error.message)
                return [one if one.good else replace(one, why=unknown) for one in found]
            if all(one.good for one in found):
                break
        return [
            read if read.good else replace(read, why=self._why(one, read))
            for one, read in zip(written, found, strict=True)
        ]

    def _answered(self, one: Written) -> Read:
        """Take the answer to the write for what is read back, where it says everything."""
        if one.action is None:
            return Read(good=not one.gone)
        shown = one.shown is not None and not self.mapping.differing(one.shown, one.action)
        return Read(identity=one.identity, good=not one.gone and (one.untouched or shown))

    def _look(self, written: Sequence[Written], found: list[Read], waiting: Sequence[int]) -> None:
        """Look at each that is not as it should be: by itself where that answers it, else in the list."""
        rest = []
        for number in waiting:
            read = self._by_itself(written[number])
            if read is None:
                rest.append(number)
            else:
                found[number] = read
        bodies = self.read_all() if rest else None
        for number in rest:
            if bodies is not None:
                found[number] = self._in_list(written[number], bodies)

    def _by_itself(self, one: Written) -> Read | None:
        """Read an object by its id; None where only the list shows it.

        What was deleted may still be read by its id, where the list no longer shows it.
        """
        if self.read_one is None or any(self.read_one(identity) is not None for identity in one.gone):
            return None
        if one.action is None:
            return Read(good=True)
        body = None if one.identity is None else self.read_one(one.identity)
        return None if body is None else self._compared(one, one.identity, body)

    def _in_list(self, one: Written, bodies: Bodies) -> Read:
        left = next((identity for identity in one.gone if identity in bodies), None)
        if one.action is None:
            return Read(identity=left, body=None if left is None else bodies[left], good=left is None)
        identity = one.identity if one.identity in bodies else self._named(one, bodies)
        if identity is None:
            return Read()
        whole = None if self.read_one is None else self.read_one(identity)
        read = self._compared(one, identity, bodies[identity] if whole is None else whole)
        return replace(read, good=read.good and left is None)

    def _compared(self, one: Written, identity: str | None, body: Mapping[str, Any]) -> Read:
        good = not self.mapping.differing(body, one.action or {})
        return Read(identity=identity, body=body, good=good)

    def _named(self, one: Written, bodies: Bodies) -> str | None:
        """Find the object whose id was not answered, by what it says; the one that says all of it first."""
        alike = [
            identity
            for identity, body in bodies.items()
            if identity not in one.gone and self.of_body(identity, body).address == one.step.address
        ]
        same = [it for it in alike if not self.mapping.differing(bodies[it], one.action or {})]
        return next(iter([*same, *alike]), None)

    def _why(self, one: Written, read: Read) -> StepKept | CallsheetError:
        if one.action is None and read.body is None:
            return _unknown("its list changes while it is read")
        if read.body is None or read.identity is None:
            return _unknown("it reported success, but does not show the object")
        there: Deployed | None = self.of_body(read.identity, read.body)
        if there is not None and there.address not in (one.step.address, one.step.address_before):
            there = None
        if one.action is None:
            return StepKept("the service accepted the deletion, but still shows the object", there)
        other = self.mapping.differing(read.body, one.action)
        if not other:
            return StepKept("the service accepted it, but still shows the object that it replaced", there)
        names = ", ".join(".".join(path) for path in other[:5])
        return StepKept(f"the service accepted it, but stored something else than was sent: {names}", there)


def _unknown(what: str) -> CallsheetError:
    return CallsheetError(
        "CS871",
        f"it is unknown whether the service did it: {what}",
        help="run plan again: it reads the service, and settles what was left open",
    )
