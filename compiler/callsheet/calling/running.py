"""A compiled workspace → the results of its test cases."""

from __future__ import annotations

from collections.abc import Callable, Collection

from callsheet.calling.cases import CaseResult, declared_cases, run_case
from callsheet.calling.generated import Refuse, generated_cases
from callsheet.compiling import Compiled
from callsheet.errors import CallsheetError
from callsheet.language import Action
from callsheet.words import nearest


def run_cases(
    compiled: Compiled,
    names: Collection[str] | None,
    environment: str | None,
    *,
    generated: bool,
    words: str,
    refuse: Callable[[Action], Refuse] = lambda action: lambda request: None,  # noqa: ARG005
    progress: Callable[[int], None] = lambda done: None,  # noqa: ARG005
) -> list[CaseResult]:
    """Run declared and generated cases, by action, then environment.

    `names` are those of actions; None for all.

    `refuse` returns, for an action, what judges the payloads of its generated cases: its contract.
    `progress` is called with the number of actions whose cases ran.

    Raises:
        CallsheetError: CS350 for words that no case holds, where there are cases.

    """
    found: list[CaseResult] = []
    others: list[str] = []
    chosen = [one for one in compiled.actions.values() if names is None or one.name in names]
    for done, action in enumerate(sorted(chosen, key=lambda one: one.name)):
        progress(done)
        for name, actions in compiled.by_environment.items():
            if environment not in (None, name) or action.address not in actions:
                continue
            content = actions[action.address].content
            for index, case in declared_cases(action, name):
                if _holds(words, action.name, case["name"]):
                    found.append(run_case(action, content, name, index, case))
                else:
                    others.append(_text(action.name, case["name"]))
            if generated:
                for one in generated_cases(action, content, name, refuse(action)):
                    if _holds(words, action.name, one.name):
                        found.append(one)
                    else:
                        others.append(_text(action.name, one.name))
    if others and not found:
        raise _unknown(words, others)
    return found


def _text(action: str, case: str) -> str:
    return f"{action} {case}".lower()


def _each_word(words: str) -> list[str]:
    """Return words in lower case: of an address, as `Action/slack`, the name."""
    return [one.removeprefix("action/") for one in words.lower().split()]


def _holds(words: str, action: str, case: str) -> bool:
    return all(one in _text(action, case) for one in _each_word(words))


def _unknown(words: str, others: Collection[str]) -> CallsheetError:
    """Return the error for words that none of the cases holds: the first of them, or all."""
    known = sorted({part for text in others for one in text.split() for part in (one, *one.split("_"))})
    for one in _each_word(words):
        if not any(one in text for text in others):
            message = f"no test case has `{one}` in its action or its name{nearest(one, known)}"
            break
    else:
        message = f"no test case has all of these words: `{words}`"
    return CallsheetError(
        "CS350", message, help="`callsheet test -o json` without -k has the names of all cases"
    )
