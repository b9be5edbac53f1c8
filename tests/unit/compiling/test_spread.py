"""How the work is spread: what may be asked for, what travels, and a process that is killed."""

from __future__ import annotations

import os
import pickle
import signal
import sqlite3
from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from callsheet import Workspace
from callsheet.compiling import cache as cache_module
from callsheet.compiling import pool as pool_module
from callsheet.compiling.bundles import Bundles
from callsheet.compiling.cache import FILE, UnitCache
from callsheet.compiling.context import Context, read_shared
from callsheet.compiling.sent import NotSent, Sender, compute_sent
from callsheet.compiling.spread import Spread
from callsheet.compiling.unit import Computed
from callsheet.compiling.worker import Worker
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import FolderSource
from callsheet.errors import ArgumentError
from support.workspaces import ROOT, Callsheet, Folder


def context_of(source: FolderSource) -> Context:
    return read_shared(source, source.files(), skip=lambda file: False).context()[0]


@pytest.mark.parametrize("jobs", [0, -1, 1001])
def test_a_number_of_jobs_that_cannot_be_meant_is_refused(jobs: int, workspace: Folder) -> None:
    with pytest.raises(ArgumentError, match=rf"the number of jobs is {jobs}: it must be from 1 to 1,000"):
        Workspace(workspace.path, jobs=jobs)


@pytest.mark.parametrize(
    "dask",
    [
        "", "local", "local:", "local:0", "local:1001", "local:-1", "local:two", "scheduler", "http://host:8786",
        "tcp://host", "tcp://host:0", "tcp://host:65536", "tcp://user@host:8786", "host:8786/path", "local:99999",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(dask: str) -> None:
    with pytest.raises(ArgumentError, match="name a scheduler, as tcp://"):
        Spread.read(None, dask)


@pytest.mark.parametrize(
    "dask", ["10.0.0.5:8786", "tcp://host:1", "tls://host.example.com:65535", "[::1]:8786"]
)
def test_an_address_of_a_scheduler_is_taken(dask: str) -> None:
    assert Spread.read(None, dask) == Spread(scheduler=dask)


def test_local_workers_are_counted_and_go_without_jobs() -> None:
    assert Spread.read(None, "local:4") == Spread(local_workers=4)
    with pytest.raises(ArgumentError, match="name one of the two"):
        Spread.read(2, "local:4")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--jobs", "0"], "Error: the number of jobs is 0: it must be from 1 to 1,000\n"),
        (["--jobs", "many"], "Error: Invalid value for '--jobs': 'many' is not a valid integer.\n"),
        (["--dask", "local:none"], "Error: Dask is not found by 'local:none': name a scheduler"),
    ],
)
def test_the_command_line_says_what_is_wrong_with_them(
    arguments: list[str], message: str, workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = callsheet("plan", "-C", workspace.path, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err


def test_jobs_are_the_number_of_processes(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        workspace.action(f"a{number}")
    started: list[int] = []
    real = pool_module._executor

    def executor(source: FolderSource, context: Context, processes: int) -> object:
        started.append(processes)
        return real(source, context, processes)

    monkeypatch.setattr(pool_module, "PARALLEL_FROM", 2)
    monkeypatch.setattr(pool_module, "_executor", executor)
    seen = {
        callsheet(verb, "-C", workspace.path, "--no-cache", "-o", "json", "--jobs", jobs).out
        for verb in ("validate",)
        for jobs in ("1", "2", "3")
    }
    assert (len(seen), started) == (1, [2, 3])
    for arguments in (["render", "--all"], ["test"], ["drift"], ["diff"], ["plan"], ["apply", "--yes"]):
        started.clear()
        assert callsheet(*arguments, "-C", workspace.path, "--no-cache", "--jobs", "2").code == 0
        assert started == [2], arguments


def test_a_process_that_is_killed_is_an_error_and_what_was_compiled_is_kept(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        workspace.action(f"a{number:02}")
    parent, real = os.getpid(), Worker.unit

    def unit(self: Worker, file: str) -> object:
        if file == "a30.yaml" and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, file)

    monkeypatch.setattr(pool_module, "PARALLEL_FROM", 2)
    monkeypatch.setattr(Worker, "unit", unit)
    outcome = callsheet("validate", "-C", workspace.path, "--jobs", "2")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "error CS996: a process that compiles was killed\n"
        "help: it may have run out of memory: run the command with a smaller --jobs\n"
    )
    assert callsheet("validate", "-C", workspace.path, "--jobs", "1").code == 0


def test_batches_come_in_order_few_at_a_time_and_what_waits_is_cancelled() -> None:
    submitted: list[int] = []

    def submit(batch: int) -> Future[int]:
        submitted.append(batch)
        found: Future[int] = Future()
        tasks.append(found)
        return found

    tasks: list[Future[int]] = []
    under_way = pool_module.in_order(range(100), submit, 4)
    assert [next(under_way)[1], next(under_way)[1]] == [0, 1]
    assert submitted == [0, 1, 2, 3, 4]
    under_way.close()
    assert [one.cancelled() for one in tasks] == [False, False, True, True, True]


def test_batches_end_by_their_bytes_and_keep_the_order(workspace: Folder) -> None:
    for number in range(20):
        workspace.action(f"a{number:02}")
    source = FolderSource(workspace.path)
    files = source.files()
    batches = [*Sender(source, 1000).batches(files)]
    assert [file for batch in batches for file in batch.files] == files
    assert len(batches) > 5
    assert all(sum(len(batch.contents[file]) for file in batch.files[:-1]) < 1000 for batch in batches)


def test_what_is_sent_is_enough_for_the_samples() -> None:
    source = FolderSource(ROOT / "actions")
    context, files = context_of(source), source.files()
    found = [one for batch in Sender(source, 2000).batches(files) for one in compute_sent(context, batch)]
    here = Worker(source, context)
    assert found == [Computed.of(here.unit(file)) for file in files]


def test_a_unit_that_wants_another_file_is_sent_again_with_it(workspace: Folder) -> None:
    text = (
        (workspace.path / "example.yaml")
        .read_text()
        .replace('payload: {title: "{{ params.title }}", fixed: 1}', '"payloadFile": "push\\x2ejson.j2"')
    )
    workspace.write("example.yaml", text)
    workspace.write("push.json.j2", '{"title": {{ params.title | tojson }}}')
    source = FolderSource(workspace.path)
    context, sender = context_of(source), Sender(source, 10_000)
    (batch,) = sender.batches(["example.yaml"])
    missing = compute_sent(context, batch)
    assert missing == [NotSent("example.yaml", "push.json.j2")]
    again = compute_sent(context, sender.again(batch, [one for one in missing if isinstance(one, NotSent)]))
    assert again == [Computed.of(Worker(source, context).unit("example.yaml"))]


def test_no_secret_travels(workspace: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "tok-from-the-environment")
    workspace.write("token.txt", "tok-from-a-file")
    workspace.write(".env", "tok-from-a-dotfile")
    text = (workspace.path / "example.yaml").read_text()
    workspace.write(
        "example.yaml", text + "  authentication: {type: bearer, token: {secret: file:token.txt}}\n"
    )
    workspace.write("other.yaml", text + "  authentication: {type: bearer, token: {secret: env:TOKEN}}\n")
    workspace.write("third.yaml", text.replace("payload:", "payloadFile: .env\n    x-payload:"))
    source = FolderSource(workspace.path)
    source.files()
    context, sender = context_of(source), Sender(source, 100)
    for batch in sender.batches(source.files()):
        answer = compute_sent(context, batch)
        again = sender.again(batch, [one for one in answer if isinstance(one, NotSent)])
        sent = pickle.dumps((context, batch, again))
        assert b"tok-from" not in sent


def test_the_texts_of_what_was_compiled_are_held_only_where_no_cache_has_them(
    workspace: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []
    monkeypatch.setattr(Bundles, "add", lambda self, file, bundle: held.append(file))
    cache = workspace.path / ".callsheet" / "cache"
    compile_workspace(FolderSource(workspace.path), cache=cache)
    assert held == []
    compile_workspace(FolderSource(workspace.path))
    assert held == ["environments.yaml", "example.yaml"]


def test_the_index_of_the_cache_is_written_in_pieces_between_which_others_can_write(
    workspace: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        workspace.action(f"a{number:02}")
    cache = workspace.path / ".callsheet" / "cache"
    real, written = UnitCache._put, []

    def put(self: UnitCache, units: Sequence[object], bundles: Sequence[object]) -> bool:
        connection = sqlite3.connect(cache / FILE, timeout=0)
        with connection:
            connection.execute("DELETE FROM bundle WHERE file = 'nothing'")
        connection.close()
        written.append(len(units))
        return real(self, units, bundles)

    monkeypatch.setattr(cache_module, "_ROWS_AT_ONCE", 3)
    monkeypatch.setattr(UnitCache, "_put", put)
    first = compile_workspace(FolderSource(workspace.path), cache=cache)
    assert sum(written) == 32
    written.clear()
    for path in workspace.path.glob("*.yaml"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    monkeypatch.setattr(cache_module, "UNTRUSTED_NANOSECONDS", 0)
    compile_workspace(FolderSource(workspace.path), cache=cache)
    assert written == [3] * 10 + [2]
    assert (first.computed, compile_workspace(FolderSource(workspace.path), cache=cache).computed) == (
        32,
        0,
    )
