"""The URL of a curl line, as curl reads it: its scheme, and the placeholders and alternatives in it."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from callsheet.importing.model import ImportFault, checked_url
from callsheet.importing.shell_marks import MARK
from callsheet.importing.url_texts import refuse_backslash

_LOCAL = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/?#]|\Z)")
_ALTERNATIVES = re.compile(r"\{([^{}]*)\}|\[(?:[0-9]+-[0-9]+|[a-zA-Z]-[a-zA-Z])(?::[0-9]+)?\]")
"""What curl makes several URLs of (curl(1), "URL")."""
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(/+)")
_MOST_SLASHES = 3
"""After a scheme, of which curl reads one, two and three alike."""


def url_of_curl(url: str, notes: list[str], *, globbed: bool) -> str:
    """Return the URL that curl calls, with a mark for each placeholder in it.

    Args:
        url: as it is written.
        notes: take what differs.
        globbed: whether braces and brackets make several URLs.

    Raises:
        ImportFault: for none, for several, and for what is not HTTP.

    """
    if not url:
        raise ImportFault("the line calls no URL", "paste the whole command")
    as_curl_sends(MARK.sub("", url))
    if found := _SCHEME.match(url):
        if len(found[2]) > _MOST_SLASHES:
            raise ImportFault(
                "curl refuses a URL with so many slashes after its scheme", "write two of them"
            )
        url = f"{found[1].lower()}://{url[found.end() :]}"
    else:
        scheme = "http" if _LOCAL.match(url) else "https"
        if scheme == "https":
            notes.append("the URL names no scheme: https was written, and curl would call http")
        url = f"{scheme}://{url}"
    url = _without_alternatives(url, notes) if globbed else url
    parts = urlsplit(checked_url(url))
    if parts.scheme not in ("http", "https"):
        raise ImportFault("only http and https can be called", "correct the scheme of the URL")
    refuse_backslash(parts.netloc)
    return url


def as_curl_sends(text: str) -> str:
    """Return a text as curl writes it into the URL, where what is not ASCII is encoded.

    Raises:
        ImportFault: for a blank, and for a character that controls: curl refuses such a URL.

    """
    if re.search(r"[\x00-\x20\x7f]", text):
        raise ImportFault("curl refuses a URL with a blank in it", "write %20 for the blank, or remove it")
    return re.sub(r"[^\x21-\x7e\ue000\ue001]", lambda match: quote(match[0], safe=""), text)


def _without_alternatives(url: str, notes: list[str]) -> str:
    """Make a parameter of `{id}`, as pages write it; refuse what curl makes several calls of."""
    if "{{" in url:
        raise ImportFault(
            "the URL has `{{…}}`, which another tool fills in",
            "import the collection itself, or write the value",
        )

    def one(match: re.Match[str]) -> str:
        if match[1] is not None and _NAME.match(match[1]):
            notes.append(
                f"`{match[0]}` in the URL was read as a parameter: curl itself would send `{match[1]}`"
            )
            return f"\ue000{match[1]}\ue001"
        if match[1] is not None and MARK.fullmatch(match[1]):
            return match[1]
        # What the braces contain may be a credential.
        shown = "{…}" if match[1] is not None else match[0]
        raise ImportFault(
            f"curl makes several URLs of `{shown}`",
            "write one of them, or %7B and %5B for brackets that are sent",
        )

    return _ALTERNATIVES.sub(one, url)
