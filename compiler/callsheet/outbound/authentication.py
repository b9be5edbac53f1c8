"""An action's `authentication` × its secrets → what proves who calls."""

from __future__ import annotations

import base64
import functools
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from callsheet.errors import CallsheetError
from callsheet.outbound.lines import header_value, with_scheme
from callsheet.outbound.signatures import Signed, signature_headers
from callsheet.outbound.tokens import Tokens

if TYPE_CHECKING:
    import ssl

Resolve = Callable[[str], str]


class Proof(Struct):
    """What proves who calls: headers, and query parameters."""

    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


def prove(
    authentication: Mapping[str, Any],
    request: Signed,
    tokens: Tokens,
    *,
    anew: bool = False,
) -> Proof:
    """Return the proof of an action's authentication.

    Args:
        authentication: as the compiled action contains it.
        request: what a signature is made over.
        tokens: where tokens are kept, and asked for.
        anew: the last token was refused.

    Raises:
        CallsheetError: CS606 for a secret that is missing, CS962 for what only the journey tool can send,
            CS963 where the token endpoint refuses, CS969 for what no line of a request can contain, CS982
            for a token endpoint over plain http.

    """
    kind = authentication.get("type", "none")
    if kind == "none":
        return Proof()
    if kind == "basic":
        pair = f"{tokens.text(authentication['username'])}:{tokens.text(authentication['password'])}"
        return Proof({"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()})
    if kind == "bearer":
        return Proof({"Authorization": f"Bearer {tokens.header(authentication['token'], 'Authorization')}"})
    if kind == "apiKey" and authentication["in"] == "header":
        name = authentication["name"]
        return Proof({name: with_scheme(authentication, tokens.header(authentication["value"], name))})
    if kind == "apiKey":
        return Proof(query={authentication["name"]: tokens.text(authentication["value"])})
    if kind == "hmac":
        signed = signature_headers(authentication, request, tokens.whole(authentication["key"]))
        return Proof({name: header_value(value, f"the header `{name}`") for name, value in signed.items()})
    token = tokens.token(authentication, anew=anew)
    if kind == "custom" and authentication["authorizationType"] != "bearer":
        place = "query" if authentication["authorizationType"] == "queryParam" else "header"
        return _placed(place, authentication["tokenTarget"], token)
    return Proof({"Authorization": f"Bearer {token}"})


def is_renewable(authentication: Mapping[str, Any]) -> bool:
    """Return whether the authentication uses a token, so that a 401 may mean that it has expired."""
    return authentication.get("type") in ("oauth2", "custom")


def _new_context() -> ssl.SSLContext:
    """Return a context that trusts what SSL_CERT_FILE and SSL_CERT_DIR name, else the usual authorities."""
    import httpx

    return httpx.create_ssl_context(trust_env=True)


@functools.cache
def _shared_context(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Return one context for all clients: to read what the environment names takes 50 ms."""
    del file, folder  # httpx reads them itself
    return _new_context()


def tls_context(authentication: Mapping[str, Any], resolve: Resolve) -> ssl.SSLContext:
    """Return the TLS context of a client: it verifies, and shows the client certificate where there is one.

    Raises:
        CallsheetError: CS606 for a secret that is missing, CS965 for a certificate without its key.

    """
    written = authentication.get("clientCertificate")
    if not written:
        return _shared_context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    context = _new_context()
    pem = "\n".join(resolve(written[one]["secret"]).strip() for one in ("certificate", "key")) + "\n"
    password = resolve(written["password"]["secret"]) if "password" in written else ""
    try:
        # A file that exists in memory only: OpenSSL reads certificates from files.
        with os.fdopen(os.memfd_create("certificate"), "wb") as stream:
            stream.write(pem.encode())
            stream.flush()
            context.load_cert_chain(f"/proc/self/fd/{stream.fileno()}", password=lambda: password)
    except (OSError, ValueError):
        raise CallsheetError(
            "CS965",
            f"the client certificate {written['certificate']['secret']}, or its key"
            f" {written['key']['secret']}, cannot be used",
            help="both are PEM; the key belongs to the first certificate, and `password` opens it",
        ) from None
    return context


def _placed(place: str, name: str, value: str) -> Proof:
    return Proof(headers={name: value}) if place == "header" else Proof(query={name: value})
