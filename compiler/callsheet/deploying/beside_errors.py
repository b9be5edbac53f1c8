"""A selection × the errors of a workspace → whether it can be planned beside them.

An error stops the plan of a selection where it may concern what is selected. What did not compile must
never look as if it were not wanted: it would be deleted.
"""

from __future__ import annotations

from msgspec.structs import replace

from callsheet.compiling import Compiled
from callsheet.compiling.chosen import hidden_in
from callsheet.compiling.selecting import refuse_errors_of
from callsheet.errors import InvalidWorkspaceError
from callsheet.language import Environment
from callsheet.language.addresses import Address
from callsheet.planning.chosen import Chosen
from callsheet.planning.plan import Current
from callsheet.words import counted, listed


def refuse_shared_errors(compiled: Compiled, environment: str) -> None:
    """Refuse errors that concern an environment as a whole, or that may concern anything.

    Raises:
        InvalidWorkspaceError: with those errors.

    """
    refuse_errors_of(compiled, (), environment)
    if hidden := hidden_in(compiled):
        raise InvalidWorkspaceError(compiled, hidden)


def beside_errors(
    compiled: Compiled, environment: Environment, chosen: Chosen, current: Current
) -> Current:
    """Return the state of an environment, with a note on the errors that do not concern a selection.

    Args:
        compiled: the workspace.
        environment: of the plan.
        chosen: what is selected.
        current: target and ledger.

    Raises:
        InvalidWorkspaceError: where an error concerns an object that is selected, or may be why one that is
            deployed is not defined.

    """
    if not compiled.errors:
        return current
    names = {Address.read(one).name for one in chosen.selected}
    refuse_errors_of(compiled, names, environment.name)
    there = compiled.by_environment.get(environment.name, {})
    known = {*(one.address for one in compiled.definitions.values()), *compiled.renames.values()}
    missing = [
        one.address
        for one in compiled.definitions.values()
        if one.address in chosen.selected and environment.deploys(one) and one.address not in there
    ]
    if missing or not chosen.addresses <= known:
        raise InvalidWorkspaceError(compiled)
    about = sorted({name for one in compiled.errors for name, _ in one.about})
    note = (
        f"the workspace has {counted(len(compiled.errors), 'error')} that"
        f" {'does' if len(compiled.errors) == 1 else 'do'} not concern what is selected"
        f" ({listed(about, 5)}): `callsheet validate` shows them"
    )
    return replace(current, notes=(*current.notes, note))
