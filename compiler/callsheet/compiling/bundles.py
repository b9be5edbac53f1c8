"""The canonical texts of what was compiled, read where they are asked for: of few objects in most runs.

The texts of one file make a bundle, compressed: what an action is in three environments differs in a few
words. A bundle lies in memory only where the cache does not take it; a text is told by its digest, so that
nothing else is ever taken for it.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterable
from typing import cast

from callsheet.compiling.memo import Memo
from callsheet.documents import decoded
from callsheet.errors import CallsheetError
from callsheet.language.content import Content
from callsheet.templates.values import digest_of

_OPEN = 4 * 1_048_576
"""So many characters of bundles stay unpacked: the rows of a set are read one by one, between others."""
_READ = 1_048_576
"""The contents of so many characters stay read: several rules look at one message, one after the other."""


def packed(texts: Iterable[str]) -> bytes:
    """Return a bundle of canonical texts, none of which contains a line break (RFC 8785)."""
    return zlib.compress("\n".join(texts).encode("utf-8", "surrogatepass"), 1)


class Bundles:
    """The bundles of a compiled workspace, by file.

    Args:
        stored: returns the bundle of a file from the cache; None where there is none.
        computed: computes the bundle of a file again, where the cache has lost it.

    """

    def __init__(self, stored: Callable[[str], bytes | None], computed: Callable[[str], bytes]) -> None:
        self._stored = stored
        self._computed = computed
        self._in_memory: dict[str, bytes] = {}
        self._unpacked: Memo[dict[str, str]] = Memo(_OPEN)
        self.contents: Memo[Content] = Memo(_READ)
        self._lock = threading.Lock()

    def add(self, file: str, bundle: bytes) -> None:
        """Hold the bundle of a file in memory."""
        self._in_memory[file] = bundle

    def text(self, file: str, digest: str) -> str:
        """Return a canonical text by the file that it was compiled from, and its digest.

        Raises:
            CallsheetError: CS993 where the file was changed, and the cache lost what was compiled before.

        """
        with self._lock:
            found = self._unpacked.get(file) or {}
            if digest not in found:
                # What the cache holds of a file may be what it compiles to with other environments.
                found = {**found, **self._unpack(file, digest)}
                # One that is larger than all may be together is kept alone.
                self._unpacked.put(file, found, min(sum(map(len, found.values())), _OPEN))
            return found[digest]

    def _unpack(self, file: str, digest: str) -> dict[str, str]:
        for read in (self._in_memory.get, self._stored, self._computed):
            bundle = read(file)
            found = {} if bundle is None else _texts_of(bundle)
            if digest in found:
                return found
        raise CallsheetError(
            "CS993",
            f"{file} was changed, or the cache was, while callsheet was running",
            help="run the command again",
        )


class FileTexts:
    """The canonical texts of one file, for the compiled objects that it defines.

    Args:
        bundles: where they are.
        file: its path.

    """

    __slots__ = ("_bundles", "file")

    def __init__(self, bundles: Bundles, file: str) -> None:
        self._bundles = bundles
        self.file = file

    def text(self, digest: str) -> str:
        """Return a text by its digest; raises as `Bundles.text` does."""
        return self._bundles.text(self.file, digest)

    def content(self, digest: str, whose: str) -> Content:
        """Return a text as data; for the same object the same, as long as it is kept."""
        key = f"{whose} {digest}"
        found = self._bundles.contents.get(key)
        if found is None:
            text = self.text(digest)
            found = cast("Content", decoded(text))
            self._bundles.contents.put(key, found, len(text))
        return found


def _texts_of(bundle: bytes) -> dict[str, str]:
    try:
        texts = zlib.decompress(bundle).decode("utf-8", "surrogatepass").split("\n")
    except (zlib.error, UnicodeDecodeError):
        return {}
    return {digest_of(one): one for one in texts}
