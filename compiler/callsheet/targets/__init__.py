"""Where actions are deployed: the registry on SQLite here, more by the entry point callsheet.targets."""

from callsheet.language.steps import Step
from callsheet.targets.model import (
    Author,
    CheckingTarget,
    Deployed,
    ExpectingTarget,
    FixingTarget,
    NotingTarget,
    ParallelTarget,
    RecallingTarget,
    RecordingTarget,
    SnapshotTarget,
    StepKept,
    StepRefused,
    Target,
)

__all__ = [
    "Author",
    "CheckingTarget",
    "Deployed",
    "ExpectingTarget",
    "FixingTarget",
    "NotingTarget",
    "ParallelTarget",
    "RecallingTarget",
    "RecordingTarget",
    "SnapshotTarget",
    "Step",
    "StepKept",
    "StepRefused",
    "Target",
]
