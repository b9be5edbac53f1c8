"""Adobe's client certificates: whom a service must trust when Journey Optimizer calls it by mutual TLS.

Sources: Adobe's description "MTLS Service API" (1.0.0), and Journey Optimizer's page "External data
sources": a certificate lives 13 months, is rotated 60 days before its end, and the old one is used until 30
days before it. Nobody is notified.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.targets.journey_optimizer.account import Account, objects

PATH = "/data/core/mtls/v1/certificate/public-certificate"
JOURNEYS = "ajo-journeys.aep-mtls.adobe.com"
"""The common name of the certificate with which custom actions call."""
ROTATED = timedelta(days=60)
RETIRED = timedelta(days=30)
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate of Adobe's.

    Attributes:
        name: its common name.
        expires: its end (UTC).
        pem: the certificate, as PEM; of a chain, the first is the leaf.
        sha256: fingerprint of the leaf, in upper-case hexadecimal.
        thumbprint: what an identity provider shows of it (`x5t`, SHA-1), in the same form.

    """

    name: str
    expires: datetime
    pem: str
    sha256: str
    thumbprint: str

    @property
    def rotated(self) -> datetime:
        """When the next one comes beside it."""
        return self.expires - ROTATED

    @property
    def retired(self) -> datetime:
        """When it is no longer used."""
        return self.expires - RETIRED


def read_certificates(account: Account) -> list[Certificate]:
    """Read the certificates with which custom actions call, the one that ends last first.

    Raises:
        CallsheetError: CS872, CS873 where they cannot be read, or there is none.

    """
    listed = objects(account.call("GET", PATH), PATH)
    found = [_certificate(one) for one in listed if one.get("certCommonName") == JOURNEYS]
    if not found:
        raise _unreadable(f"none of {len(listed)} certificates is {JOURNEYS}")
    return sorted(found, key=lambda one: one.expires, reverse=True)


def _certificate(body: Mapping[str, Any]) -> Certificate:
    pem = str(body.get("publicCertificate", ""))
    match = _PEM.search(pem)
    try:
        der = base64.b64decode("".join(match[1].split()), validate=True) if match else b""
        expires = datetime.fromisoformat(str(body.get("expiryDate")))
    except (binascii.Error, ValueError):
        der = b""
    if not der:
        raise _unreadable("a certificate is not PEM with a date")
    return Certificate(
        name=str(body["certCommonName"]),
        expires=(expires if expires.tzinfo else expires.replace(tzinfo=UTC)).astimezone(UTC),
        pem=pem.strip() + "\n",
        sha256=hashlib.sha256(der).hexdigest().upper(),
        # What providers compare certificates by; nothing is signed with it.
        thumbprint=hashlib.sha1(der, usedforsecurity=False).hexdigest().upper(),
    )


def _unreadable(why: str) -> CallsheetError:
    return CallsheetError(
        "CS873",
        f"Adobe's certificates cannot be read: {why}",
        help="check `organization` of the target; nothing was changed",
    )
