"""An open target and ledger → what a catalog knows of an environment: each part, or why it is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from callsheet.compiling import Compiled
from callsheet.compiling.selecting import actions_in
from callsheet.deploying.current import drift_plan, for_target, read_current
from callsheet.deploying.stores import Stores
from callsheet.errors import CallsheetError
from callsheet.language.environment import Environment
from callsheet.language.kinds import deployed_kinds
from callsheet.language.masking import masked
from callsheet.ledger import ApplyRecord
from callsheet.planning.desired import desired_of
from callsheet.planning.model import Drift, Plan, ScreenChange, is_by_hand
from callsheet.planning.plan import Current, make_plan
from callsheet.targets.journey_optimizer.uses import Usage
from callsheet.words import counted

if TYPE_CHECKING:
    from callsheet.targets.journey_optimizer.certificate import Certificate

MOST_APPLIES = 200
"""The history of an environment goes back so far."""
_Part = TypeVar("_Part")


class Seen(Struct, frozen=True, kw_only=True):
    """What is known of an environment.

    Attributes:
        asked: whether its target was asked.
        why: why it is not known; empty where it is.
        by_hand: whether people do the steps of a kind on a screen, by the kind.
        applied: digests by address, as callsheet put them there; so `deployed`, as they are.
        open_steps: addresses of what an apply has left open in its middle.
        open_since: when that apply began; empty without one. So `open_by`, by whom, and `open_serial`, 0.
        usage: which journeys use what, where the target holds journeys.
        plan: what a plan of now would do; None where there is none.
        screen: what was changed on a screen after it was confirmed.
        drift: what is not as it was applied.
        texts: by address, what was written of an object that was written more than once, as canonical
            JSON, the newest first.
        certificates: with which the service calls, where it says so.
        missing: why a part is not known, by its name: `plan`, `usage`, `screen`, `certificates`.

    """

    asked: bool = False
    why: str = ""
    by_hand: Mapping[str, bool] = field(default_factory=dict)
    applied: Mapping[str, str] = field(default_factory=dict)
    deployed: Mapping[str, str] = field(default_factory=dict)
    applies: Sequence[ApplyRecord] = ()
    open_steps: Sequence[str] = ()
    open_since: str = ""
    open_by: str = ""
    open_serial: int = 0
    usage: Usage = field(default_factory=Usage)
    plan: Plan | None = None
    screen: Sequence[ScreenChange] = ()
    drift: Sequence[Drift] = ()
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    certificates: Sequence[Certificate] = ()
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def unmanaged(self) -> list[str]:
        """What is deployed, and not by callsheet."""
        return sorted(map(masked, {*self.deployed} - {*self.applied}))


def seen_in(
    stores: Stores, root: Path, compiled: Compiled, environment: Environment, now: datetime
) -> Seen:
    """Return what target and ledger say.

    What a target says beside its objects (journeys, certificates) may fail by itself: the rest is known.

    Raises:
        CallsheetError: where target or ledger cannot be read.

    """
    current = read_current(stores)
    left = stores.ledger.open_apply()
    history = stores.ledger.history()
    begun = next((one for one in history if left is not None and one.serial == left[0]), None)
    missing: dict[str, str] = {}
    seen = Seen(
        asked=True,
        by_hand={kind: is_by_hand(environment.target or {}, kind) for kind in deployed_kinds()},
        applied={address: one.digest for address, one in current.applied.items()},
        deployed={address: one.digest for address, one in current.deployed.items()},
        # Whoever wrote a record by hand, or named the author, may have put anything there.
        applies=[_without_secrets(one) for one in history[:MOST_APPLIES]],
        open_steps=sorted(masked(one.address) for one in left[1]) if left is not None else (),
        open_since="" if begun is None else begun.started_at,
        open_by="" if begun is None else masked(begun.author),
        open_serial=0 if left is None else left[0],
        drift=drift_plan(environment, current).drift,
        texts={address: texts for address, texts in stores.ledger.written().items() if len(texts) > 1},
        missing=missing,
    )
    if environment.manual:
        from callsheet.deploying.journeys import read_usage

        there = actions_in(compiled, environment.name)
        usage = _part(missing, "usage", lambda: read_usage(stores, root, (), there)) or Usage()
        seen = replace(seen, usage=usage)
        if (environment.target or {}).get("api"):
            from callsheet.deploying.screen_changes import screen_changes

            changed, notes = _part(missing, "screen", lambda: screen_changes(stores, now)) or ((), ())
            missing |= {"screen": "; ".join(notes)} if notes else {}
            seen = replace(seen, screen=changed)
            from callsheet.deploying.journeys import read_adobe_certificates

            found = _part(missing, "certificates", lambda: read_adobe_certificates(stores))
            seen = replace(seen, certificates=found or ())
    plan = _part(missing, "plan", lambda: _plan(stores, compiled, environment, current, seen.usage))
    return replace(seen, plan=plan)


def _part(missing: dict[str, str], name: str, read: Callable[[], _Part]) -> _Part | None:
    try:
        return read()
    except CallsheetError as error:
        missing[name] = _said(error)
        return None


def not_known(error: CallsheetError) -> Seen:
    """Return what is known of an environment that could not be asked: why."""
    return Seen(asked=True, why=_said(error))


def _said(error: CallsheetError) -> str:
    """Return in one line what an error says, with its code; of findings, the first, and how many more."""
    first, *others = error.findings or (error,)
    more = f", and {counted(len(others), 'more error')}" if others else ""
    return f"{first.message} ({first.code}){more}"


def _plan(
    stores: Stores, compiled: Compiled, environment: Environment, current: Current, usage: Usage
) -> Plan | None:
    """Return what a plan of now would do; None for a workspace with errors, of which there is no plan."""
    if compiled.errors:
        return None
    desired = for_target(stores, replace(desired_of(compiled, environment), usage=usage))
    return make_plan(environment.name, desired, current, guards=environment.guards)


def _without_secrets(record: ApplyRecord) -> ApplyRecord:
    return replace(record, author=masked(record.author), commit=masked(record.commit))
