"""CS82x: what the screen of a custom action in Journey Optimizer refuses, or takes and does otherwise.

Checked in environments whose target is `journey-optimizer`. What lowering translates is no finding, and
what it cannot is an error only where the environment names no relay. Sources: Adobe's documentation of
Journey Optimizer, pages "Configure a custom action", "Guardrails", "External systems" and "External data
sources".
"""

from __future__ import annotations

from collections.abc import Iterator

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.urls import host_of
from callsheet.outbound.durations import Duration
from callsheet.targets.journey_optimizer.rules.judged import RELAY, JourneyAction

_RETRIES = 3
_LONGEST, _SHORTEST = Duration.read("30s"), Duration.read("1s")


@rule("CS821", "journey-method", on="journey")
def journey_method(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """Journey Optimizer can only call with GET, POST or PUT; a relay can call with any method.

    Bad:
        request: {method: PATCH, payload: {a: 1}}
    Good:
        request: {method: PUT, payload: {a: 1}}
    """
    for path, reason in action.refused("method"):
        yield at.value(path, reason, do=f"use GET, POST or PUT, {RELAY}")


@rule("CS822", "journey-url", on="journey")
def journey_url(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """The URL of a custom action must begin with a fixed host, by its name, at a default port.

    Parameters after the host become the *Path* that a journey adds, or query parameters. A relay can call
    any URL.

    Bad:
        request: {url: "https://api.example.com:8443/v1"}
    Good:
        request: {url: "https://api.example.com/v1"}
    """
    for path, reason in action.refused("url"):
        yield at.value(path, reason, do=f"call a host by its name at the default port, {RELAY}")


@rule("CS823", "journey-adobe-host", on="journey")
def journey_adobe_host(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """Journey Optimizer cannot call a host of Adobe's that is not public.

    Bad:
        request: {url: "https://service.corp.adobe.com/v1"}
    Good:
        request: {url: "https://api.example.com/v1"}
    """
    for path, reason in action.refused("host"):
        yield at.value(path, reason, do=f"call a public API, {RELAY}")


@rule("CS824", "journey-adobe-io", on="journey", severity="warning", adjustable=True)
def journey_adobe_io(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """A host at `*.adobe.io` may be refused: Adobe's guardrails name hosts `.adobe.*`.

    Adobe does not say whether a public one is accepted: try it on the screen before a journey needs it.

    Bad:
        request: {url: "https://platform.adobe.io/v1"}
    Good:
        request: {url: "https://api.example.com/v1"}
    """
    host = host_of(action.compiled["request"]["url"])
    if not action.relayed and (host == "adobe.io" or host.endswith(".adobe.io")):
        yield at.value(
            ("request", "url"),
            f"Journey Optimizer may refuse {host}: its guardrails name hosts of Adobe's",
            do="try it on the screen (Send test request) before a journey needs it",
        )


@rule("CS825", "journey-field-name", on="journey")
def journey_field_name(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """The name of a header or query parameter must not begin with `.` or `$`.

    Bad:
        request: {query: {$page: "1"}}
    Good:
        request: {query: {page: "1"}}
    """
    for path, reason in action.refused("name"):
        yield at.key(path, reason, do=f"choose another name, {RELAY}")


@rule("CS827", "journey-authentication", on="journey")
def journey_authentication(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """Journey Optimizer cannot sign a request or an assertion, and shows no certificate but Adobe's.

    A bearer token becomes an API key named Authorization there, OAuth its *Custom* authentication. A relay
    does what is left: HMAC, OAuth by `jwt_bearer`, a client certificate of your own.

    Bad:
        authentication: {type: hmac, key: {secret: "env:KEY"}, content: "{body}", headers: {X-Sign: "{signature}"}}
    Good:
        authentication: {type: bearer, token: {secret: "env:TOKEN"}}
    """  # noqa: E501 - an example
    certificate = "clientCertificate" in action.compiled["authentication"]
    for path, reason in action.refused("authentication"):
        if certificate:
            do = f"let the service trust Adobe's, and remove this, {RELAY}"
            yield at.key((*path, "clientCertificate"), reason, do=do)
        else:
            do = f"authenticate in another way that the service takes, {RELAY}"
            yield at.value((*path, "type"), reason, do=do)


@rule("CS828", "journey-timeout", on="journey")
def journey_timeout(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """The timeout of an action must be 1 to 30 seconds, with its retries.

    Bad:
        limits: {timeout: 31s}
    Good:
        limits: {timeout: 30s}
    """
    timeout = (action.compiled.get("limits") or {}).get("timeout")
    if not isinstance(timeout, str):
        return
    if not _SHORTEST <= Duration.read(timeout) <= _LONGEST:
        yield at.value(
            ("limits", "timeout"), "a journey waits 1 to 30 seconds, and no longer", do="write 1s to 30s"
        )


@rule("CS829", "journey-limits", on="journey", severity="warning", adjustable=True)
def journey_limits(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """Retries and rates of an action cannot be set in Journey Optimizer: it retries three times.

    It never retries on 401, 403 and 404. Each retry counts in the capping of the endpoint.

    Bad:
        limits: {retries: 5}
    Good:
        limits: {retries: 3}
    """
    # A relay retries, and keeps to rates, as the action says.
    limits = {} if action.relayed else action.compiled.get("limits") or {}
    if limits.get("retries", _RETRIES) != _RETRIES:
        yield at.value(
            ("limits", "retries"),
            f"Journey Optimizer retries up to {_RETRIES} times, whatever is written here",
            do=f"write {_RETRIES}, or leave it out",
        )
    for name in ("rate", "maxConnections"):
        if name in limits:
            yield at.key(
                ("limits", name),
                f"`{name}` is not a field of a custom action: Journey Optimizer caps endpoints",
                do="write a capping configuration of the endpoint, for all actions that call it",
            )
