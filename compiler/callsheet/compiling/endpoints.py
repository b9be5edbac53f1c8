"""An endpoint's configuration × an environment → the compiled one; and how they fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from callsheet.compiling.leaves import Compilation, LeafCompiler, ReadTemplate
from callsheet.compiling.model import Compiled
from callsheet.documents import Problem
from callsheet.language.action import Action
from callsheet.language.catalog import Spots
from callsheet.language.endpoint import EndpointConfig
from callsheet.language.environment import Environment, overlaid_spots
from callsheet.language.urls import host_of, url_text
from callsheet.targets.journey_optimizer.rules.endpoints import DEFAULT_PER_MINUTE, RETRIES, per_second
from callsheet.words import listed


def compile_endpoint(
    endpoint: EndpointConfig, environment: Environment, read_template: ReadTemplate
) -> Compilation:
    """Compile one configuration for one environment; problems are collected, not raised."""
    return _Compiler(endpoint, environment, read_template).run()


class _Compiler(LeafCompiler):
    def _content(self) -> dict[str, Any]:
        spec = self.spec
        content = {"kind": "EndpointConfig", **self._metadata()}
        content["url"] = self._plain(spec["url"], ("url",))
        # A set: Adobe's API gives the methods back in any order.
        content["methods"] = sorted(spec["methods"])
        for field in ("capping", "throttling"):
            if field in spec:
                content[field] = spec[field]
        if (spec.get("lifecycle") or {}).get("protect"):
            content["protect"] = True
        return content


def with_definitions(compiled: Compiled) -> dict[str, Environment]:
    """Return the environments; those that reach Adobe's API with what they deploy there.

    Configurations have no names at Adobe: what the workspace wants tells which is which.
    """
    found = {}
    for name, one in compiled.environments.items():
        there = compiled.by_environment.get(name, {})
        if (one.target or {}).get("api"):
            wanted = [it.content for address, it in there.items() if address.startswith("EndpointConfig/")]
            found[name] = replace(one, target={**(one.target or {}), "definitions": wanted})
        else:
            found[name] = one
    return found


def check_endpoints(compiled: Compiled) -> Iterator[Problem]:
    """Check the configurations of each environment against each other, and against its actions."""
    for name, there in compiled.by_environment.items():
        environment = compiled.environments[name]
        found = [
            (one, there[one.address].content)
            for one in sorted(compiled.endpoints.values(), key=lambda it: it.name)
            if one.address in there
        ]
        yield from _check_throttlings(environment, found)
        yield from _check_twins(environment, found)
        yield from _check_actions(compiled, environment, found)


SHOWN = 5
Found = list[tuple[EndpointConfig, dict[str, Any]]]


def _check_throttlings(environment: Environment, found: Found) -> Iterator[Problem]:
    throttling = [one for one, content in found if "throttling" in content]
    target = environment.target or {}
    if target.get("type") != "journey-optimizer":
        return
    for index, one in enumerate(throttling):
        if not target.get("production", target.get("sandbox") == "prod"):
            yield overlaid_spots("CS854", one, environment).key(
                ("throttling",),
                f"throttling is for a production sandbox, and {environment.name} has another (1463)",
                do="leave it out there by `select`, or say `production: true` at the target",
            )
        if index:
            yield overlaid_spots("CS854", one, environment).key(
                ("throttling",),
                f"an organization has one throttling, and `{throttling[0].name}` is another (1465)",
                do="keep one of the two",
            )


def _check_twins(environment: Environment, found: Found) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for one, content in found:
        for service in content.get("capping", {}):
            other = seen.setdefault((content["url"], service), one.name)
            if other != one.name:
                yield overlaid_spots("CS855", one, environment).value(
                    ("url",),
                    f"`{other}` caps the same URL for the same service",
                    do="write one configuration for it",
                )


def _check_actions(compiled: Compiled, environment: Environment, found: Found) -> Iterator[Problem]:
    """Warn of what bears less than the actions that call it declare, and of hosts that nothing keeps."""
    journeys = (environment.target or {}).get("type") == "journey-optimizer"
    loose: set[str] = set()
    for action in sorted(compiled.actions.values(), key=lambda it: it.name):
        there = compiled.by_environment[environment.name].get(action.address)
        if there is None:
            continue
        rate = (there.content.get("limits") or {}).get("rate")
        request = there.content["request"]
        covering = [one for one in found if _covers(one[1], request)]
        if rate is not None:
            yield from _check_borne(environment, action, rate, covering)
        if found and journeys and not covering:
            loose.add(host_of(request["url"]))
    if loose:
        hosts = sorted(loose)
        yield Spots("CS857", environment.document, ("spec",)).key(
            ("target",),
            f"no EndpointConfig covers what actions call at {listed(hosts, SHOWN)}",
            do=f"write one; without, Adobe lets {DEFAULT_PER_MINUTE:,} calls a minute through to a host",
        )


def _check_borne(environment: Environment, action: Action, rate: str, covering: Found) -> Iterator[Problem]:
    for one, content in covering:
        borne = _borne(content)
        if borne is not None and borne < per_second(rate):
            yield overlaid_spots("CS856", one, environment).key(
                ("capping",) if "capping" in content else ("throttling",),
                f"`{action.name}` declares {rate}, and the endpoint bears {borne:g} in a second, "
                f"{borne / (1 + RETRIES):g} where each call is retried {RETRIES} times",
                do="raise the configuration, or lower what the action declares",
            )


def cappings_of(compiled: Compiled, environment: str, action: Mapping[str, Any]) -> dict[str, str]:
    """Return the rates by which EndpointConfigs cap the calls of a compiled action, by their names."""
    there = compiled.by_environment.get(environment, {})
    found = {}
    for name in sorted(compiled.endpoints):
        one = there.get(f"EndpointConfig/{name}")
        rate = None if one is None else one.content.get("capping", {}).get("action", {}).get("rate")
        if one is not None and rate is not None and _covers(one.content, action["request"]):
            found[name] = rate
    return found


def _covers(content: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    pattern, text = content["url"], url_text(request["url"])
    if request["method"] not in content["methods"] or host_of(pattern) != host_of(text):
        return False
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _borne(content: dict[str, Any]) -> float | None:
    if "throttling" in content:
        return float(content["throttling"]["perSecond"])
    action = content["capping"].get("action")
    return None if action is None else per_second(action["rate"])
