"""The surroundings of a compiled workspace: the files that decide what is read, and who approves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from posixpath import normpath
from typing import TYPE_CHECKING

from msgspec import Struct, field

from callsheet.compiling.model import Compiled
from callsheet.documents import Document, Source, Unreadable
from callsheet.documents.file_references import parts_of_description
from callsheet.documents.reading import decode
from callsheet.documents.sources import IGNORE_FILE, ignore_patterns

if TYPE_CHECKING:
    from callsheet.rules.ignores import Silencing

MAX_BYTES = 16 * 1024 * 1024
"""The largest contract that is read."""


class Surroundings(Struct, frozen=True, kw_only=True):
    """One state of a workspace with the files around it.

    Attributes:
        files: the documents that are read.
        ignore: the lines of `.callsheetignore` that are patterns.
        signers: by the file that an environment names for its allowed signers, its text; None without one.
        confirming: those of these files by which steps are confirmed, and no plan is approved.
        digests: of each contract and snapshot that the workspace names; None where there is no such file.
        silencings: the comments that silence a finding.
        parts: the contracts of which a file is a part, by the file.

    """

    compiled: Compiled
    files: frozenset[str]
    ignore: tuple[str, ...]
    signers: dict[str, str | None]
    confirming: frozenset[str] = frozenset()
    digests: dict[str, str | None]
    silencings: tuple[Silencing, ...]
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)


def surroundings_of(source: Source, compiled: Compiled) -> Surroundings:
    """Read the surroundings of a compiled workspace."""
    approving = {one.approvals.signers for one in compiled.environments.values()}
    confirming = {one.confirmers.signers for one in compiled.environments.values() if one.confirmers.count}
    contracts = _contracts(compiled)
    parts = _parts(source, contracts)
    named = {*contracts, *parts, *_snapshots(compiled)}
    return Surroundings(
        compiled=compiled,
        files=frozenset(source.files()),
        ignore=tuple(line for line in (_text(source, IGNORE_FILE) or "").splitlines() if _is_pattern(line)),
        signers={one: _text(source, one) for one in sorted(approving | confirming)},
        confirming=frozenset(confirming - approving),
        digests={one: _digest(source, one) for one in sorted(named)},
        silencings=_silencings(compiled),
        parts=parts,
    )


def hidden_files(source: Source, candidates: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """Return which of these files are there, and are only not read because a pattern names them."""
    ignored = ignore_patterns("\n".join(patterns))
    return [one for one in sorted(candidates) if ignored(one) and _is_there(source, one)]


def documents_of(compiled: Compiled) -> list[Document]:
    """Return every document of a workspace."""
    found: list[Document] = [one.document for one in compiled.definitions.values()]
    found += [one.document for one in compiled.environments.values()]
    found += [one.document for one in compiled.policies]
    found += compiled.targets.values()
    found += [one.document for one in compiled.connections.values()]
    found += [one.document for one in compiled.fragments.values()]
    return [*found, *([compiled.settings.document] if compiled.settings.document else [])]


def _silencings(compiled: Compiled) -> tuple[Silencing, ...]:
    """Find the comments that silence a finding: one that silences none is itself a finding."""
    from callsheet.rules.ignores import silencings

    texts = {one.file: one.text for one in documents_of(compiled)}
    useless = {(one.file, one.span.line) for one in compiled.diagnostics if one.code == "CS313"}
    return tuple(one for one in silencings(texts) if (one.file, one.line) not in useless)


def _contracts(compiled: Compiled) -> set[str]:
    named = (
        (one.contract.get("openapi") or one.contract.get("discovery"))
        for one in compiled.actions.values()
        if one.contract
    )
    return {normpath(str(one)) for one in named if one and not str(one).startswith("package:")}


def _parts(source: Source, contracts: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the files of which contracts consist beside their own, each with those contracts."""
    found: dict[str, frozenset[str]] = {}
    for one in contracts:
        try:
            text, _ = decode(source.read(one, limit=MAX_BYTES), one)
        except Unreadable:
            continue
        for part in parts_of_description(source, one, text, limit=MAX_BYTES):
            found[part] = found.get(part, frozenset()) | {one}
    return found


def _snapshots(compiled: Compiled) -> set[str]:
    return {
        str(one.target["usage"])
        for one in compiled.environments.values()
        if one.target is not None and one.target.get("usage")
    }


def _is_pattern(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _text(source: Source, file: str) -> str | None:
    try:
        return source.read(file).decode("utf-8", "replace")
    except Unreadable:
        return None


def _digest(source: Source, file: str) -> str | None:
    try:
        return hashlib.sha256(source.read(file, limit=MAX_BYTES)).hexdigest()
    except Unreadable:
        return None


def _is_there(source: Source, file: str) -> bool:
    try:
        source.read(file)
    except Unreadable:
        return False
    return True
