"""Adobe's client certificates: whom a service must trust, and until when."""

from __future__ import annotations

import hashlib
import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from jsonschema import Draft202012Validator

from callsheet.language.schema_check import schema
from support.adobe import Adobe
from support.adobe_workspace import Do
from support.workspaces import Callsheet, Folder

NAME = "ajo-journeys.aep-mtls.adobe.com"
KEY = ec.generate_private_key(ec.SECP256R1())


def pem(end: datetime, name: str = NAME) -> str:
    """Return a certificate of this end, signed by itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(KEY.public_key()).serial_number(7)
        .not_valid_before(end - timedelta(days=398)).not_valid_after(end)
    )  # fmt: skip
    return built.sign(KEY, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def certificate(days: float, name: str = NAME, **more: Any) -> dict[str, Any]:
    end = datetime.now(UTC) + timedelta(days=days, minutes=1)
    return {"certCommonName": name, "publicCertificate": pem(end), "expiryDate": end.isoformat(), **more}


def test_the_certificate_its_end_and_its_fingerprints(do: Do, adobe: Adobe, tmp_path: Path) -> None:
    adobe.certificates = [certificate(9, "another.adobe.com"), certificate(200)]
    leaf = adobe.certificates[1]["publicCertificate"]
    issuer = pem(datetime.now(UTC) + timedelta(days=900), "The issuer")
    adobe.certificates[1]["publicCertificate"] = f"\nbag attributes\n{leaf}<b>{issuer}\nrm -rf"
    der = ssl.PEM_cert_to_DER_cert(leaf)
    kept = tmp_path / "adobe.pem"
    outcome = do("certificate", "--fail-within", "90", "--save", str(kept))
    assert outcome.code == 0, outcome.err
    end = datetime.now(UTC) + timedelta(days=200, minutes=1)
    digest = hashlib.sha256(der).hexdigest().upper()
    assert outcome.out.splitlines()[0] == f"{NAME}  until {end:%Y-%m-%d}"
    assert f"  SHA-256 {digest[:2]}:{digest[2:4]}:" in outcome.out
    assert outcome.out.endswith(
        f"Nothing to do before {end - timedelta(days=60):%Y-%m-%d}. Where you can, trust the chain and not the leaf.\n"
    )
    # What is saved is the chain, and nothing of what was around it.
    assert kept.read_text() == leaf + issuer
    record = json.loads(do("certificate", "-o", "json").out)
    Draft202012Validator(schema("certificate")).validate(record)
    assert record["daysLeft"] == 170
    assert (
        record["certificates"][0]["thumbprint"]
        == hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
    )


@pytest.mark.parametrize(
    ("days", "words", "left", "code"),
    [
        ([95], "Nothing to do before ", 65, 0),
        ([55], "The next one is due: ", 25, 1),
        ([55, 400], "Trust both: the older one is used for 25 days more at most.", 25, 1),
        (
            [20],
            "The next one is due: read again until it is here, and trust both. It is 10 days late.",
            -10,
            1,
        ),
        ([22, 400], "The older one is no longer used. Nothing to do before ", 370, 0),
        ([-5, 22, 400], "The older one is no longer used. Nothing to do before ", 370, 0),
        ([-331], "None of them is valid any more, since ", -361, 1),
    ],
)
def test_what_to_do_and_when_it_fails(
    do: Do, adobe: Adobe, days: list[int], words: str, left: int, code: int
) -> None:
    adobe.certificates = [certificate(one) for one in days]
    outcome = do("certificate", "--fail-within", "30")
    assert (outcome.code, words in outcome.out) == (code, True), outcome.out
    assert json.loads(do("certificate", "-o", "json").out)["daysLeft"] == left


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ([], "none of 0 certificates is ajo-journeys.aep-mtls.adobe.com"),
        ([certificate(9, "another")], "none of 1 certificates is "),
        ([certificate(9, publicCertificate="nothing")], "a certificate is not PEM"),
        (
            [certificate(9, publicCertificate=pem(datetime.now(UTC)).replace("\n", "!"))],
            "a certificate is not PEM",
        ),
        (
            [certificate(9, publicCertificate=ssl.DER_cert_to_PEM_cert(b"garbage"))],
            "a certificate is not PEM",
        ),
    ],
)
def test_what_is_no_certificate_is_refused(do: Do, adobe: Adobe, there: list[Any], words: str) -> None:
    adobe.certificates = there
    outcome = do("certificate")
    assert outcome.code == 1
    assert outcome.err.startswith(f"error CS873: Adobe's certificates cannot be read: {words}")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            {"expiryDate": "2031-01-01"},
            "Adobe's API says that it ends on 2031-01-01, and the certificate says 20",
        ),
        ({"expiryDate": "soon"}, "Adobe's API does not say when it ends"),
        ({"expiryDate": "0001-01-01T00:00:00+14:00"}, "Adobe's API does not say when it ends"),
        ({"expiryDate": "9999-12-31T23:59:59-14:00"}, "Adobe's API does not say when it ends"),
        ({"expiryDate": "0001-01-01T00:00:00Z"}, "Adobe's API says that it ends on "),
        (
            {"publicCertificate": pem(datetime.now(UTC) + timedelta(days=200), "other.example.com")},
            "the certificate is of other.example.com, and Adobe's API says another name",
        ),
    ],
)
def test_the_certificate_itself_is_believed_and_what_differs_is_a_note(
    do: Do, adobe: Adobe, more: dict[str, Any], words: str
) -> None:
    adobe.certificates = [certificate(200, **more)]
    outcome = do("certificate", "--fail-within", "90")
    assert (outcome.code, f"  Note: {words}" in outcome.out) == (0, True), outcome.out + outcome.err
    record = json.loads(do("certificate", "-o", "json").out)
    Draft202012Validator(schema("certificate")).validate(record)
    assert len(record["certificates"][0]["notes"]) == 1
    assert record["daysLeft"] in (169, 170)


def test_an_environment_without_an_account_has_none(callsheet: Callsheet, samples: Folder) -> None:
    outcome = callsheet("certificate", "-C", samples.path, "-e", "local")
    assert outcome.err.startswith(
        "error CS845: the target of local is not called by Adobe: it has no client"
    )
    assert "journeys" not in outcome.err


def test_the_catalog_says_when_certificates_end(do: Do, adobe: Adobe, tmp_path: Path) -> None:
    adobe.certificates = [certificate(20), certificate(200)]
    site = tmp_path / "site"
    assert do("catalog", "-e", "journeys", "--out", str(site)).code == 0
    page = (site / "overview.html").read_text("utf-8").partition("<h2>Certificates</h2>")[2]
    rows = [one.partition("</tr>")[0] for one in page.split("<tr>")[1:]]
    for days, row in zip((20, 200), [one for one in rows if NAME in one], strict=True):
        end = datetime.now(UTC) + timedelta(days=days, minutes=1)
        assert f'<th scope="row"><time datetime="{end:%Y-%m-%d}"' in row
        assert f"{days} days" in row
        assert ('class="state drifted"' in row) is (days < 30)
        assert f"{end - timedelta(days=60):%Y-%m-%d} / {end - timedelta(days=30):%Y-%m-%d}" in row
    # What Adobe's API does not say is not known, and everything else is.
    adobe.certificates = []
    assert do("catalog", "-e", "journeys", "--out", str(site)).code == 0
    page = (site / "overview.html").read_text("utf-8")
    assert "<strong>journeys</strong> certificates: not known" in page
    assert "none of 0 certificates is" in page
    assert "not known</span>" not in (site / "list.html").read_text("utf-8")
