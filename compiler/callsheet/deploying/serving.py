"""An open target and ledger → what was applied there, and what of it the target has otherwise."""

from __future__ import annotations

from callsheet.deploying.current import read_current
from callsheet.deploying.stores import Stores
from callsheet.errors import CallsheetError
from callsheet.relay.model import Reading, Written
from callsheet.targets.directory import DirectoryTarget
from callsheet.targets.registry import RegistryTarget


def read_served(stores: Stores) -> Reading:
    """Return what a relay serves.

    A registry or a folder is compared with what was applied: what was changed there by other means has
    been reviewed by nobody. Another target is not asked: it may take only a part of each action.

    Raises:
        CallsheetError: CS846 or CS905 where something was applied and the folder, or the registry, is not
            there at all: it was moved, and its actions were not deleted one by one.

    """
    if not isinstance(stores.target, RegistryTarget | DirectoryTarget):
        with stores.snapshot():
            applied, serial = stores.ledger.applied(), stores.ledger.position().serial
        differing: list[str] = []
    else:
        current = read_current(stores)
        applied, serial = dict(current.applied), current.position.serial
        if applied:
            _refuse_moved(stores.target)
        there = current.deployed
        differing = [
            address
            for address, one in applied.items()
            if address not in there or there[address].digest != one.digest
        ]
    return Reading(
        serial=serial,
        applied={
            address: Written(canonical=one.canonical, digest=one.digest) for address, one in applied.items()
        },
        differing=tuple(differing),
    )


def _refuse_moved(target: RegistryTarget | DirectoryTarget) -> None:
    if isinstance(target, DirectoryTarget) and not target.folder.is_dir():
        raise CallsheetError(
            "CS846",
            f"the folder {target.shown} is not there, and actions were applied to it",
            help="put it back, or apply to it again",
        )
    if isinstance(target, RegistryTarget) and target.database is None:
        raise CallsheetError(
            "CS905",
            f"{target.shown} contains no registry, and actions were applied to it",
            help="put it back, or apply to it again",
        )
