"""A workspace × the journeys of a sandbox → which journey uses which action."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, cast

from callsheet.api.base import Base
from callsheet.deploying import Stores
from callsheet.errors import CallsheetError, UnreachableError
from callsheet.language import Environment
from callsheet.language.schema_check import nearest
from callsheet.planning import Current, Desired
from callsheet.planning.changes import content_of
from callsheet.planning.usage import Usage, usage_of
from callsheet.targets import Deployed
from callsheet.targets.journey_optimizer.snapshot import Snapshot, path_of, read_snapshot, snapshot_text
from callsheet.targets.journey_optimizer.target import JourneyTarget


class Using(Base):
    """Who uses the actions."""

    def usage(self, names: Collection[str] = (), environment: str | None = None) -> Usage:
        """Return which journeys use the actions of an environment; all of them, where none is named.

        The journeys are read by the target's API; without one, or where it is not reached, they are those
        of the snapshot that the target names by `usage`.

        Raises:
            CallsheetError: CS845 for a target without journeys, CS848 for the snapshot, CS925 for a name,
                CS872, CS873 and CS963 for the API.

        """
        chosen = self._journeys_of(environment)
        with self._opened(chosen, writing=False) as stores:
            target = cast("JourneyTarget", stores.target)
            actions = self._actions(chosen, stores.target.read())
            _refuse_unknown(names, actions)
            snapshot = _live(target) or read_snapshot(self.root, target.options)
            if snapshot is None:
                snapshot = target.journeys("")  # says what is missing
        usage = usage_of(snapshot, actions)
        wanted = {f"Action/{name}" for name in names} or set(actions)
        return Usage(uses={one: usage.uses.get(one, ()) for one in sorted(wanted)}, taken_at=usage.taken_at)

    def usage_snapshot(self, now: str, environment: str | None = None) -> tuple[Path, str]:
        """Read what a snapshot keeps; gives the file that the target names for it, and its text.

        Raises:
            CallsheetError: as `usage`, and CS845 for a target that names no file.

        """
        chosen = self._journeys_of(environment)
        path = path_of(self.root, chosen.target or {})
        if path is None:
            raise CallsheetError(
                "CS845",
                f"the target of {chosen.name} names no file for a snapshot",
                help="write `usage: journeys.json` into it",
            )
        with self._opened(chosen, writing=False) as stores:
            snapshot = cast("JourneyTarget", stores.target).snapshot(now)
        return path, snapshot_text(snapshot)

    def _journeys_of(self, environment: str | None) -> Environment:
        chosen = self.environment(environment)
        if not chosen.manual:
            raise CallsheetError(
                "CS845",
                f"the target of {chosen.name} has no journeys",
                help="journeys are what a target of type journey-optimizer has",
            )
        return chosen

    def _actions(
        self, environment: Environment, deployed: Mapping[str, Deployed]
    ) -> dict[str, dict[str, Any]]:
        """Return the actions as they are deployed; one that is not yet, as the workspace says it."""
        there = self.compile().by_environment.get(environment.name, {})
        found = {address: one.content for address, one in there.items() if address.startswith("Action/")}
        return {**found, **_deployed_actions(deployed)}


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
    snapshot = _live(stores.target) or kept
    if snapshot is None:
        return Usage(), ()
    shown = stores.target.options.get("usage")
    notes = (f"journeys are as of {snapshot.taken_at} ({shown})",) if snapshot.taken_at else ()
    return usage_of(snapshot, actions), notes


def _live(target: JourneyTarget) -> Snapshot | None:
    """Read the journeys by the API; None where there is none, or nobody answers."""
    if target.endpoints is None or target.endpoints.kept is not None:
        return None
    try:
        return target.journeys("")
    except UnreachableError:
        return None


def _deployed_actions(deployed: Mapping[str, Deployed]) -> dict[str, dict[str, Any]]:
    return {address: content_of(one) for address, one in deployed.items() if address.startswith("Action/")}


def _refuse_unknown(names: Collection[str], actions: Mapping[str, Any]) -> None:
    known = [one.partition("/")[2] for one in actions]
    for name in names:
        if name not in known:
            raise CallsheetError(
                "CS925",
                f"there is no action `{name}`{nearest(name, known)}",
                help=f"the actions are: {', '.join(known[:20]) or 'none'}",
            )
