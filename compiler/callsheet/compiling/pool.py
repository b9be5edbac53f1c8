"""Units of work over processes: cold work is parallel, little work stays in this one.

The work is handed to a `concurrent.futures.Executor`; a batch of files is one task, so that the cost of
a task is spread over many files.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from callsheet.bulk import without_collection
from callsheet.compiling.context import Context
from callsheet.compiling.unit import Computed
from callsheet.compiling.worker import Worker
from callsheet.documents import FolderSource, Source

if TYPE_CHECKING:
    from concurrent.futures import Executor, ProcessPoolExecutor

PARALLEL_FROM = 150
"""With fewer files, starting processes costs more than it saves."""

BATCHES_PER_PROCESS = 4

_worker: Worker | None = None


def compute_units(source: Source, context: Context, files: Sequence[str]) -> list[Computed]:
    """Compute the units of files, in their order."""
    processes = _processes()
    if len(files) < PARALLEL_FROM or processes < 2 or not isinstance(source, FolderSource):
        return Worker(source, context).units(files) if files else []
    with _executor(source, context, processes) as executor:
        return _spread(executor, files, processes)


def _spread(executor: Executor, files: Sequence[str], processes: int) -> list[Computed]:
    size = max(1, -(-len(files) // (processes * BATCHES_PER_PROCESS)))
    batches = [files[start : start + size] for start in range(0, len(files), size)]
    return [one for computed in executor.map(_compute, batches) for one in computed]


def _executor(source: FolderSource, context: Context, processes: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
    return ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context(method),
        initializer=_start,
        initargs=(source, context),
    )


def _start(source: Source, context: Context) -> None:
    global _worker  # noqa: PLW0603 - one worker for the life of the process
    _worker = Worker(source, context)


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
