"""A request → the text of an action: parameters guessed, credentials replaced by references, a test case.

No credential of the request is written: what is named like one, or looks like one, becomes a reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

import yaml

from callsheet.importing.model import Imported, ImportFault
from callsheet.language.secret_patterns import secret_kind
from callsheet.workspace.scalars import resolve

_VENDORS = (
    ("fcm.googleapis.com", "firebase", "push"),
    ("graph.facebook.com", "facebook", "events"),
    ("eventsingress.adobe.io", "adobe-io", "events"),
    ("epsilon.com", "epsilon", "email"),
    ("sendgrid.com", "sendgrid", "email"),
    ("nexmo.com", "vonage", "sms"),
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_LEFT_OUT = ("host", "content-length", "user-agent", "accept-encoding", "connection", "cookie")
_CREDENTIAL = re.compile(
    r"(?i)(api|access|secret|private)[-_]?(key|token)|token|secret|passw|credential|signature|authorization|x-auth|\bkey\b"
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ().-]{6,20}\Z")
_IP = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}\Z")
_NAMES = re.compile(r"(?i)(first|last|full|given|family|sur)[-_]?name\Z")
_DEVICES = ("token", "fid", "device_token", "registration_token", "installation_id", "registration_id")
_TEXTS = ("title", "subject", "text", "body", "message", "html", "caption", "content")
_TEMPLATE = re.compile(r"\{\{|\{%|\{#")


def action_text(imported: Imported, name: str) -> str:
    """Give the text of an action file that makes the request, with a test case that says so.

    Raises:
        ImportFault: CS938 where the URL is none.

    """
    return _Writer(imported, name).text()


class _Dumper(yaml.SafeDumper):
    """Writes YAML in which a text is a text by YAML 1.1 and 1.2: `08` is a number by one of them."""


def _write_text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    # PyYAML writes U+0085 as the line break that it also is.
    plain = resolve(value) == value and value.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Dumper.add_representer(str, _write_text)


class _Writer:
    def __init__(self, imported: Imported, name: str) -> None:
        self.imported = imported
        self.name = name
        self.secrets: set[str] = set()
        self.parameters: dict[str, dict[str, Any]] = {}
        self.authentication: dict[str, Any] = {"type": "none"}

    def text(self) -> str:
        request, expected = self._request()
        host = urlsplit(request["url"]).hostname or ""
        vendor = next(((one, channel) for end, one, channel in _VENDORS if host.endswith(end)), None)
        metadata: dict[str, Any] = {
            "name": self.name,
            "title": {"en": self.name.replace("_", " ").capitalize()},
        }
        if vendor is not None:
            metadata["labels"] = {"vendor": vendor[0], "channel": vendor[1]}
        spec: dict[str, Any] = {"request": request, "authentication": self.authentication}
        if self.parameters:
            spec["parameters"] = self.parameters
        if host == "fcm.googleapis.com":
            spec["contract"] = {
                "discovery": "package:googleapiclient/discovery_cache/documents/fcm.v1.json",
                "method": "fcm.projects.messages.send",
                "optional": True,
            }
        params = {key: one["example"] for key, one in self.parameters.items()}
        spec["tests"] = [{"name": "as it was imported", "params": params, "expect": expected}]
        document = {"apiVersion": "callsheet/v1", "kind": "Action", "metadata": metadata, "spec": spec}
        notes = "".join(f"# {one}\n" for one in self.imported.notes)
        return notes + yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)

    def _request(self) -> tuple[dict[str, Any], dict[str, Any]]:
        parts = urlsplit(self.imported.url)
        if not parts.hostname:
            raise ImportFault("the request has no URL with a host", "see what was given")
        if self.imported.method not in _METHODS:
            raise ImportFault(
                f"an action cannot call with {self.imported.method[:20]}",
                f"it calls with {', '.join(_METHODS)}",
            )
        if parts.username or self.imported.user:
            self._basic()
        netloc = parts.netloc.rpartition("@")[2]
        url = urlunsplit(parts._replace(netloc=netloc, query="", fragment=""))
        headers = self._headers()
        query = self._query(parts.query)
        # What curl would send of a URL's odd characters is what is written.
        request: dict[str, Any] = {"method": self.imported.method, "url": _constant(_encoded(url))}
        if headers:
            request["headers"] = headers
        if query:
            request["query"] = query
        full = _encoded(url)
        plain = [f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in self.sent_query]
        expected: dict[str, Any] = {
            "method": self.imported.method,
            "url": full + ("?" + "&".join(plain) if plain else ""),
        }
        if self.imported.has_payload:
            request["payload"] = self._payload(self.imported.payload, ())
            expected["payload"] = self._expected(self.imported.payload, ())
        return request, expected

    def _basic(self) -> None:
        self.authentication = {
            "type": "basic",
            "username": {"secret": self._secret("username")},
            "password": {"secret": self._secret("password")},
        }

    def _query(self, query: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.sent_query: list[tuple[str, str]] = []
        for key, value in parse_qsl(query, keep_blank_values=True):
            if (_CREDENTIAL.search(key) or secret_kind(value)) and self.authentication["type"] == "none":
                self.authentication = {
                    "type": "apiKey",
                    "name": key,
                    "in": "query",
                    "value": {"secret": self._secret(key)},
                }
            elif _CREDENTIAL.search(key) or secret_kind(value):
                self.imported.notes.append(
                    f"the query parameter {key} was left out: it looks like a second credential"
                )
            else:
                found[key] = _constant(value)
                self.sent_query.append((key, value))
        return found

    def _headers(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in self.imported.headers:
            if key.lower() in _LEFT_OUT:
                continue
            if key.lower() == "authorization":
                self._authorization(value, found, key)
            elif _CREDENTIAL.search(key) or secret_kind(value):
                found[key] = {"secret": self._secret(key)}
            else:
                found[key] = _constant(value)
        return found

    def _authorization(self, value: str, headers: dict[str, Any], key: str) -> None:
        scheme = value.split(" ", 1)[0].lower()
        if scheme == "bearer":
            self.authentication = {"type": "bearer", "token": {"secret": self._secret("token")}}
        elif scheme == "basic":
            self._basic()
        else:
            headers[key] = {"secret": self._secret("authorization")}

    def _secret(self, what: str) -> str:
        """Give a reference by a name of its own: the value itself is forgotten here."""
        name = re.sub(r"[^A-Z0-9]+", "_", f"{self.name}_{what}".upper()).strip("_")
        self.secrets.add(name)
        return f"env:{name if not name[0].isdigit() else f'KEY_{name}'}"

    def _payload(self, value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {key: self._payload(one, (*path, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [self._payload(one, (*path, index)) for index, one in enumerate(value)]
        if not isinstance(value, str):
            return value
        if self._is_secret(value, path):
            return {"secret": self._secret(str(path[-1]) if path else "value")}
        guessed = _guess(value, path)
        if guessed is None:
            return _constant(value)
        return f"{{{{ params.{self._parameter(path, value, guessed)} }}}}"

    def _is_secret(self, value: str, path: tuple[Any, ...]) -> bool:
        key = next((one for one in reversed(path) if isinstance(one, str)), "")
        if key in _DEVICES:
            return False
        return bool(secret_kind(value)) or bool(
            re.search(r"(?i)passw|secret|api[-_]?key|access[-_]?token", key)
        )

    def _expected(self, value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {key: self._expected(one, (*path, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [self._expected(one, (*path, index)) for index, one in enumerate(value)]
        if isinstance(value, str) and self._is_secret(value, path):
            return {"secret": self._secret(str(path[-1]) if path else "value")}
        return value

    def _parameter(self, path: tuple[Any, ...], value: str, sensitivity: str) -> str:
        """Declare a parameter for a value; the same value at the same key is the same parameter."""
        key = next((one for one in reversed(path) if isinstance(one, str)), "value")
        name = (
            re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()).strip("_")
            or "value"
        )
        name = (name if name[0].isalpha() else f"p_{name}")[:24]
        number = 1
        chosen = name
        while chosen in self.parameters and self.parameters[chosen]["example"] != value:
            number += 1
            chosen = f"{name}_{number}"
        fields: dict[str, Any] = {"type": "string", "label": {"en": chosen.replace("_", " ").capitalize()}}
        if sensitivity != "text":
            fields["sensitivity"] = sensitivity
        self.parameters[chosen] = {**fields, "example": value}
        return chosen


def _guess(value: str, path: tuple[Any, ...]) -> str | None:
    """Tell what a text of the payload is: a kind of personal datum, a `text` for people, or a constant."""
    key = next((one for one in reversed(path) if isinstance(one, str)), "").lower()
    if _EMAIL.match(value):
        return "email"
    if _IP.match(value):
        return "ip-address"
    if _PHONE.match(value) and re.search(r"phone|mobile|msisdn|^to$|recipient|number", key):
        return "phone"
    if _NAMES.match(key):
        return "name"
    if key in _DEVICES:
        return "device-id"
    return "text" if key in _TEXTS and value else None


def _constant(value: str) -> str:
    """Give a constant as a leaf: what would begin a template is a text within one."""
    return f"{{{{ {json.dumps(value)} }}}}" if _TEMPLATE.search(value) else value


def _encoded(url: str) -> str:
    """Encode what a URL cannot hold, and nothing twice."""
    return quote(unquote(url), safe=":/?#[]@!$&'()*+,;=~%") if not url.isascii() or " " in url else url


def secret_names(text: str) -> Iterator[str]:
    """Give the environment variables that an imported action refers to."""
    yield from sorted(set(re.findall(r"env:([A-Z0-9_]+)", text)))
