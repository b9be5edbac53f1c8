"""A text of an import with what it quotes → the same text without credentials.

Notes, refusals, lists of choices, titles and names quote URLs and names that other people's tools wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote, unquote_plus

from callsheet.errors import CallsheetError
from callsheet.importing.credentials import is_hidden_field, is_secret_path
from callsheet.language.credential_names import is_credential
from callsheet.language.masking import HIDDEN, masked_words
from callsheet.language.secret_patterns import secret_kind

_WORD = re.compile(r"""[^\s`'"<>]+""")
_AROUND = re.compile(r"(?P<before>[(\[]*)(?P<word>.*?)(?P<after>[)\],.;:…]*)\Z", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PAIR = re.compile(r"([^?&#;=]+)=([^&#;]*)")
_LOGIN = re.compile(r"[^/?#@:]*:[^/?#@]*@|[^/?#@]+@(?=[^/?#@]*\Z)")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
"""Of a mail: no login of a URL."""
_TELEGRAM = re.compile(r"bot[0-9]{5,}(?::|%3[Aa]).")
_AFTER_SCHEME = re.compile(r"(?i)\b(bearer|basic|token)(\s+)(?=\S*[0-9=+/._-])[A-Za-z0-9._~+/=-]{8,}")
_AFTER_NAME = re.compile(r"([A-Za-z][\w-]*)(\s*:\s+)(?=\S*[0-9])(?=\S*[a-z])([^\s,;`]{6,})")
_DONE = "\0"
_LEAST = 8
"""How long a credential is at least that is looked for as it is: a shorter one may be a word."""


def hidden(text: str, known: Iterable[str] = ()) -> str:
    """Return a text with each credential hidden that it quotes.

    Args:
        text: of an import, before anything is cut off: half a credential is not recognized.
        known: credentials of the request, hidden wherever they are.

    """
    for one in known:
        text = text.replace(one, HIDDEN) if len(one) >= _LEAST else text
    # A text may have been hidden before: its marks are no brackets around a word.
    found = _WORD.sub(lambda match: _word(match[0]), text.replace(HIDDEN, _DONE)).replace(_DONE, HIDDEN)
    found = _AFTER_SCHEME.sub(rf"\1\2{HIDDEN}", found)
    found = _AFTER_NAME.sub(_after_name, found)
    return masked_words(found)


def nameable(text: str) -> str:
    """Return what of a name can be in the name of an action or a file: nothing of a credential."""
    return hidden(text).replace(HIDDEN, " ")


def public_segments(host: str, path: str) -> list[str]:
    """Return the segments of a path, with each hidden that makes the URL a credential."""
    found: list[str] = []
    for one in path.split("/"):
        before = "/".join((host or "host", *found[1:]))
        secret = one and (is_secret_path(f"https://{before}/{one}") or _TELEGRAM.match(one))
        found.append(HIDDEN if secret or secret_kind(unquote(one)) else one)
    return found


@contextmanager
def hidden_errors() -> Iterator[None]:
    """Hide the credentials that the errors of an import quote."""
    try:
        yield
    except CallsheetError as error:
        error.message, error.help = hidden(error.message), hidden(error.help)
        error.details = tuple(map(hidden, error.details))
        error.args = (error.message, *error.args[1:])
        raise


def _word(word: str) -> str:
    if not re.search("[/?&#=@]", word):
        return word
    around = _AROUND.match(word)
    assert around is not None  # noqa: S101 - it matches every text
    held = around["word"]
    scheme = _SCHEME.search(held)
    # What a URL is written after, as in `url=https://…`, is no part of it.
    start = scheme.end() if scheme else 0
    url = _url(held[start:], is_whole=scheme is not None)
    return f"{around['before']}{held[:start]}{url}{around['after']}"


def _url(text: str, *, is_whole: bool) -> str:
    """Hide the login, the secret segments and the secret parameters of a URL, taken after its scheme."""
    end = re.search("[?#&=]", text)
    base, query = (text[: end.start()], text[end.start() :]) if end else (text, "")
    if end and end[0] == "=" and "/" not in base:
        base, query = "", text
    elif end and end[0] in "&=":
        at = base.rfind("/") + 1
        base, query = base[:at], base[at:] + query
    authority, slash, path = base.partition("/")
    if is_whole or not _ADDRESS.fullmatch(authority):
        authority = _LOGIN.sub(f"{HIDDEN}@", authority)
    if slash:
        host = authority.rpartition("@")[2].lower()
        base = "/".join((authority, *public_segments(host, f"/{path}")[1:]))
    else:
        base = authority
    return f"{base}{_PAIR.sub(_pair, query)}"


def _pair(match: re.Match[str]) -> str:
    name, value = unquote(match[1]), unquote_plus(match[2])
    if not value:
        return match[0]
    if is_hidden_field(name, value) or ("://" in value and HIDDEN in hidden(value)):
        return f"{match[1]}={HIDDEN}"
    return match[0]


def _after_name(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}{HIDDEN}" if is_credential(match[1], match[3]) else match[0]
