"""A URL → whether it is a credential: a webhook, a key in a segment of its path, or one in its query.

One judgement for imports, validation and reports, as credential_names.py is for names.
"""

from __future__ import annotations

import itertools
import re

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
URL = late(r"(?i)https?://(?:[^/?#@]*@)?([^/?#@:]*)(?::[0-9]*)?([^?#]*)(?:\?([^#]*))?")
"""A URL: its host, its path and its query."""


def is_secret_url(text: str) -> bool:
    """Return whether a text is a URL with a credential in its path or its query.

    What a template writes there is none.
    """
    match = URL.match(text)
    if match is None:
        return False
    host, path, query = match[1], match[2], match[3] or ""
    if "{{" not in text and (WEBHOOKS.match(f"{host}{path}") or _has_key(path)):
        return True
    pairs = (one.partition("=") for one in query.split("&"))
    return any(value and "{{" not in value and is_credential(name, value) for name, _, value in pairs)


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
