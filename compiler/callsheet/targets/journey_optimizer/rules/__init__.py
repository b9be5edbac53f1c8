"""What Journey Optimizer refuses, or takes and does otherwise; importing this fills the catalog.

CS82x its screen · CS83x payloads · CS85x capping and throttling · CS826 and CS830 Journey Orchestration.
"""

from callsheet.targets.journey_optimizer.rules import endpoints, orchestration, payload, screen

__all__ = ["endpoints", "orchestration", "payload", "screen"]
