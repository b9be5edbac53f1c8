"""What the readers of collections have in common: enabled fields, an encoded query, credentials, bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from callsheet.importing.credentials import is_hidden_field
from callsheet.importing.json_bodies import NOT_JSON
from callsheet.importing.model import Credential, Imported, ImportFault, misshapen
from callsheet.importing.variable_texts import text_of_field
from callsheet.importing.variables import Variables
from callsheet.outbound.urls import with_query

PATH_PARAMETER = re.compile(r"(?<=[^/:]/):(\w+)(?=[/?#]|\Z)")
"""What a tool fills in before it sends, as `/orders/:id`; a port follows a host."""


def fields(listed: Any, name: str = "name") -> Iterator[tuple[str, str]]:
    """Yield the names and values of a list of fields, without those that are switched off.

    Raises:
        TypeError: for what is not a list: what it says would be lost.

    """
    if listed and not isinstance(listed, list):
        raise TypeError
    for one in listed or ():
        # An empty list or object is no name, and no missing one either: tools write a text for it.
        is_named = isinstance(one, dict) and (one.get(name) or isinstance(one.get(name), list | dict))
        if is_named and not one.get("disabled"):
            key = text_of_field(one[name], "the name of a field")
            yield key, text_of_field(one.get("value"), f"the value of {key}")


def without_value(listed: Any, name: str = "name", told: str = "") -> Iterator[str]:
    """Yield a note for each header without a value; `told` is what the tool sends in its place."""
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and one.get(name) and not one.get("disabled") and one.get("value") is None:
            yield f"the header {one[name]} has no value: it is sent empty{told}"


def path_parameter(name: str, held: str, variables: Variables) -> str:
    """Return what stands for a part of the path: its variable, or a parameter with its value as example."""
    return variables.marked(held) if "{{" in held else variables.parameter(name, held)


def add_headers(imported: Imported, pairs: Iterator[tuple[str, str]], variables: Variables) -> None:
    """Add headers to a request."""
    for key, held in pairs:
        name = variables.plain(key, "the name of a header")
        if not held.strip() and is_hidden_field(name, ""):
            note_missing(imported, "", f"the header {name}")
        # Blanks around a value are no part of it (RFC 9110 section 5.5).
        imported.headers.append((name, variables.marked(held.strip(" \t"))))


def note_missing(imported: Imported, held: str, what: str) -> None:
    """Note a credential that the file does not contain: the tool sends none, and the action one."""
    if not held.strip():
        imported.notes.append(f"{what} is empty in the file: set its secret, or remove it")


def without_header(imported: Imported, name: str) -> None:
    """Leave out a header that the authentication sets, as tools do."""
    kept = [one for one in imported.headers if one[0].lower() != name.lower()]
    if len(kept) < len(imported.headers):
        imported.notes.append(f"the header {name} was left out: the authentication sets it")
        imported.headers = kept


def without_parameter(imported: Imported, name: str) -> None:
    """Leave out a query parameter that the authentication sets, as tools do."""
    base, _, query = imported.url.partition("?")
    pairs = query.split("&") if query else []
    kept = [one for one in pairs if unquote(one.partition("=")[0]) != name]
    if len(kept) < len(pairs):
        imported.notes.append(f"the query parameter {name} was left out: the authentication sets it")
        imported.url = with_query(base, "&".join(kept))


def add_bearer(imported: Imported, token: str, prefix: str, variables: Variables) -> None:
    """Authenticate by a token in the header of RFC 6750, or after another word."""
    imported.headers.append(("Authorization", f"{prefix or 'Bearer'} {variables.marked(token) or 'token'}"))


def add_basic(imported: Imported, username: str, password: str, variables: Variables) -> None:
    """Authenticate by a name and a password (RFC 7617)."""
    imported.user = (variables.marked(username), variables.marked(password))


def add_key(imported: Imported, name: str, held: str, where: str, variables: Variables) -> None:
    """Authenticate by a key in a header or in the query."""
    name = variables.plain(name, "the name of the key") or "X-Api-Key"
    imported.authentication = {
        "type": "apiKey",
        "name": name,
        "in": where,
        "value": Credential(variables.marked(held)),
    }


def add_oauth2(
    imported: Imported,
    held: Mapping[str, str],
    token_url: str,
    variables: Variables,
    *,
    placed: str = "basic",
    more: Sequence[str] = (),
    grant: str = "client_credentials",
) -> None:
    """Authenticate by a token that a client gets for itself, or with the name and password of a user.

    Args:
        imported: the request.
        held: the client's id, its secret, and the scopes; for a user, `username` and `password`.
        token_url: of the token endpoint.
        variables: that the request sees.
        placed: where the client authenticates there: `basic` or `form`.
        more: what the tool also sends there, and no action.
        grant: `client_credentials` or `password`.

    """
    scopes = held.get("scope", "").split()
    # A client without an id is none: the user alone is asked about.
    names = ["clientId", "clientSecret"] if grant != "password" or held.get("clientId") else []
    names += ["username", "password"] if grant == "password" else []
    imported.authentication = {
        "type": "oauth2",
        "grant": grant,
        "tokenUrl": variables.plain(token_url, "the URL of its token endpoint"),
        **{one: Credential(variables.marked(held.get(one, ""))) for one in names},
        **({"clientAuthentication": placed} if placed != "basic" else {}),
        **({"scopes": scopes} if scopes else {}),
    }
    if more:
        left = ", ".join(more)[:80]
        imported.notes.append(f"what the tool also sends to the token endpoint was left out: {left}")


def note_grant(imported: Imported, grant: str) -> None:
    """Note a grant that no action has: what is written in its place is a token that somebody sets."""
    if grant:
        imported.notes.append(
            f"the grant {grant[:40]} of its OAuth 2.0 was left out: set the secret of its token by hand"
        )


def nearest_authentication(listed: Sequence[Any], kind: str) -> dict[str, Any]:
    """Return the authentication that holds: the last one that says a type; empty where none does.

    Args:
        listed: what the collection, its folders and the request say, the request last.
        kind: of the file, for what is said of it.

    Raises:
        ImportFault: for one of another form.

    """
    if any(one and not isinstance(one, dict) for one in listed):
        raise misshapen(kind)
    return next((one for one in reversed(listed) if isinstance(one, dict) and one.get("type")), {})


def leave_authentication(imported: Imported, kind: str) -> None:
    """Note a scheme that no action has."""
    imported.incomplete = True
    imported.notes.append(f"its authentication, {kind[:30]}, was left out: write `authentication` by hand")


def add_json(imported: Imported, text: Any, variables: Variables) -> Imported:
    """Add a JSON body; raises ImportFault for another."""
    if isinstance(text, str) and text.strip():
        imported.payload, imported.has_payload = variables.payload(text), True
    return imported


def refuse_form(kind: str) -> ImportFault:
    """Return why a body cannot be sent."""
    return ImportFault(f"the body is {kind}", NOT_JSON)
