"""A URL → whether it is a credential: a webhook, a key in a segment of its path, or one in its query.

One judgement for imports, validation and reports, as credential_names.py is for names.
"""

from __future__ import annotations

import itertools
import re
from urllib.parse import unquote

from callsheet.language.credential_names import is_credential, is_named_credential
from callsheet.patterns import late

WEBHOOKS = late(
    r"""(?xi)
    (?: [\w.-]*hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/.
    | (?:[\w-]+\.)*discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/[^/]+/.
    | [\w.-]+\.webhook\.office\.com/webhookb2/.
    | outlook\.office(?:365)?\.com/webhook/.
    | api\.telegram\.org/(?:file/)?bot[^/]
    | hooks\.zapier\.com/hooks/.
    | hook\.[\w.-]*make\.com/.
    | maker\.ifttt\.com/.*/key/.
    | [^/]+(?:/.*)?/hooks/[A-Za-z0-9]{20,}(?:/|\Z)
    )"""
)
"""Hosts and paths of URLs that are credentials, as their vendors write them."""
URL = late(r"(?i)https?://(?:[^/?#@]*@)?([^/?#@:]*)(?::[0-9]*)?([^?#]*)([^#]*)")
"""A URL: its host, its path, and its query with the mark before it."""
PAIR = late("[;?&/]([^=;&/?]{1,100})=([^;&/]*)")
"""A parameter of a path or a query: some services divide them by `;`, or write them as segments."""
_BEGINNING = re.compile("(?i)https?%3a")


def is_secret_url(text: str) -> bool:
    """Return whether a text is a URL with a credential in its path or its query.

    What a template writes there is none.
    """
    match = URL.match(text)
    if match is None:
        return False
    host, path = match[1], match[2]
    if "{{" not in text and (WEBHOOKS.match(f"{host}{path}") or _has_key(path)):
        return True
    return any(_is_one(*pair) for pair in PAIR.findall(path + match[3]))


def _is_one(name: str, value: str) -> bool:
    """Return whether a parameter is a credential, or a URL with one."""
    if not value or "{{" in value:
        return False
    inner = unquote(value) if _BEGINNING.match(value) else value
    return is_credential(name, value) or (inner != value and is_secret_url(inner))


def announces_key(segment: str) -> bool:
    """Return whether the segment of a path after this one may be a key: after `apikey`."""
    return is_named_credential(segment) or segment.lower() in ("token", "key")


def is_like_key(segment: str) -> bool:
    """Return whether a segment of a path is long and mixed as a key is."""
    has_both = re.search("[0-9]", segment) and re.search("[A-Za-z]", segment)
    return len(segment) >= 12 and bool(has_both)


def _has_key(path: str) -> bool:
    pairs = itertools.pairwise(path.split("/"))
    return any(announces_key(name) and is_like_key(held) for name, held in pairs)
