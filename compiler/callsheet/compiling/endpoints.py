"""An endpoint's configuration × an environment → the compiled one; and which cap a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.compiling.compilers import CompileResult, ReadTemplate
from callsheet.compiling.kept import Kept
from callsheet.compiling.leaves import LeafCompiler
from callsheet.compiling.model import Compiled
from callsheet.language.addresses import Address
from callsheet.language.content import Content
from callsheet.language.endpoint import EndpointConfig
from callsheet.language.environment import Environment
from callsheet.targets.journey_optimizer.rules.capping import covers


def compile_endpoint(
    endpoint: EndpointConfig,
    environment: Environment,
    read_template: ReadTemplate,
    kept: Kept | None = None,
) -> CompileResult:
    """Compile one configuration for one environment; problems are collected, not raised."""
    return EndpointCompiler(endpoint, environment, read_template, kept).run()


class EndpointCompiler(LeafCompiler):
    """Compiles a configuration: its URL may read the values of the environment."""

    def _content(self) -> Content:
        spec = self.spec
        content: Content = {"kind": "EndpointConfig", **self._metadata()}
        content["url"] = self._plain(spec["url"], ("url",))
        # A set: Adobe's API returns the methods in any order.
        content["methods"] = sorted(spec["methods"])
        for field in ("capping", "throttling"):
            if field in spec:
                content[field] = spec[field]
        if (spec.get("lifecycle") or {}).get("protect"):
            content["protect"] = True
        return content


def cappings_of(compiled: Compiled, environment: str, action: Mapping[str, Any]) -> dict[str, str]:
    """Return the rates by which EndpointConfigs cap the calls of a compiled action, by their names."""
    there = compiled.by_environment.get(environment, {})
    found = {}
    for name in sorted(compiled.by_kind[EndpointConfig.kind]):
        one = there.get(str(Address(EndpointConfig.kind, name)))
        rate = None if one is None else one.content.get("capping", {}).get("action", {}).get("rate")
        if one is not None and rate is not None and covers(one.content, action["request"]):
            found[name] = rate
    return found
