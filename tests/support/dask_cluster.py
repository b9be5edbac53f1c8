"""A Dask scheduler with workers, in a process of its own: `python dask_cluster.py WORKERS MEMORY`.

It prints its address. Then each line of its standard input is an order: `kill-worker SECONDS` or
`kill-scheduler SECONDS`, so many seconds after a worker was next seen to compute. It prints what it killed, and ends
when its standard input is closed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed import LocalCluster


@dataclass(frozen=True)
class Cluster:
    """A running cluster, by the address of its scheduler."""

    address: str
    process: subprocess.Popen[str]

    def order(self, what: str, seconds: float = 0) -> None:
        """Order what to do once a worker computes."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{what} {seconds}\n")
        self.process.stdin.flush()

    def done(self) -> str:
        """Return what was done, when it was."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def cluster(workers: int, *, memory: str = "auto", **environment: str) -> Iterator[Cluster]:
    """Run a cluster; `environment` is that of its workers."""
    with subprocess.Popen(
        [sys.executable, __file__, str(workers), memory],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    ) as process:
        try:
            assert process.stdout is not None
            yield Cluster(process.stdout.readline().strip(), process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()


def main() -> None:
    """Run until standard input is closed."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=int(sys.argv[1]), threads_per_worker=1, dashboard_address=None, memory_limit=sys.argv[2]
    ) as started:
        print(started.scheduler_address, flush=True)
        for line in sys.stdin:
            what, seconds = line.split()
            _busy(started)
            time.sleep(float(seconds))
            if what == "kill-scheduler":
                print("killed the scheduler", flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
            worker = _busy(started)
            os.kill(started.workers[worker].pid, signal.SIGKILL)
            print(f"killed worker {worker}", flush=True)


def _busy(started: LocalCluster) -> int:
    """Return a worker that computes, as soon as there is one."""
    while True:
        for one in list(started.scheduler.workers.values()):
            if one.processing:
                return int(one.name)
        time.sleep(0.002)


if __name__ == "__main__":
    main()
