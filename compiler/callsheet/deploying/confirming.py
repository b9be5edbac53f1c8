"""Steps that were done by hand → the record: each as its plan says, by whom and when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from callsheet.deploying.executor import ApplyResult, Conduct, apply_plan
from callsheet.deploying.preconditions import refuse_other
from callsheet.deploying.stores import Stores
from callsheet.errors import CallsheetError
from callsheet.language.addresses import Address
from callsheet.language.schema_check import nearest
from callsheet.planning import Change, Plan
from callsheet.planning.planfile import with_digest


def confirm_steps(plan: Plan, names: Collection[str], stores: Stores, conduct: Conduct) -> ApplyResult:
    """Record that steps of a plan were done on the screen.

    Args:
        plan: of the pack.
        names: of the actions; all that are open, where it is empty.
        stores: open for writing.
        conduct: who did it, and when.

    Raises:
        CallsheetError: CS842 for a step that the pack does not have, or that was done in another way since;
            CS913 and CS915 for another ledger or sandbox.

    """
    position = stores.ledger.position()
    refuse_other(plan, stores.target.identity(), position)
    deployed = stores.target.read()
    chosen = []
    for change in _chosen(plan, names):
        found = deployed.get(change.address)
        before = deployed.get(change.address_before)
        if (found.digest if found else None) == change.after_digest and change.action != "delete":
            continue  # it was confirmed already, as it is
        if change.action == "delete" and before is None:
            continue
        if (before.digest if before else None) != change.before_digest:
            raise CallsheetError(
                "CS842",
                f"{change.address_before} has changed since the pack was written",
                help="write a new pack with `callsheet apply`",
            )
        chosen.append(change)
    now = replace(
        plan,
        lineage=position.lineage,
        serial=position.serial,
        changes=tuple(chosen),
        drift=(),
        unmanaged=(),
    )
    if not chosen:
        return ApplyResult(now, position.serial, "nothing")
    return apply_plan(with_digest(now), stores, conduct)


def _chosen(plan: Plan, names: Collection[str]) -> list[Change]:
    by_name = {Address.read(one.address).name: one for one in plan.changes}
    for name in names:
        if name not in by_name:
            raise CallsheetError(
                "CS842",
                f"the pack has no step `{name}`{nearest(name, by_name)}",
                help=f"its steps are: {', '.join(by_name)}",
            )
    return [one for name, one in by_name.items() if not names or name in names]
