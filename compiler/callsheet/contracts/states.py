"""The contracts that actions name → whether each was checked, by what, and why not."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from callsheet.contracts.reading import Contracts, is_whole
from callsheet.contracts.sources import ContractFault
from callsheet.language import Action


class ContractState(Struct, frozen=True):
    """What became of the contract of an action.

    Attributes:
        source: the description, as the action names it.
        operation: the operation or method in it.
        why: why it was not checked; empty where it was.

    """

    source: str
    operation: str
    why: str = ""


def contract_states(actions: Iterable[Action], contracts: Contracts) -> dict[str, ContractState]:
    """Return the state of each contract by the name of its action; nothing for an action without one."""
    found = {}
    for action in actions:
        contract = action.contract
        if not contract or not is_whole(contract):
            continue
        source = contract.get("openapi") or contract["discovery"]
        operation = contract.get("operation") or contract["method"]
        try:
            contracts.digest(contract)
            why = ""
        except ContractFault as fault:
            why = fault.message
        found[action.name] = ContractState(str(source), str(operation), why)
    contracts.close()
    return found
