"""How a request of Postman authenticates, or its folder, or the collection → the same of an action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsheet.importing.model import Imported, ImportFault
from callsheet.importing.reading_requests import (
    add_basic,
    add_bearer,
    add_key,
    add_oauth2,
    leave_authentication,
    nearest_authentication,
    note_grant,
    note_missing,
    without_header,
    without_parameter,
)
from callsheet.importing.variable_texts import text_of_value
from callsheet.importing.variables import Variables


def authenticate(result: Imported, listed: Sequence[Any], variables: Variables, kind: str) -> None:
    """Authenticate a request; what it says itself of the same header is left out, as Postman does.

    Args:
        result: the request.
        listed: the authentications of the collection, its folders and the request.
        variables: that the request sees.
        kind: of the file, for what is said of it.

    """
    auth = nearest_authentication(listed, kind)
    scheme = str(auth.get("type") or "noauth")
    held = _fields(auth.get(scheme))
    add = _SCHEMES.get(scheme)
    if add is not None:
        add(result, held, variables)
    elif scheme != "noauth":
        leave_authentication(result, scheme)


def _bearer(result: Imported, held: Mapping[str, str], variables: Variables) -> None:
    without_header(result, "Authorization")
    note_missing(result, held.get("token", ""), "its token")
    add_bearer(result, held.get("token", ""), "", variables)


def _basic(result: Imported, held: Mapping[str, str], variables: Variables) -> None:
    without_header(result, "Authorization")
    add_basic(result, held.get("username", ""), held.get("password", ""), variables)


def _key(result: Imported, held: Mapping[str, str], variables: Variables) -> None:
    name = held.get("key", "")
    if not name:
        result.incomplete = True
        result.notes.append("its authentication, a key without a name, was left out")
        return
    note_missing(result, held.get("value", ""), "its key")
    where = "query" if held.get("in") == "query" else "header"
    (without_parameter if where == "query" else without_header)(
        result, variables.plain(name, "the name of the key")
    )
    add_key(result, name, held.get("value", ""), where, variables)


def _oauth2(result: Imported, held: Mapping[str, str], variables: Variables) -> None:
    if held.get("tokenType", "").lower() == "mac":
        leave_authentication(result, "oauth2 with a MAC token")
        return
    without_header(result, "Authorization")
    without_parameter(result, "access_token")
    grant = held.get("grant_type", "")
    own, other = _GRANTS.get(grant), _not_a_bearer(held)
    if own and held.get("accessTokenUrl") and not (own == "password" and other):
        if other:
            leave_authentication(result, other)
            return
        placed = "form" if held.get("client_authentication") == "body" else "basic"
        more = held.get("more", "").split() or [one for one in ("audience", "resource") if held.get(one)]
        add_oauth2(result, held, held["accessTokenUrl"], variables, placed=placed, more=more, grant=own)
        return
    note_grant(result, grant)
    token = held.get("accessToken", "")
    if held.get("addTokenTo") == "queryParams":
        add_key(result, held.get("queryKey") or "access_token", token, "query", variables)
        return
    prefix = held.get("headerPrefix", "Bearer").strip()
    if prefix:
        add_bearer(result, token, prefix, variables)
    else:
        result.headers.append(("Authorization", variables.marked(token) or "token"))


_GRANTS = {
    "client_credentials": "client_credentials",
    "password_credentials": "password",
    "password": "password",
}
"""Those that an action has, as Postman and Bruno name them."""


def _not_a_bearer(held: Mapping[str, str]) -> str:
    """Return how a token that is got for each call is sent, where no action sends it so."""
    if held.get("addTokenTo") == "queryParams":
        return "oauth2, token in the query"
    if held.get("headerPrefix", "Bearer").strip().lower() != "bearer":
        return "oauth2, token without Bearer"
    return ""


_SCHEMES = {"bearer": _bearer, "basic": _basic, "apikey": _key, "oauth2": _oauth2}


def _fields(held: Any) -> dict[str, str]:
    """Return the fields of a scheme that are texts: a mapping in 2.0, a list in 2.1.

    What JavaScript takes for false, as 0, is nothing to Postman.
    """
    pairs = [*(held.items() if isinstance(held, dict) else _pairs(held))]
    for key, one in pairs:
        if key in _READ and isinstance(one, list | dict):
            raise ImportFault(f"`{key}` of its authentication is not a string", "correct it in the file")
    return {
        str(key): text_of_value(one) if one else ""
        for key, one in pairs
        if one is not None and not isinstance(one, list | dict)
    }


_READ = (
    *("token", "username", "password", "key", "value", "in"),
    *("accessToken", "accessTokenUrl", "clientId", "clientSecret", "headerPrefix", "addTokenTo"),
)
"""The fields that are read."""


def _pairs(listed: Any) -> Iterator[tuple[Any, Any]]:
    if listed and not isinstance(listed, list):
        raise TypeError
    for one in listed or ():
        if isinstance(one, dict) and one.get("key") and not one.get("disabled"):
            yield one["key"], one.get("value")
