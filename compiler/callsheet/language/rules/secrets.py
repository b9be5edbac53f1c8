"""CS6xx: secrets are referred to, never written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callsheet.language.action import Action
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.plugins import secret_schemes
from callsheet.language.schema_check import nearest
from callsheet.language.secret_patterns import secret_kind
from callsheet.workspace import Path, Problem

_SECRET_FIELDS = ("password", "token", "clientSecret", "value", "key")
_REFERENCE = re.compile(r"([a-z][a-z0-9]*):(.+)\Z", re.DOTALL)
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_REFER = 'write a reference, as {secret: "env:NAME"}, and revoke what was written here'


@rule("CS601", "literal-secret", on="action")
def literal_secret(action: Action, at: Spots) -> Iterator[Problem]:
    """A secret must not be written into a file: git never forgets it.

    What looks like a credential (by the patterns of detect-secrets), or stands where a password,
    token or key belongs, is refused; its text is never printed.

    Bad:
        authentication: {type: bearer, token: hunter2hunter2}
    Good:
        authentication: {type: bearer, token: {secret: "env:TOKEN"}}
    """
    authentication = action.spec.get("authentication") or {}
    for field in _SECRET_FIELDS:
        if isinstance(authentication.get(field), str):
            yield at.value(("authentication", field), f"`{field}` is written literally", do=_REFER)
    yield from literal_secrets_in(action.spec, (), at, written=authentication)
    yield from literal_secrets_in(
        action.metadata, (), Spots(at.code, at.document, ("metadata",)), written={}
    )


def literal_secrets_in(value: Any, path: Path, at: Spots, *, written: dict[str, Any]) -> Iterator[Problem]:
    """Find texts that look like credentials; those in `written` are reported by their field."""
    if isinstance(value, dict):
        for key, one in value.items():
            if not (value is written and key in _SECRET_FIELDS):
                yield from literal_secrets_in(one, (*path, key), at, written=written)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from literal_secrets_in(one, (*path, index), at, written=written)
    elif isinstance(value, str):
        kind = secret_kind(value)
        if kind:
            yield at.value(path, f"this looks like a credential ({kind})", do=_REFER)


@rule("CS602", "unknown-secret-scheme", on="compiled")
def unknown_secret_scheme(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A reference must have a scheme that callsheet knows: env, file, or one that a plug-in adds.

    Bad:
        authentication: {type: bearer, token: {secret: "enc:TOKEN"}}
    Good:
        authentication: {type: bearer, token: {secret: "env:TOKEN"}}
    """
    known = secret_schemes()
    for path, reference in references_in(compiled):
        match = _REFERENCE.match(reference)
        if match and match[1] not in known:
            yield at.value(
                path,
                f"the scheme `{match[1][:20]}` of the secret is not known" + nearest(match[1], known),
                do=f"the schemes are: {', '.join(known)}",
            )


@rule("CS603", "malformed-secret", on="compiled")
def malformed_secret(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A reference must be `scheme:place`: `env:NAME` with the name of an environment variable.

    Bad:
        authentication: {type: bearer, token: {secret: "env:my token"}}
    Good:
        authentication: {type: bearer, token: {secret: "env:MY_TOKEN"}}
    """
    for path, reference in references_in(compiled):
        match = _REFERENCE.match(reference)
        if match is None or (match[1] == "env" and not _ENVIRONMENT_NAME.match(match[2])):
            yield at.value(
                path,
                "the reference to a secret is malformed",
                do="write it as env:NAME or file:PATH",
            )


@rule("CS605", "secret-in-url", on="compiled")
def secret_in_url(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A secret should not be sent in a URL: logs on the way keep URLs.

    Bad:
        request: {query: {access_token: {secret: "env:TOKEN"}}}
    Good:
        authentication: {type: bearer, token: {secret: "env:TOKEN"}}
    """
    for path, _ in references_in(compiled):
        if path[:2] == ("request", "query"):
            yield at.value(
                path,
                "the secret is sent in the URL, which logs keep",
                do="send it as a header, or use `authentication` with in: query where the service insists",
            )


declare(
    "CS606",
    "secret-missing",
    """A secret must be there when it is needed: at apply, where a target needs it, and at send.

The reference is stored, the secret is not; nothing else needs it.
""",
)


def references_in(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Give every reference to a secret in a compiled action, with its path."""
    if isinstance(value, dict):
        for key in ("secret", "$secret"):
            if len(value) == 1 and isinstance(value.get(key), str) and path[:1] != ("responses",):
                yield path, value[key]
                return
        for key, one in value.items():
            inner = path if key == "$literal" else (*path, key)
            if not (key == "secret" and path[:2] == ("request", "payload")):
                yield from references_in(one, inner)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from references_in(one, (*path, index))
