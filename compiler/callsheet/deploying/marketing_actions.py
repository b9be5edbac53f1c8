"""Actions × the policy service of the account → the marketing actions that the screen would not offer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from callsheet.compiling import Compiled
from callsheet.deploying.stores import Stores
from callsheet.documents import Problem
from callsheet.errors import CallsheetError
from callsheet.language import Environment
from callsheet.language.addresses import Address
from callsheet.language.content import Content
from callsheet.language.environment import overlaid_spots
from callsheet.planning.plan import Current, Desired
from callsheet.planning.sides import content_of
from callsheet.targets.journey_optimizer.marketing_actions import unknown_marketing_actions
from callsheet.targets.journey_optimizer.rules.consent import UNKNOWN
from callsheet.targets.journey_optimizer.target import JourneyTarget
from callsheet.words import meant

FIELD: Final = "marketingAction"


def planned_notes(stores: Stores, desired: Desired, current: Current) -> tuple[str, ...]:
    """Return what a plan should note: the marketing actions of its changes that the account does not have.

    Where nothing that changes has one, nobody is asked.
    """
    changed = {
        address: one.content
        for address, one in desired.actions.items()
        if FIELD in one.content
        and (address not in current.deployed or current.deployed[address].digest != one.digest)
    }
    return _notes(stores, changed)


def drifted_notes(stores: Stores, current: Current) -> tuple[str, ...]:
    """Return the same of what was applied: a marketing action may be gone since then."""
    return _notes(stores, {at: content_of(one) for at, one in current.applied.items()})


def problems_of_consent(
    stores: Stores, names: Collection[str], compiled: Compiled, environment: Environment
) -> tuple[list[Problem], tuple[str, ...]]:
    """Return each marketing action that the account does not have (CS897), and why that is not known.

    Args:
        stores: of an environment that holds journeys.
        names: of actions; all of them, where it is empty.
        compiled: the workspace, in which the places are.
        environment: whose actions they are.

    """
    there = compiled.by_environment.get(environment.name, {})
    contents = {
        address: one.content
        for address, one in there.items()
        if one.kind == "Action" and (not names or Address.read(address).name in names)
    }
    try:
        unknown = _unknown(stores, contents)
    except CallsheetError as error:
        return [], (_unread(error),)
    return [
        overlaid_spots(UNKNOWN, compiled.actions[Address.read(address).name], environment).value(
            (FIELD,),
            f"the account has no marketing action `{name}`{meant(near)}",
            do="name one of the account's, or add it to the policy service",
        )
        for address, (name, near) in unknown.items()
    ], ()


def _notes(stores: Stores, contents: Mapping[str, Content]) -> tuple[str, ...]:
    try:
        found = _unknown(stores, contents)
    except CallsheetError as error:
        return (_unread(error),)
    return tuple(
        f"{address}: the account has no marketing action `{name}`{meant(near)} ({UNKNOWN})"
        for address, (name, near) in found.items()
    )


def _unread(error: CallsheetError) -> str:
    return f"whether the account has the marketing actions is not known: {error.message}"


def _unknown(stores: Stores, contents: Mapping[str, Content]) -> dict[str, tuple[str, str | None]]:
    """Return, by address, a marketing action that the account does not have, and one that may be meant."""
    target = stores.target
    wanted = {address: one[FIELD] for address, one in sorted(contents.items()) if FIELD in one}
    online = isinstance(target, JourneyTarget) and target.endpoints is not None and target.unreached is None
    if not wanted or not online or not isinstance(target, JourneyTarget):
        return {}
    unknown = unknown_marketing_actions(target.account, set(wanted.values()))
    return {address: (name, unknown[name]) for address, name in wanted.items() if name in unknown}
