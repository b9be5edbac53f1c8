"""What a value of an imported request is likely to be: a credential, a personal datum, a text."""

from __future__ import annotations

import json
import re
from typing import Any

from callsheet.language.secret_patterns import secret_kind

CREDENTIAL = re.compile(
    r"(?i)(api|access|secret|private)[-_]?(key|token)|token|secret|passw|credential|signature|authorization|x-auth|\bkey\b"
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ().-]{6,20}\Z")
_IP = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}\Z")
_NAMES = re.compile(r"(?i)(first|last|full|given|family|sur)[-_]?name\Z")
DEVICES = ("token", "fid", "device_token", "registration_token", "installation_id", "registration_id")
_TEXTS = ("title", "subject", "text", "body", "message", "html", "caption", "content")
_TEMPLATE = re.compile(r"\{\{|\{%|\{#")


def is_credential(name: str, value: str) -> bool:
    """Return whether a header or query parameter contains a credential, by its name or by its text."""
    return bool(CREDENTIAL.search(name)) or bool(secret_kind(value))


def is_secret(value: str, path: tuple[Any, ...]) -> bool:
    """Return whether a text of the payload is a credential; a device's token is an address, and none."""
    key = next((one for one in reversed(path) if isinstance(one, str)), "")
    if key in DEVICES:
        return False
    return bool(secret_kind(value)) or bool(
        re.search(r"(?i)passw|secret|api[-_]?key|access[-_]?token", key)
    )


def parameter_name(key: str) -> str:
    """Return the name of a parameter, from the name of what contains its value."""
    name = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()).strip("_")
    name = name or "value"
    return (name if name[0].isalpha() else f"p_{name}")[:24]


def guess(value: str, path: tuple[Any, ...]) -> str | None:
    """Return what a string of the payload is: a kind of personal datum, a `text` to read, or a constant."""
    key = next((one for one in reversed(path) if isinstance(one, str)), "").lower()
    if _EMAIL.match(value):
        return "email"
    if _IP.match(value):
        return "ip-address"
    if _PHONE.match(value) and re.search(r"phone|mobile|msisdn|^to$|recipient|number", key):
        return "phone"
    if _NAMES.match(key):
        return "name"
    if key in DEVICES:
        return "device-id"
    return "text" if key in _TEXTS and value else None


def constant(value: str) -> str:
    """Return a constant as a leaf: what would begin a template is a text within one."""
    return f"{{{{ {json.dumps(value, ensure_ascii=False)} }}}}" if _TEMPLATE.search(value) else value
