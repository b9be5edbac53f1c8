"""Plan → target: stores, preconditions, executor, recovery, secrets."""

from callsheet.deploying.approvals import Approval, require
from callsheet.deploying.confirming import confirm_steps
from callsheet.deploying.executor import (
    ApplyResult,
    Conduct,
    apply_plan,
    refuse_failed,
    settle_interrupted,
)
from callsheet.deploying.preconditions import check_guards, check_state, refuse_applied, refuse_other
from callsheet.deploying.recovery import applied_after
from callsheet.deploying.replanned import compare_plans, compare_with_workspace, refuse_unimplied
from callsheet.deploying.stores import Stores, opened

__all__ = [
    "ApplyResult",
    "Approval",
    "Conduct",
    "Stores",
    "applied_after",
    "apply_plan",
    "check_guards",
    "check_state",
    "compare_plans",
    "compare_with_workspace",
    "confirm_steps",
    "opened",
    "refuse_applied",
    "refuse_failed",
    "refuse_other",
    "refuse_unimplied",
    "require",
    "settle_interrupted",
]
