"""A request that came × the route it came to → what the service would refuse of it."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from callsheet.contracts.bodies import known_faults
from callsheet.documents import equal
from callsheet.emulator.routes import Route, references_of
from callsheet.emulator.standins import standin, with_references
from callsheet.language.when_empty import is_droppable, members
from callsheet.outbound.lines import with_scheme
from callsheet.outbound.signatures import Signed, is_signed
from callsheet.templates.values import text_of

_SLOTS = ("$param", "$concat", "$expr", "$template")


class Came(Struct, frozen=True):
    """A request that came.

    Attributes:
        url: of the service that is played, not of the emulator.
        headers: names in lower case.

    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        """The query parameters."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The body, read as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> Any:
        """Read the body as JSON; raises ValueError."""
        return json.loads(self.body.decode("utf-8"))


class Refusal(Struct, frozen=True):
    """A status, and why."""

    status: int
    reason: str


def refuse_call(route: Route, came: Came, tokens: Mapping[str, float]) -> Refusal | None:
    """Return why the service would refuse a call; None where it would not.

    Args:
        route: of the action.
        came: the request.
        tokens: those that were given, each until when it is good (monotonic seconds).

    """
    if came.method != route.method:
        return Refusal(405, f"the action calls with {route.method}")
    reason = _unproven(route, came, tokens)
    if reason:
        return Refusal(401, reason)
    request = route.compiled["request"]
    for name, value in request.get("headers", {}).items():
        reason = _differs(value, came.headers.get(name.lower()), f"the header {name}")
        if reason:
            return Refusal(400, reason)
    for name, value in request.get("query", {}).items():
        reason = _differs(value, came.query.get(name), f"the query parameter {name}")
        if reason:
            return Refusal(400, reason)
    return _refuse_body(route, came) if "payload" in request else None


def _refuse_body(route: Route, came: Came) -> Refusal | None:
    media = came.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in ("application/json", "text/json") and not media.endswith("+json"):
        return Refusal(415, "Content-Type is not JSON")
    try:
        body = came.json()
    except (ValueError, RecursionError):
        return Refusal(400, "the body is not JSON")
    if route.operation is not None and route.operation.body is not None:
        sent = with_references(body, references_of([route]))
        faults = known_faults(route.operation.body_as(media), sent)
        return next((Refusal(400, one.words) for one in faults), None)
    reason = unlike(route.compiled["request"]["payload"], body, "the payload")
    return Refusal(400, reason) if reason else None


def _differs(compiled: Any, value: str | None, name: str) -> str | None:
    if isinstance(compiled, dict) and "secret" in compiled:
        return None if value == standin(compiled["secret"]) else f"{name} does not contain its secret"
    if _is_slot(compiled):
        return None
    if value is None:
        return f"{name} is missing"
    if not is_scalar(compiled) or value == text_of(compiled):
        return None
    if isinstance(compiled, str) and _media(value) == _media(compiled) is not None:
        return None
    return f"{name} differs"


def is_scalar(value: Any) -> bool:
    """Return whether a compiled value is written as one string in a header or in a query."""
    return isinstance(value, str | bool | int | float)


def _media(text: str) -> tuple[str, ...] | None:
    """Return a media type in the form in which two are compared; None for a text that is not one.

    Types, names of parameters and the value of charset are compared without their case (RFC 9110 section
    8.3.1).
    """
    media, *parameters = (one.strip() for one in text.split(";"))
    if not re.fullmatch(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+", media):
        return None
    folded = []
    for one in parameters:
        name, _, value = one.partition("=")
        plain = value.strip('"')
        folded.append(f"{name.lower()}={plain.lower() if name.lower() == 'charset' else plain}")
    return (media.lower(), *sorted(folded))


def unlike(compiled: Any, value: Any, name: str) -> str | None:
    """Compare a body with the action's payload: same keys, same constants; a slot may contain anything."""
    if _is_slot(compiled):
        return None
    if isinstance(compiled, dict) and "$secret" in compiled:
        return None if value == standin(compiled["$secret"]) else f"{name} does not contain its secret"
    if isinstance(compiled, dict):
        fields = members(compiled)
        if not isinstance(value, dict):
            return f"{name} is not an object"
        for key in value:
            if key not in fields:
                return f"{name} has `{key}`, which the action does not send"
        for key, one in fields.items():
            if key not in value:
                if _may_be_left_out(one):
                    continue
                return f"{name} lacks `{key}`"
            reason = unlike(one, value[key], f"`{key}`")
            if reason:
                return reason
        return None
    if isinstance(compiled, list):
        if not isinstance(value, list):
            return f"{name} is not a list"
        return _unlike_items(compiled, value, name)
    return None if equal(value, compiled) else f"{name} differs from what the action sends"


def _unlike_items(compiled: list[Any], items: list[Any], name: str) -> str | None:
    """Compare two lists in their order; a slot without a value is left out of the request."""
    if len(compiled) == len(items):
        return next(
            (it for one, other in zip(compiled, items, strict=True) if (it := unlike(one, other, name))),
            None,
        )
    places = {0}  # how many items the compiled ones so far may have made
    for one in compiled:
        made = {at + 1 for at in places if at < len(items) and unlike(one, items[at], name) is None}
        places = made | places if _may_be_left_out(one) else made
    return None if len(items) in places else f"{name} has other items than the action sends"


def _may_be_left_out(compiled: Any) -> bool:
    return _is_slot(compiled) or is_droppable(compiled)


def _is_slot(value: Any) -> bool:
    return isinstance(value, dict) and any(one in value for one in _SLOTS)


# -- who calls ------------------------------------------------------------------------------------


def _unproven(route: Route, came: Came, tokens: Mapping[str, float]) -> str | None:
    """Return why a call does not prove who calls; None where it does."""
    authentication, secrets = route.authentication, route.secrets
    header = came.headers.get("authorization", "")
    match authentication["type"]:
        case "none":
            return None
        case "basic":
            pair = f"{_text(authentication['username'])}:{_text(authentication['password'])}"
            good = header == "Basic " + base64.b64encode(pair.encode()).decode()
        case "bearer":
            good = header == f"Bearer {_text(authentication['token'])}"
        case "apiKey":
            held = came.query if authentication["in"] == "query" else came.headers
            name = authentication["name"]
            key = held.get(name if authentication["in"] == "query" else name.lower())
            good = key == with_scheme(authentication, _text(authentication["value"]))
        case "hmac":
            signed = Signed(came.method, came.url, came.headers, came.body)
            good = is_signed(authentication, signed, secrets(authentication["key"]["secret"]))
        case _:
            token = _token(authentication, came, header)
            if tokens.get(token, 0.0) > time.monotonic():
                return None
            return "the token is not one of this server's, or has expired"
    return None if good else f"{authentication['type']} authentication is missing or wrong"


def _token(authentication: Mapping[str, Any], came: Came, header: str) -> str:
    place = authentication.get("authorizationType", "bearer")
    if place == "header":
        return came.headers.get(authentication["tokenTarget"].lower(), "")
    if place == "queryParam":
        return came.query.get(authentication["tokenTarget"], "")
    return header.removeprefix("Bearer ")


def _text(value: Any) -> str:
    return standin(value["secret"]) if isinstance(value, dict) else text_of(value)


def refuse_token_call(route: Route, came: Came) -> Refusal | None:
    """Return why the token endpoint would refuse a call; None where it would return a token."""
    authentication = route.authentication
    if came.method != route.method:
        return Refusal(405, f"the token is requested with {route.method}")
    if authentication["type"] == "custom":
        return _refuse_custom(authentication, came)
    form, grant = came.form, authentication["grant"]
    if grant == "jwt_bearer":
        return _refuse_assertion(authentication, form)
    if form.get("grant_type") != grant:
        return Refusal(400, "unsupported_grant_type")
    client = [_text(authentication[one]) for one in ("clientId", "clientSecret") if one in authentication]
    sent = [form[one] for one in ("client_id", "client_secret") if one in form]
    basic = re.match(r"Basic (.+)\Z", came.headers.get("authorization", ""))
    if basic:
        try:
            sent = base64.b64decode(basic[1], validate=True).decode().split(":", 1)
        except ValueError:
            return Refusal(400, "invalid_request")
    if client != sent:
        return Refusal(401, "invalid_client")
    for name in ("username", "password"):
        if name in authentication and form.get(name) != _text(authentication[name]):
            return Refusal(400, "invalid_grant")
    return None


def _refuse_assertion(authentication: Mapping[str, Any], form: Mapping[str, str]) -> Refusal | None:
    """Read the claims of an assertion (RFC 7523 section 3); the key is not known here."""
    parts = form.get("assertion", "").split(".")
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (IndexError, ValueError, RecursionError):
        return Refusal(400, "invalid_grant")
    if not isinstance(claims, dict) or not isinstance(claims.get("exp"), int | float):
        return Refusal(400, "invalid_grant")
    audience = authentication.get("audience", authentication["tokenUrl"])
    wanted = " ".join(authentication.get("scopes") or ())
    if claims.get("aud") != audience or claims["exp"] < time.time():
        return Refusal(400, "invalid_grant")
    return None if claims.get("scope", "") == wanted else Refusal(400, "invalid_scope")


def _refuse_custom(authentication: Mapping[str, Any], came: Came) -> Refusal | None:
    for name, value in (authentication.get("headers") or {}).items():
        if came.headers.get(name.lower()) != _text(value):
            return Refusal(401, f"the header {name} is missing or wrong")
    body = authentication.get("body")
    if not body or came.method != "POST":
        return None
    try:
        sent = came.form if body["bodyType"] == "form" else came.json()
    except (ValueError, RecursionError):
        return Refusal(400, "the body is not JSON")
    if not isinstance(sent, dict):
        return Refusal(400, "the body is not an object")
    for name, value in body["bodyParams"].items():
        wanted = _text(value) if isinstance(value, dict) or body["bodyType"] == "form" else value
        if not equal(sent.get(name), wanted):
            return Refusal(401, f"`{name}` is missing or wrong")
    return None
