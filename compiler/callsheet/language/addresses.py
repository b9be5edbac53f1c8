"""The address of an object: its kind and its name, written as `Action/firebase_push`."""

from __future__ import annotations

from typing import NamedTuple


class Address(NamedTuple):
    """What identifies an object in a workspace, a plan, a target and a ledger.

    Attributes:
        kind: as documents write it.
        name: of the object; unique in a workspace over all kinds that are deployed.

    """

    kind: str
    name: str

    @classmethod
    def read(cls, text: str) -> Address:
        """Return the address that a text, as `Action/firebase_push`, writes."""
        kind, _, name = text.partition("/")
        return cls(kind, name)

    def __str__(self) -> str:
        """Return the address as it is written."""
        return f"{self.kind}/{self.name}"
