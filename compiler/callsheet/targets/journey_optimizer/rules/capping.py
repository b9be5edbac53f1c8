"""CS854 to CS857: how the configurations of endpoints fit together, and what the actions call.

Source: Adobe's documentation, as in `endpoints`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from callsheet.documents import Problem
from callsheet.language.action import Action
from callsheet.language.catalog import Spots, rule
from callsheet.language.content import Content
from callsheet.language.endpoint import EndpointConfig
from callsheet.language.environment import overlaid_spots
from callsheet.language.subjects import Deployed
from callsheet.language.urls import host_of, url_text
from callsheet.outbound.durations import Rate
from callsheet.targets.journey_optimizer.rules.endpoints import DEFAULT_PER_MINUTE, RETRIES
from callsheet.words import listed

SHOWN = 5
Found = list[tuple[EndpointConfig, Content]]


def _found(deployed: Deployed) -> Found:
    """Return the configurations of an environment, by name, each with what it compiled to."""
    return [
        (one, deployed.compiled[one.address].content)
        for _, one in sorted(deployed.definitions[EndpointConfig.kind].items())
        if one.address in deployed.compiled
    ]


def _calls(deployed: Deployed) -> Iterator[tuple[Action, Mapping[str, Any]]]:
    """Yield the actions of an environment, by name, each as the target calls: or by its relay."""
    for _, one in sorted(deployed.definitions[Action.kind].items()):
        if one.address in deployed.compiled:
            content = deployed.compiled[one.address].content
            yield one, _on_screen(content) if "relay" in content else content


def _on_screen(content: Content) -> Mapping[str, Any]:
    from callsheet.targets.journey_optimizer.lowering import relay_call

    return relay_call(content)


def _is_journeys(deployed: Deployed) -> bool:
    return (deployed.environment.target or {}).get("type") == "journey-optimizer"


@rule("CS854", "throttling-place", on="deployed")
def throttling_place(deployed: Deployed, code: str) -> Iterator[Problem]:
    """An organization has one throttling configuration, in a production sandbox (1463, 1465).

    The sandbox `prod` is one; another says `production: true` at its target.
    """
    if not _is_journeys(deployed):
        return
    environment, target = deployed.environment, deployed.environment.target or {}
    throttling = [one for one, content in _found(deployed) if "throttling" in content]
    for index, one in enumerate(throttling):
        if not target.get("production", target.get("sandbox") == "prod"):
            yield overlaid_spots(code, one, environment).key(
                ("throttling",),
                f"throttling is for a production sandbox, and {environment.name} has another (1463)",
                do="leave it out there by `select`, or say `production: true` at the target",
            )
        if index:
            yield overlaid_spots(code, one, environment).key(
                ("throttling",),
                f"an organization has one throttling, and `{throttling[0].name}` is another (1465)",
                do="keep one of the two",
            )


@rule("CS855", "endpoint-twice", on="deployed")
def endpoint_twice(deployed: Deployed, code: str) -> Iterator[Problem]:
    """An endpoint must be capped once for each service."""
    seen: dict[tuple[str, str], str] = {}
    for one, content in _found(deployed):
        for service in content.get("capping", {}):
            other = seen.setdefault((content["url"], service), one.name)
            if other != one.name:
                yield overlaid_spots(code, one, deployed.environment).value(
                    ("url",),
                    f"`{other}` caps the same URL for the same service",
                    do="write one configuration for it",
                )


@rule("CS856", "endpoint-too-narrow", on="deployed", severity="warning", adjustable=True)
def endpoint_too_narrow(deployed: Deployed, code: str) -> Iterator[Problem]:
    """An endpoint should allow the rates of its actions: calls beyond it are `capped`, or wait.

    Each of up to three retries counts too: when calls fail, a quarter of the rate is left.
    """
    found = _found(deployed)
    for action, compiled in _calls(deployed) if found else ():
        rate = (compiled.get("limits") or {}).get("rate")
        if rate is None:
            continue
        for one, content in found:
            borne = _borne(content)
            if (
                covers(content, compiled["request"])
                and borne is not None
                and borne < Rate.read(rate).per_second
            ):
                yield overlaid_spots(code, one, deployed.environment).key(
                    ("capping",) if "capping" in content else ("throttling",),
                    f"`{action.name}` declares {rate}, and the endpoint bears {borne:g} in a second, "
                    f"{borne / (1 + RETRIES):g} where each call is retried {RETRIES} times",
                    do="raise the configuration, or lower what the action declares",
                )


@rule("CS857", "endpoint-unkept", on="deployed", severity="warning", adjustable=True)
def endpoint_unkept(deployed: Deployed, code: str) -> Iterator[Problem]:
    """A host that actions call should have an EndpointConfig, where others have one.

    Without one, Adobe lets 300,000 calls in a minute through to a host, whatever it can handle.
    """
    found = _found(deployed)
    if not found or not _is_journeys(deployed):
        return
    loose = {
        host_of(compiled["request"]["url"])
        for _, compiled in _calls(deployed)
        if not any(covers(content, compiled["request"]) for _, content in found)
    }
    if loose:
        yield Spots(code, deployed.environment.document, ("spec",)).key(
            ("target",),
            f"no EndpointConfig covers what actions call at {listed(sorted(loose), SHOWN)}",
            do=f"write one; without it, Adobe allows {DEFAULT_PER_MINUTE:,} calls a minute",
        )


def covers(endpoint: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    """Return whether a compiled configuration is about a compiled request."""
    pattern, text = endpoint["url"], url_text(request["url"])
    if request["method"] not in endpoint["methods"] or host_of(pattern) != host_of(text):
        return False
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _borne(content: Content) -> float | None:
    """Return the calls in a second that an endpoint bears of actions; None where it does not say."""
    if "throttling" in content:
        return float(content["throttling"]["perSecond"])
    action = content["capping"].get("action")
    return None if action is None else Rate.read(action["rate"]).per_second
