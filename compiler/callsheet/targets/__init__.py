"""Where actions are deployed: the registry on SQLite here, more by the entry point callsheet.targets."""

from callsheet.targets.model import Author, Deployed, ParallelTarget, Step, StepKept, StepRefused, Target

__all__ = ["Author", "Deployed", "ParallelTarget", "Step", "StepKept", "StepRefused", "Target"]
