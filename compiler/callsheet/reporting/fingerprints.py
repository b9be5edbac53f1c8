"""The same finding under the same name, also when the lines above it move."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from callsheet.language import Diagnostic


def fingerprints(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """Return a fingerprint for each finding: of its code, file, words and line, and not of its number.

    Findings that are the same in all of these are distinguished by their order.
    """
    seen: Counter[str] = Counter()
    found = []
    for one in diagnostics:
        facts = "\0".join((one.code, one.file, one.message, one.source.strip()))
        seen[facts] += 1
        content = f"{facts}\0{seen[facts]}".encode("utf-8", "surrogatepass")
        found.append(hashlib.sha256(content).hexdigest())
    return found
