"""A git revision as a workspace, read from git's objects: the working tree is not touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath

from msgspec import Struct

from callsheet.documents.findings import (
    MAX_FILE_BYTES,
    Unreadable,
    link_outside,
    no_such_file,
    os_error,
    too_large,
)
from callsheet.documents.git import GitError, Repository, repository_around
from callsheet.documents.listing import list_documents
from callsheet.documents.objects import list_objects, read_objects, sizes_of
from callsheet.documents.problems import Problem
from callsheet.documents.revision_tree import RevisionTree
from callsheet.documents.sources import ignored_by
from callsheet.errors import CallsheetError


class RevisionSource:
    """The files below a folder of a repository, as a revision has them."""

    def __init__(self, root: FilePath, revision: str) -> None:
        """Resolve `revision`; raises CS922 without a repository, CS923 for an unknown revision."""
        self.root = root
        self.repository = repository_around(root)
        self.commit = _resolved(self.repository, revision)
        self.problems: list[Problem] = []
        prefix = self.repository.prefix(root)
        with _naming(self.commit):
            self._objects = list_objects(self.repository, self.commit, prefix)
        self._tree = RevisionTree(self.repository, self.commit, prefix, self._objects)
        self._contents: dict[str, bytes] = {}
        self._sizes: dict[str, int] = {}

    def files(self) -> list[str]:
        """List every document file of the revision, sorted."""
        with _naming(self.commit):
            found = list_documents(self._tree, ignored_by(self))
        self.problems = found.problems
        self._fetch([self._objects[file].id for file in found.files if file in found.direct])
        return found.files

    def read(self, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Return one file's bytes at the revision; links within the workspace are followed."""
        object_id = self._file(file)
        self._fetch([object_id], limit)
        if self._sizes[object_id] > limit:
            raise Unreadable(too_large(file, limit))
        return self._contents[object_id]

    def fingerprint(self, file: str) -> tuple[int, ...] | None:
        """Return the object's own hash: it changes exactly when the file does."""
        try:
            return (int(self._file(file), 16),)
        except Unreadable:
            return None

    def real(self, file: str) -> str:
        """Return the path to which links lead from a file's path."""
        try:
            return self._tree.follow(file) or file
        except OSError:
            return file

    def _file(self, file: str) -> str:
        """Return the object of a file, with links followed."""
        try:
            real = self._tree.follow(file)
        except FileNotFoundError as error:
            known = self._objects.get(file)
            if known is not None and known.is_link:
                raise Unreadable(os_error(file, error)) from None
            raise Unreadable(no_such_file(file, f" in {self.commit[:12]}")) from None
        except OSError as error:
            raise Unreadable(os_error(file, error)) from None
        if real is None:
            raise Unreadable(link_outside(file))
        found = self._objects.get(real)
        if found is None or not found.is_file:
            raise Unreadable(no_such_file(file, f" in {self.commit[:12]}"))
        return found.id

    def _fetch(self, ids: list[str], limit: int = MAX_FILE_BYTES) -> None:
        """Read many objects at once, those over the limit left out."""
        asked = dict.fromkeys(ids)
        with _naming(self.commit):
            self._sizes |= sizes_of(self.repository, [one for one in asked if one not in self._sizes])
            wanted = [one for one in asked if one not in self._contents and self._sizes[one] <= limit]
            self._contents |= read_objects(self.repository, wanted)


def resolve_revision(root: FilePath, revision: str) -> str:
    """Return the commit id of a revision; raises `CallsheetError` CS922 or CS923."""
    return _resolved(repository_around(root), revision)


def _resolved(repository: Repository, revision: str) -> str:
    if "\0" in revision:
        raise _unknown(repository, revision)
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    try:
        return repository.run(*asked).decode().strip()
    except GitError as error:
        if error.code == "CS970":
            raise
        raise _unknown(repository, revision) from None


def _unknown(repository: Repository, revision: str) -> CallsheetError:
    shallow = repository.run("rev-parse", "--is-shallow-repository").strip() == b"true"
    if shallow:
        return CallsheetError(
            "CS923",
            f"git does not know the revision {revision!r}: this clone is shallow",
            help="fetch the whole history: `git fetch --unshallow`, in GitHub's checkout `fetch-depth: 0`",
        )
    return CallsheetError(
        "CS923",
        f"git does not know the revision {revision!r}",
        help="fetch it (in CI, check out the whole history), or correct the name",
    )


@contextmanager
def _naming(commit: str) -> Iterator[None]:
    """Say what to do where the clone does not have what a revision contains."""
    try:
        yield
    except GitError as error:
        if not error.missing:
            raise
        raise CallsheetError(
            "CS972",
            f"this clone does not have all objects of {commit[:12]}",
            help="fetch them: `git fetch --refetch --no-filter`; in GitHub's checkout, leave out `filter`",
        ) from None


class Authorship(Struct, frozen=True, kw_only=True):
    """Who had a part in a commit and in what it merges.

    Attributes:
        addresses: e-mail addresses of authors, committers and co-authors, in lower case.
        signed: the text and the SSH signature of each commit that has one.

    """

    addresses: frozenset[str]
    signed: tuple[tuple[bytes, bytes], ...]


def authorship_of(root: FilePath, commit: str) -> Authorship | None:
    """Return who had a part in a commit, in what it merges, and in the workspace since then.

    What is applied is what is checked out: where that is another commit, those who changed the workspace
    between the two count as well, and so do the authors of the one that is checked out.

    None where the repository does not have the commit. Of a branch that was merged without a merge commit,
    only the last commit is known to belong to it.
    """
    if _COMMIT.fullmatch(commit) is None:
        return None
    try:
        repository = repository_around(root)
        head = repository.run("rev-parse", "--verify", "HEAD^{commit}").decode().strip()
        chosen = [_in_commit(repository, commit)]
        if head != commit:
            within = [one for one in (repository.prefix(root),) if one]
            chosen += [_in_commit(repository, head), [f"{commit}..{head}", "--", *within]]
        # `git log` would verify signatures, by a program, where the configuration says so.
        told = b"".join(_listed(repository, f"--format={_AUTHORS}", *one) for one in chosen)
        commits = dict.fromkeys(b"".join(_listed(repository, *one) for one in chosen).decode().split())
        signed = [_signed(repository.run("cat-file", "commit", one)) for one in [*commits][:MAX_SIGNED]]
    except CallsheetError:
        return None
    addresses = {one.lower() for one in _ADDRESS.findall(told.decode("utf-8", "replace"))}
    return Authorship(
        addresses=frozenset(addresses), signed=tuple(one for one in signed if one is not None)
    )


def _in_commit(repository: Repository, commit: str) -> list[str]:
    """Return the arguments that list a commit, or, of a merge, all that it brings."""
    parents = _listed(repository, "--parents", "-n", "1", commit, "--").split()
    return ["-n", "1", commit, "--"] if len(parents) < 3 else [f"{commit}^1..{commit}", "--"]


def _listed(repository: Repository, *arguments: str) -> bytes:
    return repository.run("--literal-pathspecs", "rev-list", *arguments)


MAX_SIGNED = 500
_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_AUTHORS = "<%ae> <%ce> %(trailers:key=Co-authored-by,valueonly)"
_ADDRESS = re.compile(r"<\s*([^<>\s]+)\s*>")
_SIGNATURE = re.compile(rb"\ngpgsig (-----BEGIN SSH SIGNATURE-----\n(?: .*\n)+)")


def _signed(commit: bytes) -> tuple[bytes, bytes] | None:
    """Split a commit into the text that was signed and its SSH signature (git's header `gpgsig`)."""
    head, _, body = commit.partition(b"\n\n")
    found = _SIGNATURE.search(head + b"\n")
    if found is None:
        return None
    text = (head + b"\n").replace(found[0], b"\n", 1) + b"\n" + body
    return text, found[1].replace(b"\n ", b"\n")
