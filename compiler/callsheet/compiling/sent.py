"""Files that travel: a batch of documents with all that they read, for a worker without a checkout.

Who sends them does not parse them. It guesses which files they name; a unit that needs another one comes
back as `NotSent`, and is sent again with it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from posixpath import normpath
from typing import NamedTuple

from msgspec import Struct

from callsheet.bulk import without_collection
from callsheet.compiling.context import Context
from callsheet.compiling.unit import Computed
from callsheet.compiling.worker import Worker
from callsheet.documents import Problem, Source, Unreadable
from callsheet.documents.findings import MAX_FILE_BYTES, too_large
from callsheet.documents.sources import IGNORE_FILE, read_named

_NAMED = re.compile(rb"""\b(?:html|items|payload)File["']?\s*:\s*["']?([^\s"'{},\[\]#]+)""")
"""Where a document probably names another file. Nothing wider: `secret: file:token` names one as well."""

_ONE_AT_A_TIME = threading.Lock()
"""A Dask worker may have several threads; two units at once would only wait for each other."""


class NotSent(NamedTuple):
    """A file whose unit could not be computed: it reads a file that was not sent."""

    file: str
    wanted: str


class Batch(Struct, frozen=True):
    """Files to compute, with what they read.

    Attributes:
        files: those to compute.
        contents: by path; a problem where a file cannot be read.
        real: the paths to which links lead, of the files that others name.

    """

    files: tuple[str, ...]
    contents: dict[str, bytes | Problem]
    real: dict[str, str]


class _WantedError(Exception):
    """A file is read that was not sent."""


class SentSource:
    """The files of a batch, and no others."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.problems: list[Problem] = []

    def files(self) -> list[str]:
        """List the files to compute."""
        return sorted(self.batch.files)

    def read(self, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Return the bytes of a file that was sent."""
        content = self.batch.contents.get(file)
        if content is None:
            raise _WantedError(file)
        if isinstance(content, Problem):
            raise Unreadable(content)
        if len(content) > limit:
            raise Unreadable(too_large(file, limit))
        return content

    def fingerprint(self, file: str) -> tuple[int, ...] | None:  # noqa: ARG002
        """Return None: what was sent has no time to trust."""
        return None

    def real(self, file: str) -> str:
        """Return the path to which links lead from a file's path."""
        try:
            return self.batch.real[file]
        except KeyError:
            raise _WantedError(file) from None


def compute_sent(context: Context, batch: Batch) -> list[Computed | NotSent]:
    """Compute the units of a batch, in their order."""
    with _ONE_AT_A_TIME, without_collection():
        worker = Worker(SentSource(batch), context)
        return [_computed(worker, file) for file in batch.files]


def _computed(worker: Worker, file: str) -> Computed | NotSent:
    try:
        return worker.computed(file)
    except _WantedError as wanted:
        return NotSent(file, str(wanted))


class Sender:
    """Reads files into batches.

    Args:
        source: where the files are.
        limit: the bytes of a batch, beyond which it takes no other file.

    """

    def __init__(self, source: Source, limit: int) -> None:
        self.source = source
        self.limit = limit
        self.ignore = _content_of(source, IGNORE_FILE)

    def batches(self, files: Iterable[str]) -> Iterator[Batch]:
        """Yield the batches of files, in their order; one that cannot be read is named, and not sent."""
        batch, size = self._empty(), 0
        names: list[str] = []
        for file in files:
            names.append(file)
            content = _content_of(self.source, file)
            if isinstance(content, bytes):
                batch.contents[file] = content
                size += len(content)
                for name in dict.fromkeys(_NAMED.findall(content)):
                    size += self._add(batch, normpath(name.decode("utf-8", "replace")))
            if size >= self.limit:
                yield Batch(tuple(names), batch.contents, batch.real)
                batch, size, names = self._empty(), 0, []
        if names:
            yield Batch(tuple(names), batch.contents, batch.real)

    def again(self, batch: Batch, missing: Sequence[NotSent]) -> Batch:
        """Return what came back of a batch, with what it wants beside."""
        found = Batch(tuple(one.file for one in missing), {**batch.contents}, {**batch.real})
        for one in missing:
            self._add(found, one.wanted)
        return found

    def _empty(self) -> Batch:
        return Batch((), {IGNORE_FILE: self.ignore}, {})

    def _add(self, batch: Batch, file: str) -> int:
        """Add a file that a document names; return how many bytes that are.

        Of one that is hidden, as `.env`, nothing is sent but that it is.
        """
        if file in batch.real:
            return 0
        batch.real[file] = self.source.real(file)
        try:
            content: bytes | Problem = read_named(self.source, file)
        except Unreadable as unreadable:
            content = unreadable.problem
        added = batch.contents.setdefault(file, content) is content
        return len(content) if added and isinstance(content, bytes) else 0


def _content_of(source: Source, file: str) -> bytes | Problem:
    try:
        return source.read(file)
    except Unreadable as unreadable:
        return unreadable.problem
