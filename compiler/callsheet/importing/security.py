"""The security of an operation of OpenAPI → the authentication of an action, and secrets beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from callsheet.contracts.operations import Operation
from callsheet.importing.marks import secret
from callsheet.importing.model import Credential, Imported
from callsheet.outbound.urls import with_query

Schemes = Sequence[Mapping[str, Any]]


def chosen_security(operation: Operation) -> Schemes:
    """Return the first alternative that an action can hold, else the first."""
    alternatives = operation.security or [[]]
    return next(filter(_can_be_held, alternatives), alternatives[0])


def add_security(result: Imported, schemes: Schemes) -> None:
    """Stand in for who calls: what it is becomes a reference to a secret, as any credential does."""
    logged_in = False
    for scheme in schemes:
        kind = _kind(scheme)
        key = str(scheme.get("name"))
        if logged_in and _is_login(scheme):
            result.notes.append(
                f"the operation requires {kind} too, which is the same header: it was left out"
            )
            continue
        logged_in = logged_in or _is_login(scheme)
        if kind == "basic":
            result.user = ("user", "password")
        elif kind == "apikey in header":
            result.headers.append((key, secret(re.sub(r"\W+", "_", key))))
        elif kind == "apikey in query":
            if result.authentication is None:
                own = {"type": "apiKey", "name": key, "in": "query", "value": Credential(key)}
                result.authentication = own
            else:
                mark = secret(re.sub(r"\W+", "_", key, flags=re.ASCII))
                result.url = with_query(result.url, f"{quote(key, safe='')}={mark}")
        elif kind in _TOKENS:
            result.headers.append(("Authorization", "Bearer token"))
        else:
            result.incomplete = True
            result.notes.append(f"the operation requires {kind}: write `authentication` by hand")


_TOKENS = ("bearer", "oauth2", "openidconnect")
_HELD = ("basic", "apikey in header", "apikey in query", *_TOKENS)


def _kind(scheme: Mapping[str, Any]) -> str:
    """Return what a scheme is, in small letters, and where its key is."""
    kind = str(scheme.get("scheme") or scheme.get("type")).lower()
    return f"apikey in {str(scheme.get('in')).lower()}" if kind == "apikey" else kind


def keys_of(schemes: Schemes) -> set[tuple[str, str]]:
    """Return where the keys of schemes are, and their names in small letters."""
    return {(str(one.get("in")), str(one.get("name")).lower()) for one in schemes if "in" in one}


def _can_be_held(schemes: Schemes) -> bool:
    """Return whether an action can have all schemes of an alternative: one of them is Authorization."""
    logins = [one for one in schemes if _is_login(one)]
    return len(logins) < 2 and all(_kind(one) in _HELD for one in schemes)


def _is_login(scheme: Mapping[str, Any]) -> bool:
    """Return whether a scheme sets the header Authorization."""
    kind = _kind(scheme)
    named = kind == "apikey in header" and str(scheme.get("name")).lower() == "authorization"
    return named or kind in ("basic", *_TOKENS)
