"""What people paste in the place of a command line, and no shell reads as one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callsheet.importing.model import ImportFault

_SCRIPT = re.compile(r"(?im)(?:^|[=;|(]|\s)(?:Invoke-WebRequest|Invoke-RestMethod)\s|^\s*(?:iwr|irm)\s")
_COMMAND = re.compile(r"(?:^|[\s/])(?:curl(?:\.exe)?|https?|httpie)\s")
_CURLY = tuple("\u201c\u201d\u2018\u2019")


def refuse_script(text: str) -> None:
    """Refuse a script of PowerShell, which is no command line; raises ImportFault."""
    if _SCRIPT.search(text) and _COMMAND.search(text) is None:
        raise ImportFault("this is a script of PowerShell", "copy the request as cURL, and import that")


def refuse_curly(words: Sequence[str]) -> None:
    """Refuse words that begin with a curly quote, as a word processor writes it; raises ImportFault."""
    if any(one.startswith(_CURLY) for one in words):
        raise ImportFault("the line has curly quotes, which no shell reads", "write straight ones: ' or \"")
