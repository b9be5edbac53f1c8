"""Plan → target: stores, preconditions, executor, recovery, secrets."""

from callsheet.deploying.approvals import Approval, require
from callsheet.deploying.executor import (
    ApplyResult,
    Conduct,
    StepResult,
    apply_plan,
    refuse_failed,
)
from callsheet.deploying.overtaken import compare_plans
from callsheet.deploying.preconditions import refuse_applied, refuse_other
from callsheet.deploying.recovery import applied_after
from callsheet.deploying.stores import Stores, opened

__all__ = [
    "ApplyResult",
    "Approval",
    "Conduct",
    "StepResult",
    "Stores",
    "applied_after",
    "apply_plan",
    "compare_plans",
    "opened",
    "refuse_applied",
    "refuse_failed",
    "refuse_other",
    "require",
]
