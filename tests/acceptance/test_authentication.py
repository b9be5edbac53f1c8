"""Every scheme of `authentication`, sent for real to a server on this machine that checks it by other means."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from callsheet.outbound import tokens as tokens_of_services
from callsheet.outbound.tokens import Tokens
from support.service import Service, echo, reply, serving
from support.workspaces import ENVIRONMENT, Callsheet, Folder

CANARY = "s3cr3t-canary-value"
Send = Callable[..., Any]


@pytest.fixture
def send(
    workspace: Folder, service: Service, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> Send:
    """Give the function that writes an action with an authentication, and sends it."""
    monkeypatch.setenv("CANARY", CANARY)
    workspace.write("environments.yaml", ENVIRONMENT + "  allowSend: true\n")

    def run(authentication: str, *, url: str | None = None, headers: str = "{X-Team: crm}") -> Any:
        workspace.write(
            "example.yaml",
            "apiVersion: callsheet/v1\nkind: Action\nmetadata: {name: example}\nspec:\n"
            f'  request:\n    method: POST\n    url: {url or service.url}/v1/list\n    query: {{b: "1", a: "2"}}\n'
            f"    headers: {headers}\n    payload: {{text: Zoë, n: 1}}\n"
            f"  authentication: {authentication}\n  limits: {{timeout: 5s}}\n",
        )
        return callsheet("send", "example", "-C", workspace.path, "--yes")

    return run


# -- signatures -----------------------------------------------------------------------------------


def test_a_signature_over_time_and_body_as_webhooks_have_it(send: Send, service: Service) -> None:
    outcome = send(
        '{type: hmac, key: {secret: "env:CANARY"}, content: "{timestamp}.{body}",'
        ' headers: {X-Signature: "t={timestamp},v1={signature}"}}'
    )
    assert outcome.code == 0, outcome.err
    (seen,) = service.seen
    stamp, _, signature = seen.headers["X-Signature"].removeprefix("t=").partition(",v1=")
    expected = hmac.new(CANARY.encode(), f"{stamp}.{seen.body}".encode(), hashlib.sha256).hexdigest()
    assert signature == expected
    assert abs(int(stamp) - time.time()) < 60
    assert CANARY not in outcome.out
    assert signature not in outcome.out


def test_a_signature_over_everything_with_a_key_of_bytes(
    send: Send, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = bytes(range(32))
    monkeypatch.setenv("CANARY", base64.b64encode(key).decode())
    outcome = send(
        '{type: hmac, key: {secret: "env:CANARY"}, keyEncoding: base64, algorithm: sha512, encoding: base64,'
        ' timestamp: http, content: "{method}\\n{path}?{query}\\n{host}\\n{header:X-Date}\\n{header:x-team}\\n'
        '{bodySha256}\\n{nonce}", headers: {X-Date: "{timestamp}", X-Nonce: "{nonce}",'
        ' Authorization: "HMAC {signature}"}}'
    )
    assert outcome.code == 0, outcome.err
    (seen,) = service.seen
    parts = urlsplit(seen.path)
    text = "\n".join(
        (
            "POST",
            f"{parts.path}?{parts.query}",
            service.url.removeprefix("http://"),
            seen.headers["X-Date"],
            "crm",
            hashlib.sha256(seen.body.encode()).hexdigest(),
            seen.headers["X-Nonce"],
        )
    )
    expected = base64.b64encode(hmac.new(key, text.encode(), "sha512").digest()).decode()
    assert seen.headers["Authorization"] == f"HMAC {expected}"
    assert seen.headers["X-Date"].endswith(" GMT")


@pytest.mark.parametrize(
    ("authentication", "words"),
    [
        (('{type: hmac, key: {secret: "env:CANARY"}, keyEncoding: hex, content: "{body}",'
          ' headers: {X-S: "{signature}"}}'), "the key of the signature is not hex"),
        ('{type: hmac, key: {secret: "env:CANARY"}, content: "{header:X-Lost}", headers: {X-S: "{signature}"}}',
         "the header `X-Lost` is signed, and the request has none"),
    ],
)  # fmt: skip
def test_what_cannot_be_signed(send: Send, service: Service, authentication: str, words: str) -> None:
    outcome = send(authentication)
    assert outcome.err.startswith(f"error CS966: {words}\n")
    assert service.seen == []


def test_a_name_that_no_signature_knows_is_refused_by_the_schema(send: Send) -> None:
    outcome = send(
        '{type: hmac, key: {secret: "env:CANARY"}, content: "{bdy}", headers: {X-S: "{signature}"}}'
    )
    assert outcome.code == 1
    assert outcome.err.startswith(
        "example.yaml:11:70: error CS207\n  `spec.authentication.content` does not have the form\n"
    )
    assert CANARY not in outcome.err


# -- signed assertions (RFC 7523) -------------------------------------------------------------------


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give an RSA key and an EC key, made by openssl, with their public halves."""
    folder = tmp_path_factory.mktemp("keys")
    for name, options in (
        ("rsa", ["-algorithm", "RSA"]),
        ("ec", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
    ):
        subprocess.run(
            ["openssl", "genpkey", *options, "-out", folder / f"{name}.pem"],
            check=True,
            capture_output=True,
        )
        subprocess.run(
            ["openssl", "pkey", "-in", folder / f"{name}.pem", "-pubout", "-out", folder / f"{name}.pub"],
            check=True,
        )
    return {one.name: one for one in folder.iterdir()}


def _claims(assertion: str, public: Path) -> dict[str, Any]:
    """Verify an assertion with the public key alone, by another library than the one that signed it."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    def part(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    head, body, signature = assertion.split(".")
    signed = f"{head}.{body}".encode()
    key = load_pem_public_key(public.read_bytes())
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(part(signature), signed, padding.PKCS1v15(), hashes.SHA256())
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        raw = part(signature)
        pair = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        key.verify(pair, signed, ec.ECDSA(hashes.SHA256()))
    return {**json.loads(part(body)), "header": json.loads(part(head))}


def test_a_google_service_account(
    send: Send, service: Service, keys: dict[str, Path], tmp_path: Path
) -> None:
    account = {
        "type": "service_account", "private_key_id": "k1", "client_email": "crm@shop.iam.example.com",
        "private_key": keys["rsa.pem"].read_text(), "token_uri": "https://elsewhere.example.com/",
    }  # fmt: skip
    (tmp_path / "account.json").write_text(json.dumps(account))
    service.answers = [reply(200, '{"access_token": "t0k3n-value", "expires_in": 3600}'), echo]
    outcome = send(
        f'{{type: oauth2, grant: jwt_bearer, tokenUrl: "{service.url}/token", scopes: [a, b],'
        f' key: {{secret: "file:{tmp_path}/account.json"}}}}'
    )
    assert outcome.code == 0, outcome.err
    form = parse_qs(service.seen[0].body)
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    claims = _claims(form["assertion"][0], keys["rsa.pub"])
    assert claims["iss"] == "crm@shop.iam.example.com"
    # The account's own token_uri is not where it is sent: only what the action says is called.
    assert (claims["aud"], claims["scope"]) == (f"{service.url}/token", "a b")
    assert claims["exp"] - claims["iat"] == 3600
    assert (claims["header"]["alg"], claims["header"]["kid"]) == ("RS256", "k1")
    assert service.seen[1].headers["Authorization"] == "Bearer t0k3n-value"
    for hidden in ("PRIVATE", "t0k3n-value", form["assertion"][0]):
        assert hidden not in outcome.out + outcome.err


def test_a_key_alone_with_issuer_subject_and_audience(
    send: Send, service: Service, keys: dict[str, Path]
) -> None:
    service.answers = [reply(200, '{"access_token": "t0k3n-value", "expires_in": 3600}'), echo]
    outcome = send(
        f'{{type: oauth2, grant: jwt_bearer, tokenUrl: "{service.url}/token", algorithm: ES256, issuer: me,'
        f' subject: ada, audience: "https://api.example.com", key: {{secret: "file:{keys["ec.pem"]}"}}}}'
    )
    assert outcome.code == 0, outcome.err
    claims = _claims(parse_qs(service.seen[0].body)["assertion"][0], keys["ec.pub"])
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("me", "ada", "https://api.example.com")
    assert "scope" not in claims


def test_what_is_no_key(send: Send, service: Service) -> None:
    outcome = send(
        f'{{type: oauth2, grant: jwt_bearer, tokenUrl: "{service.url}/token", issuer: me, key: {{secret: "env:CANARY"}}}}'
    )
    assert outcome.err == (
        "error CS966: the key cannot sign the assertion\n"
        "help: it is a private key as PEM, or a Google service account's JSON\n"
    )
    assert service.seen == []


# -- Journey Optimizer's custom authentication ------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "answer", "sent", "used"),
    [
        (('method: POST, body: {bodyType: form, bodyParams: {id: me, key: {secret: "env:CANARY"}}},'
          " tokenInResponse: 'json://access_token', authorizationType: bearer"), '{"access_token": "t0k3n-value"}',
         f"id=me&key={CANARY}", ("Authorization", "Bearer t0k3n-value")),
        (('method: POST, body: {bodyType: json, bodyParams: {id: 7, key: {secret: "env:CANARY"}}},'
          " tokenInResponse: 'json://data.tokens.0.value', authorizationType: header, tokenTarget: X-Token"),
         '{"data": {"tokens": [{"value": "t0k3n-value"}]}}',
         f'{{"id":7,"key":"{CANARY}"}}', ("X-Token", "t0k3n-value")),
        (('method: GET, headers: {X-Key: {secret: "env:CANARY"}}, tokenInResponse: response,'
          " authorizationType: queryParam, tokenTarget: token"), "t0k3n-value\n", "", None),
    ],
)  # fmt: skip
def test_custom(
    send: Send, service: Service, fields: str, answer: str, sent: str, used: tuple[str, str] | None
) -> None:
    service.answers = [reply(200, answer), echo]
    outcome = send(f'{{type: custom, endpoint: "{service.url}/token", {fields}}}')
    assert outcome.code == 0, outcome.err
    asked, called = service.seen
    assert asked.body.replace(": ", ":").replace(", ", ",") == sent
    if used:
        assert called.headers[used[0]] == used[1]
    else:
        assert asked.headers["X-Key"] == CANARY
        assert parse_qs(urlsplit(called.path).query)["token"] == ["t0k3n-value"]
    for hidden in (CANARY, "t0k3n-value"):
        assert hidden not in outcome.out + outcome.err


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, '{"token": 7}'),
        reply(200, "[]"),
        reply(403, '{"access_token": "no"}'),
        reply(200, "<html>"),
        reply(200, "x" * 2_000_000),
    ],
)
def test_custom_without_a_token(send: Send, service: Service, answer: Any) -> None:
    service.answers = [answer]
    outcome = send(
        f'{{type: custom, endpoint: "{service.url}/token?key=9", method: GET,'
        " tokenInResponse: 'json://access_token', authorizationType: bearer}"
    )
    assert outcome.err.startswith(f"error CS963: no token from {service.url}/token: ")
    assert len(service.seen) == 1


# -- tokens are kept --------------------------------------------------------------------------------


def _tokens() -> Tokens:
    import httpx

    return Tokens(httpx.Client(trust_env=False), lambda reference: f"secret of {reference}")


def _oauth(url: str) -> dict[str, Any]:
    return {
        "type": "oauth2", "grant": "client_credentials", "tokenUrl": f"{url}/token", "clientId": "me",
        "clientSecret": {"secret": "env:CANARY"},
    }  # fmt: skip


def test_parallel_calls_ask_once(service: Service) -> None:
    def slow(handler: Any, seen: Any) -> None:
        time.sleep(0.2)
        reply(200, f'{{"access_token": "token-{len(service.seen)}", "expires_in": 3600}}')(handler, seen)

    service.answers = [slow]
    tokens = _tokens()
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: tokens.token(_oauth(service.url)), range(64)))
    assert found == {"token-1"}
    # All of them were refused: one asks anew, and all get what it got.
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: tokens.token(_oauth(service.url), anew=True), range(16)))
    assert found == {"token-2"}
    assert len(service.seen) == 2
    tokens.token({**_oauth(service.url), "scopes": ["other"]})
    assert len(service.seen) == 3


@pytest.mark.parametrize(
    ("answer", "calls"),
    [
        ('"expires_in": 3600', 1),
        ('"expires_in": 2', 2),
        ('"expires_in": "soon"', 3),
        ('"expires_in": true', 3),
    ],
)
def test_a_token_is_used_until_shortly_before_it_expires(
    service: Service, monkeypatch: pytest.MonkeyPatch, answer: str, calls: int
) -> None:
    begin = time.monotonic()
    now = [begin]
    monkeypatch.setattr(tokens_of_services, "time", SimpleNamespace(monotonic=lambda: now[0]))
    service.answers = [reply(200, f'{{"access_token": "one", {answer}}}')]
    tokens = _tokens()
    for _ in range(2):
        tokens.token(_oauth(service.url))
    now[0] = begin + 1.1
    tokens.token(_oauth(service.url))
    assert len(service.seen) == calls


@pytest.mark.parametrize(
    ("cache", "calls"),
    [
        ("{duration: 1, timeUnit: hours}", 1),
        ("{duration: 1, timeUnit: milliseconds}", 2),
        ("{expiryInResponse: 'json://life', timeUnit: minutes}", 1),
        ("{expiryInResponse: 'json://lost'}", 2),
    ],
)
def test_custom_says_how_long_its_token_is_kept(service: Service, cache: str, calls: int) -> None:
    import yaml

    service.answers = [reply(200, '{"token": "one", "life": 5}')]
    authentication = yaml.safe_load(
        f"{{type: custom, endpoint: '{service.url}/token', method: GET, tokenInResponse: 'json://token',"
        f" authorizationType: bearer, cacheDuration: {cache}}}"
    )
    tokens = _tokens()
    tokens.token(authentication)
    time.sleep(0.05)
    tokens.token(authentication)
    assert len(service.seen) == calls


# -- client certificates ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with an authority, a server's certificate and a client's, made by openssl."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    (folder / "server.ext").write_text("subjectAltName=DNS:localhost\n")
    (folder / "client.ext").write_text("extendedKeyUsage=clientAuth\n")
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-subj",
        "/CN=Test authority",
        "-days",
        "2",
        "-addext",
        "keyUsage=critical,keyCertSign",
    )
    for name in ("server", "client"):
        openssl(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.csr",
            "-subj",
            f"/CN={name}",
        )
        openssl(
            "x509",
            "-req",
            "-in",
            f"{name}.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-out",
            f"{name}.pem",
            "-days",
            "2",
            "-extfile",
            f"{name}.ext",
        )
    openssl("rsa", "-aes256", "-passout", f"pass:{CANARY}", "-in", "client.key", "-out", "locked.key")
    return folder


@pytest.fixture
def tls_service(certificates: Path) -> Any:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
    context.load_verify_locations(certificates / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with serving(context) as found:
        found.answers = [echo]
        yield found


def _certificate(folder: Path, key: str = "client.key", more: str = "") -> str:
    return (
        f'{{type: none, clientCertificate: {{certificate: {{secret: "file:{folder}/client.pem"}},'
        f' key: {{secret: "file:{folder}/{key}"}}{more}}}}}'
    )


@pytest.mark.parametrize(
    ("key", "more"), [("client.key", ""), ("locked.key", ', password: {secret: "env:CANARY"}')]
)
def test_a_client_certificate(
    send: Send,
    tls_service: Service,
    certificates: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    more: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    url = tls_service.url.replace("http://", "https://")
    outcome = send(_certificate(certificates, key, more), url=url)
    assert outcome.code == 0, outcome.out + outcome.err
    assert len(tls_service.seen) == 1
    # Without it, the server takes no call; without the authority, callsheet makes none.
    assert "internalError" in send("{type: none}", url=url).out
    monkeypatch.delenv("SSL_CERT_FILE")
    assert (
        "internalError (the server's certificate is not trusted)"
        in send(_certificate(certificates), url=url).out
    )
    assert len(tls_service.seen) == 1


@pytest.mark.parametrize("key", ["server.key", "ca.pem", "locked.key"])
def test_a_certificate_that_cannot_be_used(
    send: Send, service: Service, certificates: Path, key: str
) -> None:
    outcome = send(_certificate(certificates, key))
    assert outcome.err.startswith("error CS965: the client certificate ")
    assert threading.active_count() < 50
    assert service.seen == []
