"""A plan × the agreement that holds it → what became of it: the first apply, the lock, open steps."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from msgspec.structs import replace

from callsheet.deploying.agreement import Agreement
from callsheet.deploying.approvals import Approval, require
from callsheet.deploying.clean import commit_of
from callsheet.deploying.executor import ApplyResult, Conduct, apply_plan, settle_interrupted
from callsheet.deploying.preconditions import check_guards, refuse_other
from callsheet.deploying.stores import Stores
from callsheet.errors import CallsheetError
from callsheet.ledger import SettledStep
from callsheet.planning.model import Plan
from callsheet.planning.planfile import part_of
from callsheet.targets import Deployed


class OpenStores(Protocol):
    """Opens target and ledger."""

    def __call__(self, *, writing: bool) -> AbstractContextManager[Stores]:
        """Open them for writing, or only for reading."""


def apply_held(plan: Plan, agreement: Agreement, conduct: Conduct, open_stores: OpenStores) -> ApplyResult:
    """Apply a plan, exactly as it is or not at all.

    Raises:
        CallsheetError: CS901 to CS919, CS934 and CS954 where the plan is refused.

    """
    if not plan.changes:
        return ApplyResult(plan, plan.serial, "nothing", settled=_settle_open(open_stores, conduct))

    check_guards(plan, conduct.accepted)
    if plan.lineage is not None:
        # To open it for writing would make the database that is gone.
        with open_stores(writing=False) as stores:
            if stores.ledger.position().lineage is None:
                refuse_other(plan, stores.target.identity(), stores.ledger.position())
    elif not agreement.made:
        # The first apply makes the database: not for a plan that is refused.
        with open_stores(writing=False) as stores:
            held = agreement.held_without_lock(plan, stores)
        if held is not None:
            if held.digest != plan.digest:
                conduct = replace(conduct, provenance=replace(conduct.provenance, plan=plan.digest))
            plan, agreement = held, replace(agreement, made=True)

    def hold(plan: Plan, stores: Stores, deployed: Mapping[str, Deployed]) -> Plan:
        return part_of(agreement.held(plan, stores, deployed), by_hand=False)

    with open_stores(writing=True) as stores:
        # A call of the API is not part of a transaction: its note must stay.
        apart = replace(stores, shared=None) if agreement.environment.manual else stores
        return apply_plan(plan, apart, conduct, hold=hold)


def refuse_by_hand(plan: Plan) -> None:
    """Refuse a plan that has no step that callsheet can do itself; raises CS840."""
    if plan.changes and not part_of(plan, by_hand=False).changes:
        raise CallsheetError(
            "CS840",
            f"the steps of {plan.environment} are done by hand, on the screen of Journey Optimizer",
            help="write a pack (`callsheet apply`), do its steps, and confirm them",
        )


def approvers_of(
    plan: Plan, agreement: Agreement, approvals: Sequence[Approval], *, require_approval: bool
) -> tuple[str, ...]:
    """Return who approved a plan, as far as anything depends on it; raises CS950 to CS953."""
    wanted = agreement.environment.approvals
    # Without a repository to compare the plan with, its signature is what proves it.
    alone = bool(approvals) and not agreement.made and commit_of(agreement.root) is None
    if wanted.count == 0 and (require_approval or alone):
        wanted = replace(wanted, count=1)
    if not wanted.count or not plan.changes:
        return ()
    return require(plan, wanted, approvals, agreement.root)


def _settle_open(open_stores: OpenStores, conduct: Conduct) -> list[SettledStep]:
    """Settle what an interrupted apply has left open, where there is one; else nothing is locked."""
    with open_stores(writing=False) as stores:
        if stores.ledger.open_apply() is None:
            return []
    with open_stores(writing=True) as stores:
        return settle_interrupted(stores, stores.target.read(), conduct.now())


def default_author() -> str:
    """Return the default author of an apply: CALLSHEET_AUTHOR, or the user that CI or the system names."""
    for variable in ("CALLSHEET_AUTHOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        if os.environ.get(variable):
            return os.environ[variable]
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
