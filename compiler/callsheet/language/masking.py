"""A compiled value → the same value with what looks like a credential hidden.

What is deployed, or what an older revision contains, may have a secret in it that no rule kept out. Results
show both sides of a change, so they show it hidden.
"""

from __future__ import annotations

import re
from typing import Any

from callsheet.documents import Path
from callsheet.language.credential_names import judged_path
from callsheet.language.credential_texts import named_as_credential, named_in
from callsheet.language.credential_urls import is_secret_url
from callsheet.language.secret_patterns import secret_kind

HIDDEN = "(hidden)"
_SECRET_FIELDS = frozenset({"password", "token", "clientSecret", "value", "key"})


def masked(value: Any, path: Path = ()) -> Any:
    """Return a value with each text hidden that looks like a credential, or is written where one belongs.

    Args:
        value: a compiled action or message, or a part of one.
        path: where the part stands in it.

    """
    if isinstance(value, dict):
        return {
            HIDDEN if isinstance(key, str) and secret_kind(key) else key: masked(
                one, judged_path((*path, key), value)
            )
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [masked(one, path) for one in value]
    if not isinstance(value, str) or path[-1:] in (("secret",), ("$secret",), ("$param",)):
        return value
    if _belongs_hidden(path, value) or secret_kind(value):
        return HIDDEN
    return value


def masked_words(text: str) -> str:
    """Return a sentence with each word hidden that looks like a credential: a field may be named by one."""
    if not secret_kind(text):
        return text
    parts = [HIDDEN if secret_kind(one) else one for one in re.split(r"([\s`]+)", text)]
    return HIDDEN if secret_kind("".join(parts)) else "".join(parts)


def _belongs_hidden(path: Path, value: str) -> bool:
    """Return whether a constant is where a credential belongs, or is called as one is."""
    if len(path) == 2 and path[0] == "authentication":
        return path[1] in _SECRET_FIELDS
    if path[:1] != ("request",):
        return False
    # What is deeper in a header or a query parameter is a slot, and no constant.
    is_constant = len(path) == 3 or path[1:2] == ("payload",)
    return is_secret_url(value) or (
        is_constant and bool(named_as_credential(str(path[1]), path[2:], value) or named_in(value))
    )
