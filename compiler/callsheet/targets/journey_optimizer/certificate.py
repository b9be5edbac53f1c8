"""Adobe's client certificates: whom a service must trust when Journey Optimizer calls it by mutual TLS.

Sources: Adobe's description "MTLS Service API" (1.0.0), and Journey Optimizer's page "External data
sources": a certificate lives 13 months, is rotated 60 days before its end, and the old one is used until 30
days before it. Nobody is notified.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from callsheet.errors import CallsheetError
from callsheet.targets.journey_optimizer.account import Account, objects

if TYPE_CHECKING:
    from cryptography import x509

PATH = "/data/core/mtls/v1/certificate/public-certificate"
JOURNEYS = "ajo-journeys.aep-mtls.adobe.com"
"""The common name of the certificate with which custom actions call."""
ROTATED = timedelta(days=60)
RETIRED = timedelta(days=30)
_TOLERANCE = timedelta(days=1)
"""By how much the API may round the end of a certificate."""


class Certificate(Struct, frozen=True, kw_only=True):
    """One certificate of Adobe's.

    Attributes:
        name: its common name, as the API says.
        expires: its end (UTC), as it says itself.
        pem: the certificate, as PEM and nothing else; of a chain, the first is the leaf.
        sha256: fingerprint of the leaf, in upper-case hexadecimal.
        thumbprint: what an identity provider shows of it (`x5t`, SHA-1), in the same form.
        notes: where the API and the certificate do not agree.

    """

    name: str
    expires: datetime
    pem: str
    sha256: str
    thumbprint: str
    notes: tuple[str, ...] = ()

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
        raise _unreadable(
            f"none of {len(listed)} certificates is {JOURNEYS}",
            "check `organization` of the target; nothing was changed",
        )
    return sorted(found, key=lambda one: one.expires, reverse=True)


def _certificate(body: Mapping[str, Any]) -> Certificate:
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import InvalidVersion, load_pem_x509_certificates

    try:
        chain = load_pem_x509_certificates(str(body.get("publicCertificate", "")).encode())
        der, expires = chain[0].public_bytes(Encoding.DER), chain[0].not_valid_after_utc
        notes = tuple(_disagreements(body, chain[0], expires))
    except (InvalidVersion, ValueError):
        raise _unreadable("a certificate is not PEM") from None
    return Certificate(
        name=str(body["certCommonName"]),
        expires=expires,
        pem="".join(one.public_bytes(Encoding.PEM).decode() for one in chain),
        sha256=hashlib.sha256(der).hexdigest().upper(),
        # What providers compare certificates by; nothing is signed with it.
        thumbprint=hashlib.sha1(der, usedforsecurity=False).hexdigest().upper(),
        notes=notes,
    )


def _disagreements(body: Mapping[str, Any], leaf: x509.Certificate, expires: datetime) -> Iterator[str]:
    """Yield where the API says another thing of a certificate than the certificate itself."""
    names = _names_in(leaf)
    if str(body["certCommonName"]) not in names:
        yield f"the certificate is of {', '.join(names) or 'nobody'}, and Adobe's API says another name"
    said = _time(body.get("expiryDate"))
    if said is None:
        yield "Adobe's API does not say when it ends: that is read from the certificate"
    elif abs(said - expires) > _TOLERANCE:
        yield f"Adobe's API says that it ends on {_day(said)}, and the certificate says {_day(expires)}"


def _names_in(leaf: x509.Certificate) -> list[str]:
    from cryptography.x509 import DNSName, DuplicateExtension, ExtensionNotFound, SubjectAlternativeName
    from cryptography.x509.oid import NameOID

    names = [str(one.value) for one in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    try:
        other = leaf.extensions.get_extension_for_class(SubjectAlternativeName).value
    except (DuplicateExtension, ExtensionNotFound, ValueError):
        return names
    return list(dict.fromkeys([*names, *other.get_values_for_type(DNSName)]))


def _time(value: Any) -> datetime | None:
    """Read a time of the API; None where it is not one, or is at the ends of the calendar."""
    try:
        said = datetime.fromisoformat(str(value))
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(one: datetime) -> str:
    return one.strftime("%Y-%m-%d")


def _unreadable(why: str, help_: str = "ask Adobe; nothing was changed") -> CallsheetError:
    return CallsheetError(
        "CS873",
        f"Adobe's certificates cannot be read: {why}",
        help=help_,
    )
