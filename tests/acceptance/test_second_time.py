"""What the cache gives back is what a first run finds, whatever was changed between the runs: byte by byte."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import callsheet.compiling.cache as cache_module
from callsheet import Workspace
from callsheet._version import __version__
from callsheet.compiling import digests, runs, versions
from support.forms import examples
from support.workspaces import ROOT, Folder

POLICY = """\
apiVersion: callsheet/v1
kind: Policy
metadata: {name: short}
spec:
  select: {labels: {channel: push}}
  message: a push has a short timeout
  schema: {properties: {limits: {required: [timeout], properties: {timeout: {enum: [10s, 5s]}}}}}
  exceptions:
    - {action: firebase_push, reason: an old one, expires: "2026-12-31"}
"""
SETTINGS = "apiVersion: callsheet/v1\nkind: Workspace\nmetadata: {name: %s}\nspec: {severities: {CS515: error, CS307: %s}}\n"
ROWS = "key,campaign\na,c-1\nb,c-2\n"
SET = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: rows}
spec:
  itemsFile: rows.csv
  template:
    metadata: {name: "row_{{ item.key }}", title: {en: "{{ item.campaign }}"}}
    spec:
      connection: braze
      request: {method: POST, path: /x, payload: {c: "{{ item.campaign }}", u: "{{ params.user | default('-') }}"}}
      parameters: {user: {type: string, optional: true}}
"""
DESCRIPTION = """\
{"openapi": "3.0.0", "info": {"title": "x", "version": "1"}, "servers": [{"url": "https://api.example.com"}], "paths": {"/send": {"post":
 {"operationId": "send", "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["to"],
 "properties": {"to": {"type": "string", "maxLength": 9}, "n": {"type": "integer"}}}}}}, "responses": {"200": {"description": "ok"}}}}}}
"""
CONTRACTED = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: contracted, title: {en: Contracted}}
spec:
  contract: {openapi: api.json, operation: send}
  request: {method: POST, url: "https://api.example.com/send", payload: {to: "{{ params.to }}", n: 1}}
  parameters: {to: {type: string, maxLength: 9, example: ada}}
"""
NEW = {
    "policy.yaml": POLICY,
    "callsheet.yaml": SETTINGS % ("samples", "warning"),
    "rows.csv": ROWS,
    "rows.yaml": SET,
    "api.json": DESCRIPTION,
    "contracted.yaml": CONTRACTED,
    "notes.txt": "nothing",
    ".callsheetignore": "epsilon/\n",
}
"""Files that a change may write, beside those of the samples."""

LEFT_OUT = ("whatsapp", "vonage", "endpoints", "sendgrid", "adobe-io", "rest.yaml")
"""Of the samples: they add time and nothing of another kind."""

WORDS = [
    ("values.", "value."), ("params.", "values."), ("{{ ", "{{"), ("POST", "GET"), ("https", "http"), ("10s", "11s"), ("name: ", "name: x"),
    ("type: string", "type: integer"), ("optional: true", "optional: false"), ("env:", "file:"), ("c-1", "c-9"), ("key,", "kex,"), ("braze", "brase"),
    ("maxLength", "minLength"), ("extends: base", "extends: bass"), ("production", "prod"), ("en: ", "de: "), ("retries: ", "retries: 1"), ("\n", "\r\n"),
    ("customer", "costumer"), ("push", "email"), ("warning", "error"), ("2026-12-31", "2026-01-01"), ("# ", "# callsheet: ignore CS307 for now\n# "),
]  # fmt: skip


class Change:
    """One change of a workspace, drawn: what it does is in its name, for the report of a failure."""

    def __init__(self, kind: str, at: int, word: int) -> None:
        self.kind, self.at, self.word = kind, at, word

    def __repr__(self) -> str:
        return f"{self.kind}({self.at}, {self.word})"

    def do(self, root: Path) -> None:
        files = sorted(
            one for one in root.rglob("*") if one.is_file() and ".callsheet/" not in one.as_posix()
        )
        names = sorted(NEW)
        if self.kind == "new" or not files:
            name = names[self.at % len(names)]
            (root / name).write_text(NEW[name], "utf-8")
            return
        file = files[self.at % len(files)]
        if self.kind == "word":
            text = file.read_bytes().decode("utf-8")
            fitting = [one for one in WORDS if one[0] in text]
            if fitting:
                old, new = fitting[self.word % len(fitting)]
                parts = text.split(old)
                at = 1 + self.word % (len(parts) - 1)
                file.write_bytes((old.join(parts[:at]) + new + old.join(parts[at:])).encode())
        elif self.kind == "remove":
            file.unlink()
        elif self.kind == "copy":
            shutil.copy(file, file.with_stem(file.stem + "_copy"))
        elif self.kind == "swap":
            other = files[self.word % len(files)]
            one, two = file.read_bytes(), other.read_bytes()
            file.write_bytes(two)
            other.write_bytes(one)
        else:
            file.touch()


CHANGES = st.builds(
    Change,
    st.sampled_from(["word"] * 6 + ["new"] * 4 + ["remove", "copy", "swap", "touch"]),
    st.integers(0, 200),
    st.integers(0, 200),
)
DAYS = st.integers(-60, 60)


def outcome(root: Path, *, cache: bool, day: int) -> dict[str, Any]:
    """Return everything that a run finds."""
    now = datetime(2026, 12, 15, tzinfo=UTC) + timedelta(days=day)
    found = Workspace(root, cache=cache, now=lambda: now).compile()
    return {
        "findings": [repr(one) for one in found.diagnostics],
        "notes": found.notes,
        "documents": found.documents,
        "compiled": {
            name: {address: (one.digest, one.canonical) for address, one in sorted(there.items())}
            for name, there in found.by_environment.items()
        },
        "definitions": {
            name: (one.address, one.metadata, sorted(one.parameters), one.owner, one.renamed_from, one.names_connection)
            for name, one in found.definitions.items()
            if one.address not in str(found.errors)
        },
        "incomplete": found.incomplete,
    }  # fmt: skip


@settings(
    max_examples=examples(6, 250),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rounds=st.lists(
        st.tuples(st.lists(CHANGES, max_size=3), DAYS, st.integers(0, 9)), min_size=8, max_size=8
    )
)
def test_a_second_run_finds_what_a_first_one_finds(
    rounds: list[tuple[list[Change], int, int]], empty: Folder, old: Callable[[Path], None]
) -> None:
    root = empty.path / "samples"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(ROOT / "actions", root, ignore=shutil.ignore_patterns(*LEFT_OUT))
    with pytest.MonkeyPatch.context() as patch:
        outcome(root, cache=True, day=0)
        for changes, day, version in rounds:
            for change in changes:
                change.do(root)
            old(root)
            for module in (digests, versions):
                patch.setattr(module, "__version__", "9" if version == 0 else __version__)
            assert outcome(root, cache=True, day=day) == outcome(root, cache=False, day=day)
    assert json.dumps(outcome(root, cache=True, day=0)) == json.dumps(outcome(root, cache=False, day=0))


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Let files be trusted by their times at once: each change gives its file another size or inode time."""
    monkeypatch.setattr(cache_module, "UNTRUSTED_NANOSECONDS", 0)
    monkeypatch.setattr(runs, "UNTRUSTED_NANOSECONDS", 0)
    return lambda root: None
