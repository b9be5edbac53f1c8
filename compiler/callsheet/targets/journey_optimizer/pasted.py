"""An expression that a journey holds × the one that callsheet generates → whether they are the same.

Blanks outside of texts mean nothing. A placeholder of the generated one stands for any source, the same
wherever it is repeated.
"""

from __future__ import annotations

import re

from callsheet.targets.journey_optimizer.lowering.references import CLOSING, OPENING

_TOKEN = re.compile(
    rf"\s*({OPENING}[^{CLOSING}]*{CLOSING}|'[^']*'|\"[^\"]*\"|[\w.]+|[=!<>]=|\S)",
)


def is_pasted(generated: str, held: str) -> bool:
    """Return whether a journey holds what was generated, with a source for each placeholder."""
    groups: dict[str, str] = {}
    parts = []
    for token in _TOKEN.findall(generated):
        if not token.startswith(OPENING):
            parts.append(re.escape(token))
        elif token in groups:
            parts.append(f"(?P={groups[token]})")
        else:
            groups[token] = f"p{len(groups)}"
            parts.append(f"(?P<{groups[token]}>[^\n]+?)")
    pattern = "\n".join(parts).replace("[^\n]+?", "(?:.|\n)+?")
    return re.fullmatch(pattern, "\n".join(_TOKEN.findall(held))) is not None
