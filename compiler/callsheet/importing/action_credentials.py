"""The credentials of a request → the authentication of an action, and headers that are secrets."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

from callsheet.importing.action_parts import Parts
from callsheet.importing.guesses import parameter_name
from callsheet.importing.header_forms import form_after_scheme, form_of, scheme_and_key
from callsheet.importing.model import Credential

USER_LEFT = "the name and password in the URL were left out: the request authenticates otherwise"


class Credentials(Parts):
    """The part of it that proves who calls."""

    def _authenticate(self, written: dict[str, Any]) -> None:
        if self.key_in_query and written["type"] == "apiKey" and written["in"] == "header":
            self.whole_headers[written["name"]] = self.secrets.to(written["name"], written["value"].text)
            return
        self.authentication = {
            key: self._secret(written.get("name") or parameter_name(key), one.text)
            if isinstance(one, Credential)
            else one
            for key, one in written.items()
        }

    def _basic(self, username: str, password: str) -> None:
        if self.key_in_query:
            self._whole_header("Authorization", f"Basic {username}:{password}", "Basic")
            return
        # What is empty is no secret.
        self.authentication = {
            "type": "basic",
            "username": self._secret("username", username) if username else "",
            "password": self._secret("password", password) if password else "",
        }

    def _whole_header(self, name: str, value: str, scheme: str) -> None:
        """Make a header a secret as a whole, because a key in the query is the authentication."""
        self.whole_headers[name] = reference = self.secrets.to("authorization", value)
        what = "`name:password` in base64" if scheme == "Basic" else "the token"
        self._say_of(reference, f"is the whole header {name}: `{scheme}`, a space and {what}")

    def _authenticate_by(self, key: str, text: str) -> None:
        """Make a header the authentication; a scheme before its credential stays in the file."""
        parts = scheme_and_key(text)
        value = self._whole(key, key, text) if parts is None else self.secrets.to(key, parts[1])
        self.authentication = {"type": "apiKey", "name": key, "in": "header", "value": value}
        if parts is not None:
            self.authentication["scheme"] = parts[0]

    def _whole(self, what: str, key: str, text: str) -> dict[str, str]:
        """Make a header a secret as a whole; a note says what of it is no credential."""
        reference = self.secrets.to(what, text)
        if form := form_of(text):
            self._say_of(reference, f"is the whole header {key}: `{form}`")
        return reference

    def _authorization(self, value: str, headers: dict[str, Any], key: str) -> None:
        scheme = value.split(" ", 1)[0].lower()
        if self.authentication["type"] == "basic" and urlsplit(self.imported.url).username is not None:
            self.notes.append(USER_LEFT)
        if self.key_in_query and self.authentication["type"] in ("none", "apiKey"):
            if " " in value:
                self._whole_header(key, value, value.split(" ", 1)[0])
                headers[key] = self.whole_headers[key]
            else:
                headers[key] = self.secrets.to("authorization", value)
        elif scheme == "bearer":
            self._as_header(headers)
            token = value[len("bearer ") :]
            form = form_after_scheme(token)
            reference = (self.secrets.to if form else self._secret)("token", token)
            self.authentication = {"type": "bearer", "token": reference}
            if form:
                self._say_of(reference, f"is all that follows `Bearer`: `{form}`")
        elif scheme == "basic" and _is_login(value[len("basic ") :]):
            self._as_header(headers)
            self._basic(value, value)
        elif (scheme == "basic" or scheme_and_key(value)) and self.authentication["type"] == "none":
            scheme, _, secret = value.partition(" ")
            self.authentication = {
                "type": "apiKey", "name": key, "in": "header", "scheme": scheme,
                "value": self.secrets.to("key", secret),
            }  # fmt: skip
        else:
            headers[key] = self._whole("authorization", key, value)

    def _as_header(self, headers: dict[str, Any]) -> None:
        """Make a key in a header a header, because another one is the authentication."""
        if self.authentication["type"] == "apiKey" and self.authentication["in"] == "header":
            headers[self.authentication["name"]] = self.authentication["value"]

    def _with_api_key(self, headers: dict[str, Any]) -> dict[str, Any]:
        """Make the one header that contains a secret the authentication, where there is none."""
        secret = [name for name, held in headers.items() if isinstance(held, dict | Credential)]
        is_lone = len(secret) == 1 and not self.key_in_query and self.authentication["type"] == "none"
        if is_lone and isinstance(headers[secret[0]], Credential):
            self._authenticate_by(secret[0], headers.pop(secret[0]).text)
        return {
            name: self._whole(name, name, held.text) if isinstance(held, Credential) else held
            for name, held in headers.items()
        }


def _is_login(text: str) -> bool:
    """Return whether a text is a name and a password in base64 (RFC 7617): some services want a key."""
    try:
        return b":" in base64.b64decode(text, validate=True)
    except ValueError:
        return False
