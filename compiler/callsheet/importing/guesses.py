"""What a value of an imported request is likely to be: a personal datum, or a text."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from callsheet.language.credential_names import DEVICES, last_key

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ().-]{6,20}\Z")
_IP = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}\Z")
_NAMES = re.compile(r"(?i)(first|last|full|given|family|sur)[-_]?name\Z")
_TEXTS = ("title", "subject", "text", "body", "message", "html", "caption", "content")
_TEMPLATE = re.compile(r"\{\{|\{%|\{#")


def without_accents(text: str) -> str:
    """Return a text with `o` for `ö`: a name has only letters of ASCII."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def parameter_name(key: str) -> str:
    """Return the name of a parameter, from the name of what contains its value."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", without_accents(key)).lower()
    name = re.sub(r"[^a-z0-9]+", "_", words).strip("_")
    name = name or "value"
    return (name if name[0].isalpha() else f"p_{name}")[:24]


def guess(value: str, path: tuple[Any, ...]) -> str | None:
    """Return what a string of the payload is: a kind of personal datum, a `text` to read, or a constant."""
    key = last_key(path).lower()
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
