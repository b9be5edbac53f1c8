"""The tree of a git revision, with its links followed as an operating system would in a checkout."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from functools import cached_property

from callsheet.documents.git import Repository
from callsheet.documents.listing import Entry
from callsheet.documents.objects import TreeEntry, is_folder_in, read_objects, sizes_of

MAX_LINKS = 40
MAX_PATH = 4096
"""As many links as Linux follows in one path, and as many bytes as it has."""


class RevisionTree:
    """A tree by its listing.

    Args:
        repository: where the targets of links are read.
        commit: the revision.
        prefix: what leads from the top of the repository to the workspace, with `/` at its end.
        objects: what the revision contains there.

    """

    def __init__(
        self, repository: Repository, commit: str, prefix: str, objects: Mapping[str, TreeEntry]
    ) -> None:
        self.repository = repository
        self.commit = commit
        self.above = prefix.split("/")[:-1]
        self.objects = objects

    def entries(self, folder: str) -> list[Entry]:
        """Return what a folder contains; `folder` may lead through links."""
        real = self.follow(folder) if folder else ""
        return list(self._folders.get(real or "", ()))

    def follow(self, link: str) -> str | None:
        """Return the real path of what a path leads to; None out of the workspace."""
        found = self._resolved(link)
        inside = self._inside(found)
        if inside is None:
            return None
        if inside and inside not in self.objects and inside not in self._folders:
            raise FileNotFoundError(errno.ENOENT, "no such file")
        return inside

    def leads_to_folder(self, link: str) -> bool:
        """Return whether a path leads to a folder; out of the repository nothing is known but the name."""
        found = self._resolved(link)
        inside = self._inside(found)
        if inside is not None:
            return inside in self._folders
        if found is None:
            return "." not in link.rpartition("/")[2]
        return not found or is_folder_in(self.repository, self.commit, "/".join(found))

    def _inside(self, found: list[str] | None) -> str | None:
        """Return the path from the workspace of a path from the top."""
        depth = len(self.above)
        if found is None or found[:depth] != self.above:
            return None
        return "/".join(found[depth:])

    def _resolved(self, path: str) -> list[str] | None:
        """Return the path from the top of the repository, links followed; None out of the repository."""
        todo, done, links = [*reversed(path.split("/"))], [*self.above], 0
        while todo:
            part = todo.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    return None
                done.pop()
                continue
            done.append(part)
            target = self._targets.get(self._inside(done) or "")
            if target is None:
                continue
            links += 1
            if links > MAX_LINKS:
                raise OSError(errno.ELOOP, "too many links")
            if target.startswith("/"):
                return None
            done.pop()
            todo += reversed(target.split("/"))
        return done

    @cached_property
    def _targets(self) -> dict[str, str]:
        """Where each link leads."""
        links = {file: one.id for file, one in self.objects.items() if one.is_link}
        sizes = sizes_of(self.repository, list(dict.fromkeys(links.values())))
        contents = read_objects(self.repository, [one for one, size in sizes.items() if size <= MAX_PATH])
        # No system follows a longer one: it counts as one that leads out.
        return {
            file: contents.get(one, b"/").decode("utf-8", "surrogateescape") for file, one in links.items()
        }

    @cached_property
    def _folders(self) -> dict[str, tuple[Entry, ...]]:
        """What each folder contains."""
        found: dict[str, dict[str, Entry]] = {"": {}}
        for file, one in self.objects.items():
            folder, _, name = file.rpartition("/")
            if one.is_submodule:
                found[file] = {".git": Entry(".git", "other")}
                found.setdefault(folder, {})[name] = Entry(name, "folder")
            else:
                found.setdefault(folder, {})[name] = Entry(name, "link" if one.is_link else "file")
            while folder:
                parent, _, name = folder.rpartition("/")
                found.setdefault(parent, {}).setdefault(name, Entry(name, "folder"))
                folder = parent
        return {folder: tuple(entries.values()) for folder, entries in found.items()}
