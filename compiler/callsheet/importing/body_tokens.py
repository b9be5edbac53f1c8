"""The key `token` at the top of a body → is it what authenticates the request, or the address of a device?

Nothing but the rest of the request says so: where it has no other credential, the token is one.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace

from callsheet.documents.walking import texts_in
from callsheet.importing.credentials import is_hidden, is_hidden_field, is_secret_path
from callsheet.importing.marks import filled
from callsheet.importing.model import Imported, Slot
from callsheet.importing.shell_marks import mark_of
from callsheet.language.credential_names import judged_path_in

_OPAQUE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[\w:.+/=\[\]-]{20,}\Z")


def is_token(path: tuple[Any, ...]) -> bool:
    """Return whether a path is that of the key `token` at the top of a body."""
    return path == ("token",)


def with_token_judged(imported: Imported, *, chosen: bool) -> Imported:
    """Return a request that says whether its token is a credential; other opaque tokens are placeholders.

    Args:
        imported: the request.
        chosen: whether the user says that the token is a parameter.

    """
    token = None if chosen else token_of_body(imported)
    if token is not None:
        return replace(imported, lone_token=token)
    return replace(imported, payload=_without_devices(imported.payload, "", {}))


def _without_devices(value: Any, key: str, known: dict[str, str]) -> Any:
    """Write a placeholder for each opaque `token`: it may be a credential after all."""
    if isinstance(value, dict):
        return {name: _without_devices(one, name, known) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_devices(one, key, known) for one in value]
    if key != "token" or not isinstance(value, str) or not _OPAQUE.match(value):
        return value
    number = len(known) + 1
    return known.setdefault(value, "a-device" if number < 2 else f"a-device-{number}")


def token_of_body(imported: Imported) -> str | None:
    """Return the text of the token that authenticates a request; None where something else does."""
    held = imported.payload.get("token") if isinstance(imported.payload, dict) else None
    if isinstance(held, Slot) and not held.chosen:
        # A variable of a shell; what a description calls `token` is a parameter.
        held = next((it for it, one in imported.variables.items() if one == held.name), None)
        held = None if held is None else mark_of(held)
    return held if isinstance(held, str) and held and not _has_other_credential(imported) else None


def _has_other_credential(imported: Imported) -> bool:
    if imported.authentication is not None or imported.user is not None or imported.incomplete:
        return True
    url = filled(imported.url, imported.values)
    fields = [*imported.headers, *parse_qsl(url.partition("#")[0].partition("?")[2])]
    return bool(
        urlsplit(url).username
        or is_secret_path(url)
        or any(is_hidden_field(*one) for one in fields)
        or any(
            is_hidden(held, judged_path_in(path, imported.payload))
            for path, held in texts_in(imported.payload)
            if not is_token(path)
        )
    )
