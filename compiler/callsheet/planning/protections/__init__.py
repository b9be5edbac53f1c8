"""Two states of a workspace → what changed of what a command does and protects, the gravest first.

A change that takes a protection away, or that decides where commands deploy and whom they ask, is
sensitive. One that only adds to what is checked is shown beside it, and stops no gate.
"""

from __future__ import annotations

from collections.abc import Sequence

from callsheet.compiling.surroundings import Surroundings
from callsheet.planning.protections.cases import (
    case_protections,
    contract_protections,
    target_protections,
)
from callsheet.planning.protections.environments import Pairs, environment_protections, paired
from callsheet.planning.protections.model import Protection, grouped
from callsheet.planning.protections.policies import policy_protections
from callsheet.planning.protections.settings import (
    ignore_protections,
    setting_protections,
    signer_protections,
    silencing_protections,
)

__all__ = ["Pairs", "Protection", "paired", "protections"]


def protections(before: Surroundings, after: Surroundings, hidden: Sequence[str] = ()) -> list[Protection]:
    """Return what changed beside what is deployed; `hidden` are files that are there and no longer read."""
    old, new = before.compiled, after.compiled
    return grouped(
        [
            *environment_protections(old, new),
            *target_protections(old, new),
            *policy_protections(old, new),
            *setting_protections(old, new),
            *ignore_protections(before, after, hidden),
            *signer_protections(before, after),
            *silencing_protections(before, after),
            *case_protections(old, new),
            *contract_protections(before, after),
        ]
    )
