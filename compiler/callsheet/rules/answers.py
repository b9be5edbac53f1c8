"""CS340: the examples of an action's answers, beside what makes an answer a failure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.failing import condition_of, meets


@rule("CS340", "failure-condition", on="compiled", reads=("responses",))
def failure_condition(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The example of a failure must meet `responses.failure.when`, and that of a success must not.

    Some services answer a failure with the status 200, and say so in a field: Slack by `ok`, for instance.
    `when` has JSON pointers and values; an answer that has all of them is a failure, for `send` and
    for the relay. The emulator answers what it refuses with the example, and the status 200.

    Bad:
        responses:
          success: {payload: {ok: true}}
          failure: {when: {/ok: false}, payload: {error: invalid_auth}}
    Good:
        responses:
          success: {payload: {ok: true}}
          failure: {when: {/ok: false}, payload: {ok: false, error: invalid_auth}}
    """
    condition = condition_of(compiled)
    if not condition:
        return
    for outcome, expected in (("success", False), ("failure", True)):
        sample = compiled["responses"].get(outcome) or {}
        if "payload" in sample and meets(condition, sample["payload"]) != expected:
            verb = "does not meet" if expected else "meets"
            yield at.key(
                ("responses", outcome, "payload"),
                f"the example of a {outcome} {verb} `responses.failure.when`",
                do="correct the example, or the condition",
            )
