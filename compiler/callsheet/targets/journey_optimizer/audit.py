"""Adobe's audit log → who changed a custom action on the screen, and when; it does not say what.

Sources: Adobe's description "Audit Query API" (1.0) and its page "Audit events endpoint", which name the
list of an answer differently; Journey Optimizer's page "Audit logs" for *Journey custom action*.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.targets.journey_optimizer.account import Account

PATH = "/data/foundation/audit/events"
PAGE_SIZE = 100
MOST = 10_000
"""The log shows no more than its last 10,000 records."""
DAYS = 90
VERBS = {"create": "created", "update": "updated", "delete": "deleted"}
_DONE = ("allow", "success")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenEvent:
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


def read_screen_events(account: Account, names: Collection[str], since: datetime) -> list[ScreenEvent]:
    """Read the changes of these actions since a time, oldest first.

    Raises:
        CallsheetError: CS872 where the account may not read the log, CS873 where it cannot be read.

    """
    found = []
    for start in range(0, MOST, PAGE_SIZE):
        page = _page(account, since, start)
        found += [event for one in page if (event := _event(one, names, since)) is not None]
        if len(page) < PAGE_SIZE:
            break
    return sorted(found, key=lambda one: (one.at, one.name))


def _page(account: Account, since: datetime, start: int) -> list[Any]:
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
    embedded = answer.value.get("_embedded", {}) if isinstance(answer.value, dict) else None
    if answer.status != 200 or not isinstance(embedded, dict):
        raise _unreadable(f"it answered {answer.status}")
    listed: Any = next((embedded[one] for one in ("customerAuditLogList", "events") if one in embedded), [])
    if not isinstance(listed, list):
        raise _unreadable("it holds no list of events")
    return listed


def _event(body: Any, names: Collection[str], since: datetime) -> ScreenEvent | None:
    """Return an event about one of these actions; None for another one.

    Adobe does not print the type of a custom action: it is taken by its name, where the type speaks of an
    action.
    """
    if not isinstance(body, Mapping) or body.get("assetName") not in names:
        return None
    verb = VERBS.get(str(body.get("action", "")).lower())
    about = "action" in str(body.get("assetType") or body.get("permissionResource") or "").lower()
    if verb is None or not about or str(body.get("status", "success")).lower() not in _DONE:
        return None
    try:
        at = datetime.fromisoformat(str(body.get("timestamp")))
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at <= since:
        return None
    who = str(body.get("userEmail") or body.get("authId") or "")
    return ScreenEvent(name=str(body["assetName"]), verb=verb, who=who, at=at.astimezone(UTC))


def _unreadable(why: str) -> CallsheetError:
    return CallsheetError(
        "CS873",
        f"the audit log cannot be read: {why}",
        help="what was changed on the screen stays unknown; nothing was changed",
    )
