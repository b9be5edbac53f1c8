"""Drift → the files that describe what was changed at the target, where a file can say it plainly.

What a template, a template file or an environment's values make is reported, and not written: which of
them was meant, only its author knows. Everything that is written was compiled first, and gave
what is deployed.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from callsheet.compiling import Compiled, CompiledAction
from callsheet.documents import Document, Path, Source, equal
from callsheet.documents.rewriting import REMOVED, CannotRewriteError, Rewriting, rewritten
from callsheet.documents.writing import write_file
from callsheet.errors import CallsheetError
from callsheet.importing.adopting import TEMPLATED, written
from callsheet.language.action import Definition
from callsheet.language.addresses import Address
from callsheet.language.difference import NOTHING, value_at
from callsheet.language.environment import Environment, overlaid_spots
from callsheet.language.when_empty import is_mapping
from callsheet.planning.model import Drift
from callsheet.planning.sides import Side, content_of

Texts = Mapping[str, str]
_Change = tuple[str, Path, tuple[Any, Any]]


class FieldWritten(Struct, frozen=True, kw_only=True):
    """One field of a drifted object, and what became of it.

    Attributes:
        path: in the compiled action; empty for the whole of it.
        place: the file, line and column where it is written, or was to be.
        why: why it was not written; empty where it was.
        also: the other environments of which it is a part.

    """

    address: str
    path: Path
    place: tuple[str, int, int] | None = None
    why: str = ""
    also: tuple[str, ...] = ()


class WriteBack(Struct):
    """The new texts of files, by path relative to the workspace, and what became of each field."""

    texts: dict[str, str] = field(default_factory=dict)
    fields: list[FieldWritten] = field(default_factory=list)


def write_files(
    root: pathlib.Path, source: Source, found: WriteBack
) -> tuple[list[FieldWritten], list[CallsheetError]]:
    """Write the files; returns what became of each field, and what kept a file from being written.

    Args:
        root: the folder of the workspace.
        source: the workspace with the new texts, as the files are to contain them.
        found: which files those are.

    """
    fields, failures = list(found.fields), []
    for file in found.texts:
        try:
            write_file(str(root / file), source.read(file).decode())
        except CallsheetError as error:
            failures.append(error)
            fields = [_unwritten(one, file) for one in fields]
    return fields, failures


def _unwritten(one: FieldWritten, file: str) -> FieldWritten:
    """Say of what was to be written into a file that it was not."""
    mine = one.place is not None and one.place[0] == file and not one.why
    return replace(one, why="its file cannot be written", also=()) if mine else one


def write_back(
    drift: Sequence[Drift],
    applied: Mapping[str, Side],
    deployed: Mapping[str, Side],
    environment: str,
    compile_with: Callable[[Texts], Compiled],
) -> WriteBack:
    """Return the texts of files with what is deployed, as far as they can say it; nothing is written.

    Args:
        drift: of an environment.
        applied: what callsheet applied, by address.
        deployed: what is there, by address.
        environment: its name.
        compile_with: compiles the workspace with other texts of some of its files.

    """
    found = WriteBack()
    compiled = compile_with({})
    changes: list[_Change] = []
    for one in drift:
        if one.kind == "missing":
            why = "it is no longer deployed: remove its file, or apply to bring it back"
            found.fields.append(FieldWritten(address=one.address, path=(), why=why))
        else:
            before, after = content_of(applied[one.address]), content_of(deployed[one.address])
            if "unreadable" in after or not _is_mapping(after):
                why = "what is deployed is no longer an action: apply again to overwrite it"
                found.fields.append(FieldWritten(address=one.address, path=(), why=why))
                continue
            changes += [(one.address, path, change) for path, change in _changes(before, after)]
    waiting = [changes]
    while waiting:
        changes = waiting.pop(0)
        attempt = _Attempt(environment, compiled)
        for change in changes:
            attempt.take(*change)
        texts = attempt.texts(found.texts)
        now = compile_with(texts) if attempt.edits else compiled
        why = attempt.refused(now) if attempt.edits else ""
        if why and len(changes) > 1:
            # One of them is in the way of the others.
            waiting = [*_halves(changes), *waiting]
            continue
        attempt.done(why, now)
        if not why:
            found.texts, compiled = texts, now
        found.fields += attempt.fields
    return found


def _halves(changes: list[_Change]) -> list[list[_Change]]:
    """Split changes: by objects where there are several, else into single fields."""
    addresses = sorted({address for address, _, _ in changes})
    if len(addresses) == 1:
        return [[one] for one in changes]
    first = set(addresses[: len(addresses) // 2])
    return [[one for one in changes if (one[0] in first) is half] for half in (True, False)]


class _Attempt:
    """Fields of drifted objects: what is to be written of them together, and what is left."""

    def __init__(self, environment: str, compiled: Compiled) -> None:
        self.compiled = compiled
        self.environment: Environment = compiled.environments[environment]
        self.actions = compiled.by_environment[environment]
        self.edits: dict[tuple[str, Path], tuple[Document, Path, Any]] = {}
        self.fields: list[FieldWritten] = []

    def take(self, address: str, path: Path, change: tuple[Any, Any]) -> None:
        """Take a field that its file says plainly; leave another one, with the reason."""
        old, new = change
        definition = self.compiled.definitions.get(Address.read(address).name)
        if definition is None or address not in self.actions:
            self._leave(address, (), "the workspace no longer writes it here", None)
            return
        document, there = _source(definition, self.environment, path)
        if not equal(value_at(self.actions[address].content, path), old):
            why = "the workspace has changed it since"
        else:
            why = _not_plain(document, there, path, change)
        if why:
            self._leave(address, path, why, document.location(there))
        else:
            self.edits[(address, path)] = document, there, new

    def texts(self, texts: Texts) -> dict[str, str]:
        """Return the texts with what was taken; what cannot be written is left."""
        files: dict[str, dict[int, Rewriting]] = {}
        for (address, path), (document, there, new) in [*self.edits.items()]:
            documents = files.setdefault(document.file, {})
            if document.index not in documents:
                documents[document.index] = Rewriting(document)
            try:
                documents[document.index].write(there, REMOVED if new is NOTHING else _written(path, new))
            except CannotRewriteError as error:
                self._leave(address, path, str(error), document.location(there))
                del self.edits[(address, path)]
        changed = {document.file for document, _, _ in self.edits.values()}
        return {**texts, **{file: rewritten([*files[file].values()]) for file in changed}}

    def refused(self, now: Compiled) -> str:
        """Return why what was written does not compile to what is deployed; empty where it does."""
        known = {(one.code, one.file, one.message) for one in self.compiled.errors}
        new = [one for one in now.errors if (one.code, one.file, one.message) not in known]
        if new:
            return f"the workspace would not compile: {new[0].code} {new[0].message}"
        there = now.by_environment.get(self.environment.name, {})
        if any(
            address not in there or not equal(value_at(there[address].content, path), value)
            for (address, path), (_, _, value) in self.edits.items()
        ):
            return "the file writes it in a way that cannot be edited"
        before = {address: one.digest for address, one in self.actions.items()}
        others = {address for address, one in there.items() if before.get(address) != one.digest}
        others -= {address for address, _ in self.edits}
        return f"{', '.join(sorted(others)[:3])} would change with it" if others else ""

    def done(self, why: str, now: Compiled) -> None:
        """Say of what was taken that it is written, or why it is not."""
        for (address, path), (document, there, _) in self.edits.items():
            also = () if why else _elsewhere(self.compiled, now, self.environment.name, address)
            place = document.location(there)
            self.fields.append(FieldWritten(address=address, path=path, place=place, why=why, also=also))

    def _leave(self, address: str, path: Path, why: str, place: tuple[str, int, int] | None) -> None:
        found = FieldWritten(address=address, path=path, place=place, why=why)
        if found not in self.fields:
            self.fields.append(found)


def _changes(old: Any, new: Any, path: Path = ()) -> Iterator[tuple[Path, tuple[Any, Any]]]:
    """Yield the innermost parts that differ, each with what it was and is; slots and secrets are whole."""
    if equal(old, new):
        return
    if _is_mapping(old) and _is_mapping(new):
        for key in [*old, *(one for one in new if one not in old)]:
            yield from _changes(old.get(key, NOTHING), new.get(key, NOTHING), (*path, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _changes(one, other, (*path, index))
    else:
        yield path, (old, new)


def _is_mapping(value: Any) -> bool:
    return is_mapping(value) and "$literal" not in value and set(value) != {"secret"}


def _source(definition: Definition, environment: Environment, path: Path) -> tuple[Document, Path]:
    """Return where a field of a compiled action is written, or would be."""
    source = ("lifecycle", "protect") if path == ("protect",) else path
    spots = overlaid_spots("", definition, environment)
    document, there, _ = spots.where(source)
    if there not in document.places.values and len(source) > 1:
        parent, above, _ = spots.where(source[:-1])
        return parent, (*above, source[-1])
    return document, there


def _written(path: Path, value: Any) -> Any:
    return written(value) if path and path[0] in TEMPLATED else value


def _not_plain(document: Document, there: Path, path: Path, change: tuple[Any, Any]) -> str:
    """Return why a field cannot be written; empty where its file says just what it compiles to."""
    new = change[1]
    if path[:1] in (("name",), ("atTarget",), ("kind",)):
        return "no field of a file has this value"
    try:
        was, _ = (None if one is NOTHING else _written(path, one) for one in change)
    except CallsheetError as error:
        return error.message
    if there not in document.places.values:
        return "" if new is not NOTHING else "the file does not contain it"
    return (
        ""
        if equal(value_at(document.value, there), was)
        else "it comes from a template, or from a value of the environment"
    )


def _elsewhere(before: Compiled, now: Compiled, environment: str, address: str) -> tuple[str, ...]:
    """Return the other environments in which an object changes."""
    return tuple(
        name
        for name, there in sorted(now.by_environment.items())
        if name != environment
        and _digest(there.get(address)) != _digest(before.by_environment.get(name, {}).get(address))
    )


def _digest(one: CompiledAction | None) -> str | None:
    return None if one is None else one.digest
