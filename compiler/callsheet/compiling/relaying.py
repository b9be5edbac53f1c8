"""An action × an environment with a relay → whether its journeys call the relay, in the compiled action."""

from __future__ import annotations

from callsheet.language.content import Content
from callsheet.language.environment import Environment


def with_relay(content: Content, environment: Environment) -> Content:
    """Return a compiled action with the relay that calls for it, where no journey can make the call.

    The rest stays the vendor's request: that is what the relay reads, and what a plan explains.
    """
    relay = environment.relay
    if relay is None or not _needs_relay(content, environment):
        return content
    return {**content, "relay": {"url": relay["url"], "key": relay["key"]}}


def _needs_relay(content: Content, environment: Environment) -> bool:
    from callsheet.targets.journey_optimizer.lowering import lowered

    older = (environment.target or {}).get("flavor") == "journey-orchestration"
    return lowered(content).kind == "relay" or (older and content["request"]["method"] == "GET")
