"""A compiled EndpointConfig ⇄ a configuration of Adobe's capping and throttling API.

Source: the API description that Adobe publishes ("Journeys throttling configurations APIs", v1), and its
pages "Work with the Capping API" and "Work with the Throttling API".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from callsheet.documents import equal
from callsheet.outbound.durations import Duration, Rate

CAPPING, THROTTLING = "/endpointConfigs", "/throttlingConfigs"
PATHS = (CAPPING, THROTTLING)

Settings = dict[str, Any]
"""What a configuration says, in a form in which equal ones are equal: methods sorted, no -1."""


class Config(Struct, frozen=True, kw_only=True):
    """One configuration as the API answers it.

    Attributes:
        path: the collection in which it is.
        uid: its id.
        draft: what it says now.
        active: what counts; None while nothing does.
        state: created, updated or deployed.
        changed: who changed it last, and when; empty where it is not known.

    """

    path: str
    uid: str
    draft: Settings
    active: Settings | None
    state: str
    changed: str

    @property
    def settled(self) -> bool:
        """Whether the deployed configuration equals this one, with nothing left to deploy."""
        return equal(self.active, self.draft)


def endpoint_call(compiled: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the path at which a compiled EndpointConfig is created, and the body that says it."""
    if "throttling" in compiled:
        body = {"name": compiled["name"], "urlPattern": compiled["url"], "methods": compiled["methods"]}
        return THROTTLING, {**body, "maxThroughput": compiled["throttling"]["perSecond"]}
    services = {name: _service(one) for name, one in compiled["capping"].items()}
    return CAPPING, {"url": compiled["url"], "methods": compiled["methods"], "services": services}


def _service(one: Mapping[str, Any]) -> dict[str, Any]:
    rate = Rate.read(one["rate"])
    connections = {"maxHttpConnections": one["maxConnections"]} if "maxConnections" in one else {}
    rating = {"maxCallsCount": rate.calls, "periodInMs": rate.period.milliseconds}
    return {**connections, "rating": rating}


def _rate_text(number: Any, milliseconds: Any) -> str:
    """Write what Adobe answers as a rate, whatever it is."""
    if not isinstance(milliseconds, int) or milliseconds <= 0:
        return f"{number} per {milliseconds}ms"
    return f"{number} per {Duration(milliseconds)}"


def _says(written: Any, number: Any, milliseconds: Any) -> bool:
    """Return whether a rate is written for what Adobe answers."""
    if written is None:
        return False
    rate = Rate.read(written)
    return equal((rate.calls, rate.period.milliseconds), (number, milliseconds))


def settings_of(body: Mapping[str, Any]) -> Settings:
    """Return what a body says, so that two that say the same are equal.

    The API returns methods in any order, and -1 for connections that nothing bounds.
    """
    found: Settings = {
        "url": body.get("url", body.get("urlPattern")),
        "methods": sorted(str(one) for one in body.get("methods") or ()),
    }
    if "maxThroughput" in body:
        found["maxThroughput"] = body["maxThroughput"]
    for name, one in (body.get("services") or {}).items():
        rating = one.get("rating") or {}
        service = {"maxCallsCount": rating.get("maxCallsCount"), "periodInMs": rating.get("periodInMs")}
        if not equal(one.get("maxHttpConnections", -1), -1):
            service["maxHttpConnections"] = one["maxHttpConnections"]
        found.setdefault("services", {})[name] = service
    return found


def compiled_from(settings: Settings, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the compiled EndpointConfig that settings say.

    Args:
        settings: of a configuration.
        known: the compiled one of which callsheet knows; what the API lacks comes from it, and so
            does how a rate is written.

    """
    said = {key: value for key, value in known.items() if key not in ("url", "methods", *_LIMITS)}
    said |= {"url": settings["url"], "methods": settings["methods"]}
    if "maxThroughput" in settings:
        return {**said, "throttling": {"perSecond": settings["maxThroughput"]}}
    capping = {}
    for name, one in settings.get("services", {}).items():
        number, milliseconds = one["maxCallsCount"], one["periodInMs"]
        written = ((known.get("capping") or {}).get(name) or {}).get("rate")
        same = _says(written, number, milliseconds)
        capping[name] = {"rate": written if same else _rate_text(number, milliseconds)}
        if "maxHttpConnections" in one:
            capping[name]["maxConnections"] = one["maxHttpConnections"]
    return {**said, "capping": capping}


_LIMITS = ("capping", "throttling")


def read_config(path: str, body: Mapping[str, Any]) -> Config:
    """Read one configuration of an answer.

    Raises:
        KeyError, TypeError, AttributeError: for what is not one.

    """
    state = str(body.get("state", "created"))
    draft = settings_of(body)
    deployed = body.get("deployedConfig") if body.get("hasBeenDeployed", True) else None
    active = settings_of(deployed) if isinstance(deployed, Mapping) else None
    if active is None and state == "deployed":
        active = draft
    told = body.get("metadata") or {}
    parts = [str(told[one]) for one in ("lastModifiedBy", "lastModifiedAt") if told.get(one)]
    return Config(
        path=path, uid=str(body["uid"]), draft=draft, active=active, state=state, changed=" at ".join(parts)
    )
