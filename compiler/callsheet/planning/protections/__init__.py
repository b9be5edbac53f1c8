"""Two states of a workspace → what changed of what a command does and protects, the gravest first.

A change that takes a protection away, or that decides where commands deploy and whom they ask, is
sensitive. One that only adds to what is checked is shown beside it, and stops no gate.
"""

from __future__ import annotations

from collections.abc import Sequence

from callsheet.compiling import Compiled
from callsheet.compiling.surroundings import Surroundings, hidden_files, surroundings_of
from callsheet.documents import Source
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

__all__ = ["Pairs", "Protection", "paired", "protections", "protections_between"]


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


def protections_between(
    before: Compiled, source_before: Source, after: Compiled, source_after: Source
) -> list[Protection]:
    """Compare what decides what commands do, and what they protect, in two states of a workspace."""
    was, now = surroundings_of(source_before, before), surroundings_of(source_after, after)
    return protections(was, now, hidden_files(source_after, was.files - now.files, now.ignore))
