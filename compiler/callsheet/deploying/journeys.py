"""An open target that holds journeys → which journey uses which action."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from msgspec.structs import replace

from callsheet.compiling import Compiled
from callsheet.compiling.selecting import actions_in, refuse_unknown_actions
from callsheet.deploying.stores import Stores
from callsheet.documents import Problem
from callsheet.errors import CallsheetError, UnreachableError
from callsheet.language import Environment
from callsheet.language.addresses import Address
from callsheet.language.content import Content
from callsheet.planning.plan import Current, Desired
from callsheet.planning.sides import content_of
from callsheet.targets import Deployed
from callsheet.targets.journey_optimizer.certificate import Certificate, read_certificates
from callsheet.targets.journey_optimizer.snapshot import Snapshot, path_of, read_snapshot, snapshot_text
from callsheet.targets.journey_optimizer.target import JourneyTarget
from callsheet.targets.journey_optimizer.usage import usage_of
from callsheet.targets.journey_optimizer.uses import Usage


def read_usage(
    stores: Stores, root: Path, names: Collection[str], compiled: Mapping[str, Content]
) -> Usage:
    """Return which journeys use the actions that are deployed; all of them, where none is named.

    The journeys are read by the target's API; without one, or where it is not reached, they are those
    of the snapshot that the target names by `usage`.

    Args:
        stores: of an environment that holds journeys.
        root: the folder of the workspace.
        names: of actions.
        compiled: what the workspace says of actions that are not deployed yet, by address.

    Raises:
        CallsheetError: CS848 for the snapshot, CS925 for a name, CS872, CS873 and CS963 for the API.

    """
    return _usage_in(stores, root, names, {**compiled, **_deployed_actions(stores.target.read())})


def _usage_in(stores: Stores, root: Path, names: Collection[str], actions: Mapping[str, Content]) -> Usage:
    """Return which journeys use actions that are known already, by address; raises as `read_usage`."""
    target = journey_target(stores)
    known = [Address.read(one).name for one in actions]
    refuse_unknown_actions(names, known, f"the actions are: {', '.join(known[:20]) or 'none'}")
    live, unreached = _live(target)
    # Where there is neither, the API says what is missing.
    snapshot = live or read_snapshot(root, target.options) or target.journeys("")
    usage = replace(usage_of(snapshot, actions), unreached=unreached)
    wanted = {str(Address("Action", name)) for name in names} or set(actions)
    return replace(usage, uses={one: usage.uses.get(one, ()) for one in sorted(wanted)})


def check_journeys(
    stores: Stores, root: Path, names: Collection[str], compiled: Compiled, environment: Environment
) -> tuple[Usage, list[Problem], tuple[str, ...]]:
    """Return the journeys of an environment, what is wrong with its actions there, and what is not known.

    Raises:
        CallsheetError: as `read_usage`.

    """
    from callsheet.deploying.journey_checks import problems_in_journeys
    from callsheet.deploying.marketing_actions import problems_of_consent

    deployed = _deployed_actions(stores.target.read())
    usage = _usage_in(stores, root, names, {**actions_in(compiled, environment.name), **deployed})
    problems = problems_in_journeys(usage, compiled, environment, deployed)
    consent, notes = problems_of_consent(stores, names, compiled, environment)
    return usage, [*problems, *consent], notes


def snapshot_file(environment: Environment, root: Path) -> Path:
    """Return the file that a target names for its snapshot; raises CS845 where it names none."""
    path = path_of(root, environment.target or {})
    if path is None:
        raise CallsheetError(
            "CS845",
            f"the target of {environment.name} names no file for a snapshot",
            help="write `usage: journeys.json` into it",
        )
    return path


def take_snapshot(stores: Stores, now: str) -> str:
    """Read what a snapshot keeps of the journeys, and return its text; raises CS872, CS873 and CS963."""
    return snapshot_text(journey_target(stores).snapshot(now))


def read_adobe_certificates(stores: Stores) -> list[Certificate]:
    """Read Adobe's client certificates; raises CS845 without an account, CS872, CS873 and CS963."""
    if journey_target(stores).endpoints is None:
        raise CallsheetError(
            "CS845",
            "the target has no `api`: Adobe's client certificates cannot be read",
            help="configure an account at Adobe under `api`",
        )
    return read_certificates(journey_target(stores).account)


def refuse_without_journeys(environment: Environment) -> None:
    """Refuse an environment whose target holds no journeys; raises CS845."""
    if not environment.manual:
        raise CallsheetError(
            "CS845",
            f"the target of {environment.name} has no journeys",
            help="journeys are what a target of type journey-optimizer has",
        )


def refuse_without_certificates(environment: Environment) -> None:
    """Refuse an environment that Adobe does not call for; raises CS845."""
    if not environment.manual:
        raise CallsheetError(
            "CS845",
            f"the target of {environment.name} is not called by Adobe: it has no client certificates",
            help="name an environment whose target is of type journey-optimizer and has an `api`",
        )


def usage_for(
    stores: Stores, root: Path, desired: Desired, current: Current
) -> tuple[Usage, tuple[str, ...]]:
    """Return who uses the actions that a plan changes, and what to know of that.

    No API is asked where no deployed action changes.

    Raises:
        CallsheetError: CS848, CS872, CS873.

    """
    if not isinstance(stores.target, JourneyTarget):
        return Usage(), ()
    kept = read_snapshot(root, stores.target.options)
    actions = _deployed_actions(current.deployed)
    changed = [
        one
        for one in actions
        if one not in desired.actions or desired.actions[one].digest != current.deployed[one].digest
    ]
    if not changed:
        return Usage(), ()
    snapshot = _live(stores.target)[0] or kept
    if snapshot is None:
        return Usage(), ()
    shown = stores.target.options.get("usage")
    notes = (f"journeys are as of {snapshot.taken_at} ({shown})",) if snapshot.taken_at else ()
    return usage_of(snapshot, actions), notes


def journey_target(stores: Stores) -> JourneyTarget:
    """Return the target of an environment that holds journeys; `refuse_without_journeys` comes first."""
    if not isinstance(stores.target, JourneyTarget):
        raise TypeError(f"{type(stores.target).__name__} holds no journeys")
    return stores.target


def _live(target: JourneyTarget) -> tuple[Snapshot | None, str]:
    """Read the journeys by the API; None where there is none, or no answer comes, and then why."""
    if target.endpoints is None:
        return None, ""
    if target.endpoints.kept is not None:
        return None, target.unreached.message if target.unreached is not None else ""
    try:
        return target.journeys(""), ""
    except UnreachableError as error:
        return None, error.message


def _deployed_actions(deployed: Mapping[str, Deployed]) -> dict[str, Content]:
    return {
        address: content_of(one)
        for address, one in deployed.items()
        if Address.read(address).kind == "Action"
    }
