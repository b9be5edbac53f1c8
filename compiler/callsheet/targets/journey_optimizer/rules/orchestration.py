"""CS826 and CS830: what Journey Orchestration, before Journey Optimizer, has not.

Checked beside the rules of Journey Optimizer where the target says `flavor: journey-orchestration`. Source:
Adobe's documentation of Journey Orchestration, page "URL configuration".
"""

from __future__ import annotations

from collections.abc import Iterator

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.targets.journey_optimizer.rules.judged import RELAY, JourneyAction


@rule("CS826", "orchestration-method", on="orchestration")
def orchestration_method(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """Journey Orchestration, the older product, can only call with POST or PUT.

    Bad:
        request: {method: GET}
    Good:
        request: {method: POST, payload: {a: 1}}
    """
    if action.compiled["request"]["method"] == "GET" and not action.has_relay:
        yield at.value(
            ("request", "method"),
            "Journey Orchestration cannot call with GET",
            do=f"use POST or PUT, {RELAY}",
        )


@rule("CS830", "orchestration-response", on="orchestration", severity="warning", adjustable=True)
def orchestration_response(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """Journey Orchestration, the older product, reads no response: no journey can use one.

    Bad:
        request: {payload: {a: 1}}
        responses: {success: {payload: {id: 7}}}
    Good:
        request: {payload: {a: 1}}
    """
    for outcome, sample in (action.compiled.get("responses") or {}).items():
        if sample.get("payload") is not None:
            yield at.key(
                ("responses", outcome),
                "Journey Orchestration reads nothing of a response",
                do="leave it as documentation, and silence this by its code; no journey can use it",
            )
