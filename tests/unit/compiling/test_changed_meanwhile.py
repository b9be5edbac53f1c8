"""What changes while a run reads it is read again by the next run: no result outlives its files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from callsheet import InvalidWorkspaceError, Workspace
from callsheet.compiling import cache, pool, runs
from callsheet.compiling.unit import Unit
from callsheet.compiling.worker import Worker
from callsheet.contracts import sources
from callsheet.documents import Source
from callsheet.reporting import report
from callsheet.reporting.model import Style
from support.workspaces import ACTION, Folder

pytestmark = pytest.mark.cached

TICK = 0.03
TEMPLATED = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: templated, title: {en: Example}, owner: team-a, labels: {channel: push}}
spec:
  request: {method: POST, url: "https://api.example.com/v1", payloadFile: NAME}
  parameters:
    title: {type: string, example: Hi}
"""
BODY = '{"title": {{ params.title | tojson }}, "fixed": FIXED}'


@pytest.fixture(autouse=True)
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust files as soon as the clock has ticked, and use more than one process for a few."""
    for module in (runs, cache):
        monkeypatch.setattr(module, "UNTRUSTED_NANOSECONDS", int(TICK / 2 * 1e9))
    monkeypatch.setattr(pool, "PARALLEL_FROM", 2)


def said(folder: Folder, *, jobs: int = 1, cached: bool = True) -> str:
    try:
        workspace = Workspace(folder.path, cache=cached, jobs=jobs)
        return report("json").write(workspace.render_all(), Style())
    except InvalidWorkspaceError as error:
        return f"{error.findings}"


def swapped(root: Path, one: str, other: str) -> None:
    """Let two files or folders have each other's name."""
    (root / one).rename(root / ".between")
    (root / other).rename(root / one)
    (root / ".between").rename(root / other)


def relinked(root: Path, name: str, to: str) -> None:
    (root / ".link").symlink_to(to)
    (root / ".link").replace(root / name)


def linked_documents(folder: Folder) -> Callable[[], None]:
    for name, constant in (("v1", "1"), ("v2", "2")):
        folder.write(f".{name}/deep/zz.yaml", ACTION.format(name="zz", constant=constant))
    (folder.path / "linked").symlink_to(".v1")
    now = iter([".v2", ".v1"])
    return lambda: relinked(folder.path, "linked", next(now))


def moved_documents(folder: Folder) -> Callable[[], None]:
    for name, constant in (("moved", "1"), (".beside", "2")):
        folder.write(f"{name}/deep/zz.yaml", ACTION.format(name="zz", constant=constant))
    return lambda: swapped(folder.path, "moved", ".beside")


def linked_templates(folder: Folder) -> Callable[[], None]:
    for name in ("v1", "v2"):
        folder.write(f".{name}/body.j2", BODY.replace("FIXED", name[1]))
    folder.write("zz.yaml", TEMPLATED.replace("NAME", "parts/body.j2"))
    (folder.path / "parts").symlink_to("v1")
    for name in ("v1", "v2"):
        (folder.path / f".{name}").rename(folder.path / name)
    now = iter(["v2", "v1"])
    return lambda: relinked(folder.path, "parts", next(now))


def moved_templates(folder: Folder) -> Callable[[], None]:
    for name in ("parts", "beside"):
        folder.write(f"{name}/body.j2", BODY.replace("FIXED", f"{len(name)}"))
    folder.write("zz.yaml", TEMPLATED.replace("NAME", "parts/body.j2"))
    return lambda: swapped(folder.path, "parts", "beside")


def missing_template(folder: Folder) -> Callable[[], None]:
    folder.write("beside/body.j2", BODY.replace("FIXED", "1"))
    (folder.path / "parts").mkdir()
    folder.write("zz.yaml", TEMPLATED.replace("NAME", "parts/body.j2"))
    return lambda: swapped(folder.path, "parts", "beside")


def template_that_cannot_be_read(folder: Folder) -> Callable[[], None]:
    folder.write("beside/body.j2", BODY.replace("FIXED", "1"))
    (folder.path / "parts" / "body.j2").mkdir(parents=True)
    folder.write("zz.yaml", TEMPLATED.replace("NAME", "parts/body.j2"))
    return lambda: swapped(folder.path, "parts", "beside")


CHANGES = (
    linked_documents,
    moved_documents,
    linked_templates,
    moved_templates,
    missing_template,
    template_that_cannot_be_read,
)


def around(patch: pytest.MonkeyPatch, before: Callable[[], None], after: Callable[[], None]) -> None:
    """Have something done once before, and something after, the action `zz` is read."""
    real, todo = Worker.unit, [before, after]

    def unit(self: Worker, file: str) -> Unit:
        if not file.endswith("zz.yaml") or not todo:
            return real(self, file)
        todo.pop(0)()
        found = real(self, file)
        todo.pop(0)()
        return found

    patch.setattr(Worker, "unit", unit)


def nothing() -> None:
    """Do nothing."""


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("when", ["before", "after", "there and back"])
@pytest.mark.parametrize("change", CHANGES)
def test_no_result_outlives_its_files(
    workspace: Folder,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Folder], Callable[[], None]],
    when: str,
    jobs: int,
) -> None:
    it = change(workspace)
    time.sleep(TICK)
    with monkeypatch.context() as patch:
        around(patch, nothing if when == "after" else it, nothing if when == "before" else it)
        during = said(workspace, jobs=jobs)
    now = said(workspace, cached=False)
    assert said(workspace, jobs=jobs) == now == said(workspace)
    assert during == now if when == "before" else during != now


def test_a_contract_that_changes_while_it_is_checked_is_read_again(
    workspace: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = '{openapi: 3.0.3, info: {title: It, version: "1"}, paths: {/v1/example: {post: {operationId: NAME}}}}'
    for folder, name in (("api", "send"), (".beside", "sent")):
        workspace.write(f"{folder}/it.yaml", document.replace("NAME", name))
    checked = ACTION.format(name="checked", constant="1")
    workspace.write(
        "checked.yaml",
        checked.replace("spec:", "spec:\n  contract: {openapi: api/it.yaml, operation: send}"),
    )
    time.sleep(TICK)
    real, todo = sources.read_named, [1]

    def read(source: Source, file: str, *, limit: int) -> bytes:
        content = real(source, file, limit=limit)
        if todo.pop() if todo else 0:
            swapped(workspace.path, "api", ".beside")
        return content

    with monkeypatch.context() as patch:
        patch.setattr(sources, "read_named", read)
        assert "CS451" not in said(workspace)
    assert "CS451" in said(workspace)


def test_the_reason_why_a_template_is_not_read_is_todays(workspace: Folder) -> None:
    workspace.write("zz.yaml", TEMPLATED.replace("NAME", "body.j2"))
    time.sleep(TICK)
    assert "there is no such file" in said(workspace)
    (workspace.path / "body.j2").write_bytes(b"\xff")
    time.sleep(TICK)
    assert "there is no such file" not in said(workspace)
    assert said(workspace) == said(workspace, cached=False)
    workspace.write(".callsheetignore", "body.j2\n")
    time.sleep(TICK)
    assert "`.callsheetignore` leaves this file out" in said(workspace)


def test_a_run_in_which_a_file_could_not_be_read_is_not_taken_again(
    workspace: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.sleep(TICK)
    real = os.open

    def failing(path: str, *args: object, **names: object) -> int:
        if str(path).endswith("example.yaml"):
            raise OSError(24, "Too many open files")
        return real(path, *args, **names)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", failing)
        assert "too many open files" in said(workspace)
    assert "too many open files" not in said(workspace)
