"""What the links of a page begin with → the same, where links can be made of it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from callsheet.errors import ArgumentError

_FORM = re.compile(r"https?://[^\s/?#\\\x00-\x1f\x7f]+(?:/[^\s\\\x00-\x1f\x7f]*)?", re.IGNORECASE)


def web_base(written: str, name: str) -> str:
    """Return an address that ends with `/`.

    Args:
        written: the address, over http or https.
        name: of the option or the variable that has it; the address may contain a password, and is not
            repeated.

    Raises:
        ArgumentError: for anything else, and for a user, a query or a fragment in it.

    """
    if "?" in written or "#" in written:
        raise ArgumentError(f"{name} has no query and no fragment: a path is appended to it")
    try:
        host, user = urlsplit(written).hostname, "@" in urlsplit(written).netloc
    except ValueError:
        host, user = None, False
    if user:
        raise ArgumentError(
            f"{name} has no user and no password: every reader of the pages would have them"
        )
    if not host or not _FORM.fullmatch(written):
        raise ArgumentError(f"{name} is an address that begins with https://")
    return f"{written.rstrip('/')}/"
