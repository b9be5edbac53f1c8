"""Journeys as Adobe's API answers them → what they say of the actions that they call.

Source: the API description that Adobe publishes ("Retrieve Journeys using APIs", 1.0.0). A node shows the
labels that it maps, and not the id of the action: only its labels show which action that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.targets.journey_optimizer.account import Account, objects

PATH = "/ajo/journey"
PAGE_SIZE = 100
MAX_PAGES = 1_000
READINGS = 3
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
    found: dict[str, Journey] = {}
    pages = 1
    for page in range(MAX_PAGES):
        answer = account.call("GET", PATH, query={"page": page, "pageSize": PAGE_SIZE})
        listed = objects(answer, PATH)
        told = answer.value.get("pages", 1)
        if page and told != pages:
            return None
        pages = told if isinstance(told, int) else 1
        for one in listed:
            journey = _journey(one)
            if journey["id"] in found:
                return None
            found[journey["id"]] = journey
        if page + 1 >= pages:
            return list(found.values())
    return None


def _journey(body: Mapping[str, Any]) -> Journey:
    metadata = body.get("metadata")
    told = metadata if isinstance(metadata, dict) else {}
    return {
        "id": str(body.get("id", "")),
        "name": str(body.get("name", "")),
        "version": str(body.get("version", "")),
        "status": str(body.get("status", "Unknown")),
        "changed": str(told.get("lastModifiedAt") or ""),
        **_timeout(body.get("timeouts")),
        "nodes": list(_nodes(body)),
    }


def _nodes(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for node in _listed(body, "nodes"):
        if not isinstance(node, dict):
            continue
        mappings = [
            {
                "label": str(one.get("label", "")),
                "path": str(one.get("paramPath", "")),
                "expression": str(one.get("expression", "")),
            }
            for one in _listed(node, "paramMappings")
            if isinstance(one, dict)
        ]
        kind = str(node.get("type", ""))
        reading = _reading(node)
        if mappings or reading or "action" in kind.lower():
            fallback = node.get("fallbackOnTimeoutOrError")
            yield {
                "name": str(node.get("name", "")),
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
    value = timeouts.get("actionExecution") if isinstance(timeouts, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        return {}
    return {"timeout": value // 1000 if value >= 1000 else value}


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
