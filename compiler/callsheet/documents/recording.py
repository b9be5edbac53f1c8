"""A folder of which it is known what was read of it, and whether all of that is still the same."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cached_property
from itertools import islice
from pathlib import Path as FilePath
from typing import NamedTuple

from callsheet.documents.findings import MAX_FILE_BYTES, Unreadable
from callsheet.documents.packaged import packaged
from callsheet.documents.sources import Fingerprint, FolderSource


class State(NamedTuple):
    """What files were like at a moment.

    Attributes:
        digest: of the names and the stats of all of them.
        changed_at: when the last of them changed, in nanoseconds since 1970.

    """

    digest: str
    changed_at: int


class OpeningSource(FolderSource):
    """The files of a folder, and the fingerprints of those that were opened.

    Attributes:
        opened: by file, what was opened last.

    """

    def __init__(self, root: FilePath) -> None:
        super().__init__(root)
        self.opened: dict[str, Fingerprint] = {}

    def read_opened(self, file: str, *, limit: int = MAX_FILE_BYTES) -> tuple[bytes, Fingerprint]:
        """Read one file, as `FolderSource.read_opened` does."""
        content, self.opened[file] = super().read_opened(file, limit=limit)
        return content, self.opened[file]

    def let_go(self) -> dict[str, Fingerprint]:
        """Return what was opened, and forget it."""
        opened, self.opened = self.opened, {}
        return opened


class RecordingSource(FolderSource):
    """The files of a folder, listed once, and the names of everything else that was read beside them.

    What a file is like is asked for before it is read, and once: what changes it afterwards, or puts
    another in its place, makes a state that is no longer the one on disk.

    Attributes:
        others: the files that were asked for and are not listed: templates, contracts, `.callsheetignore`.
        packages: the references to files of installed packages that were followed.
        unsure: the files of which it is not certain that what was read is what they were noted as.

    """

    def __init__(self, root: FilePath) -> None:
        super().__init__(root)
        self.others: set[str] = set()
        self.packages: set[str] = set()
        self.unsure: set[str] = set()
        self._files: list[str] | None = None
        self._listed: set[str] = set()
        self._prints: dict[str, Fingerprint | None] = {}
        self._followed: dict[str, _Seen] = {}
        self._packaged: dict[str, list[_Seen]] = {}

    def files(self) -> list[str]:
        """List every document file below the folder, sorted; the same each time."""
        if self._files is None:
            self._files = super().files()
            self._listed = set(self._files)
        return [*self._files]

    def read_opened(self, file: str, *, limit: int = MAX_FILE_BYTES) -> tuple[bytes, Fingerprint]:
        """Read one file, as `FolderSource.read_opened` does."""
        self.note(file)
        try:
            content, opened = super().read_opened(file, limit=limit)
        except Unreadable as unreadable:
            if unreadable.passing or self.was_changed(file):
                self.unsure.add(file)
            raise
        self.confirm(file, opened)
        return content, opened

    def real(self, file: str) -> str:
        """Return the path to which links lead, as `FolderSource.real` does."""
        self.note(file)
        return super().real(file)

    def note(self, file: str) -> None:
        """Record that a file is read, or was in another process."""
        if file not in self._listed:
            self.others.add(file)
        self._seen(file)

    def note_package(self, reference: str) -> None:
        """Record that a file of an installed package is read."""
        self.packages.add(reference)
        self._seen_packaged(reference)

    def confirm(self, file: str, opened: Fingerprint) -> None:
        """Compare what was read of a file, here or in another process, with what it was noted as."""
        self.note(file)
        if opened != self.fingerprint(file):
            self.unsure.add(file)

    def fingerprint(self, file: str) -> Fingerprint | None:
        """Return size, times and inode, as they were when they were first asked for."""
        if file not in self._prints:
            if file not in self._direct:
                self._followed[file] = _followed(self._real_root, file)
            self._prints[file] = super().fingerprint(file)
        return self._prints[file]

    def was_changed(self, file: str) -> bool:
        """Return whether a file is no longer as it was when its fingerprint was first asked for."""
        return super().fingerprint(file) != self.fingerprint(file)

    def state(self, others: Iterable[str], packages: Iterable[str]) -> State:
        """Return what the listed files are like, and others, and files of packages; links by their ends.

        Each is as it was when it was first asked for, or noted.
        """
        listed, changed_at = self._listed_state
        digest = listed.copy()
        changed_at = max(changed_at, _add(digest, map(self._seen, sorted(others))))
        for reference in sorted(packages):
            changed_at = max(changed_at, _add(digest, self._seen_packaged(reference)))
        for fault in self.problems:
            text = f"{fault.code}\0{fault.file}\0{fault.message}\0{fault.help}\n"
            digest.update(text.encode("utf-8", "surrogatepass"))
        return State(digest.hexdigest(), changed_at)

    @cached_property
    def _listed_state(self) -> tuple[hashlib._Hash, int]:
        """The digest of what the listed files were like at first, and when the latest was changed."""
        digest = hashlib.sha256()
        changed_at = _add(digest, map(self._seen, self.files()))
        return digest, changed_at

    def _seen(self, file: str) -> _Seen:
        numbers = self.fingerprint(file)
        if file in self._direct and numbers is not None:
            return _Seen(file, "", numbers)
        return self._followed[file] if file in self._followed else _followed(self._real_root, file)

    def _seen_packaged(self, reference: str) -> list[_Seen]:
        if reference not in self._packaged:
            found = packaged(reference)
            seen = [_Seen(reference, f"{found.installed}", (0, 0, 0))]
            if found.file is not None:
                seen.append(_followed("", str(found.file)))
            self._packaged[reference] = seen
        return self._packaged[reference]


def _add(digest: hashlib._Hash, files: Iterable[_Seen]) -> int:
    """Add what files are like to a digest; return when the latest was changed, in nanoseconds."""
    changed_at, rest = 0, iter(files)
    while some := [*islice(rest, _AT_ONCE)]:
        lines = "".join([f"{name}\0{place}\0{numbers}\n" for name, place, numbers in some])
        digest.update(lines.encode("utf-8", "surrogatepass"))
        changed_at = max(changed_at, *[max(one.numbers[1:3]) for one in some])
    return changed_at


_AT_ONCE = 1_000
"""So many files are put into a digest at once: one by one takes twice the time, all at once the memory."""


class _Seen(NamedTuple):
    """A file, where links lead from it, and its stat with the times second and third."""

    name: str
    place: str
    numbers: tuple[int, ...]


def _followed(root: str, file: str) -> _Seen:
    """Return what a path leads to; of what is not there, why not."""
    try:
        path = os.path.join(root, file)
        real = os.path.realpath(path, strict=True)
        link, found = os.lstat(path), os.stat(real)
    except (OSError, ValueError) as error:
        return _Seen(file, "", (getattr(error, "errno", None) or -1, 0, 0))
    changed_at = max(link.st_ctime_ns, found.st_ctime_ns)
    return _Seen(file, real, (found.st_size, found.st_mtime_ns, changed_at, found.st_ino, found.st_mode))
