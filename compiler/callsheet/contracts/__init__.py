"""A compiled workspace × the vendors' own descriptions → what would be refused before anybody sends it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from callsheet.compiling import Compiled
from callsheet.compiling.sealed import SealedStore
from callsheet.contracts.check import check_request
from callsheet.contracts.operations import Operation, find_method, find_operation
from callsheet.contracts.sources import ContractFault, ContractFile, read_contract
from callsheet.contracts.subject import Subject
from callsheet.documents import Problem, Related, Source
from callsheet.language import Action
from callsheet.language.environment import overlaid_spots, own_spots
from callsheet.words import and_more, listed

FORMAT = 2
"""Of what is kept of an operation; higher whenever it is read otherwise."""

Key = TypeVar("Key")
Read = TypeVar("Read")

__all__ = ["check_contracts", "operation_of"]


def operation_of(action: Action, source: Source) -> Operation | None:
    """Return the operation of an action's contract; None without one, or where it cannot be read."""
    if not action.contract:
        return None
    try:
        return _Checker(Compiled(), source).operation(action.contract)
    except ContractFault:
        return None


def check_contracts(compiled: Compiled, source: Source, cache: Path | None = None) -> list[Problem]:
    """Check every action that names a contract, in every environment that deploys it; reads no network.

    `cache` is the folder in which an earlier run kept the operations that it read, by the content of their
    contracts; None for neither. An optional contract that is not installed is noted in `compiled`.
    """
    checker = _Checker(compiled, source, cache)
    found: list[Problem] = []
    try:
        for action in sorted(compiled.actions.values(), key=lambda one: one.name):
            if action.contract:
                found += checker.check(action, action.contract)
    finally:
        checker.store.close()
    compiled.notes += [_not_checked(why, names) for why, names in checker.skipped.items()]
    return found


def _not_checked(why: str, names: list[str]) -> str:
    """Return which contracts are optional and were not there."""
    return f"not checked against its optional contract: {listed(names, 5)} ({why})"


def _kept(kept: dict[Key, Read | ContractFault], key: Key, read: Callable[[], Read]) -> Read:
    """Return what is read once, by its key; raise the fault of it as often as it is asked for."""
    if key not in kept:
        try:
            kept[key] = read()
        except ContractFault as fault:
            kept[key] = fault
    found = kept[key]
    if isinstance(found, ContractFault):
        raise found
    return found


class _Checker:
    def __init__(self, compiled: Compiled, source: Source, cache: Path | None = None) -> None:
        self.store = SealedStore(cache, f"contracts-{FORMAT}.sqlite")
        self.compiled = compiled
        self.source = source
        self.skipped: dict[str, list[str]] = {}
        self.files: dict[str, ContractFile | ContractFault] = {}
        self.operations: dict[tuple[str, str], Operation | ContractFault] = {}

    def check(self, action: Action, contract: dict[str, Any]) -> Iterator[Problem]:
        try:
            yield from list(self._found(action, contract, self.operation(contract)))
        except ContractFault as fault:
            if fault.absent and contract.get("optional"):
                self.skipped.setdefault(fault.message, []).append(action.name)
                return
            field = "openapi" if "openapi" in contract else "discovery"
            name = "operation" if "openapi" in contract else "method"
            path = ("contract", name if fault.code == "CS451" else field)
            yield own_spots(fault.code, action).value(path, fault.message, do=fault.help)

    def _found(self, action: Action, contract: dict[str, Any], operation: Operation) -> Iterator[Problem]:
        for pointer, words in operation.odd[:1]:
            more = and_more(len(operation.odd), 1)
            yield own_spots("CS459", action).key(
                ("contract",),
                f"the contract itself has an error: {pointer} {words}{f' ({more})' if more else ''}",
                do="nothing is needed: this part of the contract is not checked",
            )
        if operation.deprecated:
            yield own_spots("CS456", action).key(
                ("contract",),
                "the operation is deprecated by its contract",
                do="use the operation that replaces it",
            )
        yield from self._in_environments(action, contract, operation)

    def _in_environments(
        self, action: Action, contract: dict[str, Any], operation: Operation
    ) -> Iterator[Problem]:
        told: dict[Problem, list[str]] = {}
        deployed = [name for name, there in self.compiled.by_environment.items() if action.address in there]
        for name in deployed:
            environment = self.compiled.environments[name]
            subject = Subject(
                self.compiled.by_environment[name][action.address].content,
                lambda code, environment=environment: overlaid_spots(code, action, environment),  # type: ignore[misc]
                lambda at: self._related(contract, at),
                tuple(one["path"] for one in contract.get("ignore") or ()),
            )
            for problem in check_request(subject, operation):
                told.setdefault(problem, []).append(name)
        for problem, names in told.items():
            where = "" if len(names) == len(deployed) else f" (in {', '.join(names)})"
            about = tuple((action.name, one) for one in names)
            yield replace(problem, message=problem.message + where, about=about)

    def operation(self, contract: dict[str, Any]) -> Operation:
        """Return the operation that a contract names, read once; raises ContractFault."""
        reference = contract.get("openapi") or contract["discovery"]
        name = contract.get("operation") or contract["method"]
        key = (reference, name)
        is_openapi = "openapi" in contract
        return _kept(self.operations, key, lambda: self._read(self._file(reference), name, is_openapi))

    def _read(self, file: ContractFile, name: str, is_openapi: bool) -> Operation:  # noqa: FBT001
        """Read an operation, or take what was read of the very same text before."""
        parts = f"{is_openapi}\0{name}\0{file.text}".encode("utf-8", "surrogatepass")
        key = hashlib.sha256(parts).hexdigest()
        kept = self.store.get(key)
        if kept is not None:
            return Operation(**json.loads(kept))
        operation = (find_operation if is_openapi else find_method)(file.value, name)
        record = {
            one.name: getattr(operation, one.name) for one in fields(operation) if one.name != "compiled"
        }
        self.store.put(key, json.dumps(record))
        return operation

    def _file(self, reference: str) -> ContractFile:
        return _kept(self.files, reference, lambda: read_contract(self.source, reference))

    def _related(self, contract: dict[str, Any], pointer: str) -> tuple[Related, ...]:
        reference = contract.get("openapi") or contract["discovery"]
        file = self._file(reference)
        span = file.place(pointer)
        return (Related(file=file.reference, span=span, message="the contract says so here"),)
