"""New files × what the workspace compiles to with them → which of them must not be written, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsheet.calling.cases import declared_cases, run_case
from callsheet.compiling import Compiled
from callsheet.documents import Path
from callsheet.language import Diagnostic
from callsheet.words import counted


def new_errors(before: Compiled, after: Compiled) -> Sequence[Diagnostic]:
    """Return the errors that are there with new files, and not without them."""
    known = {(one.code, one.file, one.message) for one in before.errors}
    return [one for one in after.errors if (one.code, one.file, one.message) not in known]


POLICY = "CS701"
"""What a policy demands, such as an owner, is for the author to say: no import can know it.

A policy that a value of the request breaks, such as its URL, forbids the request itself.
"""


def error_of(errors: Sequence[Diagnostic], file: str, name: str) -> str:
    """Return what is wrong with a definition or its file; empty where nothing is."""
    for one in errors:
        if one.file == file or any(name == about for about, _ in one.about):
            return f"{one.code} {one.message}"
    return ""


def refused(before: Compiled, after: Compiled, files: Mapping[str, str]) -> dict[str, str]:
    """Return why new actions cannot be written as they are, by name; none of those that are valid.

    Args:
        before: the workspace.
        after: with the files of the actions.
        files: by the name of each action.

    """
    new = new_errors(before, after)
    errors = [one for one in new if one.code != POLICY]
    broken = [one for one in new if one.code == POLICY]
    found = {}
    for name, file in files.items():
        reason = error_of(errors, file, name) or _forbidden(after, name, broken)
        if not reason and name not in after.actions:
            reason = f"the workspace leaves {file} out"
        if reason := reason or _failed_case(after, name):
            found[name] = reason
    if errors and not found:
        # An error of what they share, such as a value of an environment.
        return dict.fromkeys(files, f"{errors[0].code} {errors[0].message}")
    return found


def _forbidden(after: Compiled, name: str, broken: Sequence[Diagnostic]) -> str:
    """Return the policy that forbids a value of an action's request; empty where none does."""
    document = after.actions[name].document if name in after.actions else None
    mine = [one for one in broken if document is not None and one.file == document.file]
    if document is None or not mine:
        return ""
    root: Path = ("spec", "request")
    request = document.value["spec"]["request"]
    paths = [(*root, "url"), *((*root, *path) for path in _leaves(request))]
    spans = {document.place(path) for path in paths}
    return next((f"{one.code} {one.message}" for one in mine if one.span in spans), "")


def _leaves(value: Any) -> Iterator[Path]:
    """Yield the paths of all values that contain no other."""
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, one in inner:
        if isinstance(one, dict | list):
            yield from ((key, *path) for path in _leaves(one))
        else:
            yield (key,)


def demands(before: Compiled, after: Compiled) -> list[str]:
    """Return what policies demand of new actions beyond what was imported, each message once."""
    found = Counter(one.message for one in new_errors(before, after) if one.code == POLICY)
    return [f"{message} ({counted(number, 'finding')})" for message, number in found.items()]


def _failed_case(compiled: Compiled, name: str) -> str:
    """Return how the request of an action differs from the one that its own test case expects."""
    action = compiled.actions[name]
    for environment, objects in compiled.by_environment.items():
        one = objects.get(action.address)
        if one is None:
            continue
        for index, case in declared_cases(action, environment):
            result = run_case(action, one.content, environment, index, case)
            if result.outcome != "passed":
                where = ".".join(map(str, result.mismatches[0].path)) if result.mismatches else ""
                reason = result.message or f"`{where}` would be another"
                return f"the action would not make the same request: {reason}"
    return ""
