"""CS859: the relay that an environment names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.documents import Document, Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.plugins import secret_schemes
from callsheet.outbound.hosts import origin_of
from callsheet.rules.secrets import unknown_scheme

TYPE = "journey-optimizer"


@rule("CS859", "relay-target", on="stores")
def relay_target(document: Document, code: str) -> Iterator[Problem]:
    """A relay must be one that Journey Optimizer can call: https, a host by its name, the default port.

    Its key is a reference to a secret, and only a target of type journey-optimizer has a relay. Actions
    that no journey can call are planned as calls of the relay; the others are not.

    Bad:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: journeys}
        spec:
          target:
            type: journey-optimizer
            sandbox: prod
            relay: {url: "http://localhost:8026", key: {secret: "env:RELAY_KEY"}}
          ledger: {type: sqlite, path: .callsheet/journeys.db}
    Good:
        apiVersion: callsheet/v1
        kind: Environment
        metadata: {name: journeys}
        spec:
          target:
            type: journey-optimizer
            sandbox: prod
            relay: {url: "https://relay.example.com", key: {secret: "env:RELAY_KEY"}}
          ledger: {type: sqlite, path: .callsheet/journeys.db}
    """
    written = document.value["spec"].get("target") or {}
    relay = written.get("relay")
    if relay is None:
        return
    at, spots = ("spec", "target", "relay"), Spots(code, document)
    if written["type"] != TYPE:
        do = "remove it: other targets make every call themselves"
        yield spots.key(at, f"a target of type {written['type']} has no relay", do=do)
        return
    fault = _url_fault(relay["url"])
    if fault:
        yield spots.value(
            (*at, "url"), fault, do="write the base URL of the relay, as https://relay.example.com"
        )
    yield from _key_faults(relay["key"], spots, at)


def _url_fault(url: str) -> str:
    """Return why Journey Optimizer cannot call a relay at a URL; empty where it can."""
    origin = origin_of(url)
    if origin is None or "@" in url or "?" in url or "#" in url:
        return "the URL of the relay is not that of a host, with or without a path"
    if origin.scheme != "https":
        return "the relay is called over http, and its key is readable on the way"
    if origin.host == "localhost" or origin.host.endswith(".localhost"):
        return "the relay is at this machine, which Journey Optimizer cannot reach"
    from callsheet.targets.journey_optimizer.lowering.urls import host_fault

    return host_fault(url)


def _key_faults(key: Any, spots: Spots, at: tuple[str, ...]) -> Iterator[Problem]:
    scheme, _, place = key["secret"].partition(":")
    fault = unknown_scheme(scheme)
    if not place:
        fault = "the reference to a secret is malformed", f"the schemes are: {', '.join(secret_schemes())}"
    if fault is not None:
        yield spots.value((*at, "key", "secret"), fault[0], do=fault[1])
