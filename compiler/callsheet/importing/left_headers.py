"""Which headers of a request no action has, each with the reason."""

from __future__ import annotations

import re

from callsheet.importing.curl_options import READS

_OF_A_CONNECTION = (
    *("connection", "keep-alive", "te", "transfer-encoding"),
    *("proxy-authorization", "proxy-connection"),
)
_WHY = {
    "host": "it is that of the URL",
    "content-length": "the client says how long the body is",
    "cookie": "an action has no session",
    "accept-encoding": READS,
    **dict.fromkeys(_OF_A_CONNECTION, "it belongs to one connection"),
}
_BY_A_TOOL = re.compile(
    r"(?i)(?:mozilla|insomnia|postmanruntime|curl|httpie|bruno-runtime|axios|python-requests)/[0-9]"
)
"""How a User-Agent begins that no author wrote; `catalog/curl.js` has it too."""


def why_left_out(name: str, value: str) -> str:
    """Return why a header is left out, by its name in lower case; empty for one that an action sends."""
    if name == "user-agent" and _BY_A_TOOL.match(value):
        return "it is that of a browser or a tool"
    return _WHY.get(name, "")
