"""Adobe's client certificates → text and JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callsheet.reporting.model import Style
from callsheet.reporting.terminal import paint, safe
from callsheet.results import CertificateResult
from callsheet.words import counted


def certificates_text(result: CertificateResult, style: Style) -> str:
    """Write each certificate with its end and fingerprints, and what to do next."""
    lines = []
    for one in result.certificates:
        lines += [
            f"{paint(safe(one.name), 'bold', style)}  until {_day(one.expires)}",
            f"  the next one from {_day(one.rotated)}, this one used until {_day(one.retired)}",
            f"  SHA-256 {_pairs(one.sha256)}",
            f"  x5t     {_pairs(one.thumbprint)}",
            *(f"  Note: {safe(note)}" for note in one.notes),
            "",
        ]
    return "\n".join([*lines, _advice(result)])


def _advice(result: CertificateResult) -> str:
    newest, left = result.certificates[0], result.days_left
    if result.ended:
        return f"None of them is valid any more, since {_day(newest.expires)}: read again, or ask Adobe."
    if len(result.in_use) > 1:
        return f"Trust both: the older one is used for {counted(left, 'day')} more at most."
    if result.now < newest.rotated:
        older = "The older one is no longer used. " if len(result.certificates) > 1 else ""
        return (
            f"{older}Nothing to do before {_day(newest.rotated)}."
            " Where you can, trust the chain and not the leaf."
        )
    when = f"{counted(left, 'day')} left." if left >= 0 else f"It is {counted(-left, 'day')} late."
    return f"The next one is due: read again until it is here, and trust both. {when}"


def certificates_record(result: CertificateResult) -> dict[str, Any]:
    """Return the certificates as JSON."""
    return {
        "environment": result.environment,
        "daysLeft": result.days_left,
        "certificates": [
            {
                "name": one.name,
                "expires": _time(one.expires),
                "rotated": _time(one.rotated),
                "retired": _time(one.retired),
                "sha256": one.sha256,
                "thumbprint": one.thumbprint,
                "pem": one.pem,
                **({"notes": list(one.notes)} if one.notes else {}),
            }
            for one in result.certificates
        ],
    }


def _pairs(text: str) -> str:
    return ":".join(text[at : at + 2] for at in range(0, len(text), 2))


def _day(one: datetime) -> str:
    return one.strftime("%Y-%m-%d")


def _time(one: datetime) -> str:
    return one.strftime("%Y-%m-%dT%H:%M:%SZ")
