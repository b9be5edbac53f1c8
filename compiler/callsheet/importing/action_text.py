"""A request → the text of an action: parameters guessed, credentials replaced by references, a test case.

No credential of the request is written: what is named like one, or looks like one, becomes a reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

import yaml

from callsheet.documents import equal
from callsheet.documents.yaml_text import Dumper
from callsheet.importing.guesses import constant, guess, is_credential, is_secret, parameter_name
from callsheet.importing.model import Imported, ImportFault, Slot
from callsheet.importing.shell import MARK, as_written

_VENDORS = (
    ("fcm.googleapis.com", "firebase", "push"),
    ("graph.facebook.com", "facebook", "events"),
    ("eventsingress.adobe.io", "adobe-io", "events"),
    ("epsilon.com", "epsilon", "email"),
    ("sendgrid.com", "sendgrid", "email"),
    ("nexmo.com", "vonage", "sms"),
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SLOT = re.compile("%EE%80%82(.*?)%EE%80%83")
_KEY_AFTER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9._-]* (\ue000\w+\ue001|[A-Za-z0-9._~+/-]+=*)")
"""A scheme and one word, as `Klaviyo-API-Key pk_1`: not the parameters of a signature."""
_LEFT_OUT = ("host", "content-length", "user-agent", "accept-encoding", "connection", "cookie")


def action_text(imported: Imported, name: str, account: str | None = None) -> str:
    """Return the text of an action file that makes the request, with a test case that says so.

    Args:
        imported: the request.
        name: of the action.
        account: after which secrets are named; default: after the action.

    Raises:
        ImportFault: CS938 where the URL is not valid.

    """
    return _Writer(imported, name, account or name).text()


class _Writer:
    def __init__(self, imported: Imported, name: str, account: str) -> None:
        self.imported = imported
        self.name = name
        self.account = account
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
        if self.imported.contract is not None:
            spec["contract"] = self.imported.contract
        elif host == "fcm.googleapis.com":
            spec["contract"] = {
                "discovery": "package:googleapiclient/discovery_cache/documents/fcm.v1.json",
                "method": "fcm.projects.messages.send",
                "optional": True,
            }
        params = {key: one["example"] for key, one in self.parameters.items()}
        spec["tests"] = [{"name": "as it was imported", "params": params, "expect": expected}]
        document = {"apiVersion": "callsheet/v1", "kind": "Action", "metadata": metadata, "spec": spec}
        notes = "".join(f"# {one}\n" for one in self.imported.notes)
        return notes + yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)

    def _request(self) -> tuple[dict[str, Any], dict[str, Any]]:
        parts = urlsplit(self.imported.url)
        if not parts.hostname:
            raise ImportFault("the request has no URL with a host", "paste a request with a whole URL")
        if self.imported.method not in _METHODS:
            raise ImportFault(
                f"an action cannot use the method {self.imported.method[:20]}",
                f"the methods are: {', '.join(_METHODS)}",
            )
        if parts.username or self.imported.user:
            self._basic()
        netloc = parts.netloc.rpartition("@")[2]
        url = urlunsplit(parts._replace(netloc=netloc, query="", fragment=""))
        headers = self._headers()
        query = self._query(parts.query)
        # What curl would send of a URL's odd characters is what is written.
        full = _encoded(as_written(url))
        request: dict[str, Any] = {"method": self.imported.method, "url": self._url(constant(full))}
        if headers:
            request["headers"] = headers
        if query:
            request["query"] = query
        # A compiled action is canonical JSON: its query is in the order of RFC 8785.
        listed = sorted(self.sent_query, key=lambda one: one[0].encode("utf-16-be"))
        plain = [f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in listed]
        expected: dict[str, Any] = {
            "method": self.imported.method,
            "url": _SLOT.sub(self._example, full) + ("?" + "&".join(plain) if plain else ""),
        }
        if self.imported.has_payload:
            request["payload"] = self._payload(self.imported.payload, ())
            expected["payload"] = self._expected(self.imported.payload, ())
        return request, expected

    def _url(self, url: str) -> str:
        """Write a parameter in the place of a slot in the URL."""
        return _SLOT.sub(
            lambda match: f"{{{{ params.{self._declared(self.imported.slots[unquote(match[1])])} }}}}", url
        )

    def _example(self, match: re.Match[str]) -> str:
        return quote(str(self.imported.slots[unquote(match[1])].example), safe="")

    def _basic(self) -> None:
        username, password = self.imported.user or ("", "")
        self.authentication = {
            "type": "basic",
            "username": {"secret": self._secret("username", username)},
            "password": {"secret": self._secret("password", password)},
        }

    def _query(self, query: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.sent_query: list[tuple[str, str]] = []
        for key, value in parse_qsl(query, keep_blank_values=True):
            if is_credential(key, value) and self.authentication["type"] == "none":
                self.authentication = {
                    "type": "apiKey",
                    "name": key,
                    "in": "query",
                    "value": {"secret": self._secret(key, value)},
                }
            elif is_credential(key, value):
                self.imported.notes.append(
                    f"the query parameter {key} was left out: it looks like a second credential"
                )
            else:
                found[key] = constant(as_written(value))
                self.sent_query.append((key, as_written(value)))
        return found

    def _headers(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in self.imported.headers:
            if key.lower() in _LEFT_OUT:
                continue
            if key.lower() == "authorization":
                self._authorization(value, found, key)
            elif is_credential(key, value) or MARK.fullmatch(value):
                found[key] = {"secret": self._secret(key, value)}
            else:
                found[key] = constant(as_written(value))
        return self._with_api_key(found)

    def _with_api_key(self, headers: dict[str, Any]) -> dict[str, Any]:
        """Make the one header that contains a secret the authentication, where there is none."""
        keys = [name for name, value in headers.items() if isinstance(value, dict)]
        if self.authentication["type"] == "none" and len(keys) == 1 and keys[0].lower() != "authorization":
            value = headers.pop(keys[0])
            self.authentication = {"type": "apiKey", "name": keys[0], "in": "header", "value": value}
        return headers

    def _authorization(self, value: str, headers: dict[str, Any], key: str) -> None:
        scheme = value.split(" ", 1)[0].lower()
        if scheme == "bearer":
            self.authentication = {
                "type": "bearer",
                "token": {"secret": self._secret("token", value[len("bearer ") :])},
            }
        elif scheme == "basic":
            self._basic()
        elif _KEY_AFTER_SCHEME.fullmatch(value) and self.authentication["type"] == "none":
            scheme, _, secret = value.partition(" ")
            self.authentication = {
                "type": "apiKey", "name": key, "in": "header", "scheme": scheme,
                "value": {"secret": self._secret("key", secret)},
            }  # fmt: skip
        else:
            headers[key] = {"secret": self._secret("authorization", value)}

    def _secret(self, what: str, value: str = "") -> str:
        """Return a reference by a name of its own, or by its variable's: the value is forgotten here."""
        variable = MARK.fullmatch(value.strip())
        if variable is not None:
            self.secrets.add(variable[1])
            return f"env:{variable[1]}"
        name = re.sub(r"[^A-Z0-9]+", "_", f"{self.account}_{what}".upper()).strip("_")
        self.secrets.add(name)
        return f"env:{name if not name[0].isdigit() else f'KEY_{name}'}"

    def _payload(self, value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {key: self._payload(one, (*path, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [self._payload(one, (*path, index)) for index, one in enumerate(value)]
        if isinstance(value, Slot):
            return f"{{{{ params.{self._declared(value)} }}}}"
        if not isinstance(value, str):
            return value
        if is_secret(value, path) or MARK.fullmatch(value):
            return {"secret": self._secret(str(path[-1]) if path else "value", value)}
        value = as_written(value)
        guessed = guess(value, path)
        if guessed is None:
            return constant(value)
        return f"{{{{ params.{self._parameter(path, value, guessed)} }}}}"

    def _expected(self, value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {key: self._expected(one, (*path, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [self._expected(one, (*path, index)) for index, one in enumerate(value)]
        if isinstance(value, Slot):
            return value.example
        if isinstance(value, str) and (is_secret(value, path) or MARK.fullmatch(value)):
            return {"secret": self._secret(str(path[-1]) if path else "value", value)}
        return as_written(value) if isinstance(value, str) else value

    def _declared(self, slot: Slot) -> str:
        """Declare the parameter of a slot."""
        guessed = guess(slot.example, (slot.name,)) if isinstance(slot.example, str) else None
        return self._enter(parameter_name(slot.name), slot.fields, slot.example, guessed)

    def _parameter(self, path: tuple[Any, ...], value: str, sensitivity: str) -> str:
        """Declare a parameter for a value; the same value at the same key is the same parameter."""
        key = next((one for one in reversed(path) if isinstance(one, str)), "value")
        return self._enter(parameter_name(key), {"type": "string"}, value, sensitivity)

    def _enter(self, name: str, fields: dict[str, Any], example: Any, guessed: str | None) -> str:
        number, chosen = 1, name
        while chosen in self.parameters and not equal(self.parameters[chosen]["example"], example):
            number += 1
            chosen = f"{name}_{number}"
        declared = {
            "type": fields["type"],
            "label": {"en": chosen.replace("_", " ").capitalize()},
            **fields,
        }
        if guessed not in (None, "text"):
            declared["sensitivity"] = guessed
        self.parameters[chosen] = {**declared, "example": example}
        return chosen


def _encoded(url: str) -> str:
    """Encode what a URL cannot contain, and nothing twice."""
    return quote(unquote(url), safe=":/?#[]@!$&'()*+,;=~%") if not url.isascii() or " " in url else url


def secret_names(text: str) -> Iterator[str]:
    """Yield the environment variables that an imported action refers to."""
    yield from sorted(set(re.findall(r"env:([A-Z0-9_]+)", text)))
