"""Who may call: whoever has one of two keys. They are compared in constant time, and never shown."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence

from callsheet.errors import CallsheetError, UsageError
from callsheet.outbound.lines import header_value

SHORTEST = 16
MOST = 2


class Keys:
    """The keys of callers.

    Args:
        references: to them, as `env:RELAY_KEY`.
        resolve: returns the secret of a reference.

    Raises:
        CallsheetError: CS879 for more than two, and for one that is too short; CS602, CS606 and CS969 for
            a secret that is not there or no header can contain.

    """

    def __init__(self, references: Sequence[str], resolve: Callable[[str], str]) -> None:
        if len(references) > MOST:
            raise UsageError(
                "CS879",
                f"there are {len(references)} keys, and a relay takes two at most",
                help="pass the old key and the new one, and remove the old one when no caller uses it",
            )
        self.references = tuple(references)
        self.resolve = resolve
        self._digests = self._read()

    def __bool__(self) -> bool:
        """Whether a caller needs a key."""
        return bool(self.references)

    def read_again(self) -> None:
        """Read the secrets again: a file may contain a new key; raises as the constructor."""
        self._digests = self._read()

    def accept(self, given: bytes | None) -> bool:
        """Return whether it is one of the keys, in a time that does not depend on what is given."""
        digest = hashlib.sha256(given or b"").digest()
        found = [hmac.compare_digest(digest, one) for one in self._digests]
        return given is not None and any(found)

    def _read(self) -> tuple[bytes, ...]:
        return tuple(hashlib.sha256(self._one(reference)).digest() for reference in self.references)

    def _one(self, reference: str) -> bytes:
        key = header_value(self.resolve(reference), reference)
        if len(key) < SHORTEST:
            raise CallsheetError(
                "CS879",
                f"the key {reference} has fewer than {SHORTEST} characters",
                help="write a random one, as from `openssl rand -hex 32`",
            )
        return key.encode()
