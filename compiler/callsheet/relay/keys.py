"""Who may call: whoever has one of two keys. They are compared in constant time, and never shown."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from callsheet.errors import CallsheetError, UsageError
from callsheet.outbound.lines import header_value

SHORTEST = 16
MOST = 2
KEPT_SECONDS = 60.0
"""So long a key whose secret cannot be read still counts: it may be just being written."""


class _Key(Struct):
    """One key: where it is read, its digest (None where it counts no more), and since when it is unread."""

    reference: str
    digest: bytes | None
    unread_since: float | None = None


class KeyEvent(Struct, frozen=True, kw_only=True):
    """What reading a key again came to: `key-not-read`, `key-dropped` or `key-reads-again`."""

    event: str
    reference: str
    code: str = ""
    why: str = ""


class Keys:
    """The keys of callers; each is read, and lost, for itself.

    Args:
        references: to them, as `env:RELAY_KEY`.
        resolve: returns the secret of a reference.
        clock: returns the time in seconds.

    Raises:
        CallsheetError: CS879 for more than two, and for one that is too short; CS602, CS606 and CS969 for
            a secret that is not there or no header can contain.

    """

    def __init__(
        self,
        references: Sequence[str],
        resolve: Callable[[str], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if len(references) > MOST:
            raise UsageError(
                "CS879",
                f"there are {len(references)} keys, and a relay takes two at most",
                help="pass the old key and the new one, and remove the old one when no caller uses it",
            )
        self.references = tuple(references)
        self.resolve = resolve
        self.clock = clock
        self._keys = [_Key(one, self._digest(one)) for one in references]

    def __bool__(self) -> bool:
        """Whether a caller needs a key: also where none of them counts any more."""
        return bool(self.references)

    @property
    def unread(self) -> int:
        """How many keys cannot be read now."""
        return sum(one.unread_since is not None for one in self._keys)

    def read_again(self) -> Iterator[KeyEvent]:
        """Read each secret again: a file may contain a new key, or none any more; yield what changed."""
        for one in self._keys:
            try:
                one.digest = self._digest(one.reference)
            except CallsheetError as error:
                yield from self._failed(one, error)
                continue
            if one.unread_since is not None:
                one.unread_since = None
                yield KeyEvent(event="key-reads-again", reference=one.reference)

    def accept(self, given: bytes | None) -> bool:
        """Return whether it is one of the keys, in a time that does not depend on what is given."""
        digest = hashlib.sha256(given or b"").digest()
        found = [hmac.compare_digest(digest, one.digest or _NONE) for one in self._keys]
        counts = [one.digest is not None for one in self._keys]
        return given is not None and any(map(all, zip(found, counts, strict=True)))

    def _failed(self, key: _Key, error: CallsheetError) -> Iterator[KeyEvent]:
        now = self.clock()
        if key.unread_since is None:
            key.unread_since = now
            yield KeyEvent(
                event="key-not-read", reference=key.reference, code=error.code, why=error.message
            )
        if key.digest is not None and now - key.unread_since >= KEPT_SECONDS:
            key.digest = None
            yield KeyEvent(event="key-dropped", reference=key.reference, code=error.code, why=error.message)

    def _digest(self, reference: str) -> bytes:
        key = header_value(self.resolve(reference), reference)
        if len(key) < SHORTEST:
            raise CallsheetError(
                "CS879",
                f"the key {reference} has fewer than {SHORTEST} characters",
                help="write a random one, as from `openssl rand -hex 32`",
            )
        return hashlib.sha256(key.encode()).digest()


_NONE = bytes(hashlib.sha256().digest_size)
