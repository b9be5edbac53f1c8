"""CS850 to CS853: capping and throttling configurations of Journey Optimizer.

Source: Adobe's documentation, pages "Work with the Capping API" and "Work with the Throttling API"; its
error codes stand in parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.endpoint import EndpointConfig

LOWEST, HIGHEST = 200, 5_000
DEFAULT_PER_MINUTE = 300_000
"""What Adobe lets through to a host without a configuration (page "Integrate with external systems")."""
RETRIES = 3
"""How often Journey Optimizer tries a call again, each time in a slot of its own (the same page)."""


@rule("CS850", "endpoint-url", on="endpoint")
def endpoint_url(endpoint: EndpointConfig, at: Spots) -> Iterator[Problem]:
    """The URL of a configuration names a host; `*` stands in its path only (ERR_ENDPOINTCONFIG_102).

    Bad:
        apiVersion: callsheet/v1
        kind: EndpointConfig
        metadata: {name: shop}
        spec:
          url: "https://*.example.com/"
          methods: [GET]
          capping: {action: {maxConnections: 5, rate: 5 per 1s}}
    Good:
        apiVersion: callsheet/v1
        kind: EndpointConfig
        metadata: {name: shop}
        spec:
          url: "https://api.example.com/*"
          methods: [GET]
          capping: {action: {maxConnections: 5, rate: 5 per 1s}}
    """
    url = endpoint.spec["url"]
    if "{{" in url:
        return
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "*" not in parts.netloc
    except ValueError:
        good = False
    if not good:
        yield at.value(
            ("url",),
            "the URL needs http or https and a host without a wildcard (ERR_ENDPOINTCONFIG_102)",
            do="write it as https://api.example.com/path/*",
        )


@rule("CS851", "endpoint-rate", on="endpoint")
def endpoint_rate(endpoint: EndpointConfig, at: Spots) -> Iterator[Problem]:
    """The time of a rate must be longer than zero (ERR_ENDPOINTCONFIG_108).

    Bad:
        apiVersion: callsheet/v1
        kind: EndpointConfig
        metadata: {name: shop}
        spec:
          url: "https://api.example.com/*"
          methods: [GET]
          capping: {action: {maxConnections: 5, rate: 5 per 0s}}
    Good:
        apiVersion: callsheet/v1
        kind: EndpointConfig
        metadata: {name: shop}
        spec:
          url: "https://api.example.com/*"
          methods: [GET]
          capping: {action: {maxConnections: 5, rate: 5 per 1s}}
    """
    for service, one in (endpoint.spec.get("capping") or {}).items():
        if re.search(r" per 0+(?:ms|s|m|h)\Z", one["rate"]):
            yield at.value(
                ("capping", service, "rate"),
                "the time of the rate is zero (ERR_ENDPOINTCONFIG_108)",
                do="write a time, as 500 per 1s",
            )


@rule("CS852", "endpoint-connections", on="endpoint", severity="warning", adjustable=True)
def endpoint_connections(endpoint: EndpointConfig, at: Spots) -> Iterator[Problem]:
    """A capping should limit its connections (ERR_ENDPOINTCONFIG_106), and more than one call.

    Bad:
        apiVersion: callsheet/v1
        kind: EndpointConfig
        metadata: {name: shop}
        spec:
          url: "https://api.example.com/*"
          methods: [GET]
          capping: {action: {rate: 500 per 1s}}
    Good:
        apiVersion: callsheet/v1
        kind: EndpointConfig
        metadata: {name: shop}
        spec:
          url: "https://api.example.com/*"
          methods: [GET]
          capping: {action: {maxConnections: 5, rate: 5 per 1s}}
    """
    for service, one in (endpoint.spec.get("capping") or {}).items():
        if "maxConnections" not in one:
            yield at.key(
                ("capping", service),
                "nothing bounds the connections (ERR_ENDPOINTCONFIG_106)",
                do="write maxConnections, 1 to 400",
            )
        if one["rate"].startswith("1 per "):
            yield at.value(
                ("capping", service, "rate"),
                "Adobe's page requires more than one call, and its API accepts one",
                do="write two calls in twice the time",
            )


@rule("CS853", "endpoint-throughput", on="endpoint")
def endpoint_throughput(endpoint: EndpointConfig, at: Spots) -> Iterator[Problem]:
    """Throttling must allow 200 to 5,000 calls in a second (ERR_THROTTLING_CONFIG_101).

    Bad:
        apiVersion: callsheet/v1
        kind: EndpointConfig
        metadata: {name: shop}
        spec:
          url: "https://api.example.com/*"
          methods: [POST]
          throttling: {perSecond: 199}
    Good:
        apiVersion: callsheet/v1
        kind: EndpointConfig
        metadata: {name: shop}
        spec:
          url: "https://api.example.com/*"
          methods: [POST]
          throttling: {perSecond: 200}
    """
    found = (endpoint.spec.get("throttling") or {}).get("perSecond")
    if found is not None and not LOWEST <= found <= HIGHEST:
        yield at.value(
            ("throttling", "perSecond"),
            f"throttling bears {LOWEST} to {HIGHEST:,} calls in a second (ERR_THROTTLING_CONFIG_101)",
            do="write a number between",
        )
