"""The contracts that the actions of a source name → their operations, each read once for its content.

A description is parsed once, however many of its operations are read. What was read of an operation is kept
in this process and in the cache, by the content of the description: `validate`, `test`, `emulate` and
`send` take it from there, and parse nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from callsheet.compiling.memo import Memo
from callsheet.compiling.sealed import SealedStore
from callsheet.contracts.discovery import find_method
from callsheet.contracts.operations import Operation, find_operation
from callsheet.contracts.records import operation_from, record_of
from callsheet.contracts.sources import ContractFault, ContractFile, read_contract
from callsheet.documents import Related, Source
from callsheet.documents.walking import keys_in, texts_in
from callsheet.language.secret_patterns import secret_kind

FORMAT = 16
"""Of what is kept of an operation; higher whenever it is read otherwise."""

_OPERATIONS: Memo[Operation] = Memo(32 * 1_048_576)


def is_whole(contract: Mapping[str, Any]) -> bool:
    """Return whether a contract names a description and a call of it; its schema refuses half of one."""
    return {"openapi", "operation"} <= contract.keys() or {"discovery", "method"} <= contract.keys()


class Contracts:
    """The contracts of one source.

    Args:
        source: the files of the workspace.
        cache: the folder in which earlier runs kept the operations that they read; None for none.

    """

    def __init__(self, source: Source, cache: Path | None = None) -> None:
        self.source = source
        self.cache = cache
        self._store: SealedStore | None = None
        self._files: dict[str, ContractFile | ContractFault] = {}
        self._faults: dict[str, ContractFault] = {}

    def operation(self, contract: Mapping[str, Any]) -> Operation:
        """Return the operation that a contract names.

        Raises:
            ContractFault: where it cannot be read.

        """
        reference = contract.get("openapi") or contract["discovery"]
        name = contract.get("operation") or contract["method"]
        find = find_operation if "openapi" in contract else find_method
        file = self._file(reference)
        parts = f"{find.__name__}\0{name}\0{file.digest}".encode("utf-8", "surrogatepass")
        key = hashlib.sha256(parts).hexdigest()
        if key in self._faults:
            raise self._faults[key]
        operation = _OPERATIONS.get(key)
        if operation is None:
            operation = self._stored(key) or self._found(key, lambda: find(file.description, name))
        return operation

    def digest(self, contract: Mapping[str, Any]) -> str:
        """Return the digest of the text of a contract; raises ContractFault where it cannot be read."""
        return self._file(contract.get("openapi") or contract["discovery"]).digest

    def related(self, contract: Mapping[str, Any], pointer: str) -> tuple[Related, ...]:
        """Return the place in a contract at a pointer, as what a finding refers to."""
        reference = contract.get("openapi") or contract["discovery"]
        file, span = self._file(reference).located(pointer)
        return (Related(file=file, span=span, message="the contract says so here"),)

    def close(self) -> None:
        """Close the cache; it is opened again where it is needed."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def forget(self) -> None:
        """Let go of the parsed descriptions; one is parsed again where more of it is asked for."""
        for file in self._files.values():
            if isinstance(file, ContractFile):
                file.forget()

    def _stored(self, key: str) -> Operation | None:
        """Return an operation that an earlier run kept."""
        kept = self.opened().get(key)
        if kept is None:
            return None
        operation = operation_from(json.loads(kept))
        _OPERATIONS.put(key, operation, len(kept))
        return operation

    def _found(self, key: str, find: Callable[[], Operation]) -> Operation:
        """Read an operation of its description, and keep it; a fault is kept for this source.

        One that contains what looks like a credential, as a value that it allows, is kept in this process
        alone.
        """
        try:
            operation = find()
        except ContractFault as fault:
            self._faults[key] = fault
            raise
        record = record_of(operation)
        text = json.dumps(record)
        if not _contains_credential(record):
            self.opened().put(key, text)
        _OPERATIONS.put(key, operation, len(text))
        return operation

    def opened(self) -> SealedStore:
        """Return the cache, open."""
        if self._store is None:
            self._store = SealedStore(self.cache, f"contracts-{FORMAT}.sqlite")
        return self._store

    def _file(self, reference: str) -> ContractFile:
        if reference not in self._files:
            try:
                self._files[reference] = read_contract(self.source, reference)
            except ContractFault as fault:
                self._files[reference] = fault
        found = self._files[reference]
        if isinstance(found, ContractFault):
            raise found
        return found


def _contains_credential(record: Mapping[str, Any]) -> bool:
    texts = {text for _, text in texts_in(record)}
    names = {str(path[-1]) for path in keys_in(record)}
    return any(map(secret_kind, texts | names))
