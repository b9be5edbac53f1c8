"""Is a value of an imported request a credential? One judgement for every importer.

A header or a query parameter is judged by its name and its value, a leaf of the payload by its key and its
value, a URL by its path. What is none stays plain: a key of idempotency, the token of a page, a sort key.
"""

from __future__ import annotations

import itertools
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from callsheet.importing.marks import PRIVATE, SECRET, SLOT, VALUE
from callsheet.importing.shell_marks import MARK
from callsheet.language.credential_names import (
    ADDRESS,
    BEFORE_KEY,
    BY_NAME,
    DEVICES,
    FIELD,
    IN_OTHER_LETTERS,
    LAST,
    LAST_TWO,
    OF_A_SECRET,
    OPAQUE,
    PLAIN_BEFORE,
    PLAIN_LAST,
    SECRET_WORD,
    TOKEN,
    is_credential,
    is_secret_key,
    last_key,
)
from callsheet.language.credential_texts import ELEMENT, FORM, LINE, NAMED, NUMBERED, credentials_in
from callsheet.language.credential_urls import (
    PAIR,
    URL,
    WEBHOOKS,
    announces_key,
    is_like_key,
    is_secret_url,
)
from callsheet.language.secret_patterns import MAY_BE_SECRET, secret_kind


def is_secret(value: str, path: tuple[Any, ...]) -> bool:
    """Return whether a text of the payload is a credential; a device's token is an address, and none."""
    if is_secret_key(path, value):
        return True
    if last_key(path) in DEVICES:
        return False
    return bool(secret_kind(value) or TOKEN.match(value) or secrets_in(value)) or _is_url(value)


def secrets_in(text: str) -> list[tuple[str, str]]:
    """Return the names and values of the credentials in a text with named values; no parameters."""
    return [one for one in credentials_in(text) if not SLOT.fullmatch(one[1])]


def is_hidden(value: str, path: tuple[Any, ...]) -> bool:
    """Return whether a text of the payload is, or contains, a credential."""
    return bool(is_secret(value, path) or MARK.fullmatch(value) or SECRET.search(value))


def is_hidden_number(value: Any, path: tuple[Any, ...]) -> bool:
    """Return whether a number of the payload is a credential, by its key."""
    return isinstance(value, int | float) and not isinstance(value, bool) and is_secret("", path)


def is_hidden_field(name: str, value: str) -> bool:
    """Return whether a header or query parameter is, or contains, a credential."""
    return bool(
        is_credential(name, value)
        or MARK.fullmatch(value)
        or SECRET.search(value)
        or _is_url(value)
        or secrets_in(value)
    )


def is_secret_path(url: str) -> bool:
    """Return whether the path of a URL contains a credential: a webhook, or a key in a segment."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if SECRET.search(parts.path) or WEBHOOKS.match(f"{host}{parts.path}"):
        return True
    segments = [unquote(one) for one in parts.path.split("/")]
    pairs = [it for it in PAIR.findall(parts.path) if not PRIVATE.search(it[1])]
    return bool(
        any(it[1] and is_credential(*it) for it in pairs)
        or any(map(secret_kind, segments))
        or any(_is_key(name, held) for name, held in itertools.pairwise(segments))
    )


def _is_key(name: str, held: str) -> bool:
    """Return whether a segment of a path is a key that the one before it announces."""
    if not announces_key(name):
        return False
    if PRIVATE.search(held):
        return bool(VALUE.fullmatch(held) or MARK.search(held))
    return is_like_key(held)


def _is_url(value: str) -> bool:
    """Return whether a text is a URL with a credential in its path or its query."""
    return is_secret_url(value) or (URL.match(value) is not None and is_secret_path(value))


def patterns() -> dict[str, str]:
    """Return the expressions by which names and texts are judged, as a browser reads them.

    Each is to be found anywhere in a text. Those of `detect-secrets` are not among them: what `secret`
    finds only may be a credential.
    """
    whole = {
        "secretWord": SECRET_WORD,
        "ofASecret": OF_A_SECRET,
        "last": LAST,
        "beforeKey": BEFORE_KEY,
        "address": ADDRESS,
        "plainLast": PLAIN_LAST,
        **{f"before {word}": pattern for word, pattern in PLAIN_BEFORE.items()},
    }
    return {
        "byName": for_browsers(BY_NAME),
        "opaque": f"^(?:{for_browsers(OPAQUE)})",
        "field": f"^(?:{for_browsers(FIELD)})",
        "webhooks": f"^(?:{for_browsers(WEBHOOKS)})",
        "secret": for_browsers(MAY_BE_SECRET),
        "named": for_browsers(NAMED),
        "numbered": for_browsers(NUMBERED),
        "together": f"^(?:{for_browsers(LAST_TWO)})$",
        "otherLetters": IN_OTHER_LETTERS.pattern,
        "line": LINE.pattern,
        "element": ELEMENT.pattern,
        "pair": PAIR.pattern,
        "url": f"^(?:{for_browsers(URL)})",
        "form": f"^(?:{for_browsers(FORM)})",
        **{name: f"^(?:{for_browsers(pattern)})$" for name, pattern in whole.items()},
    }


def for_browsers(pattern: re.Pattern[str]) -> str:
    """Return the source of an expression without what only Python reads, such as comments and flags."""
    source = pattern.pattern
    if pattern.flags & re.VERBOSE:
        source = re.sub(r"(?<!\\)(?:\s+|#[^\n]*)", "", source).replace("\\ ", " ")
    source = re.sub(r"^\(\?[xi]+\)", "", source).replace("\\Z", "$")
    if pattern.flags & re.IGNORECASE:
        return _any_case(source)
    return re.sub(r"\(\?i:([^()]*)\)", lambda match: f"(?:{_any_case(match[1])})", source)


def _any_case(source: str) -> str:
    """Return an expression that takes letters of either case; letters in a class stay as they are."""
    found, at = "", 0
    for match in re.finditer(r"\\.|\[(?:\\.|[^\]])*\]", source):
        found += _letters(source[at : match.start()])
        inside = match[0]
        both = inside.replace("a-z", "a-zA-Z") if "A-Z" not in inside else inside
        found, at = found + both, match.end()
    return found + _letters(source[at:])


def _letters(text: str) -> str:
    return re.sub("[A-Za-z]", lambda match: f"[{match[0].lower()}{match[0].upper()}]", text)
