"""The services of a workspace, played until it is closed; files that change are read again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from callsheet.emulator.faults import Faults
from callsheet.emulator.playing import Call
from callsheet.emulator.reloading import Reloader, state_of
from callsheet.emulator.routes import Route
from callsheet.emulator.server import Emulator


class EmulatorSession:
    """An emulator of a workspace that runs in threads of its own.

    Attributes:
        url: where it answers.
        actions: the names of the actions that it answers to.

    Raises:
        CallsheetError: CS968 where it cannot listen there, and what `routes` raises.

    """

    def __init__(
        self,
        root: Path,
        routes: Callable[[], Sequence[Route]],
        faults: Sequence[str],
        *,
        port: int,
        called: Callable[[Call], None],
    ) -> None:
        before = state_of(root)
        self._emulator = Emulator(routes(), Faults(faults), port=port, told=called)
        self._reloader = Reloader(self._emulator, before, lambda: state_of(root), routes)
        self._thread = threading.Thread(target=self._emulator.serve, daemon=True)
        self._thread.start()
        self.url = self._emulator.url
        self.actions = sorted({one.name for one in self._emulator.routes})

    def follow(self, told: Callable[[str], None]) -> None:
        """Read files again when they change; `told` gets a line that says what came of it."""
        self._reloader.told = told
        threading.Thread(target=self._reloader.run, daemon=True).start()

    def wait(self) -> None:
        """Wait until it is closed; KeyboardInterrupt passes through."""
        self._thread.join()

    def close(self) -> None:
        """Stop answering, and stop looking at files."""
        self._reloader.stop.set()
        self._emulator.close()
