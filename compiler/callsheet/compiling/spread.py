"""How the work of compiling is spread: over processes or Dask workers; and who watches it."""

from __future__ import annotations

import re

from msgspec import Struct

from callsheet.errors import ArgumentError
from callsheet.watching import Watching, unwatched

MOST_PROCESSES = 1000
"""More are a slip of the finger: each is a Python of its own."""

_LOCAL = re.compile("local:([0-9]{1,9})")
_ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss)://)?(?:\[[0-9A-Fa-f:.]+\]|[^\s/:@\[\]]+):([0-9]{1,5})")


class Spread(Struct, frozen=True, kw_only=True):
    """How the work of compiling is spread.

    Attributes:
        jobs: at most so many processes; None for one for each processor.
        local_workers: so many Dask workers are started on this machine; 0 for none.
        scheduler: the address of a Dask scheduler; empty for none.
        watching: who watches the work.

    """

    jobs: int | None = None
    local_workers: int = 0
    scheduler: str = ""
    watching: Watching = unwatched

    @classmethod
    def read(cls, jobs: int | None, dask: str | None, watching: Watching = unwatched) -> Spread:
        """Read what was asked for; raises ArgumentError."""
        if jobs is not None and not 1 <= jobs <= MOST_PROCESSES:
            raise ArgumentError(f"the number of jobs is {jobs}: it must be from 1 to {MOST_PROCESSES:,}")
        if dask is None:
            return cls(jobs=jobs, watching=watching)
        if jobs is not None:
            raise ArgumentError(
                "jobs are processes of this machine, and Dask has its own workers: name one of the two"
            )
        local = _LOCAL.fullmatch(dask)
        if local is not None and 1 <= int(local[1]) <= MOST_PROCESSES:
            return cls(local_workers=int(local[1]), watching=watching)
        address = _ADDRESS.fullmatch(dask)
        if local is None and not dask.startswith("local:") and address and 0 < int(address[1]) <= 65_535:
            return cls(scheduler=dask, watching=watching)
        raise ArgumentError(
            f"Dask is not found by {dask!r}: name a scheduler, as tcp://10.0.0.5:8786,"
            f" or local:N for 1 to {MOST_PROCESSES:,} workers on this machine"
        )

    @property
    def uses_dask(self) -> bool:
        """Whether Dask's workers compute."""
        return bool(self.local_workers or self.scheduler)


ALONE = Spread()
"""The processes of this machine, and nobody who watches."""
