r"""Segments `.` and `..` of a URL's path, which whoever sends or serves it takes away.

RFC 3986 section 5.2.4 removes them with what is before them. Encoding does not help: for the URL standard
of WHATWG (section 4.2), `%2e` is a dot, and `\` is a slash.
"""

from __future__ import annotations

import re

_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\\]*([^?#]*)")
_DOTS = re.compile(r"(?:\.|%2e){1,2}\Z", re.IGNORECASE)
_BETWEEN = re.compile(r"[/\\]")
_DROPPED = str.maketrans("", "", "\t\r\n")
"""Characters that the URL standard leaves out, wherever they are."""


def dot_segment(url: str) -> str | None:
    """Return the first segment of an absolute URL's path that is `.` or `..`, as it is written there."""
    found = _PATH.match(url.translate(_DROPPED))
    segments = _BETWEEN.split(found[1]) if found is not None else []
    return next((one for one in segments if _DOTS.match(one)), None)


def without_dot_segments(url: str) -> str:
    """Return a URL as clients send it: without dot segments, and without what `..` takes back."""
    found = _PATH.match(url)
    if found is None or dot_segment(url) is None:
        return url
    kept: list[str] = []
    segments = _BETWEEN.split(found[1])[1:]
    for number, one in enumerate(segments):
        if _DOTS.match(one):
            if len(re.sub("(?i)%2e", ".", one)) == 2:
                del kept[-1:]
            if number == len(segments) - 1:
                kept.append("")
        else:
            kept.append(one)
    return url[: found.start(1)] + "/" + "/".join(kept) + url[found.end(1) :]
