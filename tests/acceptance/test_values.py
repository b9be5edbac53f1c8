"""Values that are made of values: filled in once for each environment, before anything reads them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from support.workspaces import Callsheet, Folder

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: push, title: {en: Push}}
spec:
  request:
    method: POST
    url: https://api.example.com/send
    payload: {value: "{{ values.found }}"}
"""


def write(folder: Folder, values: object, *, below: object = None) -> None:
    """Write an environment with these values; `below`: those of the one that it extends."""
    spec: dict[str, Any] = {"values": values, "target": {"type": "sqlite", "path": ".callsheet/local.db"}}
    head = {"apiVersion": "callsheet/v1", "kind": "Environment"}
    documents = [{**head, "metadata": {"name": "local"}, "spec": spec}]
    if below is not None:
        spec["extends"] = "base"
        documents.append({**head, "metadata": {"name": "base"}, "spec": {"values": below}})
    folder.write("push.yaml", ACTION)
    folder.write("environments.yaml", yaml.safe_dump_all(documents, sort_keys=False, width=200))


def value(folder: Folder, callsheet: Callsheet) -> Any:
    outcome = callsheet("render", "push", "-C", folder.path, "-e", "local", "-o", "json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)["actions"][0]["request"]["payload"]["value"]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"host": "a.example", "found": "https://{{ values.host }}/v1"}, "https://a.example/v1"),
        ({"found": "{{ values.a }}", "a": "{{ values.b }}", "b": "{{ values.c }}", "c": 3}, 3),
        ({"found": "{{ values.list }}", "list": [1, "{{ env.name }}"]}, [1, "local"]),
        ({"found": "{{ values.by[env.name] }}", "by": {"local": "{{ values.x }}", "other": 2}, "x": "x"}, "x"),
        ({"deep": {"host": "h", "found": "{{ values.deep.host | upper }}"}, "found": "{{ values.deep.found }}"}, "H"),
        ({"found": "{{ values.none | default('d') }}"}, "d"),
        ({"found": "Hello {{name}}, {{ name }}"}, "Hello {{name}}, {{ name }}"),
        ({"found": "{{ values['a b'] }}", "a b": "{{ env.name }}"}, "local"),
        ({"found": "{{ values.list[1] }}", "list": ["{{ values.list[1] }}", "{{ env.name }}"]}, "local"),
    ],
)  # fmt: skip
def test_a_value_is_made_of_others_in_any_order(
    empty: Folder, callsheet: Callsheet, values: object, found: object
) -> None:
    write(empty, values)
    assert callsheet("validate", "-C", empty.path).code == 0
    assert value(empty, callsheet) == found


def test_what_an_environment_extends_is_filled_in_by_what_it_says_itself(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(
        empty,
        {"host": "mine.example"},
        below={"found": "https://{{ values.host }}/{{ env.name }}", "host": "x"},
    )
    assert value(empty, callsheet) == "https://mine.example/local"


@pytest.mark.parametrize(
    ("values", "code", "line", "words"),
    [
        ({"found": "{{ values.found }}"}, "CS333", 7, "values read each other: values.found → values.found"),
        ({"found": "{{ values.a }}", "a": "{{ values.b }}", "b": "{{ values.a }}"}, "CS333", 8,
         "values read each other: values.a → values.b → values.a"),
        ({"found": "{{ values }}"}, "CS333", 7, "values read each other: values.found → values.found"),
        ({"found": "{{ values | tojson }}"}, "CS333", 7, "values read each other"),
        ({"found": "{{ values.nothing }}"}, "CS502", 7, "`values.nothing` is not defined"),
        ({"found": "{{ values.a.b }}", "a": "x"}, "CS502", 7, ""),
        ({"found": "x{{ values.a }}", "a": None}, "CS507", 7, "the value is null"),
        ({"found": "{{ params.a }}"}, "CS317", 7, "a value is filled in before any call"),
        ({"found": "{{ values.a }}-{{ params.a }}", "a": 1}, "CS317", 7, "a value is filled in before any call"),
        ({"found": "{{ action.name }}"}, "CS317", 7, "a value is filled in before any call"),
        ({"found": "{{ env.name | uper }}"}, "CS505", 7, "there is no filter `uper`"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_filled_in_is_found_at_its_place(
    empty: Folder, callsheet: Callsheet, values: object, code: str, line: int, words: str
) -> None:
    write(empty, values)
    outcome = callsheet("validate", "-C", empty.path, "-o", "json")
    found = [(one["code"], one["file"], one["line"]) for one in json.loads(outcome.out)["diagnostics"]]
    assert found == [(code, "environments.yaml", line)]
    assert words in json.loads(outcome.out)["diagnostics"][0]["message"]
    assert callsheet("plan", "-C", empty.path, "-e", "local").code == 1


def chain(number: int, form: Callable[[str], object]) -> dict[str, object]:
    """Return values of which each reads the next."""
    values: dict[str, object] = {"found": "{{ values.v0 }}"}
    values |= {f"v{one}": form(f"{{{{ values.v{one + 1} }}}}") for one in range(number)}
    return values | {f"v{number}": "end"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (chain(30, lambda one: [one, one]), "the value is too large with all that it reads"),
        (chain(30, lambda one: {"a": one, "b": one}), "the value is too large with all that it reads"),
        (
            chain(400, lambda one: one),
            "more than 100 values read each other in a row, from `values.found` to",
        ),
    ],
    ids=["doubled lists", "doubled mappings", "a long chain"],
)
def test_values_that_grow_without_end_are_refused_at_once(
    empty: Folder, callsheet: Callsheet, values: dict[str, object], words: str
) -> None:
    write(empty, values)
    found = json.loads(callsheet("validate", "-C", empty.path, "-o", "json").out)["diagnostics"]
    assert {one["code"] for one in found} == {"CS510"}
    assert words in found[0]["message"]


def test_values_may_read_each_other_in_a_row(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, chain(90, lambda one: one))
    assert value(empty, callsheet) == "end"


def test_what_looks_like_a_template_of_the_vendor_stays(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, {"found": "{{#each values}}{{ form.values.x }}{{/each}}"})
    assert value(empty, callsheet) == "{{#each values}}{{ form.values.x }}{{/each}}"
