"""A history → the same to show: what people and CI wrote into it is shown without credentials."""

from __future__ import annotations

from msgspec.structs import replace

from callsheet.language.masking import masked
from callsheet.ledger import ApplyRecord
from callsheet.results import HistoryResult


def masked_history(result: HistoryResult) -> HistoryResult:
    """Return a history without credentials; digests are callsheet's own, and stay."""
    objects = result.objects
    return replace(
        result,
        environment=masked(result.environment),
        applies=[_masked(one) for one in result.applies],
        objects=None if objects is None else {masked(at): digest for at, digest in objects.items()},
        evidence=[
            replace(one, address=masked(one.address), kept_by=masked(one.kept_by))
            for one in result.evidence
        ],
    )


def _masked(one: ApplyRecord) -> ApplyRecord:
    origin = one.provenance
    return replace(
        one,
        commit=masked(one.commit),
        author=masked(one.author),
        accepted=tuple(map(masked, one.accepted)),
        provenance=replace(
            origin,
            approvers=tuple(map(masked, origin.approvers)),
            run_url=masked(origin.run_url),
            reason=masked(origin.reason),
        ),
        steps=tuple(
            replace(step, address=masked(step.address), error=masked(step.error)) for step in one.steps
        ),
    )
