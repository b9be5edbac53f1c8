"""The body of a request of Postman → the payload of an action; what Postman does not send is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callsheet.importing.model import Imported
from callsheet.importing.reading_requests import add_json, refuse_form
from callsheet.importing.variables import Variables

_WITHOUT_BODY = ("GET", "COPY", "HEAD", "PURGE", "UNLOCK")
_MODES = ("raw", "graphql", "urlencoded", "formdata", "file")
_MEDIA = {"html": "text/html", "javascript": "application/javascript", "xml": "application/xml"}
"""What Postman says of a language; of any other text/plain."""


def add_body(result: Imported, body: Any, behavior: Mapping[str, Any], variables: Variables) -> None:
    """Add the body to a request.

    Args:
        result: the request.
        body: as the collection writes it.
        behavior: how Postman sends the request (`protocolProfileBehavior`).
        variables: that the request sees.

    Raises:
        TypeError: for another form.
        ImportFault: for a form, a file, and what is not JSON.

    """
    if body and not isinstance(body, dict):
        raise TypeError
    if not body or body.get("disabled"):
        return
    mode = body.get("mode")
    held = body.get(mode) if isinstance(mode, str) else None
    if _is_empty(mode, held):
        if isinstance(held, str) and held:
            result.notes.append("the body was left out: it is blank")
        return
    if mode not in _MODES:
        result.notes.append("the body was left out: the tool does not know its mode, and sends none")
        return
    if result.method in _WITHOUT_BODY and not behavior.get("disableBodyPruning"):
        result.notes.append(f"the body was left out: the tool sends none with {result.method}")
        return
    if mode == "graphql":
        _add_graphql(result, held, variables)
    elif mode == "raw":
        add_json(result, held if isinstance(held, str) else json.dumps(held), variables)
        _note_media(result, body, behavior)
    else:
        raise refuse_form("a file" if mode == "file" else "a form")


def _is_empty(mode: Any, held: Any) -> bool:
    """Return whether there is nothing to send."""
    if mode == "raw":
        return held is None or (isinstance(held, str) and not held.strip())
    if mode == "file" and isinstance(held, dict):
        return not (held.get("src") or held.get("content"))
    if isinstance(held, list):
        return not any(isinstance(one, dict) and not one.get("disabled") for one in held)
    return not held


def _add_graphql(result: Imported, held: Any, variables: Variables) -> None:
    """Add a query of GraphQL; variables that are a text are JSON of their own."""
    asked = held if isinstance(held, dict) else {}
    given = asked.get("variables")
    if isinstance(given, str):
        names = [one for one in ("query", "operationName") if isinstance(asked.get(one), str)]
        payload = {one: variables.marked(asked[one]) for one in names}
        if given.strip():
            payload["variables"] = variables.payload(given)
    else:
        present = {one: asked[one] for one in ("query", "operationName", "variables") if one in asked}
        payload = variables.payload(json.dumps(present))
    result.payload, result.has_payload = payload, True


def _note_media(result: Imported, body: Mapping[str, Any], behavior: Mapping[str, Any]) -> None:
    """Note a JSON body that Postman does not send as JSON, because nothing says that it is."""
    if any(name.lower() == "content-type" for name, _ in result.headers) or not result.has_payload:
        return
    options = body.get("options")
    raw = options.get("raw") if isinstance(options, dict) else None
    language = raw.get("language") if isinstance(raw, dict) else None
    off = behavior.get("disabledSystemHeaders")
    if isinstance(off, dict) and off.get("content-type"):
        result.notes.append(
            "the body is sent as application/json: the tool sends it without a Content-Type"
        )
    elif language != "json":
        media = _MEDIA.get(str(language), "text/plain")
        result.notes.append(f"the body is sent as application/json: the tool sends it as {media}")
