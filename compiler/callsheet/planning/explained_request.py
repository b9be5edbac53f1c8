"""Changes of the request of an action, and of who may call → their words, impact and reason code."""

from __future__ import annotations

import re
from typing import Any

from callsheet.documents import Path
from callsheet.language.difference import NOTHING
from callsheet.language.urls import host_of, secret_url, url_text
from callsheet.language.when_empty import WHEN_EMPTY
from callsheet.planning.explained_values import (
    Explanation,
    dotted,
    is_reference,
    is_slot,
    verb,
)


def explain_method(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    """Explain another method."""
    return f"method changed from {old} to {new}", "breaking", "method-changed"


def explain_url(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    """Explain a change of the URL: what counts is the scheme, the host and the port."""
    was, now = url_text(old), url_text(new)
    before, after = secret_url(old), secret_url(new)
    if before and after and before.head == after.head and before != after:
        words = f"secret of the URL changed from {before.reference} to {after.reference}"
        return words, "sensitive", "secret-changed"
    moved = host_of(old) != host_of(new)
    if was.startswith("https:") and now.startswith("http:"):
        where = f", and to the host {host_of(new)} instead of {host_of(old)}" if moved else ""
        return f"the call goes over http instead of https{where}", "sensitive", "https-to-http"
    if moved:
        return f"host changed from {host_of(old)} to {host_of(new)}", "sensitive", "new-host"
    if _port_of(was) != _port_of(now):
        ports = [_port_of(one) or "the usual one" for one in (was, now)]
        words = f"port of {host_of(new)} changed from {ports[0]} to {ports[1]}"
        return words, "sensitive", "new-host"
    return "URL changed", "compatible", "url-changed"


def _port_of(url: str) -> str:
    """Return the port of a URL as its text says it; the usual one of its scheme need not be said."""
    scheme, _, rest = url.partition("://")
    authority = re.split("[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].rpartition("]")[2]
    port = authority.rpartition(":")[2] if ":" in authority else ""
    return "" if port == {"https": "443", "http": "80"}.get(scheme.lower()) else port


def explain_header(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    """Explain a change of a header."""
    if len(path) < 3:
        return f"headers {verb(old, new)}", "compatible", "header-changed"
    words = f"header `{path[2]}` {verb(old, new)}"
    if is_reference(old) or is_reference(new):
        return words, "sensitive", "secret-changed"
    return words, "compatible", "header-changed"


def explain_query(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    """Explain a change of a query parameter."""
    if len(path) < 3:
        return f"query {verb(old, new)}", "compatible", "query-changed"
    return f"query parameter `{path[2]}` {verb(old, new)}", "compatible", "query-changed"


def explain_payload(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    """Explain a change of the payload: of a field, or of the template that writes it."""
    if "$template" in path:
        at = path.index("$template") + 1
        if path[at : at + 1] == ("fragments",) and path[at + 1 :]:
            return _explain_piece(str(path[at + 1]), path[at + 2 :], old, new)
        inside = dotted(path[at:]).removeprefix("names.")
        what = "template text" if inside == "text" else f"`{inside}`, which the template reads,"
        return f"payload: {what} {verb(old, new)}", "compatible", "template-changed"
    if WHEN_EMPTY in path[-1:]:
        what = f"payload field `{dotted(path[2:-1])}`" if path[3:] else "payload"
        words = f"{what} is now left out" if new is not NOTHING else f"{what} is no longer left out"
        return f"{words} where nothing in it has a value", "compatible", "mapping-changed"
    words = (
        f"payload field `{dotted(path[2:])}` {verb(old, new)}" if path[2:] else f"payload {verb(old, new)}"
    )
    if is_reference(old) or is_reference(new):
        return words, "sensitive", "secret-changed"
    if new is NOTHING:
        return words, "compatible", "payload-field-removed"
    if old is NOTHING:
        return words, "compatible", "payload-field-added"
    constant = not (is_slot(old) or is_slot(new))
    return words, "compatible", "constant-changed" if constant else "mapping-changed"


def _explain_piece(fragment: str, path: Path, old: Any, new: Any) -> Explanation:
    """Explain a change in a fragment that the template file of a payload names."""
    where = f"of the fragment `{fragment}` in the template"
    if WHEN_EMPTY in path[-1:]:
        path = path[:-1]
    inside = dotted(path[1:])
    if path[:1] != ("payload",) or not inside:
        words = f"payload: the fragment `{fragment}` in the template {verb(old, new)}"
        return words, "compatible", "template-changed"
    words = f"payload: `{inside}` {where} {verb(old, new)}"
    if is_reference(old) or is_reference(new):
        return words, "sensitive", "secret-changed"
    return words, "compatible", "template-changed"


def explain_authentication(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    """Explain a change of how the call is authenticated."""
    if path[1:] == ("type",):
        return f"authentication changed from {old} to {new}", "sensitive", "authentication-changed"
    if is_reference(old) and is_reference(new):
        words = f"secret of `{dotted(path)}` changed from {old['secret']} to {new['secret']}"
        return words, "sensitive", "secret-changed"
    return f"`{dotted(path)}` {verb(old, new)}", "sensitive", "authentication-changed"
