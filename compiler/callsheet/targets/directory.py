"""A folder with one JSON file for each action, for what picks files up; the entry point of `directory`.

`PATH/Action/NAME.json` contains the compiled action and nothing else. What was done is beside it, in
`PATH/.callsheet/journal.jsonl`, one line for each step, only ever added to.
"""

from __future__ import annotations

import errno
import json
import os
import posixpath
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callsheet.documents.links import refuse_links
from callsheet.errors import CallsheetError
from callsheet.language.addresses import Address
from callsheet.language.steps import Step
from callsheet.targets.model import Author, Deployed, StepKept, StepRefused
from callsheet.templates.values import digest_of

MAX_BYTES = 16 * 1_048_576


def open_target(options: Mapping[str, Any], root: Path, *, writing: bool) -> DirectoryTarget:
    """Open the folder that an environment names by `path`; nothing is made before the first step.

    Raises:
        CallsheetError: CS985 where the folder, or its journal, is a link.

    """
    del writing
    path = posixpath.normpath(options["path"])
    refuse_links(root, f"{path}/.callsheet/journal.jsonl")
    return DirectoryTarget(path, root / path)


class DirectoryTarget:
    """Compiled actions as files of a folder."""

    def __init__(self, shown: str, folder: Path) -> None:
        self.shown = shown
        self.folder = folder
        self.journal = folder / ".callsheet" / "journal.jsonl"

    def identity(self) -> dict[str, Any]:
        """Return what distinguishes this folder from others, the same on every machine."""
        return {"type": "directory", "path": self.shown}

    def read(self) -> dict[str, Deployed]:
        """Return every action that is there, by address.

        Raises:
            CallsheetError: CS846 where a file or the folder cannot be read: it is never taken for empty.

        """
        last = {line["address"]: line for line in self._lines()}
        found = {}
        try:
            if not self._exists():
                return {}
            for file in sorted(self.folder.glob("*/*.json")):
                if file.parent.is_symlink():
                    raise OSError(errno.ELOOP, f"{file.parent.name} is a symbolic link")
                address = f"{file.parent.name}/{file.stem}"
                found[address] = _deployed(address, _text(file), last.get(address))
        except OSError as error:
            raise self._unreadable(error) from None
        return found

    def apply(self, steps: Sequence[Step], author: Author) -> None:
        """Do the steps; the first that meets something else than it expects refuses all of them.

        Raises:
            StepRefused: where a file is not what a step expects.
            StepKept: where a file that was written contains something else when it is read back.
            CallsheetError: CS846 where it cannot be read, CS847 where the folder cannot be written.

        """
        seen = {line["key"] for line in self._lines()}
        todo = [one for one in steps if one.key not in seen]
        there = {address: (one.digest, one.revision) for address, one in self.read().items()}
        revisions = []
        for step in todo:
            digest, revision = there.get(step.address_before, (None, 0))
            if digest != step.before:
                raise StepRefused(f"{step.address_before} has changed since the plan was made")
            there.pop(step.address_before, None)
            if step.after is not None:
                there[step.address] = (step.after, revision + 1)
            revisions.append(revision + 1)
        try:
            for step, revision in zip(todo, revisions, strict=True):
                self._do(step)
                self._read_back(step)
                self._note(step, revision, author)
        except OSError as error:
            raise CallsheetError(
                "CS847",
                f"the folder {self.shown} cannot be written: {(error.strerror or '?').lower()}",
                help="check its permissions and the free space; the next plan continues from what was done",
            ) from None

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def _exists(self) -> bool:
        """Return whether the folder exists; what stands in its place, or cannot be entered, is an error."""
        try:
            self.folder.stat()
        except FileNotFoundError:
            return False
        return True

    def _do(self, step: Step) -> None:
        """Write a file under its name only when it is whole; the old name of a renamed one goes last."""
        if step.canonical is not None:
            target = self._file(step.address)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = (
                json.dumps(json.loads(step.canonical), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
            )
            beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
            with beside.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(target)
            _sync(target.parent)
        if step.canonical is None or step.address != step.address_before:
            old = self._file(step.address_before)
            old.unlink(missing_ok=True)
            _sync(old.parent)

    def _read_back(self, step: Step) -> None:
        """Check that the folder contains what was asked: another program may have changed it."""
        old = self._file(step.address_before)
        if (step.canonical is None or step.address != step.address_before) and old.exists():
            there = _deployed(step.address_before, _text(old), None)
            raise StepKept(f"{step.address_before} was removed, but exists again", there)
        if step.canonical is None:
            return
        try:
            there = _deployed(step.address, _text(self._file(step.address)), None)
        except FileNotFoundError:
            raise StepKept(f"{step.address} was written, but does not exist") from None
        if there.digest != step.after:
            raise StepKept("what is read back differs from what was written", there)

    def _note(self, step: Step, revision: int, author: Author) -> None:
        line = {
            "key": step.key,
            "operation": step.action,
            "address": step.address,
            "digest": step.after,
            "revision": revision,
            "by": author.name,
            "at": author.at,
            "commit": author.commit,
            **({"dirty": True} if author.dirty else {}),
        }
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        record = json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n"
        with self.journal.open("a+b") as stream:
            stream.seek(0, os.SEEK_END)
            if stream.tell():
                stream.seek(-1, os.SEEK_END)
                # What a crash or a full disk cut off keeps a line to itself, and takes no record with it.
                record = record if stream.read(1) == b"\n" else b"\n" + record
            stream.write(record)
            stream.flush()
            os.fsync(stream.fileno())
        _sync(self.journal.parent)

    def _lines(self) -> list[dict[str, Any]]:
        """Read the journal; a line that a crash or a full disk cut off is skipped."""
        try:
            texts = _bytes(self.journal).split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unreadable(error) from None
        found = []
        for text in texts:
            try:
                line = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(line, dict) and all(isinstance(line.get(one), str) for one in ("key", "address")):
                found.append(line)
        return found

    def _file(self, address: str) -> Path:
        kind, name = Address.read(address)
        return self.folder / kind / f"{name}.json"

    def _unreadable(self, error: Exception) -> CallsheetError:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        if isinstance(error, OSError) and error.errno == errno.ELOOP and error.filename:
            reason = f"{os.path.basename(error.filename)} is a symbolic link"
        reason = reason[:1].lower() + reason[1:]
        return CallsheetError(
            "CS846",
            f"the folder {self.shown} cannot be read: {reason}",
            help="check its permissions; nothing was planned, because what is deployed is unknown",
        )


def _text(file: Path) -> str:
    return _bytes(file, MAX_BYTES).decode("utf-8", "backslashreplace")


def _bytes(file: Path, most: int = -1) -> bytes:
    """Read a file of the folder: no link, which could lead to any file, and nothing that could block."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    with open(os.open(file, flags), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, f"{file.parent.name}/{file.name} is not a regular file")
        return stream.read(most)


def _deployed(address: str, text: str, line: Mapping[str, Any] | None) -> Deployed:
    """Read one file: its layout does not count; what is not JSON counts as it is."""
    try:
        import rfc8785

        canonical = rfc8785.dumps(json.loads(text)).decode()
    except (ValueError, RecursionError, UnicodeError):
        canonical = text
    told = line or {}
    revision = told.get("revision")
    return Deployed(
        address=address,
        canonical=canonical,
        digest=digest_of(canonical),
        revision=revision if isinstance(revision, int) else 0,
        applied_by=str(told.get("by", "unknown")),
        applied_at=str(told.get("at", "")),
    )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
