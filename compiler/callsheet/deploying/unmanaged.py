"""What is deployed in an environment and not managed → what `adopt --all` takes over."""

from __future__ import annotations

from callsheet.deploying.current import drift_plan, read_current
from callsheet.deploying.stores import Stores
from callsheet.documents import equal
from callsheet.importing.account import Found
from callsheet.language.addresses import Address
from callsheet.language.environment import Environment
from callsheet.language.selection import Selection
from callsheet.planning.chosen import only_deployed
from callsheet.planning.sides import content_of
from callsheet.targets import Deployed, ExpectingTarget


def unmanaged_in(environment: Environment, stores: Stores, selection: Selection) -> dict[str, Found]:
    """Return what is deployed, not managed, and selected, by address.

    Raises:
        CallsheetError: CS335 for a word that names nothing of it, CS336 where nothing is selected.

    """
    current = read_current(stores)
    there = {one: current.deployed[one] for one in drift_plan(environment, current).unmanaged}
    if selection:
        candidates = {address: only_deployed(address, one) for address, one in there.items()}
        # Nothing of it is in a revision: it is not defined.
        chosen = selection.choose(candidates, lambda revision: ())  # noqa: ARG005
        selection.refuse_empty(chosen, f" that is unmanaged in {environment.name}")
        there = {address: one for address, one in there.items() if address in chosen}
    by_content = isinstance(stores.target, ExpectingTarget)
    return {address: _found(address, one, by_content=by_content) for address, one in there.items()}


def _found(address: str, one: Deployed, *, by_content: bool) -> Found:
    """Return one object; what a target recognizes by its content alone has no name there."""
    content = content_of(one)
    name = Address.read(address).name
    return Found(
        content=content,
        digest=one.digest,
        nameless=by_content and not equal(content.get("name", name), name),
    )
