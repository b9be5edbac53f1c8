"""The journal of a folder: a record that was cut off is lost, and takes no other one with it."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from callsheet.errors import CallsheetError
from callsheet.targets import Author, Step, StepKept
from callsheet.targets.directory import DirectoryTarget
from callsheet.templates.values import digest_of

AUTHOR = Author("Zoë", "2026-11-25T00:00:00Z", None)


def step(name: str, key: str) -> Step:
    canonical = f'{{"name":"{name}"}}'
    address = f"Action/{name}"
    return Step(
        action="create", address=address, address_before=address, before=None, canonical=canonical,
        after=digest_of(canonical), key=key,
    )  # fmt: skip


def keys(journal: Path) -> list[str]:
    found = []
    for line in journal.read_bytes().split(b"\n"):
        try:
            found.append(json.loads(line)["key"])
        except (ValueError, TypeError, RecursionError):
            continue
    return found


def test_a_tail_that_was_cut_at_any_byte_swallows_no_record(tmp_path: Path) -> None:
    target = DirectoryTarget("deployed", tmp_path)
    target.apply([step("one", "k1")], AUTHOR)
    whole = target.journal.read_bytes()
    assert "Zoë".encode() in whole  # a cut within a character is one of the cuts
    for cut in range(len(whole) + 1):
        target.journal.write_bytes(whole + whole.replace(b"k1", b"k2")[:cut])
        name = f"next{cut}"
        target.apply([step(name, f"k3-{cut}")], AUTHOR)
        expected = ["k1", *(["k2"] if cut >= len(whole) - 1 else []), f"k3-{cut}"]
        assert keys(target.journal) == expected
        there = target.read()[f"Action/{name}"]
        assert (there.revision, there.applied_by) == (1, "Zoë")
        # What it records is known again: the step is not done twice.
        (tmp_path / "Action" / f"{name}.json").unlink()
        target.apply([step(name, f"k3-{cut}")], AUTHOR)
        assert f"Action/{name}" not in target.read()


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"key": [], "address": "x"}',
        '{"key": "k", "address": "Action/one", "revision": "?"}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_record_is_no_line(tmp_path: Path, text: str) -> None:
    target = DirectoryTarget("deployed", tmp_path)
    target.apply([step("one", "k1")], AUTHOR)
    with target.journal.open("a") as stream:
        stream.write(text)
    assert target.read()["Action/one"].revision in (0, 1)
    target.apply([step("two", "k2")], AUTHOR)
    assert keys(target.journal)[-1] == "k2"


def test_a_full_disk_in_the_middle_of_a_record_is_said_and_the_next_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = DirectoryTarget("deployed", tmp_path)
    target.apply([step("one", "k1")], AUTHOR)
    real = os.fsync

    def full(descriptor: int) -> None:
        if os.path.samestat(os.fstat(descriptor), target.journal.stat()):
            os.ftruncate(descriptor, os.fstat(descriptor).st_size - 20)
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(CallsheetError, match="no space left on device") as caught:
            target.apply([step("two", "k2")], AUTHOR)
        assert caught.value.code == "CS847"
    target.apply([step("three", "k3")], AUTHOR)
    assert keys(target.journal) == ["k1", "k3"]


def test_what_is_read_back_and_is_something_else_is_not_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = DirectoryTarget("deployed", tmp_path)
    real = Path.replace

    def replaced(self: Path, to: Any) -> Path:
        found = real(self, to)
        Path(to).write_text('{"name": "one", "added": true}')
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replaced)
        with pytest.raises(StepKept) as caught:
            target.apply([step("one", "k1")], AUTHOR)
    assert caught.value.there is not None
    assert caught.value.there.canonical == '{"added":true,"name":"one"}'
    # It is no record: the same step may be done again.
    assert not target.journal.exists()
