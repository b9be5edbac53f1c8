"""Our kinds of authentication → the screen's, by section 4.2 of the reference on deployment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from callsheet.outbound.lines import with_scheme
from callsheet.targets.journey_optimizer.lowering.model import (
    EXACT,
    LoweredAuthentication,
    Verdict,
    relay,
    rough,
)

Written = Mapping[str, Any]

ASSUMED_LIFE_MINUTES = 60
MARGIN_MINUTES = 1
COPIED = "in a copy of the action in another sandbox it becomes INSERT SECRET HERE, and is typed again"
LIFE = (
    f"the token's life is taken to be {ASSUMED_LIFE_MINUTES} minutes: where the provider's tokens live for"
    " another time, set `duration` to one minute less"
)
BOTH_LIVES = "the token is kept by `duration` alone: the screen takes no `expiryInResponse` beside it"
AS_API_KEY = "the screen has no type for a bearer token: it is an API key in the header Authorization"
NAME_NOT_VERIFIED = "that an API key may be named Authorization is not verified"
NESTED_PATH = "a path of several names to the token is not documented"
PRESS = "press *Click to check the authentication* before you save"


def lowered_authentication(written: Written) -> LoweredAuthentication:
    """Return how the screen authenticates as the definition says."""
    if "clientCertificate" in written:
        return _by_relay("Journey Optimizer shows Adobe's own certificate, and no other")
    return _KINDS[written["type"]](written)


def _by_relay(reason: str) -> LoweredAuthentication:
    return LoweredAuthentication(type="", fields={}, payload=None, warnings=(), verdict=relay(reason))


def _as_it_is(written: Written) -> LoweredAuthentication:
    fields = {name: one for name, one in written.items() if name != "type"}
    warnings = (COPIED,) if fields else ()
    return LoweredAuthentication(
        type=written["type"], fields=fields, payload=None, warnings=warnings, verdict=EXACT
    )


def _api_key(written: Written) -> LoweredAuthentication:
    """Write a scheme before the key: the screen has one field for both."""
    found = _as_it_is(written)
    if "scheme" not in written:
        return found
    fields = {name: one for name, one in found.fields.items() if name != "scheme"}
    fields["value"] = with_scheme(written, _shown(written["value"]))
    if str(written["name"]).lower() != "authorization":
        return replace(found, fields=fields)
    return replace(found, fields=fields, verdict=Verdict(reason=NAME_NOT_VERIFIED, unverified=(10,)))


def _bearer(written: Written) -> LoweredAuthentication:
    """Write a static token as an API key.

    That the screen takes the name Authorization is plausible and not verified (section 11, point 10).
    """
    return LoweredAuthentication(
        type="apiKey",
        fields={"name": "Authorization", "value": f"Bearer {_shown(written['token'])}", "in": "header"},
        payload=None,
        warnings=(
            AS_API_KEY,
            COPIED,
        ),
        verdict=Verdict(reason=NAME_NOT_VERIFIED, unverified=(10,)),
    )


def _oauth2(written: Written) -> LoweredAuthentication:
    grant = written["grant"]
    if grant == "jwt_bearer":
        return _by_relay("Journey Optimizer cannot sign an assertion with a key of yours")
    form = {"grant_type": grant}
    for ours, theirs in (("username", "username"), ("password", "password"), ("audience", "audience")):
        if ours in written:
            form[theirs] = _shown(written[ours])
    if written.get("scopes"):
        form["scope"] = " ".join(written["scopes"])
    client = [_shown(written[one]) for one in ("clientId", "clientSecret") if one in written]
    headers = {}
    if written.get("clientAuthentication", "basic") == "basic" and len(client) == 2:
        headers["Authorization"] = f"Basic EncodeBase64({client[0]}:{client[1]})"
    else:
        form |= dict(zip(("client_id", "client_secret"), client, strict=False))
    payload = {
        "type": "customAuthorization",
        "endpoint": written["tokenUrl"],
        "method": "POST",
        "headers": headers,
        "body": {"bodyType": "form", "bodyParams": form},
        "tokenInResponse": "json://access_token",
        "cacheDuration": {"duration": ASSUMED_LIFE_MINUTES - MARGIN_MINUTES, "timeUnit": "minutes"},
        "authorizationType": "bearer",
    }
    return _custom_form(payload, EXACT, LIFE, PRESS, COPIED)


def _custom(written: Written) -> LoweredAuthentication:
    """Write Journey Optimizer's own form.

    A path of several names in `tokenInResponse` is by analogy only (section 11, point 11).
    """
    cache = written.get("cacheDuration") or {}
    payload = {"type": "customAuthorization", **{k: _inside(v) for k, v in written.items() if k != "type"}}
    both = "duration" in cache and "expiryInResponse" in cache
    if both:
        payload["cacheDuration"] = {k: v for k, v in cache.items() if k != "expiryInResponse"}
    path = written["tokenInResponse"].removeprefix("json://")
    nested = "." in path or "/" in path
    unverified = (11,) if nested else ()
    verdict = rough(*((BOTH_LIVES,) if both else ()), unverified=unverified)
    if nested:
        verdict = verdict.noting(NESTED_PATH)
    return _custom_form(payload, verdict, PRESS, COPIED)


def _custom_form(payload: dict[str, Any], verdict: Verdict, *warnings: str) -> LoweredAuthentication:
    return LoweredAuthentication(
        type="custom", fields={}, payload=payload, warnings=warnings, verdict=verdict
    )


def _signed(written: Written) -> LoweredAuthentication:
    del written
    return _by_relay("Journey Optimizer has no hash, and cannot sign a request")


def _shown(value: Any) -> str:
    """Return a text, or the reference of a secret in the braces that say: put the secret here."""
    return f"{{{value['secret']}}}" if isinstance(value, dict) else str(value)


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return (
            _shown(value) if set(value) == {"secret"} else {key: _inside(one) for key, one in value.items()}
        )
    return value


_KINDS: dict[str, Callable[[Written], LoweredAuthentication]] = {
    "none": _as_it_is,
    "basic": _as_it_is,
    "apiKey": _api_key,
    "bearer": _bearer,
    "oauth2": _oauth2,
    "custom": _custom,
    "hmac": _signed,
}
