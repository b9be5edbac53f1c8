"""Journeys as Adobe's API answers them → what they say of the actions that they call.

Source: the API description that Adobe publishes ("Retrieve Journeys using APIs", 1.0.0). A node shows the
labels that it maps, and not the id of the action: only its labels show which action that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.targets.journey_optimizer.account import Account, objects

PATH = "/ajo/journey"
PAGE_SIZE = 100
MAX_PAGES = 1_000
READINGS = 3
_BOOLEANS = {"true": True, "false": False}
_DURATION = re.compile(r"PT(?:(\d{1,6})M)?(?:(\d{1,6}(?:\.\d{1,6})?)S)?")
Journey = dict[str, Any]
"""A journey as a snapshot holds it: id, name, version, status, changed, timeout, and its nodes.

A node has its mappings, whether an error has a path of its own (`fallback`), and the texts that read an
answer.
"""


def read_journeys(account: Account) -> list[Journey]:
    """Read every journey of a sandbox, sorted by name and version.

    Raises:
        CallsheetError: CS872, CS873 where they cannot be read whole.

    """
    for _ in range(READINGS):
        found = _read_once(account)
        if found is not None:
            return sorted(found, key=lambda one: (one["name"], one["version"], one["id"]))
    raise CallsheetError(
        "CS873",
        "Adobe's API cannot be read: the list of journeys changed while it was read",
        help="try again when no one else is changing it",
    )


def _read_once(account: Account) -> list[Journey] | None:
    """Read all pages; None where a journey came twice, or the number of pages changed."""
    found: dict[tuple[str, str], tuple[int, list[Journey]]] = {}
    pages: int | None = None
    for page in range(MAX_PAGES):
        answer = account.call("GET", PATH, query={"page": page, "pageSize": PAGE_SIZE})
        listed = objects(answer, PATH)
        told = _count(answer.value.get("pages"))
        if page and told != pages:
            return None
        pages = told
        for one in listed:
            journey = _journey(one)
            first, same = found.setdefault((journey["id"], journey["version"]), (page, []))
            if first != page:
                return None
            if journey not in same:  # two of one page are no sign of a change
                same.append(journey)
        most = min(_count(answer.value.get("limit")) or PAGE_SIZE, PAGE_SIZE)
        if len(listed) < most if pages is None else page + 1 >= pages:
            return [journey for _, same in found.values() for journey in same]
    return None


def _count(value: Any) -> int | None:
    """Return a number of an answer, which may be written as text; None for another thing."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _journey(body: Mapping[str, Any]) -> Journey:
    metadata = body.get("metadata")
    told = metadata if isinstance(metadata, dict) else {}
    return {
        "id": _text(body, "id"),
        "name": _text(body, "name"),
        "version": _text(body, "version"),
        "status": _text(body, "status") or "Unknown",
        "changed": _text(told, "lastModifiedAt"),
        **_timeout(body.get("timeouts")),
        "nodes": list(_nodes(body)),
    }


def _nodes(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for node in _listed(body, "nodes"):
        if not isinstance(node, dict):
            continue
        mappings = [
            {
                "label": _text(one, "label"),
                "path": _text(one, "paramPath"),
                "expression": _text(one, "expression"),
            }
            for one in _listed(node, "paramMappings")
            if isinstance(one, dict)
        ]
        kind = _text(node, "type")
        reading = _reading(node)
        if mappings or reading or "action" in kind.lower():
            said = node.get("fallbackOnTimeoutOrError")
            fallback = _BOOLEANS.get(said.lower()) if isinstance(said, str) else said
            yield {
                "name": _text(node, "name"),
                "type": kind,
                "mappings": mappings,
                **({"fallback": fallback} if isinstance(fallback, bool) else {}),
                **({"reads": reading} if reading else {}),
            }


def _reading(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the texts of a node that read an answer, each with whether it decides where a profile goes."""
    from callsheet.targets.journey_optimizer.readings import readings, texts

    transitions = _listed(node, "transitions")
    deciding = [
        node.get("expression"),
        *(one.get("expression") for one in transitions if isinstance(one, dict)),
    ]
    conditions = [one for one in deciding if isinstance(one, str)]
    found = dict.fromkeys(one for one in texts(node) if any(readings(one)))
    return [{"text": one, "condition": one in conditions} for one in found]


def _timeout(timeouts: Any) -> dict[str, int]:
    """Return how many seconds a journey gives an action; nothing where it does not say.

    The description gives no unit. The screen takes 1 to 30 seconds: more than that are milliseconds.
    """
    value = _seconds(timeouts.get("actionExecution") if isinstance(timeouts, dict) else None)
    return {} if value is None or not 1 <= value < 1e9 else {"timeout": int(value)}


def _seconds(value: Any) -> float | None:
    """Read a number, also as text, or a duration as `PT5S`; None for another thing."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is not None:
        return 60 * float(match[1] or 0) + float(match[2] or 0)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number / 1000 if number >= 1000 else number


def _text(body: Mapping[str, Any], name: str) -> str:
    """Return a text of an answer; empty for null."""
    value = body.get(name)
    return "" if value is None else str(value)


def _listed(body: Mapping[str, Any], name: str) -> list[Any]:
    """Return a list of an answer; what is another thing is never taken for an empty one."""
    found = body.get(name)
    if found is not None and not isinstance(found, list):
        raise CallsheetError(
            "CS873",
            f"Adobe's API cannot be read: `{name}` of a journey is not a list",
            help="nothing was changed; which journeys use an action stays unknown",
        )
    return found or []
