"""Violations of policies × exceptions × the day → what is reported, and how gravely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from callsheet.compiling.unit import Broken
from callsheet.documents import Problem
from callsheet.language.action import Definition
from callsheet.language.catalog import Spots
from callsheet.language.diagnostics import Diagnostic, diagnose
from callsheet.language.policy import Policy, PolicyException


def reported(
    broken: Iterable[Broken], policies: Mapping[str, Policy], today: date | None, texts: Mapping[str, str]
) -> list[Diagnostic]:
    """Return the violations that no exception covers; errors come last, and count where one is both."""
    found: list[Diagnostic] = []
    for one in broken:
        policy = policies[one.policy]
        excepted = [it for it in policy.exceptions if it.covers(one.action, one.environment)]
        if any(not it.expired(today) for it in excepted):
            continue
        about = ((one.action, one.environment),)
        problem = replace(_with_expiry(one.problem, excepted), about=about)
        severity = policy.severity_in.get(one.environment, policy.severity)
        found += [replace(it, severity=severity) for it in diagnose([problem], texts)]  # type: ignore[arg-type]
    return sorted(found, key=lambda it: it.severity, reverse=True)


def _with_expiry(problem: Problem, excepted: list[PolicyException]) -> Problem:
    if not excepted:
        return problem
    last = max(one.until for one in excepted)
    return replace(problem, message=f"{problem.message} (its exception expired on {last})")


def check_exceptions(
    policy: Policy, actions: Mapping[str, Definition], today: date | None
) -> Iterable[Problem]:
    """Yield what is wrong with the exceptions of a policy: those of a day that is over, or of no action."""
    for index, one in enumerate(policy.exceptions):
        path = ("spec", "exceptions", index)
        if one.action not in actions:
            yield Spots("CS705", policy.document).value(
                (*path, "action"), f"there is no action `{one.action}`", do="remove the exception"
            )
        elif one.expired(today):
            yield Spots("CS704", policy.document).value(
                (*path, "until"),
                f"the exception for `{one.action}` expired on {one.until}",
                do="remove it, or agree on a later day",
            )
