"""Where actions are deployed: the registry on SQLite here, more by the entry point callsheet.targets."""

from callsheet.targets.model import Author, Deployed, Step, StepRefused, Target

__all__ = ["Author", "Deployed", "Step", "StepRefused", "Target"]
