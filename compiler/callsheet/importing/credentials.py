"""Is a value of an imported request a credential? One judgement for every importer.

A header or a query parameter is judged by its name and its value, a leaf of the payload by its key and its
value, a URL by its path. What is none stays plain: a key of idempotency, the token of a page, a sort key.
"""

from __future__ import annotations

import itertools
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from callsheet.importing.guesses import DEVICES, last_key
from callsheet.importing.marks import PRIVATE, SECRET, VALUE
from callsheet.importing.shell import MARK
from callsheet.language.secret_patterns import MAY_BE_SECRET, secret_kind

_BY_NAME = re.compile(
    r"(?i)(api|access|secret|private)[-_]?(key|token)|token|credential|signature|authorization|x-auth|\bkey\b"
)
"""Of a header or a query parameter."""
_WHOLE = ("pw", "pass", "x-session", "session", "x-wsse")
"""Names of headers and query parameters that are credentials as a whole."""
_OPAQUE_BY_NAME = ("code", "appid", "app_id", "apikey", "k")
"""Names of query parameters in which some services want their key."""
_OPAQUE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_=/+-]{24,}\Z")
_SECRET_WORD = re.compile(r"[a-z]*(?:secrets?|passw(?:or)?ds?|passphrase|apikey|accesstoken|secretkey)")
"""A word of a name that is of a credential: also a word that ends so, as `clientsecret`."""
_OF_A_SECRET = re.compile(
    "url|uri|link|hint|name|at|in|reset|strength|question|changed|rotation|rotated|manager"
)
"""The last word of a name that says something of a secret, and is none."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LAST = re.compile(
    r"""(?x) passw(?:or)?d | passphrase | pwd | secrets? | credentials? | creds | jwt | authorization | auth
    | wsse | hmac | bearer | hapikey | (?:api|auth|access|refresh|bot)token | (?:php|j)?sess(?:ion)?id
    | (?:api|auth|access|secret|private|write)key"""
)
"""The last word of a name that is a credential wherever it is."""
_BEFORE_KEY = re.compile(
    r"""(?x) api | access | secret | private | auth | write | read | signing | encryption | master | admin
    | server | subscription | license | app | application | account | client | service | sdk | integration
    | rest | webhook | security | routing | shared"""
)
_ADDRESS = re.compile("device|push|fcm|apns|registration|installation|expo|gcm")
"""Before `token`: it names a device, and is a datum of a person."""
_PLAIN_BEFORE = {
    "token": re.compile("page|sync|continuation|next|previous|prev|cursor|resume|start"),
    "key": re.compile(
        "idempoten(?:cy|ce)|sort|order|partition|cache|primary|foreign|public|dedup(?:lication)?"
        "|object|event|translation|custom"
    ),
    "tokens": re.compile("max|min|total|prompt|completion|input|output|new|stop"),
}
_PLAIN_LAST = re.compile(
    "type|count|limit|length|size|ttl|expiry|expires|lifetime|version|policy|hint|required|enabled"
)
_TOKEN = re.compile(
    r"(?i)bearer +[^ ]+\Z|basic +(?=.*[A-Z0-9=+/].)(?!(?-i:[A-Z]?[a-z]+)\Z)[A-Za-z0-9+/]+=*\Z"
)
"""The value of an Authorization header; `Basic plan` is none."""
_FIELD = re.compile(r"[a-z]{1,12}(?:_[a-z]{1,12}){0,3}\Z")
_WEBHOOKS = re.compile(
    r"""(?xi)
    (?: [\w.-]*hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/.
    | (?:[\w-]+\.)*discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/[^/]+/.
    | [\w.-]+\.webhook\.office\.com/webhookb2/.
    | outlook\.office(?:365)?\.com/webhook/.
    | api\.telegram\.org/(?:file/)?bot[^/]
    | hooks\.zapier\.com/hooks/.
    | hook\.[\w.-]*make\.com/.
    | maker\.ifttt\.com/.*/key/.
    | [^/]+(?:/.*)?/hooks/[A-Za-z0-9]{20,}(?:/|\Z)
    )"""
)
"""Hosts and paths of URLs that are credentials, as their vendors write them."""


def is_credential(name: str, value: str) -> bool:
    """Return whether a header or query parameter contains a credential, by its name or by its value."""
    if secret_kind(value) or _TOKEN.match(value):
        return True
    if name.lower() == "key" and _FIELD.match(value):
        return False
    if name.lower() in _WHOLE or (name.lower() in _OPAQUE_BY_NAME and _OPAQUE.match(value)):
        return True
    return not _is_plain(name) and (
        bool(_BY_NAME.search(name)) or _has_secret_word(name) or is_named_credential(name) or name == "sig"
    )


def is_secret(value: str, path: tuple[Any, ...]) -> bool:
    """Return whether a text of the payload is a credential; a device's token is an address, and none."""
    key = last_key(path)
    if _is_of_login(path):
        return True
    if key in DEVICES:
        return False
    if secret_kind(value) or _TOKEN.match(value) or _is_secret_url(value):
        return True
    return not _is_plain(key) and (_has_secret_word(key) or is_named_credential(key))


def _is_of_login(path: tuple[Any, ...]) -> bool:
    """Return whether a field of a payload is a part of a login that is not its name: `auth.token`."""
    names = [one for one in path if isinstance(one, str)]
    if len(names) < 2 or names[-1].lower() not in ("pass", "pw", "pin", "key", "token", "secret", "value"):
        return False
    around = words_of_name(names[-2])
    return bool(around) and around[-1] in ("auth", "authentication", "login", "credentials", "credential")


def is_hidden(value: str, path: tuple[Any, ...]) -> bool:
    """Return whether a text of the payload is, or contains, a credential."""
    return bool(is_secret(value, path) or MARK.fullmatch(value) or SECRET.search(value))


def is_hidden_number(value: Any, path: tuple[Any, ...]) -> bool:
    """Return whether a number of the payload is a credential, by its key."""
    return isinstance(value, int | float) and not isinstance(value, bool) and is_secret("", path)


def is_hidden_field(name: str, value: str) -> bool:
    """Return whether a header or query parameter is, or contains, a credential."""
    return bool(is_credential(name, value) or MARK.fullmatch(value) or SECRET.search(value))


def is_named_credential(name: str) -> bool:
    """Return whether a name is that of a credential wherever it is."""
    words = words_of_name(name)
    if not words or _is_plain(name):
        return False
    before, last = words[-2] if len(words) > 1 else "", words[-1]
    if last == "token":
        return before != "" and not _ADDRESS.fullmatch(before)
    return bool(
        _LAST.fullmatch(last)
        or (last == "key" and _BEFORE_KEY.fullmatch(before))
        or (last == "id" and before == "session")
    )


def _has_secret_word(name: str) -> bool:
    """Return whether a word of a name is that of a credential: `clientSecret`, and not `secretary`."""
    words = words_of_name(name)
    return any(map(_SECRET_WORD.fullmatch, words)) and not _OF_A_SECRET.fullmatch(words[-1])


def words_of_name(name: str) -> list[str]:
    """Return the words of a name in small letters: of `X-Api-Key`, and of `apiKey`."""
    return [one.lower() for one in _WORDS.findall(name)]


def is_secret_path(url: str) -> bool:
    """Return whether the path of a URL contains a credential: a webhook, or a key in a segment."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if SECRET.search(parts.path) or _WEBHOOKS.match(f"{host}{parts.path}"):
        return True
    segments = [unquote(one) for one in parts.path.split("/")]
    return bool(
        any(map(secret_kind, segments))
        or any(_is_key(name, held) for name, held in itertools.pairwise(segments))
    )


def _is_key(name: str, held: str) -> bool:
    """Return whether a segment of a path is a key that the one before it announces."""
    if not (is_named_credential(name) or name.lower() in ("token", "key")):
        return False
    if PRIVATE.search(held):
        return bool(VALUE.fullmatch(held) or MARK.search(held))
    return len(held) >= 12 and bool(re.search("[0-9]", held)) and bool(re.search("[A-Za-z]", held))


def _is_secret_url(value: str) -> bool:
    """Return whether a text is a URL with a credential in its path or its query."""
    if not value.lower().startswith(("https://", "http://")):
        return False
    query = value.partition("#")[0].partition("?")[2]
    return is_secret_path(value) or any(is_credential(*one) for one in parse_qsl(query))


def _is_plain(name: str) -> bool:
    """Return whether a name only sounds like that of a credential."""
    words = words_of_name(name)
    if not words:
        return False
    before = _PLAIN_BEFORE.get(words[-1])
    return bool(
        _PLAIN_LAST.fullmatch(words[-1]) or (before and any(before.fullmatch(one) for one in words[-2:-1]))
    )


def patterns() -> dict[str, str]:
    """Return the expressions by which names and texts are judged, as a browser reads them.

    Each is to be found anywhere in a text. Those of `detect-secrets` are not among them: what `secret`
    finds only may be a credential.
    """
    whole = {
        "secretWord": _SECRET_WORD,
        "ofASecret": _OF_A_SECRET,
        "last": _LAST,
        "beforeKey": _BEFORE_KEY,
        "address": _ADDRESS,
        "plainLast": _PLAIN_LAST,
        **{f"before {word}": pattern for word, pattern in _PLAIN_BEFORE.items()},
    }
    return {
        "byName": for_browsers(_BY_NAME),
        "opaque": f"^(?:{for_browsers(_OPAQUE)})",
        "field": f"^(?:{for_browsers(_FIELD)})",
        "webhooks": f"^(?:{for_browsers(_WEBHOOKS)})",
        "secret": for_browsers(MAY_BE_SECRET),
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
