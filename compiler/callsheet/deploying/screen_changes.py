"""What was confirmed × the audit log → what was changed on the screen since then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from callsheet.deploying.stores import Stores
from callsheet.errors import CallsheetError
from callsheet.language.addresses import Address
from callsheet.planning.model import ScreenChange
from callsheet.targets.journey_optimizer.audit import DAYS, MOST, ScreenLog, read_screen_log
from callsheet.targets.journey_optimizer.target import JourneyTarget
from callsheet.words import listed

_UNKNOWN = "changes on the screen are not known"


def screen_changes(stores: Stores, now: datetime) -> tuple[list[ScreenChange], tuple[str, ...]]:
    """Return the changes of actions on the screen after they were confirmed, and what to know of that.

    A log that cannot be read is a note: drift of what can be read back is shown all the same.
    """
    target = stores.target
    if not isinstance(target, JourneyTarget) or target.endpoints is None:
        return [], ()
    confirmed = _confirmed(stores)
    if not confirmed:
        return [], ()
    if target.unreached is not None:
        return [], (f"{_UNKNOWN}: Adobe's API was not reached",)
    begin = now - timedelta(days=DAYS)
    since = max(min(at for _, at in confirmed.values()), begin)
    where = {name: target.options[name] for name in ("organization", "sandbox") if name in target.options}
    try:
        log = read_screen_log(target.endpoints.account, confirmed, since, where)
    except CallsheetError as error:
        return [], (f"{_UNKNOWN}: {error.message}",)
    found = [
        ScreenChange(
            address=str(Address("Action", one.name)), verb=one.verb, who=one.who,
            at=one.at.strftime("%Y-%m-%dT%H:%M:%SZ"), serial=confirmed[one.name][0],
        )
        for one in log.events
        if one.at > confirmed[one.name][1]
    ]  # fmt: skip
    older = sorted(name for name, (_, at) in confirmed.items() if at < begin)
    return found, tuple(_notes(log, older))


def _notes(log: ScreenLog, older: Sequence[str]) -> Iterator[str]:
    """Yield what the log does not say."""
    if log.unknown:
        yield (
            f"the audit log says something of {listed(log.unknown, 5)} that cannot be read (a time, a"
            " result or a type): whether it changed on the screen is not known"
        )
    if not log.whole:
        yield f"the audit log shows its last {MOST:,} records only: {_UNKNOWN} beyond them"
    if older:
        note = f"the audit log reaches back {DAYS} days: earlier changes on the screen are not known"
        yield f"{note} of {', '.join(older[:5])}"


def _confirmed(stores: Stores) -> Mapping[str, tuple[int, datetime]]:
    """Return, by name of each action that was confirmed, by which apply, and when."""
    times = {one.serial: one.finished_at or one.started_at for one in stores.ledger.history()}
    return {
        Address.read(address).name: (one.serial, datetime.fromisoformat(times[one.serial]))
        for address, one in stores.ledger.applied().items()
        if Address.read(address).kind == "Action" and one.serial in times
    }
