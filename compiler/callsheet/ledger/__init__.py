"""What was applied, by whom, from which commit."""

from callsheet.ledger.model import (
    Applied,
    ApplyRecord,
    Ledger,
    NewApply,
    Position,
    Provenance,
    SettledStep,
)

__all__ = [
    "Applied",
    "ApplyRecord",
    "Ledger",
    "NewApply",
    "Position",
    "Provenance",
    "SettledStep",
]
