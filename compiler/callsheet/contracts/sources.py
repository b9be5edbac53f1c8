"""Where a contract is: a file of the workspace, or of an installed package; read once, imported never."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cached_property
from posixpath import normpath
from typing import Any
from weakref import WeakValueDictionary

from msgspec import Struct, field

from callsheet.compiling.memo import Memo
from callsheet.contracts.bundling import bundled, file_and_pointer, with_operations
from callsheet.contracts.descriptions import Description
from callsheet.documents import Path, Places, Source, Span, Unreadable, parts_of
from callsheet.documents.file_references import parts_of_description
from callsheet.documents.foreign_reader import ForeignFault, read_foreign
from callsheet.documents.json_places import JsonPlaces
from callsheet.documents.packaged import SCHEME, packaged
from callsheet.documents.reading import decode, parse
from callsheet.documents.recording import RecordingSource
from callsheet.documents.sources import read_named

MAX_BYTES = 16 * 1_048_576


class ContractFault(Exception):  # noqa: N818 - a verdict about one contract
    """A contract that cannot be used, with what is wrong and what to do.

    Attributes:
        absent: is it only that its package is not installed?

    """

    def __init__(self, code: str, message: str, help: str, *, absent: bool = False) -> None:
        super().__init__(message)
        self.absent = absent
        self.code = code
        self.message = message
        self.help = help


class ContractFile(Struct, dict=True):
    """One contract's bytes; read as text, parsed, and its places found, when they are first asked for.

    Attributes:
        parts: the other files of which it consists, by path.

    """

    reference: str
    content: bytes
    parts: dict[str, ContractFile] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """What the content is known by, with the reader that reads it."""
        form = "json" if self._is_json else "yaml"
        own = f"{form} {hashlib.sha256(self.content).hexdigest()}"
        if not self.parts:
            return own
        others = [f"{name} {one.digest}" for name, one in self.parts.items()]
        return f"{own} {hashlib.sha256(chr(10).join([self.reference, *others]).encode()).hexdigest()}"

    @cached_property
    def text(self) -> str:
        """The text.

        Raises:
            ContractFault: CS450 where it is not UTF-8.

        """
        text, problem = decode(self.content, self.reference)
        if problem is not None:
            raise ContractFault("CS450", f"the contract {self.reference} is not UTF-8", "save it as UTF-8")
        return text

    @cached_property
    def description(self) -> Description:
        """The document, parsed once for its content while anything holds it, and longer where it is small.

        Raises:
            ContractFault: CS450 where it is not UTF-8, neither JSON nor YAML, or no mapping.

        """
        found = _PARSED.get(self.digest) or _HELD.get(self.digest)
        if found is None:
            found = Description(self._parsed())
            _HELD[self.digest] = found
            _PARSED.put(self.digest, found, len(self.text))
        return found

    @property
    def value(self) -> dict[str, Any]:
        """The document's value; raises as `description` does."""
        return self.description.value

    def forget(self) -> None:
        """Let go of the text and the parsed document; they are read again where they are asked for."""
        for name in ("description", "text", "_places", "_json_places"):
            self.__dict__.pop(name, None)

    def _parsed(self) -> dict[str, Any]:
        found = self.own_value
        parts = {}
        for name, one in self.parts.items():
            with suppress(ContractFault):
                parts[name] = one.own_value
        return bundled(self.reference, found, parts) if parts else with_operations(found)

    @property
    def own_value(self) -> dict[str, Any]:
        """What the file itself says; raises as `description` does."""
        why = ""
        try:
            found = read_foreign(self.text, is_json=self._is_json)
        except ForeignFault as fault:
            found, at = None, f"line {fault.line}: " if fault.line else ""
            why = f" ({at}{fault.message})"
        if not isinstance(found, dict):
            raise ContractFault(
                "CS450",
                f"the contract {self.reference} cannot be read{why}",
                "name a description in JSON or YAML: OpenAPI 2.0, 3.0, 3.1, or Google's discovery format",
            )
        return found

    @cached_property
    def _places(self) -> Places | None:
        documents, _ = parse(self.text, self._name, with_places=True)
        return documents[0].places if documents else None

    @cached_property
    def _json_places(self) -> JsonPlaces:
        return JsonPlaces(self.text)

    def located(self, pointer: str) -> tuple[str, Span]:
        """Return the file of the value at a JSON Pointer, and where it is in it."""
        file, inside = file_and_pointer(pointer)
        return (
            (file, self.parts[file].place(inside))
            if file in self.parts
            else (self.reference, self.place(pointer))
        )

    def place(self, pointer: str) -> Span:
        """Return where the value at a JSON Pointer is in this file, or the nearest one around it."""
        if self._is_json:
            return self._json_places.place(parts_of(pointer))
        places = self._places
        if places is None:
            return Span(1, 1, 1, 1)
        path: Path = ()
        for name in parts_of(pointer):
            inner = (
                (*path, int(name))
                if name.isdigit() and (*path, int(name)) in places.values
                else (*path, name)
            )
            if inner not in places.values:
                break
            path = inner
        return places.key(path)

    @property
    def _is_json(self) -> bool:
        return self.reference.endswith(".json")

    @property
    def _name(self) -> str:
        return self.reference if self._is_json else "contract.yaml"


_PARSED: Memo[Description] = Memo(4 * 1_048_576)
_HELD: WeakValueDictionary[str, Description] = WeakValueDictionary()


def read_contract(source: Source, reference: str) -> ContractFile:
    """Read a contract by its reference: a path in the workspace, or `package:NAME/PATH`.

    Raises:
        ContractFault: CS450 where there is none, or it is larger than 16 MiB.

    """
    if reference.startswith(SCHEME):
        content = _from_package(source, reference)
    else:
        reference = reference if "://" in reference else normpath(reference)
        content = _from_workspace(source, reference)
        file = ContractFile(reference, content)
        with suppress(ContractFault):
            others = parts_of_description(source, reference, file.text, limit=MAX_BYTES)
            file.parts = {name: ContractFile(name, found) for name, found in others.items()}
        return file
    return ContractFile(reference, content)


def _from_workspace(source: Source, reference: str) -> bytes:
    if "://" in reference:
        raise ContractFault(
            "CS450", "a contract is never fetched from the network", "keep the file in the workspace"
        )
    try:
        return read_named(source, reference, limit=MAX_BYTES)
    except Unreadable as unreadable:
        raise ContractFault(
            "CS450", f"the contract {reference}: {unreadable.problem.message}", unreadable.problem.help
        ) from None


def _from_package(source: Source, reference: str) -> bytes:
    """Read a file of an installed package: its folder is found, and nothing of it is run."""
    if isinstance(source, RecordingSource):
        source.note_package(reference)
    found = packaged(reference)
    if not found.installed:
        raise ContractFault(
            "CS450",
            f"there is no package `{found.package[:60]}` for the contract",
            "install it next to callsheet, or set `contract.optional: true`",
            absent=True,
        )
    if found.file is None:
        raise ContractFault(
            "CS450",
            f"the package `{found.package}` has no file {found.path}",
            "correct the path, or install another version",
        )
    if found.file.stat().st_size > MAX_BYTES:
        raise ContractFault("CS450", f"the contract {reference} is larger than 16 MiB", "name another")
    return found.file.read_bytes()
