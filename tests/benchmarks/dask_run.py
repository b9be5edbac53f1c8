"""Compiles generated actions by four Dask workers of 1 GiB, one of which is killed in the middle; or by one process.

    python tests/benchmarks/dask_run.py [--actions 1000000] [--environments 3] [--workers 4] [--memory 1GiB]
                                        [--kill-after 5] [--single] [--folder FOLDER]

It prints the time, the memory of the process that compares (not of the workers), and the digest of all compiled
objects, which is the same with `--single`. `--kill-after 0` kills none. `--folder` keeps the generated files for the
next run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.generate import generate
from callsheet import Workspace
from callsheet.compiling import Compiled
from support.dask_cluster import cluster


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--actions", type=int, default=1_000_000)
    parser.add_argument("--environments", type=int, default=3)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--memory", default="1GiB")
    parser.add_argument("--kill-after", type=float, default=5, metavar="SECONDS")
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = wanted.folder or Path(name) / "workspace"
        os.environ["XDG_STATE_HOME"] = f"{name}/state"
        if not folder.exists():
            generate(folder, wanted.actions, environments=wanted.environments, mixed=True)
        before = _mebibytes()
        if wanted.single:
            measure("one process", Workspace(folder, cache=True, jobs=1), before)
            return
        with cluster(wanted.workers, memory=wanted.memory) as found:
            if wanted.kill_after:
                found.order("kill-worker", wanted.kill_after)
            what = f"{wanted.workers} workers of {wanted.memory}"
            measure(what, Workspace(folder, cache=True, dask=found.address, watching=watching), before)
            if wanted.kill_after:
                print(found.done(), flush=True)


def measure(what: str, workspace: Workspace, before: float) -> None:
    """Compile a workspace; print what it took."""
    begin, processor = time.perf_counter(), time.process_time()
    compiled = workspace.compile()
    seconds, used = time.perf_counter() - begin, time.process_time() - processor
    objects = sum(map(len, compiled.by_environment.values()))
    print(f"{compiled.computed:,} files computed of {compiled.files:,}, {objects:,} objects, by {what}")
    print(f"{seconds:.1f} s, {used:.1f} s of them the processor's in this process")
    print(f"memory of this process: {_mebibytes():.0f} MiB at most, {before:.0f} MiB of them before")
    print(f"findings {_digest(str(one) for one in compiled.diagnostics)}")
    print(f"objects {_digest(_objects(compiled))}", flush=True)


def _objects(compiled: Compiled) -> Iterator[str]:
    for environment, objects in sorted(compiled.by_environment.items()):
        for address, one in sorted(objects.items()):
            yield f"{environment} {address} {one.digest}"


def _digest(lines: Iterator[str]) -> str:
    found = hashlib.sha256()
    for line in lines:
        found.update(f"{line}\n".encode())
    return found.hexdigest()


def _mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def watching(what: str, total: int) -> Iterator[object]:
    """Print each tenth of the work, so that it is seen where a worker was killed."""
    begin, shown = time.perf_counter(), 0

    def show(done: int) -> None:
        nonlocal shown
        if done * 10 // total > shown:
            shown = done * 10 // total
            print(f"{what}: {done:,} of {total:,} after {time.perf_counter() - begin:.0f} s", flush=True)

    yield show


if __name__ == "__main__":
    main()
