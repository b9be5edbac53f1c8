"""Adobe's client certificates: whom a service must trust, and until when."""

from __future__ import annotations

import hashlib
import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from callsheet.language.schema_check import schema
from support.adobe import Adobe
from support.adobe_workspace import Do
from support.workspaces import Callsheet, Folder

NAME = "ajo-journeys.aep-mtls.adobe.com"
DER = b"any bytes are a certificate to who only compares them"
PEM = ssl.DER_cert_to_PEM_cert(DER)


def certificate(days: float, name: str = NAME, pem: str = PEM) -> dict[str, Any]:
    end = datetime.now(UTC) + timedelta(days=days, minutes=1)
    return {"certCommonName": name, "publicCertificate": pem, "expiryDate": end.isoformat()}


def test_the_certificate_its_end_and_its_fingerprints(do: Do, adobe: Adobe, tmp_path: Path) -> None:
    adobe.certificates = [certificate(9, "another.adobe.com"), certificate(200)]
    kept = tmp_path / "adobe.pem"
    outcome = do("certificate", "--fail-within", "90", "--save", str(kept))
    assert outcome.code == 0, outcome.err
    end = datetime.now(UTC) + timedelta(days=200, minutes=1)
    digest = hashlib.sha256(DER).hexdigest().upper()
    assert outcome.out.splitlines()[0] == f"{NAME}  until {end:%Y-%m-%d}"
    assert f"  SHA-256 {digest[:2]}:{digest[2:4]}:" in outcome.out
    assert outcome.out.endswith(
        f"Nothing to do before {end - timedelta(days=60):%Y-%m-%d}. Where you can, trust the chain and not the leaf.\n"
    )
    assert ssl.PEM_cert_to_DER_cert(kept.read_text()) == DER
    record = json.loads(do("certificate", "-o", "json").out)
    Draft202012Validator(schema("certificate")).validate(record)
    assert record["daysLeft"] == 170
    assert (
        record["certificates"][0]["thumbprint"]
        == hashlib.sha1(DER, usedforsecurity=False).hexdigest().upper()
    )


@pytest.mark.parametrize(
    ("days", "words", "left", "code"),
    [
        ([95], "Nothing to do before ", 65, 0),
        ([55], "The next one is due: ", 25, 1),
        ([55, 400], "Trust both: the older one is used for 25 days more at most.", 25, 1),
        ([20], "The next one is due: ", -10, 1),
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
        ([certificate(9, pem="nothing")], "a certificate is not PEM with a date"),
        ([certificate(9, pem=PEM.replace("\n", "!"))], "a certificate is not PEM with a date"),
        ([{**certificate(9), "expiryDate": "soon"}], "a certificate is not PEM with a date"),
    ],
)
def test_what_is_no_certificate_is_refused(do: Do, adobe: Adobe, there: list[Any], words: str) -> None:
    adobe.certificates = there
    outcome = do("certificate")
    assert outcome.code == 1
    assert outcome.err.startswith(f"error CS873: Adobe's certificates cannot be read: {words}")


def test_an_environment_without_an_account_has_none(callsheet: Callsheet, samples: Folder) -> None:
    outcome = callsheet("certificate", "-C", samples.path, "-e", "local")
    assert outcome.err.startswith("error CS845: ")
