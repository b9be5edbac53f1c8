"""A plan of an environment without a writing API → its steps by hand, with who uses what they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from callsheet.compiling import Compiled
from callsheet.deploying.agreement import Agreement
from callsheet.deploying.current import read_current
from callsheet.deploying.journeys import usage_for
from callsheet.deploying.preconditions import check_guards
from callsheet.deploying.stores import Stores
from callsheet.planning.desired import desired_of
from callsheet.planning.model import Plan
from callsheet.planning.planfile import part_of, with_digest
from callsheet.targets import SnapshotTarget
from callsheet.targets.journey_optimizer.titles import Screen, screen_for


class PackResult(Struct, frozen=True, kw_only=True):
    """Steps that are done by hand; the reports write them as the files of a pack.

    Attributes:
        plan: of those steps alone.
        journeys: that use each action, by address, as far as they are known.
        screen: on which they are done.

    """

    plan: Plan
    journeys: Mapping[str, Sequence[str]]
    screen: Screen


def steps_by_hand(plan: Plan, agreement: Agreement, stores: Stores, compiled: Compiled) -> PackResult:
    """Return the steps of a plan that are done by hand.

    Raises:
        CallsheetError: CS901 to CS919 where the plan is refused, CS872, CS873 where the other half of it
            cannot be done now.

    """
    environment = agreement.environment
    current = read_current(stores)
    unreached = stores.target.unreached if isinstance(stores.target, SnapshotTarget) else None
    if unreached is not None and part_of(plan, by_hand=False).changes:
        # Half of the plan cannot be done now: the other half must not be started.
        raise unreached
    plan = agreement.held(plan, stores, current.deployed)
    usage, _ = usage_for(stores, agreement.root, desired_of(compiled, environment), current)
    used = {one.address_before: usage.journeys(one.address_before) for one in plan.changes}
    by_hand = part_of(with_digest(check_guards(plan, agreement.accept)), by_hand=True)
    return PackResult(plan=by_hand, journeys=used, screen=screen_for(environment.target))
