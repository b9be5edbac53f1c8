"""What Journey Optimizer refuses, or takes and does otherwise; importing this fills the catalog.

CS82x its screen · CS83x payloads · CS84x steps by hand, and journeys · CS85x capping and throttling ·
CS826 and CS830 Journey Orchestration · CS858 what comes near · CS867 to CS869 custom channels ·
CS89x what journeys make of actions.
"""

from callsheet.targets.journey_optimizer.rules import (
    by_hand,
    capping,
    channel,
    consent,
    endpoints,
    in_journeys,
    nearness,
    orchestration,
    payload,
    relaying,
    screen,
    sources,
)

__all__ = [
    "by_hand",
    "capping",
    "channel",
    "consent",
    "endpoints",
    "in_journeys",
    "nearness",
    "orchestration",
    "payload",
    "relaying",
    "screen",
    "sources",
]
