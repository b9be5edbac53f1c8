"""An action × an environment with a relay → whether its journeys call the relay, in the compiled action."""

from __future__ import annotations

from callsheet.language.content import Content
from callsheet.language.environment import Environment
from callsheet.targets.journey_optimizer.forms import CHANNEL, is_channel


def with_relay(content: Content, environment: Environment) -> Content:
    """Return a compiled action with the relay that calls for it, where no journey can make the call.

    The rest stays the vendor's request: that is what the relay reads, and what a plan explains.
    """
    relay = environment.relay
    if relay is None or not _needs_relay(content, environment):
        return content
    flavor = {"flavor": CHANNEL} if is_channel(environment.target) else {}
    return {**content, "relay": {"url": relay["url"], "key": relay["key"], **flavor}}


def _needs_relay(content: Content, environment: Environment) -> bool:
    from callsheet.targets.journey_optimizer.forms import form_for

    older = (environment.target or {}).get("flavor") == "journey-orchestration"
    return form_for(content, target=environment.target).kind == "relay" or (
        older and content["request"]["method"] == "GET"
    )
