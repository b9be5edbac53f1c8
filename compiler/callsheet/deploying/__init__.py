"""Plan → target: stores, preconditions, executor, recovery, secrets."""

from callsheet.deploying.executor import (
    ApplyResult,
    Conduct,
    StepResult,
    apply_plan,
    refuse_failed,
)
from callsheet.deploying.recovery import applied_after
from callsheet.deploying.stores import Stores, opened

__all__ = [
    "ApplyResult",
    "Conduct",
    "StepResult",
    "Stores",
    "applied_after",
    "apply_plan",
    "opened",
    "refuse_failed",
]
