"""What another side echoes of a secret → the same text without it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from urllib.parse import quote

SHORTEST_SECRET = 4


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return an answer's text without the secrets that were sent, however the other side echoes them."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
            for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], encoded):
                text = text.replace(form, "(secret)")
    return text
