"""What another side echoes of a secret → the same text without it, however it is spelled."""

from __future__ import annotations

import base64
import codecs
import html
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote

from msgspec import Struct

SHORTEST_SECRET = 4
HIDDEN = "(secret)"
_LAYERS = 4
"""So many encodings around each other are looked through, as JSON in a form in HTML."""
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair of surrogates is one character
    r"|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[^ux]"
    r"|(?:%[0-9a-fA-F]{2})+"
    r"|&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});",
    re.DOTALL,
)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LEAST_CORE = 8
"""A shorter piece of base64 may be anything."""


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return an answer's text without the secrets that were sent, however the other side echoes them.

    Found are: JSON's escapes, percent-encoding, HTML's references, all of them mixed and around each
    other, and base64 of a secret, alone or within a login.
    """
    wanted = _forms(secrets)
    if not wanted:
        return text
    if "\0" in text:
        # UTF-16 and UTF-32, read as if each byte were a character.
        wanted = [*wanted, *("\0".join(one) for one in wanted), *("\0\0\0".join(one) for one in wanted)]
    return _hidden(text, [*_spans(text, wanted)]) if _has_any(text, wanted) else text


def without_secrets_in_bytes(content: bytes, secrets: Iterable[str]) -> bytes:
    """Return the bytes of an answer without the secrets; what is no text stays as it is, byte for byte."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        # Each byte is one character: what is not found comes back as it was.
        secrets = [
            form for one in secrets for form in (one, one.encode("utf-8", "replace").decode("latin-1"))
        ]
        return without_secrets(content.decode("latin-1"), secrets).encode("latin-1")
    return without_secrets(text, secrets).encode("utf-8")


def _forms(secrets: Iterable[str]) -> list[str]:
    """Return what is looked for, the longest first."""
    found: set[str] = set()
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            found |= {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], *_in_base64(secret)}
            found |= {
                one for one in (secret.replace(" ", "+"), _bare(secret)) if len(one) >= SHORTEST_SECRET
            }
    return sorted(found, key=len, reverse=True)


def _bare(secret: str) -> str:
    """Return a secret that looks escaped itself as it is where a text around it is unescaped."""
    layer = _Layer(secret, [0], [(0, len(secret))])
    for _ in range(_LAYERS):
        layer = _unescaped(layer) or layer
    return layer.text


def _in_base64(secret: str) -> Iterator[str]:
    """Yield what of a secret is the same in every base64 around it: it may begin at any of 3 bytes."""
    content = secret.encode("utf-8", "replace")
    yield from _both(base64.b64encode(content).decode().rstrip("="))
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + content).decode().rstrip("=")
        first = (0, 2, 3)[before]
        last = (before + len(content)) * 8 // 6
        core = whole[first:last]
        if len(core) >= _LEAST_CORE:
            yield from _both(core)


def _both(encoded: str) -> tuple[str, str]:
    return encoded, encoded.translate(str.maketrans("+/", "-_"))


def _has_any(text: str, wanted: list[str]) -> bool:
    """Return whether there is something to hide: most answers have nothing, and need no map of places."""
    for _ in range(_LAYERS):
        if any(one in text for one in wanted):
            return True
        inner = _ESCAPE.sub(lambda found: _plain(found[0]) or found[0], text)
        if inner == text:
            return False
        text = inner
    return False


class _Layer(Struct, frozen=True):
    """A text without one layer of escapes, and where each of its pieces comes from.

    Attributes:
        starts: of the pieces, in this text.
        origins: of the same pieces, from and to, in the text as it came; a piece without an escape is
            as long in both.

    """

    text: str
    starts: list[int]
    origins: list[tuple[int, int]]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of this text comes from; an escape is taken whole."""
        return self._at(start)[0], self._at(end - 1)[1]

    def _at(self, index: int) -> tuple[int, int]:
        number = bisect_right(self.starts, index) - 1
        begin, end = self.origins[number]
        if self.end(number) - self.starts[number] < end - begin:
            return begin, end
        here = begin + index - self.starts[number]
        return here, here + 1

    def end(self, number: int) -> int:
        """Return where a piece ends, in this text."""
        return self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)


def _spans(text: str, wanted: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where a secret is, in the text as it came."""
    layer = _Layer(text, [0], [(0, len(text))])
    for _ in range(_LAYERS):
        for secret in wanted:
            at = layer.text.find(secret)
            while at >= 0:
                yield layer.origin(at, at + len(secret))
                at = layer.text.find(secret, at + len(secret))
        inner = _unescaped(layer)
        if inner is None:
            return
        layer = inner


def _unescaped(layer: _Layer) -> _Layer | None:
    """Return the text with its escapes undone once; None where there are none."""
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[tuple[int, int]] = []
    length = at = 0

    def add(piece: str, origin: tuple[int, int]) -> None:
        nonlocal length
        pieces.append(piece)
        starts.append(length)
        origins.append(origin)
        length += len(piece)

    def keep(start: int, end: int) -> None:
        """Add what has no escape of this layer; it may have had one of an outer layer."""
        while start < end:
            number = bisect_right(layer.starts, start) - 1
            stop = min(layer.end(number), end)
            add(layer.text[start:stop], layer.origin(start, stop))
            start = stop

    for found in _ESCAPE.finditer(layer.text):
        piece = _plain(found[0])
        if piece is None:
            continue
        keep(at, found.start())
        at = found.end()
        if found[0][0] == "%" and len(piece) * 3 == len(found[0]):
            for number, one in enumerate(piece):
                add(one, layer.origin(found.start() + 3 * number, found.start() + 3 * number + 3))
        else:
            add(piece, layer.origin(*found.span()))
    if not at:
        return None
    keep(at, len(layer.text))
    return _Layer("".join(pieces), starts, origins)


@lru_cache(maxsize=4_096)
def _plain(escape: str) -> str | None:
    """Return what an escape stands for; None for what is none."""
    if escape[0] == "%":
        content = bytes.fromhex(escape.replace("%", ""))
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            return content.decode("latin-1")
    if escape[0] == "&":
        found = html.unescape(escape)
        return None if found == escape else found
    if escape[1] in "ux":
        return (
            codecs.decode(escape, "unicode_escape")
            .encode("utf-16", "surrogatepass")
            .decode("utf-16", "replace")
        )
    return _SHORT.get(escape[1], escape[1])


def _hidden(text: str, spans: list[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        if start >= at:
            parts += [text[at:start], HIDDEN]
        at = end
    return "".join([*parts, text[at:]])
