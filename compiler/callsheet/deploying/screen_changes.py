"""What was confirmed × the audit log → what was changed on the screen since then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from callsheet.deploying.stores import Stores
from callsheet.errors import CallsheetError
from callsheet.language.addresses import Address
from callsheet.planning import ScreenChange
from callsheet.targets.journey_optimizer.audit import DAYS, read_screen_events
from callsheet.targets.journey_optimizer.target import JourneyTarget


def screen_changes(stores: Stores, now: datetime) -> tuple[list[ScreenChange], tuple[str, ...]]:
    """Return the changes of actions on the screen after they were confirmed, and what to know of that.

    A log that cannot be read is a note: drift of what can be read back is shown all the same.
    """
    target = stores.target
    if not isinstance(target, JourneyTarget) or target.endpoints is None or target.unreached is not None:
        return [], ()
    confirmed = _confirmed(stores)
    if not confirmed:
        return [], ()
    begin = now - timedelta(days=DAYS)
    since = max(min(at for _, at in confirmed.values()), begin)
    try:
        events = read_screen_events(target.endpoints.account, confirmed, since)
    except CallsheetError as error:
        return [], (f"changes on the screen are not known: {error.message}",)
    found = [
        ScreenChange(
            address=str(Address("Action", one.name)), verb=one.verb, who=one.who,
            at=one.at.strftime("%Y-%m-%dT%H:%M:%SZ"), serial=confirmed[one.name][0],
        )
        for one in events
        if one.at > confirmed[one.name][1]
    ]  # fmt: skip
    older = sorted(name for name, (_, at) in confirmed.items() if at < begin)
    note = f"the audit log reaches back {DAYS} days: earlier changes on the screen are not known"
    return found, ((f"{note} of {', '.join(older[:5])}",) if older else ())


def _confirmed(stores: Stores) -> Mapping[str, tuple[int, datetime]]:
    """Return, by name of each action that was confirmed, by which apply, and when."""
    times = {one.serial: one.finished_at or one.started_at for one in stores.ledger.history()}
    return {
        Address.read(address).name: (one.serial, datetime.fromisoformat(times[one.serial]))
        for address, one in stores.ledger.applied().items()
        if Address.read(address).kind == "Action" and one.serial in times
    }
