"""A description whose bodies have no end, or are too large for a file, is imported or refused at once, in little memory."""

from __future__ import annotations

import json
import resource
import time
from typing import Any

import pytest

from support.workspaces import Callsheet, Folder

MOST_SECONDS = 2.0
MOST_KILOBYTES = 300_000
"""More than what was in memory before."""
TEXT = {"type": "string"}


def to(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def description(schema: Any, schemas: dict[str, Any] | None = None, *, required: bool = True) -> str:
    body = {
        "type": "object",
        "properties": {"v": schema, "w": TEXT},
        **({"required": ["v"]} if required else {}),
    }
    content = {"content": {"application/json": {"schema": body}}}
    call = {
        "operationId": "call",
        "requestBody": content,
        "responses": {"200": {"description": "", **content}},
    }
    return json.dumps(
        {
            "openapi": "3.1.0",
            "servers": [{"url": "https://api.example.com"}],
            "paths": {"/x": {"post": call}},
            "components": {"schemas": schemas or {}},
        }
    )


def levels(number: int, of: Any, end: Any = TEXT) -> dict[str, Any]:
    return {f"A{at}": of(to(f"A{at + 1}")) for at in range(number)} | {f"A{number}": end}


def nested(*counts: int) -> dict[str, Any]:
    schema: dict[str, Any] = TEXT
    for one in reversed(counts):
        schema = {"type": "array", "minItems": one, "items": schema}
    return schema


SHORT = {"type": "string", "minLength": 3}
TOO_LARGE = "error CS938: with what it requires at `v`, its body has more than 256 KiB"
IMPORTED = {
    "allOf": (to("A0"), levels(40, lambda it: {"allOf": [it, it]}, SHORT)),
    "anyOf": (to("A0"), levels(40, lambda it: {"anyOf": [it, it]}, SHORT)),
    "oneOf": (to("A0"), levels(40, lambda it: {"oneOf": [it, it]}, SHORT)),
    "mixed": (to("A0"), levels(40, lambda it: {"allOf": [{"anyOf": [it, it]}, {"oneOf": [it, it]}]}, SHORT)),
    "properties": (to("A0"), levels(40, lambda it: {"type": "object", "properties": {"l": it, "r": it}})),
    "both": (
        to("A0"),
        levels(40, lambda it: {"allOf": [it, {"type": "object", "properties": {"l": it, "r": it}}]}, {"type": "object"}),
    ),
    "lists": (nested(50, 50), {}),
    "text": ({"type": "string", "minLength": 20_000}, {}),
    "longest": ({"type": "string", "maxLength": 10**10}, {}),
}  # fmt: skip
REFUSED = {
    "nested": (nested(10, 50, 100, 100), {}, TOO_LARGE),
    "items": (nested(100_000), {}, "error CS938: a list at `v` has 100000 items at least"),
    "1e10": ({"type": "string", "minLength": 10**10}, {}, TOO_LARGE),
    "1e8": ({"type": "string", "minLength": 10**8}, {}, TOO_LARGE),
    "3e6": ({"type": "string", "minLength": 3 * 10**6}, {}, TOO_LARGE),
    "wide": (
        to("A0"),
        levels(6, lambda it: {"type": "object", "required": [*"abcdefgh"], "properties": dict.fromkeys("abcdefgh", it)}),
        "error CS938: its schemas have more than 10,000 values at `v.a`",
    ),
    "required": (
        to("A0"),
        levels(40, lambda it: {"type": "object", "required": ["l", "r"], "properties": {"l": it, "r": it}}),
        "error CS938: its body requires at `v.l.l.l` what contains itself without an end",
    ),
}  # fmt: skip


def measured(workspace: Folder, callsheet: Callsheet, *command: Any) -> Any:
    """Run a command in this process, which must take little time and memory."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    outcome = callsheet(*command, "-C", workspace.path)
    assert time.process_time() - start < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KILOBYTES
    return outcome


@pytest.mark.parametrize("kind", IMPORTED)
def test_a_description_that_repeats_itself_is_imported_at_once(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    file = workspace.write("api.json", description(*IMPORTED[kind]))
    outcome = measured(workspace, callsheet, "import", file, "--operation", "call", "--name", "it")
    assert outcome.code == 0, outcome.err
    for verb in ("validate", "test"):
        outcome = measured(workspace, callsheet, verb)
        assert outcome.code == 0, outcome.out + outcome.err


@pytest.mark.parametrize("kind", REFUSED)
def test_what_would_be_too_large_is_refused_before_it_is_made(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    schema, schemas, reason = REFUSED[kind]
    file = workspace.write("api.json", description(schema, schemas))
    outcome = measured(workspace, callsheet, "import", file, "--operation", "call", "--name", "it")
    assert outcome.code == 1
    assert outcome.err.splitlines()[0].startswith(reason)
    assert not (workspace.path / "it.yaml").exists()


@pytest.mark.parametrize("kind", ["1e10", "3e6", "nested", "required"])
def test_an_optional_field_that_would_be_too_large_is_left_out(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    schema, schemas, _ = REFUSED[kind]
    file = workspace.write("api.json", description(schema, schemas, required=False))
    outcome = measured(workspace, callsheet, "import", file, "--operation", "call", "--name", "it")
    assert outcome.code == 0, outcome.err
    assert "    payload:\n      w: '{{ params.w }}'\n" in (workspace.path / "it.yaml").read_text()


def test_a_parameter_that_declares_no_end_is_tested_without_one(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write(
        "it.yaml",
        """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: it, title: {en: It}}
spec:
  request: {method: POST, url: https://api.example.com/, headers: {Content-Type: application/json}, payload: {a: "{{ params.a }}", b: "{{ params.b }}"}}
  authentication: {type: none}
  parameters:
    a: {type: string, label: {en: A}, maxLength: 1000000000000}
    b: {type: string, label: {en: B}, minLength: 10000000000, optional: true}
""",
    )
    outcome = measured(workspace, callsheet, "test")
    assert outcome.code == 0, outcome.out
