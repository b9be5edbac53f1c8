"""The metrics of a relay, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 25, 30)


class Metrics:
    """The counters of one relay; labels are names of served actions, statuses and outcomes: few."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"callsheet_relay_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"callsheet_relay_{name}", text, registry=registry)

        self.requests = counter("requests", "Calls that were answered.", "action", "status", "outcome")
        self.seconds = Histogram(
            "callsheet_relay_seconds",
            "Time from the head of a call to its answer.",
            ("action",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self.retries = counter("retries", "Attempts after the first.", "action")
        self.replays = counter("replays", "Answers to an idempotency key that was used before.", "action")
        self.in_flight = gauge("in_flight", "Calls that are made now.")
        self.waiting = gauge("waiting", "Calls that wait for their turn.")
        self.kept = gauge("idempotency_keys", "Idempotency keys that are kept.")
        self.served = gauge("actions", "Actions that are served.")
        self.not_served = gauge("actions_not_served", "Actions that were applied and are not served.")
        self.serial = gauge("serial", "The apply that is served.")
        self.failures = counter("reading_failures", "Looks at what is applied that failed.")
        self.stale = gauge("stale", "1 while what is applied cannot be read, and the last is served.")
        self.unread = gauge("keys_unreadable", "Keys of callers that cannot be read now.")
        self.read_at = gauge("read_timestamp_seconds", "When what is applied was last read.")

    def follow(self, gauge: Any, value: Callable[[], float]) -> None:
        """Let a gauge show what a function returns."""
        gauge.set_function(value)

    def text(self) -> tuple[bytes, str]:
        """Return everything, and its content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self.registry), CONTENT_TYPE_LATEST
