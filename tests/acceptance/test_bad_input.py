"""Bad input: each gives one clear diagnostic and exit code 1, in words that a reader has accepted."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from support.workspaces import ENVIRONMENT, Callsheet, Folder

Break = Callable[[Folder], object]
HEAD = "apiVersion: callsheet/v1\nkind: Action\nmetadata: {name: bad}\nspec:\n"
REQUEST = "  request: {method: POST, url: 'https://api.example.com/v1', payload: %s}\n"


def bad(payload: str, rest: str = "") -> Break:
    """Write an action with a payload."""
    return lambda folder: folder.write("bad.yaml", HEAD + REQUEST % payload + rest)


def file(name: str, content: str | bytes) -> Break:
    def write(folder: Folder) -> None:
        path = folder.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def link(name: str, target: str) -> Break:
    return lambda folder: (folder.path / name).symlink_to(target)


def alias_bomb() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(rows)


def merge_bomb() -> str:
    rows = ["a0: &a0 {" + ", ".join(f"k{n}: 1" for n in range(100)) + "}"]
    rows += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 100)}]}}" for n in range(1, 40)]
    return "\n".join(rows)


FILES: dict[str, Break] = {
    "a broken link": link("broken.yaml", "nowhere.yaml"),
    "a link out of the workspace": link("outside.yaml", "/etc/hostname"),
    "a folder linked out of the workspace": link("outside", "/etc"),
    "a loop of links": link("loop", "."),
    "a link to itself": link("itself.yaml", "itself.yaml"),
    "a pipe": lambda folder: os.mkfifo(folder.path / "pipe.yaml"),
    "not UTF-8": file("latin.yaml", b"apiVersion: callsheet/v1\ntitle: caf\xe9\n"),
    "UTF-16": file("wide.yaml", "apiVersion: callsheet/v1\n".encode("utf-16")),
    "NUL": file("nul.yaml", "a: b\nc: d\0e\n"),
    "an escape sequence": file("escape.yaml", "a: b\x1b[31m\n"),
    "20 MB": file("large.yaml", b"a: " + b"x" * 20_000_000),
    "10,000 levels of brackets": file("deep.yaml", "[" * 10_000),
    "10,000 levels of dashes": file("dashes.yaml", "- " * 10_000),
    "10,000 levels of braces in JSON": file("deep.json", '{"a":' * 10_000),
    "an alias bomb": file("bomb.yaml", alias_bomb()),
    "a merge bomb": file("merge.yaml", merge_bomb()),
    "a duplicate key": file("twice.yaml", "a: 1\nb: 2\na: 3\n"),
    "a tab": file("tab.yaml", "a:\n\tb: 1\n"),
    "a tag": file("tag.yaml", "a: !!python/object/apply:os.system [id]\n"),
    "an open bracket": file("open.yaml", "a: [1, 2\nb: 3\n"),
    "broken JSON": file("broken.json", '{"a": 1,}'),
    "a duplicate key in JSON": file("twice.json", '{"a": 1, "a": 2}'),
    "half a surrogate in JSON": file("half.json", '{"a": "\\ud800"}'),
    "a large integer in JSON": file("large.json", '{"a": 12345678901234567890}'),
    "an odd file name": file("a \"b'\nc\u202e😀.yaml", "- 1\n"),
}

DOCUMENTS: dict[str, Break] = {
    "two documents of one name": file("again.yaml", ENVIRONMENT.replace(".callsheet/local", "other")),
    "an unknown kind": file("bad.yaml", HEAD.replace("Action", "Acton") + "  {}\n"),
    "an unknown apiVersion": file("bad.yaml", HEAD.replace("/v1", "/v3") + "  {}\n"),
    "no kind": file("bad.yaml", "apiVersion: callsheet/v1\nkid: Action\n"),
    "an unknown field": file(
        "bad.yaml", HEAD + "  request: {method: POST, url: 'https://a.example', paylod: 1}\n"
    ),
    "a missing field": file("bad.yaml", HEAD + "  request: {method: POST}\n"),
    "a wrong type": bad("{}", "  limits: {retries: [3]}\n"),
    "a name of 31 characters": file("bad.yaml", (HEAD + REQUEST % 1).replace("bad", "a" * 31)),
    "a field of another authentication": bad("1", "  authentication: {type: none, token: x}\n"),
    "a list as document": file("bad.yaml", "- a\n- b\n"),
    "yes, 1:20, 0o17, 1_000, a date, .inf": bad(
        "{a: yes, b: 1:20, c: 0o17, d: 1_000, e: 2026-01-01, f: .inf}"
    ),
    "an environment cycle": file(
        "cycle.yaml",
        "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: a}\nspec: {extends: b}\n---\n"
        "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: b}\nspec: {extends: a}\n",
    ),
    "an overlay of a field that does not exist": file(
        "environments.yaml", ENVIRONMENT + "  overlays: {example: {request: {hedaers: {X-A: b}}}}\n"
    ),
    "an overlay of an action that does not exist": file(
        "environments.yaml", ENVIRONMENT + "  overlays: {exmaple: {limits: {retries: 1}}}\n"
    ),
    "a target of unknown type": file("environments.yaml", ENVIRONMENT.replace("sqlite", "sqllite")),
    "a target outside of the workspace": file(
        "environments.yaml", ENVIRONMENT.replace(".callsheet/", "../")
    ),
    "a target without a path": file(
        "environments.yaml", ENVIRONMENT.replace(", path: .callsheet/local.db", "")
    ),
    "a policy with a remote reference": file(
        "policy.yaml",
        "apiVersion: callsheet/v1\nkind: Policy\nmetadata: {name: p}\n"
        "spec: {message: m, schema: {$ref: 'http://127.0.0.1:1/x.json'}}\n",
    ),
    "a policy with a look-around": file(
        "policy.yaml",
        "apiVersion: callsheet/v1\nkind: Policy\nmetadata: {name: p}\n"
        "spec: {message: m, schema: {properties: {name: {pattern: '(?=a)b'}}}}\n",
    ),
    "an ignore comment without a reason": file(
        "note.yaml", ENVIRONMENT.replace("local", "more") + "  # callsheet: ignore CS407\n"
    ),
    "an ignore comment for a secret": file(
        "bad.yaml",
        HEAD + "  request:\n    method: POST\n    url: https://a.example/\n"
        "    payload:\n      a: AKIAIOSFODNN7EXAMPLE  # callsheet: ignore CS601 only a test\n",
    ),
}

TEMPLATES: dict[str, Break] = {
    "a syntax error": bad('{a: "Hello {{ params.x y }}"}'),
    "an undefined value": bad('{a: "{{ values.hots }}"}'),
    "an undefined root": bad('{a: "{{ value.host }}"}'),
    "an undeclared parameter": bad('{a: "{{ params.titel }}{{ params.title }}"}', "  parameters: {title: {type: string}}\n"),
    "null in a text": bad('{a: "Hello {{ none }}"}'),
    "a list in a text": bad('{a: "Hello {{ [1, 2] }}"}'),
    "a filter that does not exist": bad('{a: "{{ values.host | uper }}"}'),
    "a filter given the wrong type": bad('{a: "{{ 12 | upper }}"}'),
    "a filter given a parameter of the wrong type": bad(
        '{a: "{{ params.count | upper }}"}', "  parameters: {count: {type: integer}}\n"
    ),
    "division by zero": bad('{a: "{{ 1 / 0 }}"}'),
    "a huge template": bad('{a: "{{ \'x\' * 10 ** 9 }}"}'),
    "a huge multiplication": bad('{a: "{{ \'x\' * 1000000000 }}"}'),
    "a huge number": bad('{a: "{{ 99999999 * 99999999 * 99999999 }}"}'),
    "a call": bad('{a: "{{ values.__class__.__mro__ }}"}'),
    "a statement": bad('{a: "{% for x in values %}{% endfor %}"}'),
    "nested too deeply": bad('{a: "{{ ' + "(" * 500 + "1" + ")" * 500 + ' }}"}'),
    "a template as key": bad('{"{{ values.host }}": 1}'),
    "a host from a parameter": lambda folder: folder.write(
        "bad.yaml",
        HEAD + "  request: {method: POST, url: 'https://{{ params.h }}/v1'}\n  parameters: {h: {type: string}}\n",
    ),
    "a value that ends a host": lambda folder: folder.write(
        "bad.yaml", HEAD + "  request: {method: POST, url: \"https://x.{{ 'a/b' }}.com/v1\"}\n"
    ),
    "a line break in a header": lambda folder: folder.write(
        "bad.yaml",
        HEAD + "  request: {method: POST, url: 'https://a.example/', headers: {X-A: \"{{ 'a\\nb' }}\"}}\n",
    ),
    "a template file that is not there": lambda folder: folder.write(
        "bad.yaml", HEAD + "  request: {method: POST, url: 'https://a.example/', payloadFile: no.j2}\n"
    ),
    "a template file outside": lambda folder: folder.write(
        "bad.yaml", HEAD + "  request: {method: POST, url: 'https://a.example/', payloadFile: ../x.j2}\n"
    ),
    "a template file that is not JSON": lambda folder: (
        folder.write("t.j2", '{\n  "a": {{ values.host }},\n}\n'),
        folder.write(
            "bad.yaml", HEAD + "  request: {method: POST, url: 'https://a.example/', payloadFile: t.j2}\n"
        ),
    ),
    "an endless template file": lambda folder: (
        folder.write(
            "t.j2",
            "[{% for a in values.host | split('.') %}{% for b in 'x,x,x,x,x,x,x,x,x,x' | split(',') %}"
            + "{% for c in 'x,x,x,x,x,x,x,x,x,x' | split(',') %}" * 6
            + "1,"
            + "{% endfor %}" * 8
            + "1]",
        ),
        folder.write(
            "bad.yaml", HEAD + "  request: {method: POST, url: 'https://a.example/', payloadFile: t.j2}\n"
        ),
    ),
    "a template file with an include": lambda folder: (
        folder.write("t.j2", "{% include '/etc/passwd' %}"),
        folder.write(
            "bad.yaml", HEAD + "  request: {method: POST, url: 'https://a.example/', payloadFile: t.j2}\n"
        ),
    ),
    "a parameter used in one environment only": lambda folder: (
        folder.write("environments.yaml", ENVIRONMENT + "---\n" + ENVIRONMENT.replace("local", "staging")
                     + "  overlays: {bad: {request: {payload: {b: '{{ params.locale }}'}}}}\n"),
        folder.write("bad.yaml", HEAD + REQUEST % "{a: 1}" + "  parameters: {locale: {type: string}}\n"),
        folder.write("callsheet.yaml", "apiVersion: callsheet/v1\nkind: Workspace\nmetadata: {name: w}\nspec: {}\n"),
    ),
    "a value missing in one of two environments": lambda folder: (
        folder.write("environments.yaml", ENVIRONMENT + "---\n" + ENVIRONMENT.replace("local", "staging")
                     .replace("  values: {host: api.example.com}\n", "")),
        folder.write("bad.yaml", HEAD + REQUEST % '{a: "{{ values.host }}"}'),
    ),
}  # fmt: skip

SECRETS: dict[str, Break] = {
    "a token written literally": bad("1", "  authentication: {type: bearer, token: s3cr3t-t0ken-value}\n"),
    "an AWS key in a payload": bad("{key: AKIAIOSFODNN7EXAMPLE}"),
    "a password in a URL": lambda folder: folder.write(
        "bad.yaml", HEAD + "  request: {method: POST, url: 'https://ada:s3cr3tpass@a.example/'}\n"
    ),
    "a private key in values": file(
        "environments.yaml", ENVIRONMENT.replace("api.example.com", '"-----BEGIN RSA PRIVATE KEY-----"')
    ),
    "an unknown scheme": bad("1", "  authentication: {type: bearer, token: {secret: 'vult:a#b'}}\n"),
    "a malformed reference": bad("1", "  authentication: {type: bearer, token: {secret: 'TOKEN'}}\n"),
}

CASES = {**FILES, **DOCUMENTS, **TEMPLATES, **SECRETS}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_told_in_clear_words(
    case: str, workspace: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    CASES[case](workspace)
    outcome = callsheet("validate", "-C", workspace.path, "--no-cache")
    assert outcome.code == 1
    assert outcome.err == ""
    for secret in ("s3cr3t", "AKIAIOSFODNN7EXAMPLE", "PRIVATE KEY-----"):
        assert secret not in outcome.out
    assert outcome.out == snapshot


def test_an_empty_folder_is_no_workspace(
    empty: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    outcome = callsheet("validate", "-C", empty.path)
    assert (outcome.code, outcome.out) == (1, snapshot)


@pytest.fixture
def ordinary_user(workspace: Folder, callsheet: Callsheet) -> Iterator[Folder]:
    """Give a workspace of somebody who is not the superuser, and be that user meanwhile."""
    # What is imported late is imported now: an ordinary user may not be able to read this Python.
    for constant in "12":
        workspace.action(constant=constant)
        applied(workspace, callsheet)
    callsheet("validate", "-C", workspace.path)
    folder = Path(tempfile.mkdtemp(prefix="callsheet-"))
    superuser = os.geteuid() == 0
    if superuser:
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
    try:
        yield Folder(folder)
    finally:
        if superuser:
            os.seteuid(0)
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["environments.yaml", "folder"])
def test_what_cannot_be_read_is_not_taken_for_empty(
    name: str, ordinary_user: Folder, callsheet: Callsheet
) -> None:
    ordinary_user.action()
    ordinary_user.write("environments.yaml", ENVIRONMENT)
    ordinary_user.write("folder/more.yaml", "")
    (ordinary_user.path / name).chmod(0)
    outcome = callsheet("validate", "-C", ordinary_user.path, "--no-cache")
    (ordinary_user.path / name).chmod(0o700)
    assert outcome.code == 1
    assert f"{name}:1:1: error CS101\n  it cannot be read: permission denied" in outcome.out


def test_a_database_that_cannot_be_written_is_named(ordinary_user: Folder, callsheet: Callsheet) -> None:
    ordinary_user.action()
    ordinary_user.write("environments.yaml", ENVIRONMENT)
    applied(ordinary_user, callsheet)
    ordinary_user.action(constant="2")
    for mode, place in ((0o400, ordinary_user.database), (0o500, ordinary_user.database.parent)):
        place.chmod(mode)
        assert callsheet("plan", "-C", ordinary_user.path, "--no-cache").code == 0
        outcome = callsheet("apply", "-C", ordinary_user.path, "--yes", "-q", "--no-cache")
        place.chmod(0o700)
        assert outcome.code == 1
        assert "error CS902: .callsheet/local.db cannot be written" in outcome.err


# -- databases --------------------------------------------------------------------------------


def applied(folder: Folder, callsheet: Callsheet) -> None:
    assert callsheet("apply", "-C", folder.path, "--yes").code == 0


def execute(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def truncated(folder: Folder) -> None:
    folder.database.write_bytes(folder.database.read_bytes()[:5000])


def scrambled(folder: Folder) -> None:
    content = bytearray(folder.database.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    folder.database.write_bytes(content)


DATABASES: dict[str, Break] = {
    "not SQLite": lambda folder: folder.database.write_bytes(b"this is no database, it is a text" * 100),
    "of another program": lambda folder: (
        folder.database.unlink(), execute(folder.database, "CREATE TABLE t (a)")),
    "of a newer version": lambda folder: execute(folder.database, "PRAGMA user_version=7"),
    "of a newer registry": lambda folder: execute(
        folder.database, "UPDATE callsheet_component SET version = 9 WHERE name = 'registry'"),
    "truncated": truncated,
    "scrambled": scrambled,
    "a folder": lambda folder: (folder.database.unlink(), folder.database.mkdir()),
}  # fmt: skip


@pytest.mark.parametrize("verb", ["plan", "apply"])
@pytest.mark.parametrize("case", DATABASES)
def test_a_database_that_is_wrong_is_named_and_left_alone(
    case: str, verb: str, workspace: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    applied(workspace, callsheet)
    DATABASES[case](workspace)
    before = workspace.database.read_bytes() if workspace.database.is_file() else b""
    workspace.action(constant="2")
    outcome = callsheet(verb, "-C", workspace.path, *(["--yes"] if verb == "apply" else []))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == snapshot
    assert (workspace.database.read_bytes() if workspace.database.is_file() else b"") == before


def test_a_database_that_another_program_holds_is_named(workspace: Folder, callsheet: Callsheet) -> None:
    applied(workspace, callsheet)
    workspace.action(constant="2")
    holder = sqlite3.connect(workspace.database, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        import callsheet.databases.sqlite as module

        module.BUSY_SECONDS, before = 0.05, module.BUSY_SECONDS
        outcome = callsheet("apply", "-C", workspace.path, "--yes")
        module.BUSY_SECONDS = before
    finally:
        holder.close()
    assert outcome.code == 1
    assert "error CS907: another program has locked .callsheet/local.db" in outcome.err


def test_a_disk_that_is_full_loses_nothing(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    import callsheet.databases.sqlite as module

    applied(workspace, callsheet)
    workspace.action(constant="2")
    for number in range(60):
        workspace.action(f"more_{number}")
    real = module._connect

    def small(path: Path, mode: str) -> sqlite3.Connection:
        connection = real(path, mode)
        connection.execute("PRAGMA max_page_count=22")
        return connection

    monkeypatch.setattr(module, "_connect", small)
    outcome = callsheet("apply", "-C", workspace.path, "--yes", "-q")
    assert outcome.code == 1
    assert "error CS906: there is no space left to write .callsheet/local.db" in outcome.err
    monkeypatch.setattr(module, "_connect", real)
    assert callsheet("apply", "-C", workspace.path, "--yes", "-q").code == 0
    assert "61 unchanged" in callsheet("plan", "-C", workspace.path).out


# -- everything else --------------------------------------------------------------------------


def test_a_name_with_hostile_characters_does_not_command_the_terminal(
    workspace: Folder, callsheet: Callsheet
) -> None:
    file("a\x1b[2J\u202e.yaml", "- 1\n")(workspace)
    outcome = callsheet("validate", "-C", workspace.path)
    assert "\x1b" not in outcome.out
    assert "\u202e" not in outcome.out
    assert re.search(r"a\\x1b\[2J\\N\{RIGHT-TO-LEFT OVERRIDE\}\.yaml:1:1: error CS211", outcome.out)
