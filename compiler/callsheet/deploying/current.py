"""An open target and ledger → the state of an environment, and a plan from it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from callsheet.compiling import Compiled, CompiledAction
from callsheet.deploying.clean import unknown_commit_notes
from callsheet.deploying.recovery import applied_after
from callsheet.deploying.stores import Stores
from callsheet.documents.commits import Commit
from callsheet.errors import CallsheetError
from callsheet.language import Environment
from callsheet.language.addresses import Address
from callsheet.ledger import ApplyRecord
from callsheet.planning.chosen import Chosen
from callsheet.planning.desired import desired_of
from callsheet.planning.model import Plan
from callsheet.planning.plan import Current, Desired, make_plan
from callsheet.targets import CheckingTarget, Deployed, FixingTarget, NotingTarget
from callsheet.targets.model import Evidence, EvidenceTarget
from callsheet.words import nearest

_LOG = logging.getLogger("callsheet")


def read_current(stores: Stores) -> Current:
    """Read target and ledger; open steps of an interrupted apply count as what became of them."""
    stores.target.identity()  # a query of its own: asked before the one state is read
    with stores.snapshot():
        return current_of(stores, stores.target.read())


def current_of(stores: Stores, deployed: Mapping[str, Deployed]) -> Current:
    """Return the state of an environment whose target was read already."""
    return Current(
        target=stores.target.identity(),
        position=stores.ledger.position(),
        applied=applied_after(stores.ledger.applied(), stores.ledger.open_apply(), deployed),
        deployed=deployed,
        notes=tuple(stores.target.notes) if isinstance(stores.target, NotingTarget) else (),
    )


def desired_in(
    environment: Environment, stores: Stores, current: Current, compiled: Compiled, root: Path
) -> tuple[Desired, Current]:
    """Return what is wanted, with who uses what of it changes, and what is to be known of that."""
    _LOG.info(
        "%s: %d deployed, %d applied, serial %d",
        environment.name,
        len(current.deployed),
        len(current.applied),
        current.position.serial,
    )
    desired = desired_of(compiled, environment)
    usage = desired.usage
    notes: tuple[str, ...] = ()
    if environment.manual:
        from callsheet.deploying.journeys import usage_for

        usage, notes = usage_for(stores, root, desired, current)
    wanted = for_target(stores, replace(desired, usage=usage))
    return wanted, replace(current, notes=(*current.notes, *notes))


def for_target(stores: Stores, desired: Desired) -> Desired:
    """Return what is wanted, with what the target cannot change and has to replace."""
    target = stores.target
    return replace(desired, replaces=target.replaces) if isinstance(target, FixingTarget) else desired


def plan_of(
    environment: Environment,
    desired: Desired,
    current: Current,
    root: Path,
    *,
    commit: Commit | None,
    accept: Collection[str],
    why: str | None = None,
    chosen: Chosen | None = None,
) -> Plan:
    """Plan the way to what a workspace wants; without a commit, the plan notes why it is not known."""
    notes = () if commit else unknown_commit_notes(root)
    return make_plan(
        environment.name,
        desired,
        replace(current, notes=(*current.notes, *notes)),
        guards=environment.guards,
        commit=commit,
        accepted=accept,
        why=why,
        chosen=chosen,
    )


def drift_plan(environment: Environment, current: Current, chosen: Chosen | None = None) -> Plan:
    """Plan nothing: the plan's `drift` and `unmanaged` say how what is deployed differs."""
    plan = make_plan(environment.name, Desired(actions={}), current, guards=environment.guards)
    if chosen is None:
        return plan
    return replace(
        plan,
        drift=tuple(one for one in plan.drift if one.address in chosen.addresses),
        unmanaged=tuple(one for one in plan.unmanaged if one in chosen.addresses),
        selection=chosen.record,
    )


def rollback_plan(
    environment: Environment,
    serial: int,
    stores: Stores,
    current: Current,
    accepted: Collection[str],
    why: str | None,
) -> Plan:
    """Plan the way back to what was applied after an apply; raises CS925 where there is no such apply."""
    if not 1 <= serial <= current.position.serial:
        raise CallsheetError(
            "CS925",
            f"there is no apply {serial} in {environment.name}",
            help="`callsheet history` lists them",
        )
    then, renamed = stores.ledger.applied_at(serial)
    actions = {
        address: CompiledAction(address, environment.name, one.canonical, one.digest)
        for address, one in then.items()
    }
    return make_plan(
        environment.name,
        Desired(actions=actions, renamed_from=renamed),
        current,
        guards=environment.guards,
        accepted=accepted,
        why=why,
        rollback=serial,
    )


def owned_addresses(
    names: Collection[str], environment: str, current: Current, desired: Collection[str]
) -> list[str]:
    """Return the addresses of deployed objects that callsheet can let go of.

    Raises:
        CallsheetError: CS925 for a name that the ledger does not own, CS843 for one that the workspace
            still deploys.

    """
    by_name = {Address.read(address).name: address for address in current.applied}
    by_address = {address: address for address in current.applied}
    addresses = []
    for name in names:
        address = by_address.get(name) or by_name.get(name)
        if address is None:
            raise CallsheetError(
                "CS925",
                f"callsheet deployed no `{name}` in {environment}{nearest(name, by_name)}",
                help="`callsheet list` and `callsheet history` show what it did",
            )
        if address in desired:
            raise CallsheetError(
                "CS843",
                f"the workspace still deploys `{name}` in {environment}",
                help="remove its file, or leave it out of `select`, and then forget it",
            )
        addresses.append(address)
    return addresses


def deployed_at(stores: Stores, moment: datetime, environment: str) -> tuple[int, dict[str, str]]:
    """Return the apply that was the last one at a moment, and what it had left: digests, by address.

    Raises:
        CallsheetError: CS925 where nothing was applied by then.

    """
    done = [
        one.serial
        for one in stores.ledger.history()
        if one.finished_at is not None and datetime.fromisoformat(one.finished_at) <= moment
    ]
    if not done:
        raise CallsheetError(
            "CS925",
            f"nothing was applied in {environment} by then",
            help="`callsheet history` shows when",
        )
    there, _ = stores.ledger.applied_at(max(done))
    return max(done), {address: one.digest for address, one in sorted(there.items())}


def evidence_of(stores: Stores) -> Sequence[Evidence]:
    """Return the answers to test requests that the target keeps; none of another target."""
    return stores.target.evidence() if isinstance(stores.target, EvidenceTarget) else ()


def history_of(stores: Stores, serial: int | None, environment: str) -> Sequence[ApplyRecord]:
    """Return every apply, newest first, or the one of a serial.

    Raises:
        CallsheetError: CS925 where there is no apply of that serial.

    """
    found = [one for one in stores.ledger.history() if serial in (None, one.serial)]
    if serial is not None and not found:
        raise CallsheetError(
            "CS925",
            f"there is no apply {serial} in {environment}",
            help="`callsheet history` lists them",
        )
    return found


def refuse_unheld(compiled: Compiled, environment: Environment, stores: Stores) -> None:
    """Refuse what the target cannot hold, before anything is planned for it; raises CS803, CS9xx."""
    if isinstance(stores.target, CheckingTarget):
        stores.target.check(
            one.content for one in compiled.by_environment.get(environment.name, {}).values()
        )
