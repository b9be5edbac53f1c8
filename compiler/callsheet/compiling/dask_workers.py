"""Units of work over Dask's workers, which need no checkout: the files travel with the work.

A batch whose worker is lost is computed by another; Dask sees to that. What differs by the version of
callsheet or of what it depends on is never mixed: a worker that differs is refused.
"""

from __future__ import annotations

import logging
import pickle
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, wait
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from callsheet.compiling.batches import Computing, in_order
from callsheet.compiling.context import Context
from callsheet.compiling.processes import importing_nothing_from_here
from callsheet.compiling.sent import Batch, NotSent, Sender, compute_sent
from callsheet.compiling.spread import Spread
from callsheet.compiling.unit import Computed
from callsheet.compiling.versions import DEPENDENCIES, versions_here
from callsheet.compiling.worker import Worker
from callsheet.documents import Source
from callsheet.errors import CallsheetError, UnreachableError
from callsheet.words import counted, first_of

if TYPE_CHECKING:
    from distributed import Client

_BATCH_BYTES = 512 * 1024
_MOST_BATCH_BYTES = 8 * 1024 * 1024
"""Dask warns of a task that is larger than 10 MB."""

_ROUNDS = 5
"""So often a unit is sent again with what it wants; then it is computed here."""

_SECONDS_TO_CONNECT = 5
_SECONDS_WITHOUT_WORKERS = 30
_BATCHES_PER_THREAD = 3
_LEAST_AHEAD = 8


class _Other(NamedTuple):
    """The answer of a worker that is refused: its address, and the versions that it has."""

    worker: str
    versions: dict[str, str]


_Answer = list[Computed | NotSent] | _Other


def compute_by_dask(source: Source, context: Context, files: Sequence[str], spread: Spread) -> Computing:
    """Compute the units of files by Dask's workers; yield them in their order, some at a time.

    Raises:
        CallsheetError: CS945 where Dask is not installed, CS994 where no scheduler or no worker answers,
            CS995 for a worker with other versions, CS996 for a batch that ends each worker.

    """
    # The context goes with each batch: it is at most a quarter of what is sent.
    limit = min(max(_BATCH_BYTES, 4 * len(pickle.dumps(context))), _MOST_BATCH_BYTES)
    sender = Sender(source, limit)
    with _connected(spread) as client:
        cluster = _Cluster(client, context)
        under_way = in_order(sender.batches(files), cluster.submit, cluster.ahead())
        with closing(under_way):
            for future, batch in under_way:
                yield _whole(cluster, sender, batch, cluster.result(future, batch))


def _whole(
    cluster: _Cluster, sender: Sender, batch: Batch, answer: list[Computed | NotSent]
) -> list[Computed]:
    """Return the units of a batch, those that want another file sent again with it."""
    found = {one.file: one for one in answer}
    for _ in range(_ROUNDS):
        missing = [one for one in found.values() if isinstance(one, NotSent) and one.file != one.wanted]
        if not missing:
            break
        batch = sender.again(batch, missing)
        found |= {one.file: one for one in cluster.result(cluster.submit(batch), batch)}
    left = [one.file for one in found.values() if isinstance(one, NotSent)]
    if left:
        here = Worker(sender.source, cluster.context)
        found |= {file: here.computed(file) for file in left}
    return [one for one in found.values() if not isinstance(one, NotSent)]


class _Cluster:
    """A scheduler with its workers, and what they are all sent."""

    def __init__(self, client: Client, context: Context) -> None:
        self.client = client
        self.context = context
        self.versions = versions_here()
        # A function without result for equal arguments: files of the same content have other names.
        self.executor = client.get_executor(pure=False)

    def ahead(self) -> int:
        """Return how many batches may be under way; raises CS994 without a worker, CS995."""
        with self._reporting():
            self.client.wait_for_workers(1, timeout=_SECONDS_WITHOUT_WORKERS)
            self.refuse_others()
            threads: int = sum(self.client.nthreads().values())
        return max(_LEAST_AHEAD, _BATCHES_PER_THREAD * threads)

    def submit(self, batch: Batch) -> Future[_Answer]:
        """Hand a batch to the workers."""
        with self._reporting():
            found: Future[_Answer] = self.executor.submit(
                _compute_in_worker, self.versions, self.context, batch
            )
        return found

    def result(self, future: Future[_Answer], batch: Batch) -> list[Computed | NotSent]:
        """Wait for the answer to a batch."""
        from distributed import KilledWorker

        with self._reporting():
            self._wait(future)
            try:
                answer = future.result()
            except KilledWorker:
                raise CallsheetError(
                    "CS996",
                    "workers ended one after the other while they computed the same files",
                    help="look into their logs; they may need more memory",
                    details=tuple(first_of(batch.files, 3, "file")),
                ) from None
            except ImportError:
                self.refuse_others()  # it joined later, and cannot even read what it is sent
                raise
        if isinstance(answer, _Other):
            raise _other_versions({answer.worker: answer.versions}, self.versions)
        return answer

    def refuse_others(self) -> None:
        """Refuse workers that lack callsheet, or have other versions; raises CS995."""
        found = self.client.get_versions(packages=["callsheet", *DEPENDENCIES])
        workers = {name: _packages(one) for name, one in found["workers"].items()}
        ours = _packages(found["client"])
        if any(one != ours for one in workers.values()):
            raise _other_versions(workers, ours)

    def _wait(self, future: Future[_Answer]) -> None:
        """Wait until a task has ended; raises CS994 where there is no worker for long."""
        waited = 0
        while not wait([future], timeout=5).done:
            waited = 0 if self.client.nthreads() else waited + 5
            if waited >= _SECONDS_WITHOUT_WORKERS:
                raise TimeoutError

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Report a scheduler that is gone, and workers that are."""
        try:
            yield
        except CallsheetError:
            raise
        except TimeoutError:
            raise UnreachableError(
                "CS994",
                f"the Dask scheduler at {self.address} has no workers",
                help="start workers, or compile on this machine, without --dask",
            ) from None
        except (Exception, CancelledError):
            if self.client.status == "running":
                raise
            raise UnreachableError(
                "CS994",
                f"the Dask scheduler at {self.address} went away",
                help="run the command again when it is back, or without --dask;"
                " what was compiled until then is in the cache",
            ) from None

    @property
    def address(self) -> str:
        """The address of the scheduler."""
        return str(self.client.scheduler.address) if self.client.scheduler is not None else "its address"


def _compute_in_worker(versions: Mapping[str, str], context: Context, batch: Batch) -> _Answer:
    """Compute the units of a batch in a worker."""
    here = versions_here()
    if here != versions:
        from distributed import get_worker

        return _Other(get_worker().address, here)
    return compute_sent(context, batch)


@contextmanager
def _connected(spread: Spread) -> Iterator[Client]:
    """Connect to the scheduler, or start one with workers on this machine for as long as it is needed."""
    with warnings.catch_warnings(), ExitStack() as stack:
        # Dask warns where versions differ; what matters of that is an error here.
        warnings.simplefilter("ignore")
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            raise CallsheetError(
                "CS945",
                "--dask needs the package distributed, which is not installed",
                help="pip install 'callsheet[dask]'",
            ) from None
        stack.enter_context(_silent())
        where: Any = spread.scheduler
        try:
            if spread.local_workers:
                # Until the end: another worker is started in the place of one that is killed.
                stack.enter_context(importing_nothing_from_here())
                where = stack.enter_context(
                    LocalCluster(
                        n_workers=spread.local_workers,
                        threads_per_worker=1,
                        dashboard_address=None,
                        silence_logs=logging.CRITICAL,
                    )
                )
            client = Client(where, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError, RuntimeError):
            raise _no_scheduler(spread) from None
        stack.callback(_close, client)
        yield client


def _no_scheduler(spread: Spread) -> CallsheetError:
    if spread.local_workers:
        return CallsheetError(
            "CS994",
            f"{counted(spread.local_workers, 'Dask worker')} could not be started on this machine",
            help="start fewer, or compile without --dask",
        )
    return UnreachableError(
        "CS994",
        f"no Dask scheduler answers at {spread.scheduler}",
        help="correct the address, or start the scheduler with `dask scheduler`",
    )


def _close(client: Client) -> None:
    with suppress(Exception):
        client.close(timeout=2)


@contextmanager
def _silent() -> Iterator[None]:
    """Keep Dask's own log off the terminal: what matters of it is reported."""
    loggers = [logging.getLogger(name) for name in ("distributed", "tornado", "asyncio")]
    loggers += [
        one
        for name, one in logging.root.manager.loggerDict.items()
        if name.startswith(("distributed.", "tornado.")) and isinstance(one, logging.Logger)
    ]
    before = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for one, level in zip(loggers, before, strict=True):
            one.setLevel(level)


def _packages(found: Mapping[str, Any] | None) -> dict[str, str]:
    """Return what matters of the versions that Dask collects; empty for what is not installed."""
    packages = (found or {}).get("packages", {})
    python = ".".join(str(packages.get("python", "")).split(".")[:2])
    return {
        "callsheet": packages.get("callsheet") or "",
        "Python": python,
        **{name: packages.get(name) or "" for name in DEPENDENCIES},
    }


def _other_versions(workers: Mapping[str, Mapping[str, str]], ours: Mapping[str, str]) -> CallsheetError:
    others = {name: one for name, one in workers.items() if one != ours}
    lines = [
        f"{name}: "
        + ", ".join(
            f"{what} {one.get(what) or 'is missing'} ({version} here)"
            for what, version in ours.items()
            if one.get(what) != version
        )
        for name, one in sorted(others.items())
    ]
    return CallsheetError(
        "CS995",
        f"{counted(len(others), 'Dask worker')} {'has' if len(others) == 1 else 'have'} other versions"
        " than this process: what they compile could differ",
        help="install the same versions on the workers",
        details=tuple(first_of(lines, 10, "worker")),
    )
