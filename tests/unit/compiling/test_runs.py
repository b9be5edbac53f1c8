"""What a run found is taken again only where nothing that it read, or depends on, has changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callsheet import CallsheetError, InvalidWorkspaceError, Workspace
from callsheet.compiling import cache, context, pool, runs, versions
from callsheet.reporting import report
from callsheet.reporting.model import Style
from support.workspaces import ACTION, Folder

pytestmark = pytest.mark.cached

DAY = datetime(2026, 12, 1, 12, tzinfo=UTC)
TICK = 0.03
"""Longer than a clock of the file system takes to tick."""


@pytest.fixture(autouse=True)
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust files as soon as the clock has ticked."""
    monkeypatch.setattr(runs, "UNTRUSTED_NANOSECONDS", int(TICK / 2 * 1e9))


@pytest.fixture
def recalled(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Tell of each run whether it was recalled."""
    found: list[bool] = []
    real = runs.Runs.recall

    def recall(self: runs.Runs) -> object:
        result = real(self)
        found.append(result is not None)
        return result

    monkeypatch.setattr(runs.Runs, "recall", recall)
    return found


def opened(folder: Folder, *, cache: bool = True, day: datetime = DAY, required: bool = False) -> Workspace:
    return Workspace(folder.path, cache=cache, now=lambda: day, require_contracts=required)


def said(workspace: Workspace) -> str:
    try:
        found = report("json").write(workspace.validate(), Style())
        found += report("json").write(workspace.list(), Style())
        return found + report("json").write(workspace.render_all(), Style())
    except InvalidWorkspaceError as error:
        return f"{error.findings}"


def settle() -> None:
    time.sleep(TICK)


CONNECTION = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: shop}
spec: {url: "https://shop.example.com"}
"""
CONNECTED = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: connected, title: {en: Example}, owner: team-a, labels: {channel: push}}
spec:
  connection: shop
  request:
    method: POST
    path: /v1/send
    payloadFile: body.json.j2
  parameters:
    title: {type: string, example: Hi}
"""
CONTRACT = """\
openapi: 3.0.3
info: {title: It, version: "1"}
paths:
  /v1/send:
    post: {operationId: send, requestBody: {$ref: "part.yaml#/components/requestBodies/It"}, responses: {}}
"""
PART = """\
openapi: 3.0.3
info: {title: It, version: "1"}
paths: {}
components:
  requestBodies:
    It: {content: {application/json: {schema: {type: object, properties: {title: {type: string}, fixed: {type: integer}}}}}}
"""
POLICY = """\
apiVersion: callsheet/v1
kind: Policy
metadata: {name: fixed}
spec:
  message: nothing is fixed
  schema: {properties: {owner: {const: team-b}}}
  exceptions: [{action: checked, reason: until it moves, until: "2026-12-01"}]
"""


@pytest.fixture
def whole(workspace: Folder) -> Folder:
    """Give a workspace with something of each sort that a run reads."""
    workspace.write("shop.yaml", CONNECTION)
    workspace.write("connected.yaml", CONNECTED)
    workspace.write("body.json.j2", '{"title": {{ params.title | tojson }}}')
    workspace.write("api/api.yaml", CONTRACT)
    workspace.write("api/part.yaml", PART)
    checked = ACTION.format(name="checked", constant="1")
    workspace.write(
        "checked.yaml",
        checked.replace("spec:", "spec:\n  contract: {openapi: api/api.yaml, operation: send}"),
    )
    return workspace


def _edit(name: str, old: str, new: str) -> Callable[[Folder], object]:
    def change(folder: Folder) -> None:
        file = folder.path / name
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    return change


def _link(name: str, to: str) -> Callable[[Folder], object]:
    def change(folder: Folder) -> None:
        (folder.path / name).unlink(missing_ok=True)
        (folder.path / name).symlink_to(to)

    return change


CHANGES: dict[str, Callable[[Folder], object]] = {
    "an action": _edit("example.yaml", "fixed: 1", "fixed: 2"),
    "an action, of the same length and time": lambda folder: _same_time(folder),
    "a new action": lambda folder: folder.action("other"),
    "an action that is gone": lambda folder: folder.remove("example"),
    "an action of another name": lambda folder: (folder.path / "example.yaml").rename(folder.path / "it.yaml"),
    "a template": _edit("body.json.j2", "title", "name"),
    "a template that is gone": lambda folder: (folder.path / "body.json.j2").unlink(),
    "a connection": _edit("shop.yaml", "https", "http"),
    "a connection that is not valid": _edit("shop.yaml", "url", "uri"),
    "a contract": _edit("api/api.yaml", "/v1/send", "/v2/send"),
    "a part of a contract": _edit("api/part.yaml", "integer", "string"),
    "a part of a contract that is gone": lambda folder: (folder.path / "api" / "part.yaml").unlink(),
    "a new policy": lambda folder: folder.write("policy.yaml", POLICY),
    "a value": _edit("environments.yaml", "name: local", "name: other"),
    "a file that is ignored": lambda folder: folder.write(".callsheetignore", "example.yaml\n"),
    "a template that is ignored": lambda folder: folder.write(".callsheetignore", "body.json.j2\n"),
    "a setting": lambda folder: folder.write("callsheet.yaml", SETTING),
    "a link that leads out": _link("away.yaml", "/etc/hostname"),
    "a template that is a link": _link("body.json.j2", "other.j2"),
    "a folder": lambda folder: folder.write("deep/er/one.yaml", ACTION.format(name="deep", constant="1")),
}  # fmt: skip

SETTING = """\
apiVersion: callsheet/v1
kind: Workspace
metadata: {name: it}
spec: {severity: {CS515: error}}
"""


def _same_time(folder: Folder) -> None:
    file = folder.path / "example.yaml"
    before = file.stat()
    file.write_text(file.read_text("utf-8").replace("fixed: 1", "fixed: 3"), "utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("what", CHANGES)
def test_a_run_is_recalled_until_something_changes(whole: Folder, recalled: list[bool], what: str) -> None:
    settle()
    first = said(opened(whole))
    assert said(opened(whole)) == first
    assert said(opened(whole)) == first == said(opened(whole, cache=False))
    assert recalled == [False, True, True]
    CHANGES[what](whole)
    settle()
    changed = said(opened(whole))
    assert changed == said(opened(whole, cache=False)) == said(opened(whole))
    assert changed != first
    assert recalled == [False, True, True, False, True]


def test_a_link_to_another_file_of_the_same_length_is_another_file(
    whole: Folder, recalled: list[bool]
) -> None:
    for name in ("one", "two"):
        whole.write(f".kept/{name}.yaml", ACTION.format(name=name, constant="1"))
    _link("it.yaml", ".kept/one.yaml")(whole)
    settle()
    assert '"one"' in said(opened(whole))
    _link("it.yaml", ".kept/two.yaml")(whole)
    settle()
    assert '"two"' in said(opened(whole))
    assert recalled == [False, False]


def test_an_exception_of_a_policy_expires_at_midnight(whole: Folder, recalled: list[bool]) -> None:
    whole.write("policy.yaml", POLICY)
    settle()
    today = said(opened(whole))
    assert said(opened(whole)) == today
    tomorrow = said(opened(whole, day=DAY + timedelta(days=1)))
    assert "its exception expired on 2026-12-01" in tomorrow
    assert "its exception expired" not in today
    assert recalled == [False, True, False]


def test_contracts_that_are_required_are_another_run(whole: Folder, recalled: list[bool]) -> None:
    _edit(
        "checked.yaml",
        "api/api.yaml, operation: send",
        "package:absent_here/api.yaml, operation: send, optional: true",
    )(whole)
    settle()
    assert opened(whole).validate().notes == opened(whole).validate().notes != []
    assert opened(whole, required=True).validate().errors
    assert opened(whole, required=True).validate().errors
    assert not opened(whole).validate().errors
    assert recalled == [False, True, False, True, True]


def test_a_package_that_is_installed_later_is_looked_at(
    whole: Folder, recalled: list[bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _edit(
        "checked.yaml",
        "api/api.yaml, operation: send",
        "package:came_later/api.yaml, operation: send, optional: true",
    )(whole)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    settle()
    assert opened(whole).validate().notes
    assert opened(whole).validate().notes
    package = tmp_path / "site" / "came_later"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", "utf-8")
    (package / "api.yaml").write_text(CONTRACT.replace("/v1/send", "/v2/send"), "utf-8")
    import importlib

    importlib.invalidate_caches()
    settle()
    assert opened(whole).validate().errors
    assert opened(whole).validate().errors
    (package / "api.yaml").write_text(CONTRACT.replace("send", "sent"), "utf-8")
    settle()
    assert [one.code for one in opened(whole).validate().diagnostics if one.code.startswith("CS45")] == [
        "CS451"
    ]
    assert recalled == [False, True, False, True, False]


def test_another_version_or_other_files_of_callsheet_are_another_run(
    whole: Folder, recalled: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    said(opened(whole))
    monkeypatch.setattr(versions, "_own_files", lambda: [("other.py", 1, 1)])
    said(opened(whole))
    monkeypatch.setattr(versions, "__version__", "other")
    said(opened(whole))
    assert recalled == [False, False, False]


def test_a_file_that_was_just_written_is_not_trusted(
    whole: Folder, recalled: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "UNTRUSTED_NANOSECONDS", 10**12)
    for _ in range(3):
        said(opened(whole))
    assert recalled == [False, False, False]


def test_texts_that_the_cache_has_lost_are_compiled_again(whole: Folder, recalled: list[bool]) -> None:
    settle()
    first = report("json").write(opened(whole).render_all(), Style())
    for one in (whole.path / ".callsheet" / "cache").glob("units-*"):
        one.unlink()
    assert report("json").write(opened(whole).render_all(), Style()) == first
    assert recalled == [False, True]


def test_a_shared_file_that_changes_meanwhile_is_refused(whole: Folder, recalled: list[bool]) -> None:
    settle()
    first = opened(whole)
    said(first)
    late = opened(whole)
    assert late.validate().documents
    _edit("environments.yaml", "api.example", "new.example")(whole)
    with pytest.raises(CallsheetError, match=r"environments\.yaml was changed while callsheet was running"):
        late.environment("local")
    assert recalled == [False, True]


def test_a_target_that_is_wrong_stays_refused(workspace: Folder, recalled: list[bool]) -> None:
    _edit("environments.yaml", ".callsheet/local.db", "../../local.db")(workspace)
    settle()
    for _ in range(2):
        with pytest.raises(InvalidWorkspaceError) as caught:
            opened(workspace).drift("local")
        assert [one.code for one in caught.value.findings] == ["CS802"]
    assert recalled == [False, True]


def test_a_run_that_a_stranger_wrote_is_not_taken(whole: Folder, recalled: list[bool]) -> None:
    settle()
    first = said(opened(whole))
    database = whole.path / ".callsheet" / "cache" / runs.FILE
    database.write_bytes(database.read_bytes().replace(b"connected", b"corrupted"))
    assert said(opened(whole)) == first
    shutil.copy(whole.path / "example.yaml", database)
    assert said(opened(whole)) == first
    assert recalled == [False, True, False]


@pytest.mark.parametrize("changed", [False, True])
def test_a_record_that_is_lost_meanwhile_is_made_again(
    whole: Folder, recalled: list[bool], *, changed: bool
) -> None:
    settle()
    first = said(opened(whole))
    late = opened(whole)
    late.compile()
    (whole.path / ".callsheet" / "cache" / runs.FILE).unlink()
    if changed:
        _edit("example.yaml", "fixed: 1", "fixed: 2")(whole)
        with pytest.raises(CallsheetError, match=r"example\.yaml was changed while callsheet was running"):
            late.validate()
    else:
        assert said(late) == first
    assert recalled == [False, True]


@pytest.mark.parametrize("changed", [False, True])
def test_an_environment_whose_record_is_lost_meanwhile_is_compiled_again(
    whole: Folder, recalled: list[bool], *, changed: bool
) -> None:
    settle()
    compiled = opened(whole).compile()
    first = {key: one.canonical for key, one in compiled.by_environment["local"].items()}
    late = opened(whole).compile().by_environment
    assert [*late] == ["local"]
    (whole.path / ".callsheet" / "cache" / runs.FILE).unlink()
    if changed:
        _edit("example.yaml", "fixed: 1", "fixed: 2")(whole)
        with pytest.raises(CallsheetError, match=r"example\.yaml was changed while callsheet was running"):
            late.get("local")
    else:
        assert {key: one.canonical for key, one in late["local"].items()} == first
    assert late.get("production") is None
    assert recalled == [False, True]


def test_what_a_document_that_is_not_valid_defines_is_not_there(
    whole: Folder, recalled: list[bool]
) -> None:
    whole.write("broken.yaml", CONNECTION.replace("name: shop", "name: broken").replace("url", "uri"))
    settle()
    for _ in range(2):
        compiled = opened(whole).compile()
        assert ([*compiled.connections], [*compiled.environments]) == (["shop"], ["local"])
    assert recalled == [False, True]


SHARED = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: rows}
spec:
  items: [{key: a}]
  template:
    metadata: {name: "row_{{ item.key }}", title: {en: Row}}
    spec: {request: {method: POST, url: "https://shop.example.com/v1/rows", payload: {id: 1}}}
---
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: piece}
spec:
  payload: {ratio: 1.0, whole: 1, small: -0.0, exact: 0.1, empty: null, "é": "\\u00e9 \\U0001F600", list: [[], {}]}
"""


def test_the_documents_that_others_share_are_taken_as_they_were_read(
    whole: Folder, recalled: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole.write("shared.yaml", SHARED)
    settle()
    first = _shared_by(opened(whole))
    parsed: list[str] = []
    parse = context.parse

    def noted(text: str, file: str) -> object:
        parsed.append(file)
        return parse(text, file)

    monkeypatch.setattr(context, "parse", noted)
    again = opened(whole)
    assert again.compile().environments
    assert parsed == []
    assert _shared_by(again) == first
    assert [one[0] for one in first.values()] == ["environments.yaml", "shop.yaml", "shared.yaml"]
    assert recalled == [False, True]


def _shared_by(workspace: Workspace) -> dict[str, tuple[object, ...]]:
    compiled = workspace.compile()
    documents = [
        *(one.document for one in compiled.environments.values()),
        *(one.document for one in compiled.connections.values()),
        *(one.document for one in compiled.fragments.values()),
    ]
    return {
        one.value["metadata"]["name"]: (
            one.file,
            one.index,
            one.line,
            repr(one.value),
            one.text,
            one.place(("spec",)),
        )
        for one in documents
    }


def test_what_other_processes_read_counts_as_well(
    whole: Folder, recalled: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "PARALLEL_FROM", 2)
    settle()
    first = said(opened(whole))
    _edit("body.json.j2", "title", "name")(whole)
    settle()
    assert said(opened(whole)) == said(opened(whole, cache=False)) != first
    assert recalled == [False, False]


def test_what_a_contract_finds_is_said_of_a_files_new_name(whole: Folder) -> None:
    _edit("checked.yaml", "fixed: 1", 'fixed: "one"')(whole)
    settle()
    assert [one.file for one in opened(whole).validate().errors] == ["checked.yaml"]
    (whole.path / "checked.yaml").rename(whole.path / "moved.yaml")
    settle()
    assert [one.file for one in opened(whole).validate().errors] == ["moved.yaml"]


@pytest.mark.parametrize("sealed", ["é", "", "0" * 32, "\ud800"])
def test_a_seal_that_a_stranger_wrote_is_none(whole: Folder, recalled: list[bool], sealed: str) -> None:
    settle()
    first = said(opened(whole))
    for name in (runs.FILE, cache.FILE):
        with sqlite3.connect(whole.path / ".callsheet" / "cache" / name) as connection:
            table = "kept" if name == runs.FILE else "unit"
            try:
                connection.execute(f"UPDATE {table} SET seal = ?", (sealed,))
            except UnicodeEncodeError:
                connection.execute(f"UPDATE {table} SET seal = CAST(x'eda080' AS TEXT)")
    assert said(opened(whole)) == first
    assert recalled == [False, False]
