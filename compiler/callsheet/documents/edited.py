"""A tree of files in which some texts are other ones: what would a change do, before it is written?"""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.documents.findings import MAX_FILE_BYTES, Unreadable, too_large
from callsheet.documents.line_ends import written_like
from callsheet.documents.listing import SUFFIXES
from callsheet.documents.problems import Problem
from callsheet.documents.sources import Source, ignored_by


class EditedSource:
    """The files of a source, some of them with another text, and some that it does not have yet.

    Args:
        source: where the other files are.
        texts: by path relative to the workspace, with line feeds.

    """

    def __init__(self, source: Source, texts: Mapping[str, str]) -> None:
        self.source = source
        self.texts = texts
        self.problems: list[Problem] = []

    def files(self) -> list[str]:
        """List every document file of the source, and those that are new."""
        found = self.source.files()
        self.problems = self.source.problems
        added = {one for one in self.texts if one.endswith(SUFFIXES)}.difference(found)
        if added:
            ignored = ignored_by(self.source)
            found = sorted({*found, *(one for one in added if not ignored.matches(one))})
        return found

    def read(self, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Return a file's bytes: an edited one with the line ends and the byte order mark that it had."""
        if file not in self.texts:
            return self.source.read(file, limit=limit)
        try:
            content = self.source.read(file, limit=limit)
        except Unreadable:
            content = b""  # a new file
        edited = written_like(content, self.texts[file]).encode("utf-8")
        if len(edited) > limit:
            raise Unreadable(too_large(file, limit))
        return edited

    def fingerprint(self, file: str) -> tuple[int, ...] | None:
        """Return the source's own; an edited text has none to trust."""
        return None if file in self.texts else self.source.fingerprint(file)

    def real(self, file: str) -> str:
        """Return the path to which links lead from a file's path."""
        return self.source.real(file)
