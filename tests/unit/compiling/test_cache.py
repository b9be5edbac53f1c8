"""The cache and the pool: the same result as without them, and nothing from a stranger."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import pytest

from callsheet.compiling import Compiled, digests
from callsheet.compiling import pool as pool_module
from callsheet.compiling import worker as worker_module
from callsheet.compiling.bundles import Bundles, packed
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import FolderSource, MemorySource
from callsheet.errors import CallsheetError
from callsheet.templates.values import digest_of
from support.workspaces import Folder


def result(compiled: Compiled) -> object:
    return (
        {
            name: {key: one.canonical for key, one in found.items()}
            for name, found in compiled.by_environment.items()
        },
        [(one.code, one.file, one.span, one.message, one.source) for one in compiled.diagnostics],
        {name: (one.metadata, list(one.parameters)) for name, one in compiled.actions.items()},
        compiled.documents,
    )


def compile_folder(folder: Folder, *, cached: bool = True) -> Compiled:
    return compile_workspace(
        FolderSource(folder.path), cache=folder.path / ".callsheet" / "cache" if cached else None
    )


def age(folder: Folder) -> None:
    """Let every file be older than what the cache distrusts."""
    for path in folder.path.rglob("*.*"):
        os.utime(path, (time.time() - 60, time.time() - 60))


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the files whose units are computed."""
    found: list[str] = []
    real = worker_module.Worker.unit

    def unit(self: worker_module.Worker, file: str) -> worker_module.Unit:
        found.append(file)
        return real(self, file)

    monkeypatch.setattr(worker_module.Worker, "unit", unit)
    return found


def test_only_what_changed_is_computed_again(workspace: Folder, computed: list[str]) -> None:
    workspace.action("second")
    first = compile_folder(workspace)
    assert computed == ["environments.yaml", "example.yaml", "second.yaml"]
    computed.clear()
    assert result(compile_folder(workspace)) == result(first) == result(compile_folder(workspace))
    assert computed == []
    workspace.action("second", constant="2")
    changed = compile_folder(workspace)
    assert computed == ["second.yaml"]
    assert result(changed) == result(compile_folder(workspace, cached=False))


def test_a_misspelt_parameter_is_one_mistake_with_and_without_the_cache(
    workspace: Folder, computed: list[str]
) -> None:
    path = workspace.path / "example.yaml"
    path.write_text(path.read_text("utf-8").replace("params.title", "params.titel"), "utf-8")
    first, again = compile_folder(workspace), compile_folder(workspace)
    assert computed == ["environments.yaml", "example.yaml"]
    assert [one.code for one in first.diagnostics] == ["CS306"]
    assert again.diagnostics == first.diagnostics


def test_a_changed_environment_computes_everything_again(workspace: Folder, computed: list[str]) -> None:
    compile_folder(workspace)
    computed.clear()
    path = workspace.path / "environments.yaml"
    path.write_text(path.read_text().replace("api.example.com", "b.example.com"))
    compile_folder(workspace)
    assert sorted(computed) == ["environments.yaml", "example.yaml"]


def test_other_files_of_callsheet_compute_everything_again(
    workspace: Folder, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_folder(workspace)
    computed.clear()
    # As of another commit: the version is the same.
    monkeypatch.setattr(digests, "own_digest", lambda: "of another commit")
    compile_folder(workspace)
    assert sorted(computed) == ["environments.yaml", "example.yaml"]


def test_a_changed_template_file_computes_its_action_again(workspace: Folder, computed: list[str]) -> None:
    text = workspace.action().read_text()
    workspace.write("t.j2", '{"a": {{ params.title }}}')
    start = text.index("    payload:")
    workspace.write("example.yaml", text[:start] + "    payloadFile: t.j2\n" + text[text.index("  parameters:"):])  # fmt: skip
    assert not compile_folder(workspace).errors
    computed.clear()
    compile_folder(workspace)
    assert computed == []
    workspace.write("t.j2", '{"b": {{ params.title }}}')
    assert '\\"b\\"' in next(iter(compile_folder(workspace).by_environment["local"].values())).canonical
    assert computed == ["example.yaml"]


def test_findings_are_kept_with_their_lines(workspace: Folder) -> None:
    workspace.action("bad", constant='"{{ values.nowhere }}"  # callsheet: ignore CS407 nothing')
    workspace.action("unused").write_text((workspace.path / "example.yaml").read_text().replace("name: example", "name: unused").replace("{{ params.title }}", "x"))  # fmt: skip
    first = compile_folder(workspace)
    assert {one.code for one in first.diagnostics} >= {"CS307"}
    assert result(compile_folder(workspace)) == result(first)


def test_files_are_trusted_by_their_stat_only_when_they_are_old(
    workspace: Folder, computed: list[str]
) -> None:
    compile_folder(workspace)
    age(workspace)
    # Times set by hand leave the inode's own change time, which is now.
    compile_folder(workspace)
    path = workspace.path / "example.yaml"
    before = path.stat()
    path.write_text(path.read_text().replace("fixed: 1", "fixed: 2"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    computed.clear()
    compiled = compile_folder(workspace)
    assert computed == ["example.yaml"]
    assert '"fixed":2' in compiled.by_environment["local"]["Action/example"].canonical


def test_a_file_that_changes_while_it_is_compiled_is_kept_as_what_was_compiled(
    workspace: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_folder(workspace)
    first = workspace.action(constant="2").read_text()
    real = worker_module.Worker.unit

    def unit(self: worker_module.Worker, file: str) -> worker_module.Unit:
        # Somebody saves the file between the look into the cache and the reading of it.
        workspace.action(constant="3")
        return real(self, file)

    monkeypatch.setattr(worker_module.Worker, "unit", unit)
    compile_folder(workspace)
    monkeypatch.setattr(worker_module.Worker, "unit", real)
    workspace.write("example.yaml", first)
    compiled = compile_folder(workspace).by_environment["local"]["Action/example"]
    assert '"fixed":2' in compiled.canonical


def database(folder: Folder) -> Path:
    (path,) = (folder.path / ".callsheet" / "cache").glob("*.sqlite")
    return path


def test_what_a_stranger_wrote_is_not_taken(workspace: Folder, computed: list[str]) -> None:
    compile_folder(workspace)
    with sqlite3.connect(database(workspace)) as connection:
        statement = "UPDATE unit SET body = replace(body, 'Exemple', 'Evil')"
        assert connection.execute(statement).rowcount == 2
    connection.close()
    computed.clear()
    compiled = compile_folder(workspace)
    assert "Evil" not in str(result(compiled))
    assert "example.yaml" in computed


@pytest.mark.parametrize(
    "statement",
    ["UPDATE bundle SET body = ?", "DELETE FROM bundle WHERE ? <> ''"],
    ids=lambda one: one.split()[0],
)
@pytest.mark.parametrize("body", [b"evil", packed(['{"evil":true}'])], ids=["torn", "another"])
def test_texts_that_are_not_those_of_the_index_are_compiled_again(
    statement: str, body: bytes, workspace: Folder, computed: list[str]
) -> None:
    expected = result(compile_folder(workspace))
    with sqlite3.connect(database(workspace)) as connection:
        assert connection.execute(statement, (body,)).rowcount == 1
    connection.close()
    computed.clear()
    compiled = compile_folder(workspace)
    assert computed == []
    assert result(compiled) == expected
    assert computed == ["example.yaml"]


def test_a_text_that_is_lost_and_whose_file_changed_meanwhile_is_not_another_one(workspace: Folder) -> None:
    compile_folder(workspace)
    compiled = compile_folder(workspace)
    database(workspace).write_bytes(b"")
    workspace.action(constant="2")
    with pytest.raises(
        CallsheetError, match=r"example\.yaml was changed, or the cache was, while callsheet was running"
    ):
        _ = compiled.by_environment["local"]["Action/example"].canonical


def test_texts_of_another_revision_that_share_one_text_are_not_taken_for_all() -> None:
    """A review compiles two revisions by one cache: a file may be the same, and an environment not."""
    same, base, head = '{"same":1}', '{"base":1}', '{"head":1}'
    bundles = Bundles(lambda file: packed([same, head]), lambda file: packed([same, base]))
    for text in (same, base, head, same):
        assert bundles.text("example.yaml", digest_of(text)) == text


@pytest.mark.parametrize("content", [b"", b"no database" * 100])
def test_a_cache_that_is_broken_is_only_empty(content: bytes, workspace: Folder) -> None:
    expected = result(compile_folder(workspace))
    database(workspace).write_bytes(content)
    assert result(compile_folder(workspace)) == expected
    database(workspace).unlink()
    database_folder = workspace.path / ".callsheet" / "cache"
    for path in database_folder.iterdir():
        path.unlink()
    database_folder.rmdir()
    database_folder.write_text("in the way")
    assert result(compile_folder(workspace)) == expected


def test_a_key_that_cannot_be_kept_means_no_cache(
    workspace: Folder, computed: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "in_the_way").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "in_the_way"))
    compile_folder(workspace)
    compile_folder(workspace)
    assert computed.count("example.yaml") == 2


def test_old_units_are_dropped_where_there_are_many(workspace: Folder) -> None:
    for number in range(130):
        workspace.action(constant=str(number))
        if number % 10 == 0:
            compile_folder(workspace)
    with sqlite3.connect(database(workspace)) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM bundle WHERE file = 'example.yaml'").fetchone()
    connection.close()
    assert kept == 3
    for number in range(200):
        workspace.action(f"old{number}")
    compile_folder(workspace)
    for number in range(200):
        (workspace.path / f"old{number}.yaml").unlink()
    compile_folder(workspace)
    connection = sqlite3.connect(database(workspace))
    assert connection.execute("SELECT count(*) FROM bundle").fetchone()[0] < 10
    assert connection.execute("SELECT count(*) FROM unit WHERE file LIKE 'old%'").fetchone()[0] == 0
    connection.close()


def test_processes_give_the_same_result_as_one(workspace: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        workspace.action(f"a{number}", constant="no" if number == 7 else "1")
    expected = result(compile_folder(workspace, cached=False))
    monkeypatch.setattr(pool_module, "PARALLEL_FROM", 2)
    monkeypatch.setattr(pool_module, "_processes", lambda: 2)
    assert result(compile_folder(workspace, cached=False)) == expected
    monkeypatch.setattr(pool_module, "_worker", None)
    with pytest.raises(RuntimeError):
        pool_module._compute(["a"])
    from callsheet.compiling.context import Context

    pool_module._start(MemorySource({}), Context((), (), nowhere=True), os.getppid())
    assert pool_module._compute([]) == []
    monkeypatch.setattr(pool_module, "_worker", None)
    monkeypatch.undo()
    assert pool_module._processes() >= 1
