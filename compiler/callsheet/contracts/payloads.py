"""The contract of an action → what it would refuse of a payload, for generated test cases."""

from __future__ import annotations

from collections.abc import Callable

from callsheet.calling.generated import Refuse
from callsheet.contracts.operations import Operation
from callsheet.language import Action


def refuser_of(operation_of: Callable[[str], Operation | None]) -> Callable[[Action], Refuse]:
    """Return the function that returns, for an action, what its contract refuses of a payload.

    Args:
        operation_of: returns the operation of an action's contract, by the action's name.

    """

    def refuser(action: Action) -> Refuse:
        operation = operation_of(action.name)
        if operation is None or action.contract is None:
            return lambda request: None  # noqa: ARG005
        from callsheet.contracts.bodies import body_fault

        ignored = [one["path"] for one in action.contract.get("ignore") or ()]
        return lambda request: body_fault(operation, request, ignored)

    return refuser
