"""Regular expressions that are compiled when they are first used: most commands use few of them."""

from __future__ import annotations

import re
from typing import Any, cast


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled by its first use; raises `re.error` then, and not here."""
    return cast("re.Pattern[str]", _Late(pattern, flags))


class _Late:
    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the compiled pattern; each is looked up once."""
        found = getattr(re.compile(self._pattern, self._flags), name)
        setattr(self, name, found)
        return found
