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
    r"(?i)(api|access|secret|private)[-_]?(key|token)|token|credential|signature|authorization|x-auth(?![a-z])|\bkey\b"
)
"""Of a header or a query parameter."""
WHOLE = ("pw", "pass", "x-session", "session", "x-wsse")
"""Names of headers and query parameters that are credentials as a whole."""
OPAQUE_BY_NAME = ("code", "appid", "app_id", "apikey", "k")
"""Names of query parameters in which some services want their key."""
OPAQUE = late(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_=/+-]{24,}\Z")
SECRET_WORD = late(
    r"""(?x) [a-z]*(?:secrets?|passw(?:or)?ds?|passphrase|apikey|accesstoken|secretkey
    | passw(?:o|oe)rt|kennw(?:o|oe)rt|motdepasse|contrase(?:na)?|senha|wachtwoord)"""
)
"""A word of a name that is of a credential: also a word that ends so, as `clientsecret`.

Also a password in German, French, Spanish, Portuguese and Dutch; of `contraseña`, its first letters.
"""
IN_OTHER_LETTERS = late("密码|密碼|パスワード|비밀번호|[Пп]ароль")
"""A password, in letters that no word of a name has."""
OF_A_SECRET = late(
    "url|uri|link|hint|name|at|in|reset|strength|question|changed|rotation|rotated|manager|scanning|scan"
    "|detection|protection|alerts?|status"
)
"""The last word of a name that says something of a secret, and is none."""
WORDS = late(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
LAST = late(
    r"""(?x) passw(?:or)?d | passphrase | pwd | secrets? | credentials? | creds | jwt | authorization | auth
    | wsse | hmac | bearer | hapikey | (?:api|auth|access|refresh|bot)token | (?:php|j)?sess(?:ion)?id
    | (?:api|auth|access|secret|private|write|app|consumer|ssh)key | passcode | pw | cvv | cvc | dsn"""
)
"""The last word of a name that is a credential wherever it is."""
LAST_TWO = late(
    "(?:user|db|database|smtp|imap|ftp|login|mail|email|admin|root|proxy|my)pass|pass(?:word|code|phrase)|connectionstring"
)
"""The last two words of such a name, together: of `smtp_pass` and `connectionString`."""
BEFORE_KEY = late(
    r"""(?x) api | access | secret | private | auth | write | read | signing | encryption | master | admin
    | consumer | ssh | server | subscription | license | app | application | account | client | service
    | sdk | integration | rest | webhook | security | routing | shared"""
)
ADDRESS = late("device|push|fcm|apns|registration|installation|expo|gcm")
"""Before `token`: it names a device, and is a datum of a person."""
PLAIN_BEFORE = {
    "token": late("page|sync|continuation|next|previous|prev|cursor|resume|start|postman"),
    "key": late(
        "idempoten(?:cy|ce)|sort|order|partition|cache|primary|foreign|public|dedup(?:lication)?"
        "|object|event|translation|custom"
    ),
    "tokens": late("max|min|total|prompt|completion|input|output|new|stop"),
}
PLAIN_LAST = late(
    "type|count|limit|length|size|ttl|expiry|expires|lifetime|version|policy|hint|required|enabled|name|ref|reference"
)
TOKEN = late(r"(?i)bearer +[^ ]+\Z|basic +(?=.*[A-Z0-9=+/].)(?!(?-i:[A-Z]?[a-z]+)\Z)[A-Za-z0-9+/]+=*\Z")
"""The value of an Authorization header; `Basic plan` is none."""
FIELD = late(r"[a-z]{1,12}(?:_[a-z]{1,12}){0,3}\Z")
PAIR_VALUES = ("value", "val", "data", "content")
PAIR_NAMES = ("key", "name", "field", "id", "header", "variable", "property", "parameter", "type")
"""The keys of a pair of a name and a value."""
USERS = frozenset({"user", "username", "login", "account", "email"})
"""Beside one of them, `pass` is a password; alone, it may be one for a journey by train."""
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


def is_secret_key(path: tuple[Any, ...], text: str = "") -> bool:
    """Return whether a leaf of a payload is a credential by where it is; a device's token is none.

    Args:
        path: of the leaf; all that is in an object with the name of a secret is one.
        text: of the leaf; a signature is a credential where it is an opaque text.

    """
    key = last_key(path)
    if is_of_login(path):
        return True
    if key in DEVICES:
        return False
    if is_plain(key):
        return False
    return (
        has_secret_word(key)
        or is_named_credential(key)
        or (words_of_name(key)[-1:] == ["signature"] and OPAQUE.match(text) is not None)
        or _is_in_secret(path, key)
    )


def _is_in_secret(path: tuple[Any, ...], key: str) -> bool:
    """Return whether a leaf is in an object that is named by a secret, and is not what is said of one."""
    if OF_A_SECRET.fullmatch(key.lower()) or key.startswith("$"):
        return False
    return any(
        isinstance(one, str) and any(map(SECRET_WORD.fullmatch, words_of_name(one)[-1:]))
        for one in path[:-1]
    )


def judged_path(path: tuple[Any, ...], within: Any) -> tuple[Any, ...]:
    """Return the path by which a leaf is judged: in a pair `{key: password, value: …}`, that of the name.

    So is `pass` beside a user that of a password.

    Args:
        path: of the leaf.
        within: the object that the leaf is in.

    """
    if not is_judged_beside(path) or not isinstance(within, dict):
        return path
    beside = {one.lower(): held for one, held in within.items() if isinstance(one, str)}
    if path[-1].lower() == "pass":
        return (*path[:-1], "password") if beside.keys() & USERS else path
    names = (beside.get(one) for one in PAIR_NAMES)
    named = next((one for one in names if isinstance(one, str) and is_secret_key((one,))), None)
    return path if named is None else (*path[:-1], named)


def is_judged_beside(path: tuple[Any, ...]) -> bool:
    """Return whether it is to be seen in what is beside a leaf what it is."""
    return bool(path) and isinstance(path[-1], str) and path[-1].lower() in (*PAIR_VALUES, "pass")


def judged_path_in(path: tuple[Any, ...], root: Any) -> tuple[Any, ...]:
    """Return the path by which a leaf of a value is judged; see `judged_path`."""
    if not is_judged_beside(path):
        return path
    for one in path[:-1]:
        root = root[int(one)] if isinstance(root, list) else root[one]
    return judged_path(path, root)


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
    while len(words) > 1 and (words[-1] == "value" or words[-1].isdigit()):
        words = words[:-1]  # of `api_key_value` and `pwd2`
    before, last = words[-2] if len(words) > 1 else "", words[-1]
    if last == "token":
        return before != "" and not ADDRESS.fullmatch(before)
    return bool(
        LAST.fullmatch(last)
        or LAST_TWO.fullmatch(before + last)
        or (last == "key" and BEFORE_KEY.fullmatch(before))
        or (last == "id" and before == "session")
    )


@lru_cache(maxsize=10_000)
def has_secret_word(name: str) -> bool:
    """Return whether a word of a name is that of a credential: `clientSecret`, and not `secretary`."""
    words = words_of_name(name)
    if words[-3:] == ["mot", "de", "passe"] or IN_OTHER_LETTERS.search(name):
        return True
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
