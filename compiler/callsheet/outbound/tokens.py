"""Tokens: asked for once, kept in memory until shortly before they expire, whoever asks at the same time.

OAuth 2.0 by RFC 6749: client credentials (section 4.4) and password (4.3), the client proving itself by
HTTP Basic or in the form (2.3.1); a signed assertion by RFC 7523. `custom` is Journey Optimizer's form
(https://experienceleague.adobe.com/docs/journey-optimizer: external data sources).
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from callsheet.errors import CallsheetError, UnreachableError
from callsheet.outbound.bounded import MEBIBYTE, EndlessAnswerError, read_bounded
from callsheet.outbound.hosts import origin_of
from callsheet.outbound.lines import header_value, one_line
from callsheet.outbound.masking import without_secrets

if TYPE_CHECKING:
    import httpx

EARLY_SECONDS = 30.0
"""A token is requested again so long before it expires; a short-lived one, half of its life before."""
STANDARD_SECONDS = 3600.0
MAX_ANSWER = MEBIBYTE
LONGEST_SECONDS = 30.0
"""How long the answer of a token endpoint is read at most."""
_UNIT_SECONDS = {
    "milliseconds": 0.001,
    "seconds": 1.0,
    "minutes": 60.0,
    "hours": 3600.0,
    "days": 86_400.0,
    "months": 2_592_000.0,
    "years": 31_536_000.0,
}
Ask = tuple[str, float]
"""A token, and for how many seconds it is good."""


class Tokens:
    """Tokens by what they were asked with.

    Args:
        client: asks the token endpoints.
        resolve: returns the secret of a reference.
        route: returns the URL that is called for one; by default the same.

    Attributes:
        given: the last tokens that were given, so that none is ever shown.

    """

    def __init__(
        self,
        client: httpx.Client,
        resolve: Callable[[str], str],
        route: Callable[[str], str] = lambda url: url,
    ) -> None:
        self.client = client
        self.resolve = resolve
        self.route = route
        self.given: deque[str] = deque(maxlen=100)
        self._resolved: dict[str, str] = {}
        self._known: dict[str, Ask] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def whole(self, value: Any) -> str:
        """Return what an authentication contains, a text or the secret of a reference, of any lines."""
        if not isinstance(value, dict):
            return str(value)
        self._resolved[value["secret"]] = secret = self.resolve(value["secret"])
        return secret

    def text(self, value: Any, name: str = "a field of `authentication`") -> str:
        """Return what is sent in one line; raises CS969, by the name of the reference."""
        return one_line(self.whole(value), _named(value, name))

    def header(self, value: Any, name: str) -> str:
        """Return what is sent as the header `name`, or within it; raises CS969 likewise."""
        return header_value(self.whole(value), _named(value, f"the header `{name}`"))

    def token(self, authentication: Mapping[str, Any], *, anew: bool = False) -> str:
        """Return a token; `anew` where the one that was given was refused.

        Raises:
            CallsheetError: CS606, CS962, CS963, CS969, CS982.

        """
        key = json.dumps(authentication, sort_keys=True)
        before = self._known.get(key)
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            token, until = self._known.get(key, ("", 0.0))
            # Another call may have renewed it while this one waited.
            renewed = self._known.get(key) is not before
            if (anew and not renewed) or time.monotonic() >= until:
                token, seconds = self._ask(authentication)
                self.given.append(token)
                early = min(EARLY_SECONDS, seconds / 2)
                self._known[key] = (token, time.monotonic() + seconds - early)
            return token

    def _ask(self, authentication: Mapping[str, Any]) -> Ask:
        if authentication["type"] == "custom":
            return self._ask_custom(authentication)
        if authentication["grant"] == "jwt_bearer":
            form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
            form["assertion"] = self._assertion(authentication)
            return self._oauth(authentication, form, {})
        form = {"grant_type": authentication["grant"]}
        for name in ("username", "password", "audience"):
            if name in authentication:
                form[name] = self.text(authentication[name])
        if authentication.get("scopes"):
            form["scope"] = " ".join(authentication["scopes"])
        client = [
            self.text(authentication[one]) for one in ("clientId", "clientSecret") if one in authentication
        ]
        headers: dict[str, str] = {}
        if authentication.get("clientAuthentication", "basic") == "basic" and len(client) == 2:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(client).encode()).decode()
        else:
            form |= dict(zip(("client_id", "client_secret"), client, strict=False))
        return self._oauth(authentication, form, headers)

    def _oauth(self, authentication: Mapping[str, Any], form: dict[str, str], headers: Any) -> Ask:
        status, told, _ = self._call("POST", authentication["tokenUrl"], headers, {"data": form})
        token = told.get("access_token") if isinstance(told, dict) else None
        if status != 200 or not isinstance(token, str) or not token:
            code = told.get("error") if isinstance(told, dict) else None
            # Hidden before it is cut: the beginning of a secret is one, too.
            sent = [*self._resolved.values(), form.get("assertion", "")]
            said = f", {without_secrets(code, sent)[:60]}" if isinstance(code, str) else ""
            raise _refused(authentication["tokenUrl"], f"it answered {status}{said} and no token")
        header_value(token, f"the token of {_plainly(authentication['tokenUrl'])}")
        seconds = told.get("expires_in")
        number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        return token, float(seconds) if number else 0.0

    def _assertion(self, authentication: Mapping[str, Any]) -> str:
        """Sign an assertion: with a private key, or with a Google service account's file."""
        secret = self.whole(authentication["key"])
        issuer = self.text(authentication["issuer"]) if "issuer" in authentication else None
        header = {"alg": authentication.get("algorithm", "RS256")}
        try:
            account = json.loads(secret)
            secret, issuer = account["private_key"], issuer or account["client_email"]
            header["kid"] = account["private_key_id"]
        except (ValueError, KeyError, TypeError):
            pass  # it is a key alone, or an account without the id of its key
        scopes = authentication.get("scopes")
        try:
            from authlib.oauth2.rfc7523.assertion import sign_jwt_bearer_assertion
            from joserfc.jwk import ECKey, RSAKey
        except ImportError:
            raise _missing("authlib") from None
        key = ECKey if header["alg"].startswith("ES") else RSAKey
        try:
            signed = sign_jwt_bearer_assertion(
                key.import_key(secret),
                issuer,
                authentication.get("audience", authentication["tokenUrl"]),
                subject=authentication.get("subject"),
                claims={"scope": " ".join(scopes)} if scopes else {},
                header=header,
            )
        except Exception:
            raise CallsheetError(
                "CS966",
                "the key cannot sign the assertion",
                help="it is a private key as PEM, or a Google service account's JSON",
            ) from None
        return str(signed)

    # -- Journey Optimizer's form ---------------------------------------------------------

    def _ask_custom(self, authentication: Mapping[str, Any]) -> Ask:
        if authentication.get("subType") == "certificateCredential":
            raise CallsheetError(
                "CS962",
                "only Adobe can sign the assertion of this authentication: it cannot be sent from here",
                help="send it from the journey tool; `callsheet render --params` shows the request",
            )
        written = authentication.get("headers") or {}
        headers = {name: self.header(value, name) for name, value in written.items()}
        body = authentication.get("body")
        content: dict[str, Any] = {}
        if body and authentication["method"] == "POST":
            fields = {
                name: self.whole(value) if isinstance(value, dict) else value
                for name, value in body["bodyParams"].items()
            }
            content = {"data": fields} if body["bodyType"] == "form" else {"json": fields}
        url = authentication["endpoint"]
        status, told, text = self._call(authentication["method"], url, headers, content)
        place = authentication["tokenInResponse"]
        token = text.strip() if place == "response" else _at(told, place)
        if not 200 <= status < 300 or not isinstance(token, str) or not token or "\n" in token:
            raise _refused(url, f"it answered {status}, and there is no token at {place}")
        if authentication["authorizationType"] != "queryParam":
            header_value(token, f"the token of {_plainly(url)}")
        return token, self._custom_seconds(authentication, told)

    def _custom_seconds(self, authentication: Mapping[str, Any], told: Any) -> float:
        cache = authentication.get("cacheDuration") or {}
        unit = _UNIT_SECONDS[cache.get("timeUnit", "seconds")]
        if "duration" in cache:
            return float(cache["duration"]) * unit
        if "expiryInResponse" not in cache:
            return STANDARD_SECONDS
        seconds = _at(told, cache["expiryInResponse"])
        try:
            return float(seconds) * unit
        except (TypeError, ValueError):
            return 0.0

    def _call(self, method: str, url: str, headers: dict[str, str], content: Any) -> tuple[int, Any, str]:
        import httpx

        origin = origin_of(url)
        if origin is None or not origin.is_private:
            raise CallsheetError(
                "CS982",
                f"the token endpoint {_plainly(url)} is not an https URL",
                help="write it in full, such as https://login.example.com/token;"
                " http is for this machine only",
            )
        try:
            with self.client.stream(method, self.route(url), headers=headers, **content) as response:
                body = read_bounded(response, MAX_ANSWER, time.monotonic() + LONGEST_SECONDS)
            status = int(response.status_code)
        except EndlessAnswerError:
            raise _refused(url, "its answer does not end") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            refused = _refused(url, f"it does not answer ({type(error).__name__})")
            raise UnreachableError(refused.code, refused.message, help=refused.help) from None
        text = body.decode("utf-8", "replace")
        try:
            return status, json.loads(text), text
        except (ValueError, RecursionError):
            return status, None, text


def _at(value: Any, place: str) -> Any:
    """Return the value at `json://path`: member names and indices, `.` or `/` between them."""
    for part in place.removeprefix("json://").replace("/", ".").split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _refused(url: str, why: str) -> CallsheetError:
    return CallsheetError(
        "CS963",
        f"no token from {_plainly(url)}: {why}",
        help="check `authentication`, and the secrets that it refers to",
    )


def _plainly(url: str) -> str:
    """Return a URL without its query, and without a user name and password."""
    scheme, mark, rest = url.partition("?")[0].partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"


def _named(value: Any, name: str) -> str:
    return str(value["secret"]) if isinstance(value, dict) else name


def _missing(package: str) -> CallsheetError:
    return CallsheetError(
        "CS945",
        f"send needs the package {package}, which is not installed",
        help="pip install 'callsheet[send]'",
    )
