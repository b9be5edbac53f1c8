"""An action's `authentication` × its secrets → headers and query parameters; tokens live in memory only.

OAuth 2.0 by RFC 6749: client credentials (section 4.4) and password (4.3), the client proving itself by
HTTP Basic or in the form (2.3.1).
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from callsheet.errors import CallsheetError

if TYPE_CHECKING:
    import httpx

Resolve = Callable[[str], str]
EARLY_SECONDS = 30.0
"""So long before it expires a token is asked for anew."""


@dataclass(slots=True)
class Proof:
    """What proves who calls: headers, and query parameters."""

    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


class Tokens:
    """Tokens by what they were asked with, each until shortly before it expires."""

    def __init__(self, client: httpx.Client, resolve: Resolve) -> None:
        self.client = client
        self.resolve = resolve
        self.known: dict[str, tuple[str, float]] = {}

    def prove(self, authentication: Mapping[str, Any], *, anew: bool = False) -> Proof:
        """Give the proof of an action's authentication; `anew` where the last token was refused.

        Raises:
            CallsheetError: CS606 for a secret that is missing, CS962 for a scheme that cannot be sent yet,
                CS963 where the token endpoint refuses.

        """
        kind = authentication.get("type", "none")
        if kind == "none":
            return Proof()
        if kind == "basic":
            pair = f"{self._text(authentication['username'])}:{self._text(authentication['password'])}"
            return Proof({"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()})
        if kind == "bearer":
            return Proof({"Authorization": f"Bearer {self._text(authentication['token'])}"})
        if kind == "apiKey":
            pair_of = {authentication["name"]: self._text(authentication["value"])}
            return Proof(headers=pair_of) if authentication["in"] == "header" else Proof(query=pair_of)
        if kind == "oauth2" and authentication.get("grant") in ("client_credentials", "password"):
            return Proof({"Authorization": f"Bearer {self._token(authentication, anew=anew)}"})
        raise CallsheetError(
            "CS962",
            f"{authentication.get('grant') or kind} cannot be sent by this callsheet yet",
            help="send it from the journey tool; `callsheet render --params` shows the request",
        )

    def _text(self, value: Any) -> str:
        return self.resolve(value["secret"]) if isinstance(value, dict) else str(value)

    def _token(self, authentication: Mapping[str, Any], *, anew: bool) -> str:
        key = repr(sorted(authentication.items(), key=str))
        token, until = self.known.get(key, ("", 0.0))
        if anew or time.monotonic() >= until:
            token, seconds = self._ask(authentication)
            self.known[key] = (token, time.monotonic() + seconds - EARLY_SECONDS)
        return token

    def _ask(self, authentication: Mapping[str, Any]) -> tuple[str, float]:
        import httpx

        form = {"grant_type": authentication["grant"]}
        for name in ("username", "password", "audience"):
            if name in authentication:
                form[name] = self._text(authentication[name])
        if authentication.get("scopes"):
            form["scope"] = " ".join(authentication["scopes"])
        client = [
            self._text(authentication[one]) for one in ("clientId", "clientSecret") if one in authentication
        ]
        basic = None
        if authentication.get("clientAuthentication", "basic") == "basic" and len(client) == 2:
            basic = httpx.BasicAuth(client[0], client[1])
        else:
            form |= dict(zip(("client_id", "client_secret"), client, strict=False))
        try:
            auth = basic or httpx.USE_CLIENT_DEFAULT
            answer = self.client.post(authentication["tokenUrl"], data=form, auth=auth)
        except httpx.HTTPError as error:
            raise _refused(authentication, f"it does not answer ({type(error).__name__})") from None
        try:
            told = answer.json()
        except ValueError:
            told = None
        token = told.get("access_token") if isinstance(told, dict) else None
        if answer.status_code != 200 or not isinstance(token, str) or not token:
            code = told.get("error") if isinstance(told, dict) else None
            said = f", {code[:60]}" if isinstance(code, str) else ""
            raise _refused(authentication, f"it answered {answer.status_code}{said} and no token")
        seconds = told.get("expires_in", 0)
        return token, float(seconds) if isinstance(seconds, int | float) else 0.0


def _refused(authentication: Mapping[str, Any], why: str) -> CallsheetError:
    return CallsheetError(
        "CS963",
        f"no token from {authentication['tokenUrl']}: {why}",
        help="check `authentication`, and the secrets that it refers to",
    )
