"""A compiled workspace → the results of its test cases."""

from __future__ import annotations

from collections.abc import Callable, Collection

from callsheet.calling.cases import CaseResult, declared_cases, run_case
from callsheet.calling.generated import Refuse, generated_cases
from callsheet.compiling import Compiled
from callsheet.language import Action


def run_cases(
    compiled: Compiled,
    names: Collection[str] | None,
    environment: str | None,
    *,
    generated: bool,
    words: str,
    refuse: Callable[[Action], Refuse] = lambda action: lambda payload: None,  # noqa: ARG005
) -> list[CaseResult]:
    """Run declared and generated cases, by action, then environment.

    `names` are those of actions; None for all.

    `refuse` returns, for an action, what judges the payloads of its generated cases: its contract.
    """
    found: list[CaseResult] = []
    for action in sorted(compiled.actions.values(), key=lambda one: one.name):
        if names is not None and action.name not in names:
            continue
        for name, actions in compiled.by_environment.items():
            if environment not in (None, name) or action.address not in actions:
                continue
            content = actions[action.address].content
            for index, case in declared_cases(action, name):
                if _holds(words, action.name, case["name"]):
                    found.append(run_case(action, content, name, index, case))
            if generated:
                cases = generated_cases(action, content, name, refuse(action))
                found += [one for one in cases if _holds(words, action.name, one.name)]
    return found


def _holds(words: str, action: str, case: str) -> bool:
    return all(one in f"{action} {case}".lower() for one in words.lower().split())
