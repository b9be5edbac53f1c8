"""Times what reads contracts, on 24 operations of a large description: GitHub's, of 13 MB.

    npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz
    python tests/benchmarks/contract_run.py package/generated/api.github.com.json [--operations 24]

Whole processes, from their start; `emulate` until it says where it listens. Then a wrong value in a choice between
six alternatives, each with the choice inside, at growing depths.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: production}
spec:
  target: {type: sqlite, path: .callsheet/production.db}
"""
CALLSHEET = (sys.executable, "-m", "callsheet")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("description", type=Path)
    parser.add_argument("--operations", type=int, default=24)
    wanted = parser.parse_args()
    print("| | seconds | processor | MiB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = wanted.description.read_text("utf-8")
        (folder / "api.json").write_text(text, "utf-8")
        (folder / "environments.yaml").write_text(ENVIRONMENT)
        for action in list(actions(json.loads(text), wanted.operations)):
            (folder / f"{action['metadata']['name']}.json").write_text(json.dumps(action, indent=1))
        time.sleep(2.2)  # a file is trusted by its times only when they are older
        timed("validate, cold", "validate", "-C", name)
        timed("validate, second time", "validate", "-C", name)
        timed("test, second time", "test", "-C", name)
        timed("test, cold", "test", "--no-cache", "-C", name)
        listening("emulate until it listens, second time", "-C", name)
        listening("emulate until it listens, cold", "--no-cache", "-C", name)
    for depth in (6, 12, 24):
        with tempfile.TemporaryDirectory() as name:
            recursive(Path(name), depth)
            timed(f"validate, a wrong value in a recursive choice, depth {depth}", "validate", "-C", name)


def timed(what: str, *arguments: str) -> None:
    """Run callsheet; print how long it took, and the most memory that it had."""
    begin = time.monotonic()
    process = subprocess.Popen([*CALLSHEET, *arguments], stdout=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    show(what, time.monotonic() - begin, used)


def listening(what: str, *arguments: str) -> None:
    """Start an emulator, and stop it when it says where it listens; print how long that took."""
    begin = time.monotonic()
    command = [*CALLSHEET, "emulate", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    line = next((one for one in process.stdout if "http://localhost" in one), "")
    took = time.monotonic() - begin
    process.terminate()
    _, _, used = os.wait4(process.pid, 0)
    show(what if line else f"{what}: it never did", took, used)


def show(what: str, seconds: float, used: resource.struct_rusage) -> None:
    """Print a row of the table."""
    print(
        f"| {what} | {seconds:.2f} | {used.ru_utime + used.ru_stime:.2f} | {used.ru_maxrss / 1024:.0f} |",
        flush=True,
    )


class Unwritten(Exception):
    """There is no simple value of this schema."""


def actions(description: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
    """Yield actions for the first operations whose required fields have simple types."""
    found = 0
    for path, item in sorted(description["paths"].items()):
        for method in ("post", "patch", "put"):
            if method not in item or found == count:
                continue
            try:
                action = action_of(description, path, method, item[method])
            except (KeyError, Unwritten):
                continue
            found += 1
            yield {**action, "metadata": {"name": f"github_{found:02}", "owner": "team"}}


def action_of(
    description: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> dict[str, Any]:
    """Return an action that calls an operation with its required fields."""
    parameters = [resolved(description, one) for one in operation.get("parameters", ())]
    if operation.get("deprecated") or any(it["in"] != "path" and it.get("required") for it in parameters):
        raise Unwritten
    payload = value_of(description, operation["requestBody"]["content"]["application/json"]["schema"])
    if not payload:
        raise Unwritten
    declared = {}
    for one in parameters:
        if one["in"] == "path":
            is_number = resolved(description, one["schema"]).get("type") == "integer"
            fields = (
                {"type": "integer", "example": 1} if is_number else {"type": "string", "example": "abc"}
            )
            declared[one["name"].replace("-", "_")] = fields
    url = re.sub(r"\{([^}]*)\}", lambda match: f"{{{{ params.{match[1].replace('-', '_')} }}}}", path)
    return {
        "apiVersion": "callsheet/v1",
        "kind": "Action",
        "spec": {
            "parameters": declared,
            "contract": {"openapi": "api.json", "operation": operation["operationId"]},
            "authentication": {"type": "bearer", "token": {"secret": "env:GITHUB_TOKEN"}},
            "request": {
                "method": method.upper(),
                "url": f"{description['servers'][0]['url']}{url}",
                "headers": {"Content-Type": "application/json"},
                "payload": payload,
            },
        },
    }


def resolved(description: dict[str, Any], node: Any) -> Any:
    """Return what a reference refers to."""
    while "$ref" in node:
        found: Any = description
        for part in node["$ref"].split("/")[1:]:
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def value_of(description: dict[str, Any], schema: Any) -> Any:
    """Return a value of a schema with what it requires; raises Unwritten."""
    schema = resolved(description, schema)
    kind = schema.get("type")
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object" and not {"oneOf", "anyOf", "allOf"} & schema.keys():
        return {one: value_of(description, schema["properties"][one]) for one in schema.get("required", ())}
    if kind == "array":
        return [value_of(description, schema["items"])]
    if kind == "string" and not {"format", "pattern"} & schema.keys():
        return "x" * max(4, schema.get("minLength", 0))
    simple = {"integer": schema.get("minimum", 1), "number": 1.5, "boolean": True}
    if kind not in simple:
        raise Unwritten
    return simple[kind]


def recursive(folder: Path, depth: int) -> None:
    """Write an action with a wrong value at a depth of a choice that contains itself."""
    names = ("AND", "OR", "NOT", "ANY", "ONE", "TWO")
    choice = {"$ref": "#/components/schemas/Branch"}
    schemas: dict[str, Any] = {
        name: {
            "type": "object",
            "required": ["kind", "branches"],
            "properties": {
                "kind": {"type": "string", "enum": [name]},
                "branches": {"type": "array", "items": choice},
                "n": {"type": "integer"},
            },
        }
        for name in names
    }
    schemas["Branch"] = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in names]}
    body = {"type": "object", "properties": {"filter": choice}}
    operation = {
        "operationId": "make",
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": {"200": {"description": "made"}},
    }
    description = {
        "openapi": "3.0.3",
        "info": {"title": "Filters", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": {"/filters": {"post": operation}},
        "components": {"schemas": schemas},
    }
    node: dict[str, Any] = {"kind": "OR", "n": "wrong", "branches": []}
    for _ in range(depth):
        node = {"kind": "OR", "n": 1, "branches": [node]}
    action = {
        "apiVersion": "callsheet/v1",
        "kind": "Action",
        "metadata": {"name": "filters", "owner": "team"},
        "spec": {
            "contract": {"openapi": "api.json", "operation": "make"},
            "authentication": {"type": "none"},
            "request": {
                "method": "POST",
                "url": "https://api.example.com/filters",
                "headers": {"Content-Type": "application/json"},
                "payload": {"filter": node},
            },
        },
    }
    (folder / "api.json").write_text(json.dumps(description))
    (folder / "environments.yaml").write_text(ENVIRONMENT)
    (folder / "filters.json").write_text(json.dumps(action, indent=1))


if __name__ == "__main__":
    main()
