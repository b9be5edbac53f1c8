"""desired × deployed × ledger → plan: differences, impact, guards, plan file."""

from callsheet.language.difference import NOTHING, Difference
from callsheet.planning.compare import compare
from callsheet.planning.field_changes import differences
from callsheet.planning.model import Change, Drift, GuardVerdict, Plan, ScreenChange
from callsheet.planning.plan import Current, Desired, make_plan
from callsheet.planning.planfile import plan_record, read_plan, write_plan

__all__ = [
    "NOTHING",
    "Change",
    "Current",
    "Desired",
    "Difference",
    "Drift",
    "GuardVerdict",
    "Plan",
    "ScreenChange",
    "compare",
    "differences",
    "make_plan",
    "plan_record",
    "read_plan",
    "write_plan",
]
