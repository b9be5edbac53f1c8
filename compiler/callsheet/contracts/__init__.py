"""A compiled workspace × the vendors' own descriptions → what would be refused before anybody sends it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from callsheet.compiling import Compiled
from callsheet.contracts.check import check_request
from callsheet.contracts.operations import Operation
from callsheet.contracts.reading import Contracts, is_whole
from callsheet.contracts.sources import ContractFault
from callsheet.contracts.subject import Known, Subject
from callsheet.contracts.verdicts import Verdicts
from callsheet.documents import Problem
from callsheet.language import Action
from callsheet.language.environment import overlaid_spots, own_spots
from callsheet.words import and_more, listed

__all__ = ["Contracts", "check_contracts", "operation_of"]


def operation_of(action: Action, contracts: Contracts) -> Operation | None:
    """Return the operation of an action's contract; None without one, or where it cannot be read."""
    if not action.contract or not is_whole(action.contract):
        return None
    try:
        return contracts.operation(action.contract)
    except ContractFault:
        return None
    finally:
        contracts.close()


def check_contracts(compiled: Compiled, contracts: Contracts, *, required: bool = False) -> list[Problem]:
    """Check every action that names a contract, in every environment that deploys it; reads no network.

    An optional contract that is not installed is noted in `compiled`; where all are `required`, it is a
    finding.
    """
    checker = _Checker(compiled, contracts, required=required)
    found: list[Problem] = []
    try:
        for action in sorted(compiled.actions.values(), key=lambda one: one.name):
            if action.contract and is_whole(action.contract):
                found += checker.check(action, action.contract)
        checker.verdicts.keep()
    finally:
        contracts.close()
        contracts.forget()
    compiled.notes += [_not_checked(why, names) for why, names in checker.skipped.items()]
    return found


def _not_checked(why: str, names: list[str]) -> str:
    """Return which contracts are optional and were not there."""
    return f"not checked against its optional contract: {listed(names, 5)} ({why})"


class _Checker:
    def __init__(self, compiled: Compiled, contracts: Contracts, *, required: bool) -> None:
        self.compiled = compiled
        self.required = required
        self.contracts = contracts
        self.verdicts = Verdicts(contracts.opened, compiled.basis)
        self.skipped: dict[str, list[str]] = {}

    def check(self, action: Action, contract: dict[str, Any]) -> Iterator[Problem]:
        try:
            digest = self.contracts.digest(contract)
            yield from self.verdicts.of(
                action.name,
                digest,
                lambda: self._found(action, contract, self.contracts.operation(contract)),
            )
        except ContractFault as fault:
            if fault.absent and contract.get("optional") and not self.required:
                self.skipped.setdefault(fault.message, []).append(action.name)
                return
            field = "openapi" if "openapi" in contract else "discovery"
            name = "operation" if "openapi" in contract else "method"
            path = ("contract", name if fault.code == "CS451" else field)
            way_out = "install it next to callsheet" if fault.absent and self.required else fault.help
            yield own_spots(fault.code, action).value(path, fault.message, do=way_out)

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
        alike: Known = {}
        deployed = [name for name, there in self.compiled.by_environment.items() if action.address in there]
        for name in deployed:
            environment = self.compiled.environments[name]
            subject = Subject(
                self.compiled.by_environment[name][action.address].content,
                lambda code, environment=environment: overlaid_spots(code, action, environment),  # type: ignore[misc]
                lambda at: self.contracts.related(contract, at),
                tuple(one["path"] for one in contract.get("ignore") or ()),
                {} if environment.overlays_of(action) else alike,
            )
            for problem in check_request(subject, operation):
                told.setdefault(problem, []).append(name)
        for problem, names in told.items():
            where = "" if len(names) == len(deployed) else f" (in {', '.join(names)})"
            about = tuple((action.name, one) for one in names)
            yield replace(problem, message=problem.message + where, about=about)
