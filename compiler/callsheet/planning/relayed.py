"""Why the journeys of an action call a relay, as a plan says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.language.difference import NOTHING, Difference
from callsheet.targets.journey_optimizer.lowering.relay_hosts import relay_host

SHOWN = 3


def by_relay(after: Mapping[str, Any]) -> Difference:
    """Return the difference that says of a new action that a relay calls for its journeys, and why."""
    from callsheet.targets.journey_optimizer.lowering import relay_reasons

    reasons = [{"field": place, "reason": reason} for place, reason in relay_reasons(after)]
    return Difference(
        path=("relay",),
        before=NOTHING,
        after={"host": relay_host(after), "reasons": reasons},
        words=relay_words(after),
        impact="compatible",
        reason="by-relay",
    )


def relay_words(after: Mapping[str, Any]) -> str:
    """Return that a relay calls for the journeys of an action, and the first reasons."""
    from callsheet.targets.journey_optimizer.lowering import relay_reasons

    reasons = relay_reasons(after)
    first = "; ".join(f"`{place}`: {reason}" for place, reason in reasons[:SHOWN])
    more = f"; and {len(reasons) - SHOWN} more" if len(reasons) > SHOWN else ""
    why = f" ({first}{more})" if reasons else ""
    return f"journeys call the relay at {relay_host(after)}, which makes the call{why}"
