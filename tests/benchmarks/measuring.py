"""Whole processes, timed: wall time, processor time and memory, least of several, in a temporary folder."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str | Path]


@dataclass(frozen=True)
class Figure:
    """What a process took.

    Attributes:
        seconds: from its start to its end.
        processor: of it and its children, in seconds.
        mebibytes: at most, of it or one of its children.

    """

    seconds: float
    processor: float
    mebibytes: float


class Bench:
    """Runs commands and keeps the best of their figures.

    Args:
        repeat: how often each runs.
        folder: where their own state goes.

    """

    def __init__(self, repeat: int, folder: Path) -> None:
        self.repeat = repeat
        self.folder = folder
        self.figures: dict[str, Figure] = {}
        self.missing: list[str] = []

    def time(
        self,
        name: str,
        command: Command,
        *,
        before: Callable[[], None] = lambda: None,
        cwd: Path | None = None,
        repeat: int | None = None,
        codes: Sequence[int] = (0,),
    ) -> Figure:
        """Time one command, each time after `before`; SystemExit where it ends otherwise than with `codes`."""
        runs = []
        for _ in range(repeat or self.repeat):
            before()
            runs.append(self._run(name, command, cwd, codes))
        best = Figure(*(min(values) for values in zip(*(_values(one) for one in runs), strict=True)))
        self.figures[name] = best
        print(
            f"{name:<60} {best.seconds:8.2f} s {best.processor:8.2f} s {best.mebibytes:6.0f} MiB",
            flush=True,
        )
        return best

    def _run(self, name: str, command: Command, cwd: Path | None, codes: Sequence[int]) -> Figure:
        with tempfile.TemporaryFile() as errors:
            begin = time.perf_counter()
            process = subprocess.Popen(
                [*map(str, command)],
                cwd=cwd,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=self.environment,
            )
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in codes:
                errors.seek(0)
                raise SystemExit(f"{name} failed:\n{errors.read()[-2000:].decode()}")
        return Figure(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)

    @property
    def environment(self) -> dict[str, str]:
        """Keep the cache's key inside the temporary folder."""
        return {**os.environ, "XDG_STATE_HOME": str(self.folder / "state")}

    def seconds(self, name: str) -> float | None:
        """Return the time of a command; None where it did not run."""
        found = self.figures.get(name)
        return None if found is None else found.seconds


def _values(figure: Figure) -> tuple[float, float, float]:
    return figure.seconds, figure.processor, figure.mebibytes
