"""CS6xx: secrets are referred to, never written; no comment in a pull request hides one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callsheet.documents import Path, Problem
from callsheet.documents.walking import keys_in, texts_in
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.content import Content
from callsheet.language.credential_names import judged_path_in
from callsheet.language.credential_texts import named_as_credential, named_in
from callsheet.language.credential_urls import is_secret_url
from callsheet.language.origin import TEMPLATE
from callsheet.language.plugins import secret_schemes
from callsheet.language.secret_patterns import secret_kind
from callsheet.language.urls import secret_url
from callsheet.words import nearest

References = list[tuple[Path, str]]
"""References to secrets, each with its path in the compiled action."""

MAX_TEXT = 100_000
_SHORTEST_KEY = 16
_SECRET_FIELDS = ("password", "token", "clientSecret", "value", "key")
_REFERENCE = re.compile(r"([a-z][a-z0-9]*):(.+)\Z", re.DOTALL)
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_REFER = 'write a reference, such as {secret: "env:NAME"}, and revoke what was written here'
REFER_THERE = 'write a reference, such as {secret: "env:NAME"}, and revoke what was written'
REMOVE = "remove it, and revoke the credential"
_REFER_URL = 'write a reference, such as {secret: "env:NAME", host: …}, and revoke what was written here'
_FILES = ("itemsFile", "payloadFile", "htmlFile")
_OVERLAY = (
    'write a reference, such as {secret: "env:NAME"}; put it in an overlay where it differs by environment'
)


@rule("CS601", "literal-secret", on="document", adjustable=False)
def literal_secret(value: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A secret must not be written into a file: it stays in git's history.

    What looks like a credential (by the patterns of detect-secrets), also in a comment, or is
    written where a password, token or key belongs, is refused and never printed; so is what looks
    like one only as a template puts it together. What is made of it is not kept in the cache; what
    has its name by one, as a file or a definition, is not read, so that the name is not repeated.

    Bad:
        authentication: {type: bearer, token: hunter2hunter2}
    Good:
        authentication: {type: bearer, token: {secret: "env:TOKEN"}}
    """
    if _has_nothing_secret(value):
        return
    for path, text in texts_in(value):
        if _is_secret_field(path):
            if not text and path[-1] == "password":
                continue  # a login by a name alone, as `curl -u KEY:`: nothing is secret
            if "{{" in text:
                yield at.value(
                    path, f"`{path[-1]}` is a template, and must be a reference to a secret", do=_OVERLAY
                )
            else:
                yield at.value(path, f"`{path[-1]}` is written as plain text", do=_REFER)
            continue
        if len(text) > MAX_TEXT:
            yield at.value(
                path,
                f"the string is longer than {MAX_TEXT:,} characters, too long to search for credentials",
                do="shorten it, or move it to a template file",
            )
            continue
        kind = secret_kind(text)
        if kind:
            # No metadata is made of a reference, nor is the name of a file.
            way_out = REMOVE if path[0] == "metadata" or path[-1] in _FILES else _REFER
            yield at.value(path, f"this looks like a credential ({kind})", do=way_out)
    for path in keys_in(value):
        name = path[-1]
        kind = secret_kind(name) if isinstance(name, str) and len(name) >= _SHORTEST_KEY else ""
        if kind:
            yield at.key(path, f"this name looks like a credential ({kind})", do=REMOVE)


@rule("CS607", "named-as-secret", severity="warning", on="document")
def named_as_secret(value: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A constant of a request should not have the name of a credential: it stays in git's history.

    Nor should a text contain one: JSON in a string, GraphQL, a form, a pair of a name and a value, a URL.
    Imports judge by the same names, and reports hide the value. Where it is none, say so in a comment:
    `# callsheet: ignore CS607 it is the name of a form`.

    Bad:
        request: {headers: {X-Api-Key: 4711-public-beta}}
    Good:
        request: {headers: {X-Api-Key: {secret: "env:SHOP_KEY"}}}
    """
    spec: Any = value.get("spec")
    # A document is looked at also where it is not valid by its schema.
    for key in spec if isinstance(spec, dict) else ():
        for path, text in texts_in(spec[key], ("spec", key)) if key in _CARRYING else ():
            if secret_kind(text):
                continue
            words = _said_of_named(value, path, text)
            if words:
                words += " as plain text, and its name is that of a credential"
                yield at.value(path, words, do=_REFER)
            elif is_secret_url(text) and path[-1] not in _REFERENCES:
                words = f"`{path[-1]}` is written as plain text, and is a URL with a credential in it"
                yield at.value(path, words, do=_REFER_URL if path[-1] == "url" else _REFER)


def _said_of_named(root: Any, path: Path, text: str) -> str:
    """Return what is wrong with a text that is, or contains, a credential by its name; empty for none."""
    place = next((index for index, key in enumerate(path) if key in _CARRIERS), len(path) - 1)
    within = path[place + 1 :]
    if not within or path[-1] in _REFERENCES:
        return ""
    if "{{" not in text:
        judged = judged_path_in(path, root)[place + 1 :]
        name = named_as_credential(str(path[place]), judged, text)
        if name:
            return f"`{path[-1] if judged == within else name}` is written"
    inner = named_in(text)
    return f"`{inner}` in `{path[-1]}` is written" if inner else ""


_REFERENCES = ("secret", "$secret")
_CARRIERS = ("headers", "query", "payload", "values")
_CARRYING = ("values", "url", "request", "headers", "query", "overlays", "template")
"""Where they are in the spec of an action, a connection, a set, an environment; test cases make them up."""


def _has_nothing_secret(value: Any) -> bool:
    """Return whether nothing has to be looked at with its place, as in most files."""
    left = [value]
    while left:
        one = left.pop()
        pairs = one.items() if one.__class__ is dict else zip(one, one, strict=True)
        for key, inner in pairs:
            kind = inner.__class__
            if kind is str:
                if key in _SECRET_FIELDS or len(inner) > MAX_TEXT or secret_kind(inner):
                    return False
            elif kind is dict or kind is list:
                left.append(inner)
            if key.__class__ is str and key is not inner and len(key) >= _SHORTEST_KEY and secret_kind(key):
                return False
    return True


def _is_secret_field(path: Path) -> bool:
    """Return whether a secret belongs at a path: in authentication, also that of a set or an overlay."""
    if path[-1] not in _SECRET_FIELDS:
        return False
    path = path[len(TEMPLATE) :] if path[: len(TEMPLATE)] == TEMPLATE else path  # of a set's actions
    return path[:-1] == ("spec", "authentication") or (
        path[:2] == ("spec", "overlays") and path[3:-1] in (("authentication",), ("spec", "authentication"))
    )


@rule("CS602", "unknown-secret-scheme", on="references", adjustable=False)
def unknown_secret_scheme(references: References, at: Spots) -> Iterator[Problem]:
    """A reference must have a scheme that callsheet knows: env, file, or one that a plug-in adds.

    Bad:
        authentication: {type: bearer, token: {secret: "enc:TOKEN"}}
    Good:
        authentication: {type: bearer, token: {secret: "env:TOKEN"}}
    """
    for path, reference in references:
        match = _REFERENCE.match(reference)
        fault = unknown_scheme(match[1]) if match else None
        if fault is not None:
            yield at.value(path, fault[0], do=fault[1])


def unknown_scheme(scheme: str) -> tuple[str, str] | None:
    """Return what is wrong with the scheme of a reference, and what to do; None where it is known."""
    known = secret_schemes()
    if scheme in known:
        return None
    words = f"the scheme `{scheme[:20]}` of the secret is unknown{nearest(scheme, known)}"
    return words, f"the schemes are: {', '.join(known)}"


@rule("CS603", "malformed-secret", on="references", adjustable=False)
def malformed_secret(references: References, at: Spots) -> Iterator[Problem]:
    """A reference must be `scheme:place`: `env:NAME` with the name of an environment variable.

    Bad:
        authentication: {type: bearer, token: {secret: "env:my token"}}
    Good:
        authentication: {type: bearer, token: {secret: "env:MY_TOKEN"}}
    """
    for path, reference in references:
        match = _REFERENCE.match(reference)
        if match is None or (match[1] == "env" and not _ENVIRONMENT_NAME.match(match[2])):
            yield at.value(
                path,
                "the reference to a secret is malformed",
                do="write it as env:NAME or file:PATH",
            )


@rule(
    "CS605",
    "secret-in-url",
    on="compiled",
    adjustable=False,
    reads=("request.query", "authentication"),
)
def secret_in_url(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A secret should not be sent in a URL: logs on the way keep URLs.

    Where the action itself authenticates by a key in the query, the service insists on it, and the URL is
    secret already: further secrets may be in the query then, as the key and the token of Trello.

    Bad:
        request: {query: {access_token: {secret: "env:TOKEN"}}}
    Good:
        request: {query: {token: {secret: "env:TOKEN"}}}
        authentication: {type: apiKey, name: key, in: query, value: {secret: "env:KEY"}}
    """
    authentication = compiled["authentication"]
    if authentication["type"] == "apiKey" and authentication["in"] == "query":
        return
    for name, value in compiled["request"].get("query", {}).items():
        if isinstance(value, dict) and "secret" in value:
            yield at.value(
                ("request", "query", name),
                "the secret is sent in the URL, which logs keep",
                do="send it as a header, or use `authentication` with in: query where the service insists",
            )


declare(
    "CS606",
    "secret-missing",
    """A secret must exist when it is needed: at apply, where a target needs it, and at send.

Only the reference is stored, never the secret. A relay needs it when it makes a call: its log names the
references that it cannot read (`secret-missing`), at its start and after each apply.
""",
)


def references_in(compiled: Content) -> References:
    """Return every reference to a secret in a compiled action or message, with its path."""
    request = compiled.get("request", {})
    found: References = []
    for field in ("headers", "query", "payload"):
        if field in request:
            found += _references(request[field], ("request", field), payload=field == "payload")
    whole = secret_url(request.get("url"))
    if whole is not None:
        found.append((("request", "url", "secret"), whole.reference))
    for field in ("authentication", "via"):
        found += _references(compiled.get(field), (field,), payload=False)
    return found


def _references(value: Any, path: Path, *, payload: bool) -> References:
    if isinstance(value, dict):
        key = "$secret" if payload else "secret"
        if len(value) == 1 and isinstance(value.get(key), str):
            return [(path, value[key])]
        return [
            one
            for name, inner in value.items()
            if inner.__class__ in (dict, list)
            for one in _references(inner, path if name == "$literal" else (*path, name), payload=payload)
        ]
    if isinstance(value, list):
        return [
            one
            for index, inner in enumerate(value)
            if inner.__class__ in (dict, list)
            for one in _references(inner, (*path, index), payload=payload)
        ]
    return []
