"""Adobe's audit log → who changed a custom action on the screen, and when; it does not say what.

Sources: Adobe's description "Audit Query API" (1.0) and its page "Audit events endpoint", which name the
list of an answer differently; Journey Optimizer's page "Audit logs" for *Journey custom action*.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from callsheet.errors import CallsheetError
from callsheet.targets.journey_optimizer.account import Account

PATH = "/data/foundation/audit/events"
PAGE_SIZE = 100
MOST = 10_000
"""The log shows no more than its last 10,000 records."""
DAYS = 90
VERBS = {"create": "created", "update": "updated", "delete": "deleted"}
_DONE = ("allow", "success", "successful", "succeeded")
_NOT_DONE = ("deny", "denied", "failure", "failed", "fail", "error")
_MILLISECONDS = 1e11
"""A larger number is not one of seconds: that would be after the year 5000."""
_LISTS = ("customerAuditLogList", "events", "results")


class ScreenEvent(Struct, frozen=True, kw_only=True):
    """One change of an action on the screen.

    Attributes:
        name: of the action.
        verb: created, updated or deleted.
        who: the user, as the log names them; empty where it does not.
        at: when (UTC).

    """

    name: str
    verb: str
    who: str
    at: datetime


class ScreenLog(Struct, frozen=True, kw_only=True):
    """What the log says of some actions.

    Attributes:
        events: oldest first.
        unknown: the actions of which it says something that cannot be read: a time, a result, a type.
        whole: whether all of it was read; the log shows no more than its last records.

    """

    events: Sequence[ScreenEvent]
    unknown: Sequence[str]
    whole: bool


class _UnknownEventError(Exception):
    """An event about an action that cannot be read."""


def read_screen_log(
    account: Account, names: Collection[str], since: datetime, where: Mapping[str, str]
) -> ScreenLog:
    """Read the changes of these actions since a time.

    Args:
        account: that asks.
        names: of the actions.
        since: events after it count.
        where: `organization` and `sandbox` of the actions; others may have actions of the same name.

    Raises:
        CallsheetError: CS872 where the account may not read the log, CS873 where it cannot be read.

    """
    events: list[ScreenEvent] = []
    unknown: set[str] = set()
    whole = False
    for start in range(0, MOST, PAGE_SIZE):
        page = _page(account, since, start)
        for one in page:
            if one.get("assetName") not in names or not _is_there(one, where):
                continue
            try:
                event = _event(one)
            except _UnknownEventError:
                unknown.add(str(one["assetName"]))
            else:
                events += [] if event is None or event.at <= since else [event]
        if len(page) < PAGE_SIZE:
            whole = True
            break
    events.sort(key=lambda one: (one.at, one.name))
    return ScreenLog(events=events, unknown=sorted(unknown), whole=whole)


def _page(account: Account, since: datetime, start: int) -> list[Mapping[str, Any]]:
    after = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    query = {
        "property": [f"action=={','.join(VERBS)}", f"timestamp>{after}"],
        "limit": PAGE_SIZE,
        "start": start,
    }
    answer = account.call("GET", PATH, query=query)
    if answer.status == 403:
        raise CallsheetError(
            "CS872",
            "the account may not read the audit log",
            help="grant it the permission *View User Activity Log*",
        )
    if answer.status != 200 or not isinstance(answer.value, dict):
        raise _unreadable(f"it answered {answer.status}")
    return _listed(answer.value)


def _listed(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the events of an answer: its only list, whatever that is called.

    An answer without events has no list, or an empty one.
    """
    embedded = body.get("_embedded", {})
    if not isinstance(embedded, dict):
        raise _unreadable("`_embedded` is not an object")
    lists = {
        name: one
        for part in (body, embedded)
        for name, one in part.items()
        if name != "_links" and (isinstance(one, list) or name in _LISTS)
    }
    found = [lists[name] for name in _LISTS if name in lists] or list(lists.values())
    if len(found) > 1 or not all(isinstance(one, list) for one in found):
        raise _unreadable("it holds no list of events")
    events = found[0] if found else []
    if not all(isinstance(one, dict) for one in events):
        raise _unreadable("its list is not one of events")
    return events


def _is_there(body: Mapping[str, Any], where: Mapping[str, str]) -> bool:
    """Return whether an event is of this sandbox, as far as it says."""
    said = {"sandbox": body.get("sandboxName"), "organization": body.get("imsOrgId")}
    return all(not said[name] or said[name] == where.get(name, said[name]) for name in said)


def _event(body: Mapping[str, Any]) -> ScreenEvent | None:
    """Read an event about an object with the name of an action; None where it changed no action."""
    verb = VERBS.get(str(body.get("action", "")).lower())
    if verb is None or not _is_about_an_action(body) or not _is_done(body.get("status")):
        return None
    who = str(body.get("userEmail") or body.get("authId") or "")
    return ScreenEvent(name=str(body["assetName"]), verb=verb, who=who, at=_time(body.get("timestamp")))


def _is_about_an_action(body: Mapping[str, Any]) -> bool:
    """Return whether the type of an object is that of custom actions, of which Adobe prints no spelling."""
    kind = body.get("assetType") or body.get("permissionResource")
    if not isinstance(kind, str):
        raise _UnknownEventError
    letters = "".join(one for one in kind.lower() if one.isalpha()).removesuffix("s")
    return letters in ("action", "journeyaction") or letters.endswith("customaction")


def _is_done(status: Any) -> bool:
    if status in (None, "") or str(status).lower() in _DONE:
        return True
    if str(status).lower() not in _NOT_DONE:
        raise _UnknownEventError
    return False


def _time(value: Any) -> datetime:
    """Read a time: ISO 8601, or milliseconds or seconds since 1970."""
    try:
        if isinstance(value, int | float) or str(value).isdecimal():
            number = float(value)
            return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)
        at = datetime.fromisoformat(str(value))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise _UnknownEventError from None


def _unreadable(why: str) -> CallsheetError:
    return CallsheetError(
        "CS873",
        f"the audit log cannot be read: {why}",
        help="what was changed on the screen stays unknown; nothing was changed",
    )
