"""What a plan of now would change, and a review → pages of the catalog, made as reports are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.calling.receivers import hosts_behind
from callsheet.deploying.cataloguing import CatalogResult
from callsheet.deploying.seen import Seen
from callsheet.language.difference import IMPACTS
from callsheet.planning.message_hosts import message_hosts
from callsheet.planning.model import Change, Plan
from callsheet.planning.review import data_flows
from callsheet.reporting.catalog.views import View, contents_in
from callsheet.reporting.filters import filtered, linking
from callsheet.reporting.page import Block, Code, Inline, Page
from callsheet.reporting.pages import drift_blocks, guard_block
from callsheet.reporting.review_page import diff_page
from callsheet.results import DiffResult

MOST_CHANGES = 500
"""So many changes of an environment are shown, the gravest first."""


class Review(Struct, frozen=True):
    """What changed since a revision; None where errors keep it from being compared."""

    base: str
    found: DiffResult | None


def shown_changes(
    result: CatalogResult, review: Review | None, views: Sequence[View], words: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Return what the pages of changes show, by their names; each object on them leads to its page."""
    pages = {one.entry.definition.address: one.page for one in views}
    states = [_state(name, one, words) for name, one in result.environments.items()]
    found = {"changes": (states, _planned(result))}
    if review is not None:
        found["review"] = _reviewed(review, words)
    return {
        name: {"states": lines, "report": page, "filtered": filtered(page), "link_of": linking(pages)}
        for name, (lines, page) in found.items()
    }


def _planned(result: CatalogResult) -> Page:
    """Return the page of what a plan of now would change, in all environments that were asked."""
    plans = {name: one.plan for name, one in result.environments.items() if one.plan is not None}
    changes = {name: _gravest(one) for name, one in plans.items()}

    def by_hand(change: Change, names: Sequence[str]) -> str:
        there = [one for one in names if plans[one].by_hand(change)]
        if not there:
            return ""
        return "by hand" if len(there) == len(names) else f"by hand in {', '.join(there)}"

    def hosts(environment: str, receiver: str) -> Sequence[str]:
        return hosts_behind(receiver, contents_in(result.entries, environment))

    found = DiffResult(
        base=None,
        environments=changes,
        flows=data_flows(changes, hosts),
        hosts=message_hosts(changes, partial(contents_in, result.entries)),
    )
    page = diff_page(found, by_hand)
    guards = [guard_block(it) for one in plans.values() for it in one.guards if it.verdict != "passed"]
    drift = [block for name, one in result.environments.items() for block in _drift(name, one)]
    return replace(page, blocks=[*page.blocks[:1], *guards, *page.blocks[1:], *drift])


def _drift(environment: str, seen: Seen) -> list[Block]:
    left_alone = seen.unmanaged if seen.plan is None else seen.plan.left_alone
    return drift_blocks(seen.drift, left_alone, environment)


def _reviewed(review: Review, words: Mapping[str, str]) -> tuple[list[Inline], Page]:
    """Return what is to be known of a review, and its page."""
    if review.found is None:
        line: Inline = (Code(review.base), f" {words['no_review']} · ", Code("callsheet validate"))
        return [line], Page("", "", ())
    page = diff_page(review.found)
    number, (together, _) = len(review.found.grouped()), review.found.split()
    shared = f" ({words['by_shared'].format(len(together))})" if together else ""
    more = review.found.also_protected
    line = (Code(review.base), f" {words['changes_of']} {number}{shared}{more}")
    return [line], page


def _gravest(plan: Plan) -> Sequence[Change]:
    return sorted(plan.changes, key=lambda one: -IMPACTS.index(one.impact))[:MOST_CHANGES]


def _state(name: str, seen: Seen, words: Mapping[str, str]) -> Inline:
    """Return in words what is known of the changes of an environment, and how to learn the rest."""
    if not seen.asked:
        return (Code(name), f" {words['not asked']} · ", Code(f"callsheet catalog -e {name}"))
    why = seen.why or seen.missing.get("plan", "")
    if why:
        return (Code(name), f" {words['not known']} · {why}")
    if seen.plan is None:
        return (Code(name), f" {words['no_plan']}")
    number = len(seen.plan.changes)
    drifted = f" · {words['drifted']}{words['colon']} {len(seen.drift)}" if seen.drift else ""
    if not number:
        return (Code(name), drifted or f" {words['no_changes']}")
    rest: Inline = ()
    if number > MOST_CHANGES:
        rest = (f"; {words['most_shown'].format(MOST_CHANGES)} ", Code(f"callsheet plan -e {name}"))
    counts = {one: sum(it.impact == one for it in seen.plan.changes) for one in reversed(IMPACTS)}
    parts = ", ".join(f"{words[one]} {many}" for one, many in counts.items() if many)
    return (Code(name), f" {words['changes_of']} {number} ({parts})", *rest, drifted)
