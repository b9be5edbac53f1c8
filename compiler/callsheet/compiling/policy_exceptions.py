"""Violations of policies × exceptions × the day → what is reported, and how gravely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec.structs import replace

from callsheet.compiling.unit import Broken
from callsheet.documents import Problem
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
        found += [replace(it, severity=severity) for it in diagnose([problem], texts)]
    return sorted(found, key=lambda it: it.severity, reverse=True)


def _with_expiry(problem: Problem, excepted: list[PolicyException]) -> Problem:
    if not excepted:
        return problem
    last = max(one.until for one in excepted)
    return replace(problem, message=f"{problem.message} (its exception expired on {last})")
