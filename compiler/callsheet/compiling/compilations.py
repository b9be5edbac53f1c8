"""A folder → what it compiles to now, at a revision, or with other texts: each compiled once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

from callsheet.compiling.model import Compiled
from callsheet.compiling.runs import Runs
from callsheet.compiling.spread import ALONE, Spread
from callsheet.documents import EditedSource, FolderSource, Problem, Source
from callsheet.documents.recording import RecordingSource

_LOG = logging.getLogger("callsheet")
Check = Callable[[Compiled, Source], Iterable[Problem]]


class Compilations:
    """What a workspace compiles to.

    Args:
        root: the folder.
        cache: where to keep what was compiled; None keeps nothing.
        today: returns the day by which exceptions of policies expire.
        check: checks what is above this room: contracts.
        spread: who computes it.
        variant: by what `check` differs from that of others who use the same cache.

    """

    def __init__(
        self,
        root: Path,
        cache: Path | None,
        today: Callable[[], date],
        check: Check,
        spread: Spread = ALONE,
        variant: str = "",
    ) -> None:
        self.root = root
        self.variant = variant
        self.spread = spread
        self.cache = cache
        self.today = today
        self.check = check
        self._now: Compiled | None = None
        self._revisions: dict[str, Compiled] = {}

    def now(self) -> Compiled:
        """Compile the files as they are on disk, once."""
        if self._now is None:
            begin = time.monotonic()
            self._now = found = self._recalled()
            if _LOG.isEnabledFor(logging.INFO):
                _LOG.info(
                    "compiled %d files (%d new, %d from the cache) for %d environments in %.2f s",
                    found.files,
                    found.computed,
                    found.files - found.computed,
                    len(found.concrete),
                    time.monotonic() - begin,
                )
        return self._now

    def at(self, revision: str | None) -> Compiled:
        """Compile the workspace as a git revision has it, once; None for the files as they are.

        Raises:
            CallsheetError: CS922 without a repository, CS923 for a revision that git does not know.

        """
        if revision is None:
            return self.now()
        from callsheet.documents.revisions import RevisionSource, resolve_revision

        commit = resolve_revision(self.root, revision)
        if commit not in self._revisions:
            self._revisions[commit] = self._compiled(RevisionSource(self.root, commit))
        return self._revisions[commit]

    def source_at(self, revision: str | None) -> Source:
        """Return the files of a revision; None for those on disk."""
        if revision is None:
            return FolderSource(self.root)
        from callsheet.documents.revisions import RevisionSource

        return RevisionSource(self.root, revision)

    def with_texts(self, texts: Mapping[str, str]) -> Compiled:
        """Compile the files on disk with other texts of some of them, by path."""
        if not texts:
            return self.now()
        return self._compiled(EditedSource(FolderSource(self.root), texts))

    def forget(self) -> None:
        """Read the files again when they are asked for next: they were written."""
        self._now = None

    def _recalled(self) -> Compiled:
        """Return what the last run found, where it is still true; else compile the files, and keep that."""
        if self.cache is None:
            return self._compiled(FolderSource(self.root))
        source = RecordingSource(self.root)
        runs = Runs(
            self.cache,
            source,
            self.today(),
            self.variant,
            self.spread,
            lambda: self._compiled(RecordingSource(self.root)),
        )
        found = runs.recall()
        if found is None:
            found = self._compiled(source)
            runs.keep(found)
        return found

    def _compiled(self, source: Source) -> Compiled:
        from callsheet.compiling.workspace import compile_workspace

        return compile_workspace(
            source, cache=self.cache, today=self.today(), spread=self.spread, check=self.check
        )
