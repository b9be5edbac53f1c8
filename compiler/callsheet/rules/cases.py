"""CS311, CS312, CS316 and CS353: the test cases of an action."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from callsheet.documents import Problem
from callsheet.language.action import Action
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.environment import Environment, own_spots
from callsheet.words import nearest


@rule("CS311", "test-of-unknown-parameter", on="action")
def unknown_test_parameter(action: Action, at: Spots) -> Iterator[Problem]:
    """A test must set declared parameters only.

    Bad:
        parameters: {title: {type: string}}
        request: {payload: {a: "{{ params.title }}"}}
        tests: [{name: one, params: {title: Hi, titel: Hi}, expect: {method: POST}}]
    Good:
        parameters: {title: {type: string}}
        request: {payload: {a: "{{ params.title }}"}}
        tests: [{name: one, params: {title: Hi}, expect: {method: POST}}]
    """
    for index, test in enumerate(action.spec.get("tests") or ()):
        for name in test["params"]:
            if name not in action.parameters:
                yield at.key(
                    ("tests", index, "params", name),
                    f"the parameter `{name}` is not declared" + nearest(name, action.parameters),
                    do="correct the name, or declare it under `spec.parameters`",
                )


@rule("CS312", "test-lacks-parameter", on="action")
def test_lacks_parameter(action: Action, at: Spots) -> Iterator[Problem]:
    """A test must set every required parameter, unless it expects an error.

    Bad:
        parameters: {title: {type: string}}
        request: {payload: {a: "{{ params.title }}"}}
        tests: [{name: one, params: {}, expect: {method: POST}}]
    Good:
        parameters: {title: {type: string, optional: true}}
        request: {payload: {a: "{{ params.title }}"}}
        tests: [{name: one, params: {}, expect: {method: POST}}]
    """
    for index, test in enumerate(action.spec.get("tests") or ()):
        if "error" in test.get("expect", {}):
            continue
        missing = [
            name
            for name, parameter in action.parameters.items()
            if not parameter.optional and name not in test["params"]
        ]
        if missing:
            yield at.key(
                ("tests", index, "params"),
                f"the test sets no value for {', '.join(f'`{name}`' for name in missing)}",
                do="set a value, declare the parameter optional, or expect an error",
            )


@rule("CS316", "duplicate-test", on="action")
def duplicate_test(action: Action, at: Spots) -> Iterator[Problem]:
    """Two tests of an action must have two names.

    Bad:
        tests:
          - {name: a, params: {}, expect: {method: POST}}
          - {name: a, params: {}, expect: {method: POST}}
    Good:
        tests:
          - {name: a, params: {}, expect: {method: POST}}
          - {name: b, params: {}, expect: {method: POST}}
    """
    seen: set[str] = set()
    for index, test in enumerate(action.spec.get("tests") or ()):
        if test["name"] in seen:
            yield at.value(("tests", index, "name"), "an earlier test has this name", do="rename one")
        seen.add(test["name"])


declare(
    "CS353",
    "test-in-no-environment",
    """The environment of a test should be there, and have a target: elsewhere the test never runs.

A sample may come with a test for an environment that a workspace calls otherwise.

Bad:
    tests: [{name: one, environment: everywhre, params: {}, expect: {method: POST}}]
Good:
    tests: [{name: one, environment: everywhere, params: {}, expect: {method: POST}}]
""",
    severity="warning",
)


def check_test_environments(action: Action, environments: Collection[Environment]) -> Iterator[Problem]:
    """Yield the tests of an action that name another environment than these, the concrete ones."""
    tests = action.spec.get("tests")
    if not tests:
        return
    at = own_spots("CS353", action)
    known = {one.name for one in environments}
    for index, test in enumerate(tests):
        name = test.get("environment")
        if name is None or name in known:
            continue
        extended = any(
            document.value["metadata"]["name"] == name for one in environments for document in one.chain
        )
        problem = at.value(
            ("tests", index, "environment"),
            f"nothing is deployed in `{name}`, which others extend: the test never runs"
            if extended
            else f"there is no environment `{name}`{nearest(name, known)}: the test never runs",
            do=f"the environments are: {', '.join(sorted(known))}",
        )
        yield replace(problem, missing=name)
