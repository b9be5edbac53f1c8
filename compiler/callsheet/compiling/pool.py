"""Units of work over processes: cold work is parallel, little work stays in this one.

The work is handed to a `concurrent.futures.Executor`, of this machine or of Dask; a batch of files is one
task, so that the cost of a task is spread over many files. Results come in the order of the files, and no
more than a few batches are under way at a time: they are not all held in memory.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from callsheet.bulk import without_collection
from callsheet.compiling.batches import Computing, in_order
from callsheet.compiling.context import Context
from callsheet.compiling.processes import importing_nothing_from_here
from callsheet.compiling.spread import Spread
from callsheet.compiling.unit import Computed
from callsheet.compiling.worker import Worker
from callsheet.documents import FolderSource, Source
from callsheet.documents.recording import OpeningSource
from callsheet.errors import CallsheetError

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

PARALLEL_FROM = 150
"""With fewer files, starting processes costs more than it saves."""

BATCHES_PER_PROCESS = 4
MOST_IN_BATCH = 256
"""So that what is under way stays small, whatever the size of the workspace."""

_worker: Worker | None = None


def compute_units(source: Source, context: Context, files: Sequence[str], spread: Spread) -> Computing:
    """Compute the units of files; yield them in their order, some at a time.

    Raises:
        CallsheetError: CS996 where a process is killed; with Dask, also CS945, CS994 and CS995.

    """
    if not files:
        return
    found = _computed(source, context, files, spread)
    with spread.watching("Compiling", len(files)) as progress, closing(found):
        done = 0
        for computed in found:
            yield computed
            done += len(computed)
            progress(done)


def _computed(source: Source, context: Context, files: Sequence[str], spread: Spread) -> Computing:
    if spread.uses_dask:
        from callsheet.compiling.dask_workers import compute_by_dask

        return compute_by_dask(source, context, files, spread)
    processes = min(spread.jobs or _processes(), len(files))
    if len(files) < PARALLEL_FROM or processes < 2 or not isinstance(source, FolderSource):
        worker = Worker(source, context)
        return (worker.units(batch) for batch in _batches(files, MOST_IN_BATCH))
    return _by_processes(source, context, files, processes)


def _by_processes(
    source: FolderSource, context: Context, files: Sequence[str], processes: int
) -> Computing:
    from concurrent.futures.process import BrokenProcessPool

    size = min(max(1, -(-len(files) // (processes * BATCHES_PER_PROCESS))), MOST_IN_BATCH)
    # A process is started when there is work for it.
    with importing_nothing_from_here(), _executor(source, context, processes) as executor:
        under_way = in_order(
            _batches(files, size),
            lambda batch: executor.submit(_compute, batch),
            BATCHES_PER_PROCESS * processes,
        )
        try:
            # What waits is cancelled where this ends early, as by Ctrl-C.
            with closing(under_way):
                for future, _ in under_way:
                    yield future.result()
        except BrokenProcessPool:
            raise CallsheetError(
                "CS996",
                "a process that compiles was killed",
                help="it may have run out of memory: run the command with a smaller --jobs",
            ) from None


def _batches(files: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (files[start : start + size] for start in range(0, len(files), size))


def _executor(source: FolderSource, context: Context, processes: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
    return ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context(method),
        initializer=_start,
        # What a source records is not shared by processes: each tells what it opened.
        initargs=(OpeningSource(source.root), context, os.getpid()),
    )


def _start(source: Source, context: Context, parent: int) -> None:
    global _worker  # noqa: PLW0603 - one worker for the life of the process
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _worker = Worker(source, context)


def _end_with(parent: int) -> None:
    """End this process when the one that started it was killed: nobody else would."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _compute(files: Sequence[str]) -> list[Computed]:
    if _worker is None:
        raise RuntimeError("the process was not started as a worker")
    with without_collection():
        return _worker.units(files)


def _processes() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
