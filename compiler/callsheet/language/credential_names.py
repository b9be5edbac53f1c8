"""Is a value a credential, by what it is called? One judgement for imports, validation and reports.

A header or a query parameter is judged by its name and its value, a leaf of the payload by its key. What is
none stays plain: a key of idempotency, the token of a page, a sort key.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from callsheet.language.secret_patterns import secret_kind
from callsheet.patterns import late

BY_NAME = late(
    r"(?i)(api|access|secret|private)[-_]?(key|token)|token|credential|signature|authorization|x-auth|\bkey\b"
)
"""Of a header or a query parameter."""
WHOLE = ("pw", "pass", "x-session", "session", "x-wsse")
"""Names of headers and query parameters that are credentials as a whole."""
OPAQUE_BY_NAME = ("code", "appid", "app_id", "apikey", "k")
"""Names of query parameters in which some services want their key."""
OPAQUE = late(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_=/+-]{24,}\Z")
SECRET_WORD = late(r"[a-z]*(?:secrets?|passw(?:or)?ds?|passphrase|apikey|accesstoken|secretkey)")
"""A word of a name that is of a credential: also a word that ends so, as `clientsecret`."""
OF_A_SECRET = late(
    "url|uri|link|hint|name|at|in|reset|strength|question|changed|rotation|rotated|manager|scanning|scan"
    "|detection|protection|alerts?|status"
)
"""The last word of a name that says something of a secret, and is none."""
WORDS = late(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
LAST = late(
    r"""(?x) passw(?:or)?d | passphrase | pwd | secrets? | credentials? | creds | jwt | authorization | auth
    | wsse | hmac | bearer | hapikey | (?:api|auth|access|refresh|bot)token | (?:php|j)?sess(?:ion)?id
    | (?:api|auth|access|secret|private|write)key"""
)
"""The last word of a name that is a credential wherever it is."""
BEFORE_KEY = late(
    r"""(?x) api | access | secret | private | auth | write | read | signing | encryption | master | admin
    | server | subscription | license | app | application | account | client | service | sdk | integration
    | rest | webhook | security | routing | shared"""
)
ADDRESS = late("device|push|fcm|apns|registration|installation|expo|gcm")
"""Before `token`: it names a device, and is a datum of a person."""
PLAIN_BEFORE = {
    "token": late("page|sync|continuation|next|previous|prev|cursor|resume|start"),
    "key": late(
        "idempoten(?:cy|ce)|sort|order|partition|cache|primary|foreign|public|dedup(?:lication)?"
        "|object|event|translation|custom"
    ),
    "tokens": late("max|min|total|prompt|completion|input|output|new|stop"),
}
PLAIN_LAST = late(
    "type|count|limit|length|size|ttl|expiry|expires|lifetime|version|policy|hint|required|enabled"
)
TOKEN = late(r"(?i)bearer +[^ ]+\Z|basic +(?=.*[A-Z0-9=+/].)(?!(?-i:[A-Z]?[a-z]+)\Z)[A-Za-z0-9+/]+=*\Z")
"""The value of an Authorization header; `Basic plan` is none."""
FIELD = late(r"[a-z]{1,12}(?:_[a-z]{1,12}){0,3}\Z")
DEVICES = ("token", "fid", "device_token", "registration_token", "installation_id", "registration_id")
"""Keys of what names a device: a datum of a person, and no credential."""


def is_credential(name: str, value: str) -> bool:
    """Return whether a header or query parameter contains a credential, by its name or by its value."""
    if secret_kind(value) or TOKEN.match(value):
        return True
    if name.lower() == "key" and FIELD.match(value):
        return False
    if name.lower() in WHOLE or (name.lower() in OPAQUE_BY_NAME and OPAQUE.match(value)):
        return True
    return not is_plain(name) and (
        bool(BY_NAME.search(name)) or has_secret_word(name) or is_named_credential(name) or name == "sig"
    )


def is_secret_key(path: tuple[Any, ...]) -> bool:
    """Return whether a leaf of a payload is a credential by where it is; a device's token is none."""
    key = last_key(path)
    if is_of_login(path):
        return True
    if key in DEVICES:
        return False
    return not is_plain(key) and (has_secret_word(key) or is_named_credential(key))


def is_named_secret(part: str, within: tuple[Any, ...], text: str) -> bool:
    """Return whether a constant of a request is a credential by its name.

    Args:
        part: of the request: `headers`, `query` or `payload`; in any other nothing is.
        within: where the constant is in it.
        text: the constant.

    """
    if not text or not within:
        return False
    if part == "payload":
        return is_secret_key(within)
    return part in ("headers", "query") and isinstance(within[0], str) and is_credential(within[0], text)


def last_key(path: tuple[Any, ...], otherwise: str = "") -> str:
    """Return the key that a value stands at, also as an item of a list; `otherwise` where there is none."""
    return next((one for one in reversed(path) if isinstance(one, str)), otherwise)


def is_of_login(path: tuple[Any, ...]) -> bool:
    """Return whether a field of a payload is a part of a login that is not its name: `auth.token`."""
    names = [one for one in path if isinstance(one, str)]
    if len(names) < 2 or names[-1].lower() not in ("pass", "pw", "pin", "key", "token", "secret", "value"):
        return False
    around = words_of_name(names[-2])
    return bool(around) and around[-1] in ("auth", "authentication", "login", "credentials", "credential")


@lru_cache(maxsize=10_000)
def is_named_credential(name: str) -> bool:
    """Return whether a name is that of a credential wherever it is."""
    words = words_of_name(name)
    if not words or is_plain(name):
        return False
    before, last = words[-2] if len(words) > 1 else "", words[-1]
    if last == "token":
        return before != "" and not ADDRESS.fullmatch(before)
    return bool(
        LAST.fullmatch(last)
        or (last == "key" and BEFORE_KEY.fullmatch(before))
        or (last == "id" and before == "session")
    )


@lru_cache(maxsize=10_000)
def has_secret_word(name: str) -> bool:
    """Return whether a word of a name is that of a credential: `clientSecret`, and not `secretary`."""
    words = words_of_name(name)
    return any(map(SECRET_WORD.fullmatch, words)) and not OF_A_SECRET.fullmatch(words[-1])


def words_of_name(name: str) -> list[str]:
    """Return the words of a name in small letters: of `X-Api-Key`, and of `apiKey`."""
    return [one.lower() for one in WORDS.findall(name)]


@lru_cache(maxsize=10_000)
def is_plain(name: str) -> bool:
    """Return whether a name only sounds like that of a credential."""
    words = words_of_name(name)
    if not words:
        return False
    before = PLAIN_BEFORE.get(words[-1])
    return bool(
        PLAIN_LAST.fullmatch(words[-1]) or (before and any(before.fullmatch(one) for one in words[-2:-1]))
    )
