"""Files that changed while the emulator runs → its new routes, or why it goes on with the old ones."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from callsheet.emulator.routes import Route
from callsheet.emulator.server import Emulator
from callsheet.errors import CallsheetError

EVERY_SECONDS = 0.5
MAX_FILES = 50_000
"""Beyond this, a look at every file takes too long to be had twice a second: nothing is reloaded."""

State = dict[str, tuple[int, int, int]]


class Reloader:
    """Looks at the files again and again, and rebuilds the routes when they have settled.

    Args:
        emulator: whose routes they are.
        before: what the files were before its routes were built.
        state: returns what the files are now, by their properties alone; None where there are too many.
        routes: compiles the workspace as it is now; raises `CallsheetError` where it is not valid.
        told: called with a line that says what came of a change.

    """

    def __init__(
        self,
        emulator: Emulator,
        before: State | None,
        state: Callable[[], State | None],
        routes: Callable[[], Sequence[Route]],
        told: Callable[[str], None] = lambda words: None,  # noqa: ARG005
    ) -> None:
        self.emulator = emulator
        self.state = state
        self.routes = routes
        self.told = told
        self.seen = self.known = before
        self.stop = threading.Event()

    def run(self) -> None:
        """Look until `stop` is set."""
        while not self.stop.wait(EVERY_SECONDS):
            self.look()

    def look(self) -> None:
        """Look once: what changed since the routes were built, and not since the last look, is read."""
        before, self.seen = self.seen, self.state()
        if self.seen is None or self.seen == self.known or self.seen != before:
            # An editor, or git, may still be writing.
            return
        self.known = self.seen
        try:
            routes = self.routes()
        except (CallsheetError, OSError) as error:
            why = _words(error)
            self.emulator.keep_old(why)
            self.told(f"files changed; still playing the workspace as it was: {why}")
            return
        self.emulator.replace(routes)
        self.told("reloaded")


def _words(error: CallsheetError | OSError) -> str:
    if isinstance(error, OSError):
        return "a file cannot be read"
    return f"{error.message.removesuffix(': nothing was done')}; {error.help}"


def state_of(root: Path) -> State | None:
    """Return each file of a folder with its time, size and number; what begins with a dot is left out."""
    found: State = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [one for one in folders if not one.startswith(".")]
        for name in files:
            path = os.path.join(folder, name)
            if name.startswith(".") and name != ".callsheetignore":
                continue
            try:
                status = os.stat(path)
            except OSError:
                continue
            found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
        if len(found) > MAX_FILES:
            return None
    return found
