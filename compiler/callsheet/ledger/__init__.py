"""What was applied, by whom, from which commit."""

from callsheet.ledger.model import (
    Applied,
    ApplyRecord,
    Intent,
    Ledger,
    NewApply,
    Outcome,
    Position,
    Provenance,
    StepRecord,
)

__all__ = [
    "Applied",
    "ApplyRecord",
    "Intent",
    "Ledger",
    "NewApply",
    "Outcome",
    "Position",
    "Provenance",
    "StepRecord",
]
