"""Callsheets in processes of their own, forked from one that has imported the package.

A short command takes most of its time to be imported. What is killed here is a process like any other.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

_USED = (
    "callsheet.workspace", "callsheet.cli.main", "callsheet.cli.apply", "callsheet.cli.plan", "callsheet.cli.diff",
    "callsheet.cli.approve", "callsheet.cli.history", "callsheet.cli.validate", "callsheet.reporting.markdown",
    "callsheet.reporting.html", "callsheet.reporting.github", "callsheet.targets.rest.target",
    "callsheet.targets.sqlite", "callsheet.targets.journey_optimizer.target", "callsheet.ledger.sqlite",
    "callsheet.targets.postgresql", "callsheet.ledger.postgresql", "deepdiff", "detect_secrets.settings",
    "detect_secrets.core.scan", "httpx", "authlib", "psycopg",
)  # fmt: skip
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(list(_USED))


def import_what_commands_use() -> None:
    """Import the package, and what of other packages is installed."""
    for name in _USED:
        with suppress(ImportError):
            importlib.import_module(name)


class Started:
    """A callsheet that runs beside the test."""

    def __init__(self, said: Path, *arguments: str | Path) -> None:
        self.said = said
        self.alone = threading.Lock()
        self.process = _CONTEXT.Process(
            target=_run, args=([str(one) for one in arguments], str(said), dict(os.environ), os.getcwd())
        )
        self.process.start()

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        assert self.process.pid is not None
        return self.process.pid

    def running(self) -> bool:
        """Return whether it goes on, as far as it is known; who waits for its end knows it first."""
        if not self.alone.acquire(blocking=False):
            return True
        try:
            return self.process.exitcode is None
        finally:
            self.alone.release()

    def kill(self) -> None:
        """Kill it and what it started, as `kill -9` does."""
        with suppress(ProcessLookupError):  # it may have ended just now
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:  # it has no group of its own yet
                os.kill(self.pid, signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; none where it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self) -> int:
        """Wait for its end; return its exit code, negative for a signal."""
        # A service that kills its client waits in a thread of its own; only one can read how it ended.
        with self.alone:
            self.process.join(120)
            assert self.process.exitcode is not None, "it does not come to an end"
            return self.process.exitcode

    @property
    def errors(self) -> str:
        """Return what it wrote on standard error."""
        return self.said.read_text("utf-8") if self.said.exists() else ""


def _run(arguments: list[str], said: str, environment: dict[str, str], folder: str) -> None:
    """Be a callsheet: in the surroundings of the test, with a group and outputs of its own."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for descriptor, target in ((1, os.devnull), (2, said)):
        os.dup2(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    from callsheet.cli.main import run

    sys.exit(run(arguments))
