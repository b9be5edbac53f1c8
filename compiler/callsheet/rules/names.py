"""CS3xx: names, and what refers to them, across the whole workspace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from callsheet.documents import Document, Problem, Related
from callsheet.language.action import Action, Definition
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.schema_check import nearest
from callsheet.language.settings import SETTINGS_FILES


@dataclass(slots=True)
class Facts:
    """What the rules of this family look at.

    Attributes:
        named: kind, name and document of everything in the workspace.
        definitions: the first action or message of each name.
        environments: the first environment of each name.

    """

    named: list[tuple[str, str, Document]] = field(default_factory=list)
    definitions: dict[str, Definition] = field(default_factory=dict)
    environments: dict[str, Document] = field(default_factory=dict)


@rule("CS301", "duplicate-name", on="workspace")
def duplicate_name(facts: Facts, code: str) -> Iterator[Problem]:
    """A name must be unique among the documents of a kind, in all files together.

    Actions, messages and endpoints are deployed side by side: no two of them have the same name.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {}
        ---
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {}
        ---
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: remote}
        spec: {}
    """
    yield from _clashes(facts, code, str, "is used twice", "rename one of the two")


@rule("CS302", "case-clash", on="workspace")
def case_clash(facts: Facts, code: str) -> Iterator[Problem]:
    """Two names must differ in more than upper and lower case: many systems treat them as the same.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {}
        ---
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: Local}
        spec: {}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {}
    """
    yield from _clashes(
        facts,
        code,
        str.lower,
        "differs from another only in upper and lower case",
        "rename one of the two",
    )


def _clashes(facts: Facts, code: str, fold: Any, words: str, way_out: str) -> Iterator[Problem]:
    first: dict[tuple[str, str], tuple[str, str, Document]] = {}
    for kind, name, document in facts.named:
        group = "Action" if kind in ("Message", "EndpointConfig") else kind
        known_kind, known_name, known = first.setdefault((group, fold(name)), (kind, name, document))
        if known is document or (fold is not str and known_name == name):
            continue
        there = Related(
            file=known.file,
            span=known.place(("metadata", "name")),
            message=f"`{known_name}` is used here",
        )
        which = f"the name `{name}` of kind {kind} {words}"
        if kind != known_kind:
            # They share one name space: say which two kinds meet.
            which = (
                f"the {kind} `{name}` shares a name space with the {known_kind} `{known_name}`: it {words}"
            )
        yield Spots(code, document).value(
            ("metadata", "name"),
            which,
            do=way_out,
            related=(there,),
        )


declare(
    "CS303",
    "unknown-environment",
    """`extends` must name an environment of the workspace.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {extends: bse}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {extends: base}
    ---
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: base}
    spec: {}
""",
)
declare(
    "CS304",
    "environment-cycle",
    """An environment must not extend itself, directly or through others.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: a}
    spec: {extends: b}
    ---
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: b}
    spec: {extends: a}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: a}
    spec: {extends: b}
    ---
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: b}
    spec: {}
""",
)


@rule("CS305", "unknown-action", on="workspace")
def unknown_action(facts: Facts, code: str) -> Iterator[Problem]:
    """An overlay or a selection by name must name an action of the workspace.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {overlays: {firebase_psh: {limits: {retries: 1}}}}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: local}
        spec: {overlays: {}}
    """
    for document in facts.environments.values():
        spec = document.value["spec"]
        named = [("overlays", name) for name in spec.get("overlays") or {}]
        for path in named:
            if path[1] not in facts.definitions:
                yield Spots(code, document).key(
                    ("spec", *path),
                    f"there is no action `{path[1]}`" + nearest(path[1], facts.definitions),
                    do="correct the name, or remove the overlay",
                )
        for index, name in enumerate((spec.get("select") or {}).get("names") or ()):
            if name not in facts.definitions:
                yield Spots(code, document).value(
                    ("spec", "select", "names", index),
                    f"there is no action `{name}`" + nearest(name, facts.definitions),
                    do="correct the name, or remove it",
                )


declare(
    "CS306",
    "undeclared-parameter",
    """A parameter must be declared under `spec.parameters`.

Bad:
    request: {payload: {a: "{{ params.titel }}", b: "{{ params.title }}"}}
    parameters: {title: {type: string}}
Good:
    request: {payload: {a: "{{ params.title }}"}}
    parameters: {title: {type: string}}
""",
)
declare(
    "CS307",
    "unused-parameter",
    """A declared parameter should be used: otherwise a journey maps it for nothing.

Bad:
    parameters: {title: {type: string}}
Good:
    request: {payload: {a: "{{ params.title }}"}}
    parameters: {title: {type: string}}
""",
    severity="warning",
)
declare(
    "CS308",
    "parameter-in-some-environments",
    """A parameter must be used in every environment, or in none.

A journey that is built in one environment maps the parameters that it finds there: where one is used
by an overlay of a single environment only, the others ask for a value that goes nowhere. Use it in
all of them, or declare it in the overlay that uses it.
""",
)


@rule("CS310", "rename-of-existing", on="workspace")
def rename_of_existing(facts: Facts, code: str) -> Iterator[Problem]:
    """`renamedFrom` must name an action that the workspace no longer has.

    Bad:
        lifecycle: {renamedFrom: example}
    Good:
        lifecycle: {renamedFrom: old_example}
    """
    claimed: dict[str, str] = {}
    for name, action in facts.definitions.items():
        old = action.renamed_from
        if old is None:
            continue
        spots = Spots(code, action.document)
        path = ("spec", "lifecycle", "renamedFrom")
        if old in facts.definitions:
            yield spots.value(
                path,
                f"the action `{old}` is still in the workspace",
                do="remove renamedFrom, or the action of the old name",
            )
        elif old in claimed:
            yield spots.value(
                path, f"`{claimed[old]}` was renamed from `{old}` too", do="remove one of the two"
            )
        else:
            claimed[old] = name


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


@rule("CS318", "example-of-other-type", on="action")
def example_of_other_type(action: Action, at: Spots) -> Iterator[Problem]:
    """The example of a parameter must have the parameter's type.

    Bad:
        request: {payload: {a: "{{ params.count }}"}}
        parameters: {count: {type: integer, example: many}}
    Good:
        request: {payload: {a: "{{ params.count }}"}}
        parameters: {count: {type: integer, example: 3}}
    """
    for name, parameter in action.parameters.items():
        if parameter.example is not None and not has_type(parameter.example, parameter.type):
            yield at.value(
                ("parameters", name, "example"),
                f"the example is not of type {parameter.type}",
                do="correct the example, or the type",
            )


_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "datetime": (str,),
    "date": (str,),
    "array": (list,),
    "object": (dict,),
}


def has_type(value: Any, declared: str) -> bool:
    """Return whether a value is of a parameter type (true and false are no numbers)."""
    if isinstance(value, bool):
        return declared == "boolean"
    return isinstance(value, _PYTHON_TYPES[declared])


declare(
    "CS309",
    "nothing-selected",
    """An environment should select at least one action.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {select: {labels: {channel: fax}}, target: {type: sqlite, path: .callsheet/local.db}}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {target: {type: sqlite, path: .callsheet/local.db}}
""",
    severity="warning",
)
declare(
    "CS313",
    "useless-ignore",
    """A comment that ignores a finding should ignore one.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}  # callsheet: ignore CS407 it was http once
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}
""",
    severity="warning",
)
declare(
    "CS314",
    "ignore-without-reason",
    """A comment that ignores a finding must name a known code and a reason.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}  # callsheet: ignore CS407
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec:
      # callsheet: ignore CS309 these actions come in March
      select: {labels: {channel: fax}}
      target: {type: sqlite, path: .callsheet/local.db}
""",
)
declare(
    "CS315",
    "ignore-of-fixed",
    """Findings about safety cannot be ignored in place: files, schema, templates, secrets, policies.

A literal secret is never accepted by a comment. Where the pattern is wrong, the workspace's own
settings accept the finding for a file, with a reason (`spec.ignore` in callsheet.yaml).

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}  # callsheet: ignore CS601 it is only the test key
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}
""",
)


@rule("CS319", "settings-elsewhere", on="workspace")
def settings_elsewhere(facts: Facts, code: str) -> Iterator[Problem]:
    """Settings must be in one file: `callsheet.yaml` at the root of the workspace.

    Bad:
        apiVersion: callsheet/v1
        kind: Workspace
        metadata: {name: hidden}
        spec: {severity: {CS407: error}}
    Good:
        apiVersion: callsheet/v1
        kind: Policy
        metadata: {name: open}
        spec: {message: anything goes, schema: true}
    """
    for kind, _, document in facts.named:
        if kind == "Workspace" and document.file not in SETTINGS_FILES:
            yield Spots(code, document).value(
                ("kind",), "settings are written outside of callsheet.yaml", do="move them there"
            )


declare(
    "CS320",
    "overlay-removes",
    """An overlay cannot take a field away yet: neither by `$remove` nor by a null where none can stand.

`$remove` comes in a later version. Until then, leave the field out of the action, and write it in the
overlays of the environments that need it. A null is a value where one can stand, as in a payload. An
authentication is taken away by `{type: none}`: one of another type replaces the whole of it.

For example, in an Environment:

    overlays: {push: {limits: null}}
    overlays: {push: {request: {headers: {X-Shop: {$remove: true}}}}}
""",
)
