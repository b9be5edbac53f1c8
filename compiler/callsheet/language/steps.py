"""One step: what an apply does to one object, from the plan over the journal to the target."""

from __future__ import annotations

from msgspec import Struct


class Step(Struct, frozen=True):
    """One thing to do to a target.

    Attributes:
        number: its place within the apply, from 1.
        action: create, update, replace, rename, delete, adopt or forget.
        address: of the object after the step.
        address_before: of the object before it; another one for a rename.
        before: the digest that must be deployed now, or None where nothing must be.
        after: the digest of what will be deployed; None for a delete.
        canonical: the compiled action to deploy, as canonical JSON; None for a delete.
        key: the idempotency key: a step with a key that the target has seen is not done again.

    """

    number: int
    action: str
    address: str
    address_before: str
    before: str | None
    after: str | None
    canonical: str | None
    key: str
