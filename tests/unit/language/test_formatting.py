"""`callsheet fmt`: keys in order, comments kept, nothing else said than before."""

from __future__ import annotations

import random

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import MemorySource
from callsheet.documents.reading import parse
from callsheet.language.formatting import formatted
from support.forms import examples
from support.workspaces import ROOT, Callsheet, Folder

MESSY = """\
# yaml-language-server: $schema=../schemas/action.schema.json
# What this file is for.
kind: Action   # the kind
apiVersion: callsheet/v1
spec:
  # about the parameters
  parameters:
    title: {example: Hi, type: string}

    body:
      # an example first
      example: text
      type: string  # its type
  request:
    payload: {b: "{{ params.title }}", a: "{{ params.body }}"}
    # where to
    url: https://api.example.com/v1
    method: POST
# who
metadata:
  labels: {channel: push}
  name: messy
  # between
  description: |
    # not a comment
    two lines
# the end
---
kind: Policy
metadata: {name: any}
apiVersion: callsheet/v1
spec:
  schema: true
  message: anything
"""

TIDY = """\
# yaml-language-server: $schema=../schemas/action.schema.json
# What this file is for.
apiVersion: callsheet/v1
kind: Action   # the kind
# who
metadata:
  name: messy
  # between
  description: |
    # not a comment
    two lines
  labels: {channel: push}
spec:
  request:
    method: POST
    # where to
    url: https://api.example.com/v1
    payload: {b: "{{ params.title }}", a: "{{ params.body }}"}
  # about the parameters
  parameters:
    title: {example: Hi, type: string}

    body:
      type: string  # its type
      # an example first
      example: text
# the end
---
apiVersion: callsheet/v1
kind: Policy
metadata: {name: any}
spec:
  message: anything
  schema: true
"""


def test_keys_go_into_the_order_of_the_schema_with_their_comments() -> None:
    assert formatted(MESSY, "messy.yaml") == (TIDY, None)
    assert formatted(TIDY, "messy.yaml") == (TIDY, None)


def test_what_would_change_the_file_is_refused(callsheet: Callsheet, workspace: Folder) -> None:
    text = (
        "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: x}\nspec:\n"
        "  target: &same {type: sqlite, path: a.db}\n  values: {copy: *same}\n"
    )
    result, problem = formatted(text, "x.yaml")
    assert (result, problem.code if problem else "") == (text, "CS936")
    workspace.write("x.yaml", text)
    outcome = callsheet("fmt", "-C", workspace.path)
    assert outcome.code == 1
    assert outcome.err == (
        f"{workspace.path}/x.yaml:1: error CS936\n"
        "  the keys cannot be put in order without changing what the file says\n"
        "  help: order them by hand, with each anchor (&name) before its aliases (*name)\n"
    )
    assert (workspace.path / "x.yaml").read_text() == text


def test_check_and_diff_write_nothing(workspace: Folder, callsheet: Callsheet) -> None:
    file = workspace.write("messy.yaml", MESSY)
    checked = callsheet("fmt", "-C", workspace.path, "--check")
    assert (checked.code, checked.out) == (1, f"would change {file}\n")
    shown = callsheet("fmt", "-C", workspace.path, "--diff")
    assert (shown.code, shown.err) == (0, "")
    assert "\n+apiVersion: callsheet/v1\n" in shown.out
    assert file.read_text() == MESSY
    assert callsheet("fmt", "-C", workspace.path).out == f"changed {file}\n"
    assert file.read_text() == TIDY
    assert callsheet("fmt", file, "--check", "-C", workspace.path).code == 0


def test_a_file_that_cannot_be_read_is_left_alone(workspace: Folder, callsheet: Callsheet) -> None:
    file = workspace.write("broken.yaml", "a: [1\n")
    outcome = callsheet("fmt", file, "-C", workspace.path)
    assert outcome.code == 1
    assert "error CS1" in outcome.err
    assert callsheet("fmt", "nowhere.yaml", "-C", workspace.path).code == 2


@pytest.mark.parametrize("file", sorted((ROOT / "actions").rglob("*.yaml")), ids=lambda one: one.name)
def test_the_samples_are_in_their_form(file) -> None:  # type: ignore[no-untyped-def]
    text = file.read_text("utf-8")
    assert formatted(text, file.name) == (text, None)


def shuffled(value: object, seed: random.Random) -> object:
    if isinstance(value, dict):
        items = list(value.items())
        seed.shuffle(items)
        return {key: shuffled(one, seed) for key, one in items}
    return [shuffled(one, seed) for one in value] if isinstance(value, list) else value


def commented(text: str, seed: random.Random) -> str:
    """Put comments and blank lines between the lines of a block."""
    lines = []
    for line in text.split("\n"):
        if seed.random() < 0.3:
            indent = len(line) - len(line.lstrip(" "))
            lines.append(seed.choice(["", " " * indent + f"# comment {seed.random()}"]))
        lines.append(line)
    return "\n".join(lines)


@settings(max_examples=examples(20, 60), deadline=None)
@given(st.integers(min_value=0), st.sampled_from(sorted((ROOT / "actions").rglob("*.yaml"))))
def test_it_is_idempotent_loses_no_comment_and_compiles_to_the_same(seed, file) -> None:  # type: ignore[no-untyped-def]
    random_ = random.Random(seed)
    text = file.read_text("utf-8")
    documents = [shuffled(one, random_) for one in yaml.safe_load_all(text)]
    messy = commented(
        yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=1000), random_
    )
    if parse(messy, "x.yaml")[1]:
        return
    result, problem = formatted(messy, "x.yaml")
    assert problem is None
    assert formatted(result, "x.yaml") == (result, None)
    assert result.count("# comment") == messy.count("# comment")
    before, after = (compile_workspace(MemorySource({"x.yaml": one.encode()})) for one in (messy, result))
    assert {a: (c.code, c.message) for a, c in enumerate(before.diagnostics)} == {
        a: (c.code, c.message) for a, c in enumerate(after.diagnostics)
    } or sorted((c.code, c.message) for c in before.diagnostics) == sorted(
        (c.code, c.message) for c in after.diagnostics
    )
    assert before.by_environment == after.by_environment
