"""Texts of an environment's values: which of them read other values?"""

from __future__ import annotations

import re

_OURS = re.compile(r"\{\{(?![#/>!^&{])[^}]*(?<![.\w])(?:values|env)\s*[.\[|}]")
_TOO_EARLY = re.compile(r"\{\{[^}]*\b(?:params|action)\s*[.\[]|\{%")
"""What CS317 reports."""


def is_ours(text: str) -> bool:
    """Return whether a value reads our own names; what else looks like a template is the vendor's."""
    return _OURS.search(text) is not None and _TOO_EARLY.search(text) is None
