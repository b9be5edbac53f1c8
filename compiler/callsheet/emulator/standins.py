"""References → what stands in for their secrets: no secret is resolved to try a call on this machine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from callsheet.calling.attempts import Way
from callsheet.errors import CallsheetError
from callsheet.outbound.hosts import LOOPBACK


def standin(reference: str) -> str:
    """Return what stands in for a secret: 64 hexadecimal digits, the same for the same reference."""
    return hashlib.sha256(f"callsheet stands in for {reference}".encode()).hexdigest()


def with_references(value: Any, references: Iterable[str]) -> Any:
    """Return a body with a reference in the place of each text that stands in for its secret."""
    standins = {standin(one): one for one in references}

    def replaced(one: Any) -> Any:
        if isinstance(one, dict):
            return {key: replaced(inner) for key, inner in one.items()}
        if isinstance(one, list):
            return [*map(replaced, one)]
        return {"secret": standins[one]} if isinstance(one, str) and one in standins else one

    return replaced(value)


class Standins:
    """The stand-ins of one action; where it signs assertions, its key is a real one of this process."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        authentication = compiled["authentication"]
        signs = authentication.get("grant") == "jwt_bearer" and isinstance(authentication["key"], dict)
        self.key = authentication["key"]["secret"] if signs else None

    def __call__(self, reference: str) -> str:
        """Return the stand-in for a reference."""
        return _private_key() if reference == self.key else standin(reference)


def way_to(url: str, compiled: Mapping[str, Any]) -> Way:
    """Return the way of a call to an emulator at `url`.

    Raises:
        CallsheetError: CS964 where that is not this machine.

    """
    try:
        parts = urlsplit(url)
        good = parts.scheme == "http" and parts.hostname in LOOPBACK and parts.path in ("", "/")
        good = good and not parts.query and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise CallsheetError(
            "CS964",
            f"{url[:80]!r} is not a stand-in on this machine",
            help="start `callsheet emulate`, and name the URL that it prints: http://localhost:8025",
        )
    base = f"http://{parts.netloc}"
    return Way(
        resolve=Standins(compiled), route=lambda real: re.sub(r"^https?:/", base, real, count=1), real=False
    )


@lru_cache(maxsize=1)
def _private_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
