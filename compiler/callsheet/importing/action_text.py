"""A request → the text of an action: parameters guessed, credentials replaced by references, a test case.

No credential of the request is written: what is named like one, or looks like one, becomes a reference.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from msgspec.structs import replace

from callsheet.contracts.media_types import essence, is_json
from callsheet.documents.yaml_text import block_text
from callsheet.importing.body_tokens import is_token
from callsheet.importing.credentials import (
    is_hidden,
    is_hidden_field,
    is_hidden_number,
    is_secret_path,
    secrets_in,
)
from callsheet.importing.declared import Parameters
from callsheet.importing.guesses import guess, parameter_name
from callsheet.importing.header_forms import (
    LINE,
    form_after_scheme,
    form_of,
    is_on_a_line,
    scheme_and_key,
)
from callsheet.importing.hiding import hidden, hidden_errors
from callsheet.importing.marks import ANY_MARK, SLOT, VALUE, filled, filled_payload, template_of
from callsheet.importing.model import Credential, Imported, ImportFault, Known, Slot
from callsheet.importing.query_parts import parted
from callsheet.importing.references import References, secret_names
from callsheet.importing.shell_marks import as_written
from callsheet.importing.url_texts import (
    PLAIN_IN_PATH,
    encoded_path,
    query_text,
    refuse_backslash,
    with_plain_values,
)
from callsheet.language.credential_names import is_secret_key, judged_path, last_key
from callsheet.language.formatting import formatted
from callsheet.outbound.urls import with_query
from callsheet.templates.values import canonical_text

VENDORS = (
    ("fcm.googleapis.com", "firebase", "push"),
    ("graph.facebook.com", "facebook", "events"),
    ("eventsingress.adobe.io", "adobe-io", "events"),
    ("epsilon.com", "epsilon", "email"),
    ("sendgrid.com", "sendgrid", "email"),
    ("nexmo.com", "vonage", "sms"),
)
"""The ends of hosts, each with the labels of its vendor."""
CONTRACTS: dict[str, dict[str, Any]] = {
    "fcm.googleapis.com": {
        "discovery": "package:googleapiclient/discovery_cache/documents/fcm.v1.json",
        "method": "fcm.projects.messages.send",
        "optional": True,
    }
}
"""Descriptions of vendors in packages, by the host that is called."""
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NO_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_USER = re.compile(r"(?<=://)[^/]*@")
_OF_A_CONNECTION = ("te", "transfer-encoding", "keep-alive", "proxy-connection", "proxy-authorization")
_UNSAID = ("user-agent", "accept-encoding", "connection")
"""Headers that every client has of its own."""
_LEFT_OUT = ("host", "content-length", "cookie", *_UNSAID, *_OF_A_CONNECTION)


_WHY = {
    "host": "it is that of the URL",
    "content-length": "the client says how long the body is",
    "cookie": "an action has no session",
    **dict.fromkeys(_OF_A_CONNECTION, "it belongs to one connection"),
}
_USER_LEFT = "the name and password in the URL were left out: the request authenticates otherwise"


@hidden_errors()
def action_text(
    imported: Imported, name: str, account: str | None = None, secrets: dict[str, str] | None = None
) -> str:
    """Return the text of an action file that makes the request, with a test case that says so.

    Args:
        imported: the request.
        name: of the action.
        account: after which secrets are named; default: after the action.
        secrets: the secrets that have a name already, which only one secret has; new ones are added.

    Raises:
        ImportFault: CS938 where the URL is not valid, or a text cannot be written.

    """
    text = _Writer(imported, name, account or name, {} if secrets is None else secrets).text()
    if not _is_writable(text):
        raise ImportFault("it contains characters that no file can contain", "replace its surrogates")
    if ANY_MARK.search(text):
        # What stands for a variable is no text of a request: another one than the tool's would be sent.
        raise ImportFault("a variable is in a place where none can be written", "write the action by hand")
    return text


def notes_of(text: str) -> list[str]:
    """Return what the text of an action says of what was left out of it: the comments at its top."""
    lines = itertools.takewhile(lambda one: one.startswith("# "), text.splitlines())
    return [one.removeprefix("# ") for one in lines]


class _Writer:
    def __init__(self, imported: Imported, name: str, account: str, secrets: dict[str, str]) -> None:
        # A scheme is the same in capitals (RFC 3986, section 3.1), and policies read it as text.
        url = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*(?=://)", lambda one: one[0].lower(), imported.url)
        self.imported = replace(imported, url=url)
        self.notes = [*imported.notes]
        self.notes_of_secrets: dict[str, str] = {}
        self.name = name
        self.secrets = References(account, secrets)
        self.parameters = Parameters()
        self.reads = {one: f"values.{account}.{one}" for one in imported.values}
        self.authentication: dict[str, Any] = {"type": "none"}
        self.whole_headers: dict[str, Any] = {}
        self.body_token = imported.lone_token

    def text(self) -> str:
        request, expected = self._request()
        url = request["url"]
        host = url["host"] if isinstance(url, dict) else urlsplit(url).hostname or ""
        vendor = next(((one, channel) for end, one, channel in VENDORS if host.endswith(end)), None)
        metadata: dict[str, Any] = {
            "name": self.name,
            "title": {"en": self._title() or self.name.replace("_", " ").capitalize()},
        }
        if vendor is not None:
            metadata["labels"] = {"vendor": vendor[0], "channel": vendor[1]}
        spec: dict[str, Any] = {"request": request, "authentication": self.authentication}
        if self.parameters.declared:
            spec["parameters"] = self.parameters.declared
        if self.imported.contract is not None:
            spec["contract"] = self.imported.contract
        elif host in CONTRACTS:
            spec["contract"] = dict(CONTRACTS[host])
        if self.imported.responses:
            spec["responses"] = self.imported.responses
        params = {key: one["example"] for key, one in self.parameters.declared.items()}
        spec["tests"] = [{"name": "as it was imported", "params": params, "expect": expected}]
        document = {"apiVersion": "callsheet/v1", "kind": "Action", "metadata": metadata, "spec": spec}
        written = block_text(document)
        used = set(secret_names(written))
        # A header that another one replaced has a secret that nothing reads.
        said = [one for one in self.notes if self.notes_of_secrets.get(one, "") in ("", *used)]
        notes = "".join(f"# {one}\n" for one in dict.fromkeys(map(self._hidden, said)))
        return formatted(notes + written, f"{self.name}.yaml")[0]

    def _say_of(self, reference: dict[str, str], words: str) -> None:
        """Note something of a secret, for as long as the file refers to it."""
        secret = reference["secret"].removeprefix("env:")
        self.notes.append(f"{secret} {words}")
        self.notes_of_secrets[self.notes[-1]] = secret

    def _secret(self, name: str, text: str) -> dict[str, str]:
        """Return a reference to a secret; a note says where a variable is only a part of it."""
        reference = self.secrets.to(name, text)
        if ANY_MARK.search(text) and not ANY_MARK.fullmatch(text):
            self._say_of(reference, "is the whole value, with what is around the variable in it")
        return reference

    def _title(self) -> str:
        """Return what the call is named where it comes from, on one line."""
        shown = "".join(one if one.isprintable() else " " for one in self.imported.title)
        return " ".join(self._hidden(shown).split())[:100]

    def _hidden(self, text: str) -> str:
        return hidden(text, self.secrets.known.values())

    def _request(self) -> tuple[dict[str, Any], dict[str, Any]]:
        parts = urlsplit(filled(self.imported.url, self.imported.values))
        refuse_backslash(parts.netloc)
        if not parts.hostname:
            raise ImportFault("the request has no URL with a host", "paste a request with a whole URL")
        if self.imported.method not in _METHODS:
            raise ImportFault(
                f"an action cannot use the method {_shown_method(self.imported.method)}",
                f"the methods are: {', '.join(_METHODS)}",
            )
        for slot in self.imported.slots.values():
            if slot.chosen:
                self.parameters.of_slot(slot)
        base, asked, written = self.imported.url.partition("#")[0].partition("?")
        # Beside a key in the query, which is the authentication then, other proofs are headers.
        own = self.imported.authentication or {}
        self.key_in_query = own.get("in") == "query" or bool(parted(written).hidden)
        if self.imported.authentication is not None:
            self._authenticate(self.imported.authentication)
            if self.imported.user is not None and self.key_in_query:
                self._basic(*self.imported.user)
        elif self.imported.user is not None or parts.username:
            self._basic(*(self.imported.user or (parts.username or "", parts.password or "")))
        if parts.username and (self.imported.authentication is not None or self.imported.user is not None):
            self.notes.append(_USER_LEFT)
        base = with_plain_values(base, self.imported.values, PLAIN_IN_PATH)
        headers = self._headers()
        plain, hidden = self._query(written)
        full = encoded_path(as_written(_USER.sub("", base)), self.notes)
        if plain is None or (asked and not written):
            full = f"{full}?{query_text(self.query, self.imported.values)}"
        query = {**(plain or {}), **hidden}
        url, shown = self._url(_USER.sub("", base), full)
        request: dict[str, Any] = {"method": self.imported.method, "url": url}
        if headers:
            request["headers"] = headers
        if query:
            request["query"] = query
        listed = _in_order(query)
        sent = {key: quote(self._shown(one), safe="") for key, one in self.sent_query}
        sent |= {key: f"{{{one['secret']}}}" for key, one in hidden.items()}
        expected: dict[str, Any] = {
            "method": self.imported.method,
            "url": with_query(shown, "&".join(f"{quote(key, safe='')}={sent[key]}" for key in listed)),
        }
        if headers:
            expected["headers"] = {
                key: f"{{{one['secret']}}}"
                if isinstance(one, dict)
                else self._shown(self.sent_headers[key])
                for key, one in headers.items()
            }
        if self.imported.has_payload:
            self._refuse_other_media()
            request["payload"] = self._payload(self.imported.payload, ())
            expected["payload"] = self._expected(self.imported.payload, ())
        return request, expected

    def _url(self, base: str, full: str) -> tuple[Any, str]:
        """Return the URL, and how a test case expects it; one that contains a credential is a secret."""
        known = filled(base, self.imported.values)
        if not is_secret_path(known):
            return self._template(full), self._shown(full, encoded=True)
        if SLOT.search(known):
            raise ImportFault(
                "its URL contains a credential and a parameter",
                "write a connection whose `url` is `{secret, host}`, and the `path` after it",
            )
        parts = urlsplit(known)
        if parts.scheme.lower() != "https":
            raise ImportFault("its URL contains a credential, and is not one of https", "correct the URL")
        host = parts.netloc.lower()
        reference = self.secrets.to("url", filled(full, self.imported.values))
        return {**reference, "host": host}, f"https://{host}/{{{reference['secret']}}}"

    def _template(self, text: str) -> str:
        """Write a text as a template, with a parameter or a value in the place of each mark."""

        def parameter(name: str) -> str | None:
            slot = self.imported.slots.get(unquote(name))
            return None if slot is None else self._read(slot)

        whole = SLOT.fullmatch(text)
        declared = self.imported.slots.get(unquote(whole[2])) if whole is not None else None
        if declared is not None and declared.fields.get("type") in ("number", "integer", "boolean"):
            return f"{{{{ params.{self._read(declared)} | string }}}}"
        return template_of(text, parameter, self.reads)

    def _read(self, slot: Slot) -> str:
        """Return how a template reads the parameter of a slot."""
        name = self.parameters.of_slot(slot)
        if slot.default is None:
            return name
        return f"{name} | default({json.dumps(slot.default, ensure_ascii=False)})"

    def _shown(self, text: str, *, encoded: bool = False) -> str:
        """Return a text as it is sent: a parameter by its example."""

        def example(match: re.Match[str]) -> str:
            slot = self.imported.slots.get(unquote(match[2]))
            shown = match[0] if slot is None else _example_text(slot.example)
            return quote(shown, safe="") if encoded and slot is not None else shown

        return SLOT.sub(example, filled(text, self.imported.values))

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

    def _query(self, query: str) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """Return the query parameters, plain and secret.

        The plain ones are None where one is there twice or has no `=`: the URL itself says them.
        """
        if _NO_ESCAPE.search(query):
            self.notes.append("a `%` in the query that begins no escape is sent as `%25`")
        own = self.authentication
        parts = parted(query, own["name"] if own["type"] == "apiKey" and own["in"] == "query" else "")
        hidden = dict(parts.hidden)
        if own["type"] == "none" and hidden:
            key = next(iter(hidden))
            self.authentication = {
                "type": "apiKey",
                "name": key,
                "in": "query",
                "value": self._secret(key, hidden.pop(key)),
            }
        elif own["type"] not in ("none", "apiKey") or own.get("in") == "header":
            self.notes += [
                f"the query parameter {key} was left out: it looks like a second credential"
                for key in hidden
            ]
            hidden = {}
        self.notes += [
            f"the query parameter {key} is there more than once: a credential is sent once"
            for key in parts.repeated
        ]
        self.query = parts
        self.sent_query = [(key, as_written(value)) for key, value in parts.plain]
        plain = {key: self._template(value) for key, value in self.sent_query}
        if not parts.is_said_by_url and [*plain] != _in_order(plain):
            self.notes.append("the query is sent in the order of its names")
        return (
            None if parts.is_said_by_url else plain,
            {key: self._secret(key, value) for key, value in hidden.items()},
        )

    def _headers(self) -> dict[str, Any]:
        found = dict(self.whole_headers)
        self.sent_headers: dict[str, str] = {}
        seen = {one.lower() for one in found}
        host = urlsplit(filled(self.imported.url, self.imported.values)).netloc.lower()
        for key, value in self.imported.headers:
            name = key.lower()
            if name in _LEFT_OUT:
                if name not in _UNSAID and not (name == "host" and value.lower() == host):
                    self.notes.append(f"the header {key} was left out: {_WHY[name]}")
                continue
            if name in seen:
                self.notes.append(f"the header {key} is there more than once: the last one was kept")
                found = {it: one for it, one in found.items() if it.lower() != name}
            seen.add(name)
            if name == "authorization":
                self._authorization(value, found, key)
            elif is_hidden_field(key, value):
                found[key] = Credential(value)
            else:
                self._keep_on_a_line(key, value)
                self.sent_headers[key] = as_written(value)
                found[key] = self._template(as_written(value))
        return self._with_api_key(found)

    def _refuse_other_media(self) -> None:
        """Refuse JSON that is sent as something else: an action says what it sends."""
        media = [held for key, held in self.sent_headers.items() if key.lower() == "content-type"]
        if media and not ANY_MARK.search(media[0]) and not is_json(media[0]):
            raise ImportFault(
                f"its body is JSON that is sent as {essence(media[0])[:60]}: an action sends JSON as JSON",
                "where the service takes application/json too, change the Content-Type first",
            )

    def _keep_on_a_line(self, header: str, value: str) -> None:
        """Declare that the parameters of a header are what a header can contain."""
        for match in SLOT.finditer(value):
            slot = self.imported.slots.get(match[2])
            if slot is None or slot.fields["type"] != "string" or is_on_a_line(slot.fields):
                continue
            if "pattern" in slot.fields:
                self.notes.append(
                    f"the pattern of the header {header} takes what no header can contain:"
                    " its parameter has another one"
                )
            self.imported.slots[match[2]] = replace(slot, fields={**slot.fields, "pattern": LINE})

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
        if self.authentication["type"] == "basic" and urlsplit(self.imported.url).username:
            self.notes.append(_USER_LEFT)
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

    def _payload(self, value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {key: self._payload(one, judged_path((*path, key), value)) for key, one in value.items()}
        if isinstance(value, list):
            return [self._payload(one, (*path, index)) for index, one in enumerate(value)]
        if is_token(path) and self.body_token is not None:
            return self._token_of_body(self.body_token)
        if isinstance(value, Credential):
            return self._secret(last_key(path, "value"), value.text)
        if isinstance(value, Slot):
            return f"{{{{ params.{self._read(value)} }}}}"
        if self._is_hidden(value, path):
            return self._reference(value, path)
        if not isinstance(value, str):
            return value
        value = as_written(value)
        guessed = None if SLOT.search(value) or VALUE.search(value) else guess(value, path)
        if guessed is None:
            return self._template(value)
        return f"{{{{ params.{self.parameters.of_value(path, value, guessed)} }}}}"

    def _is_hidden(self, value: Any, path: tuple[Any, ...]) -> bool:
        if isinstance(value, Known):
            return False
        return is_hidden(value, path) if isinstance(value, str) else is_hidden_number(value, path)

    def _reference(self, value: Any, path: tuple[Any, ...]) -> dict[str, str]:
        key = last_key(path, "value")
        if not isinstance(value, str):
            self.notes.append(f"`{key}` was a number: its secret is sent as a string")
        else:
            self._say_what_it_contains(key, value, path)
        return self._secret(key, str(value))

    def _say_what_it_contains(self, key: str, value: str, path: tuple[Any, ...]) -> None:
        name = next((name for name, _ in secrets_in(value)), "")
        if name and not is_secret_key(path, value):
            self.notes.append(f"`{key}` contains the credential `{name}`: the whole text became a secret")

    def _token_of_body(self, held: str) -> dict[str, str]:
        reference = self.secrets.to("token", held)
        self.notes.append(
            f"`token` of the body became the secret {reference['secret'].removeprefix('env:')}:"
            " nothing else authenticates the request; where it is the token of a device,"
            " import with --param device=/token"
        )
        return reference

    def _expected(self, value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {
                key: self._expected(one, judged_path((*path, key), value)) for key, one in value.items()
            }
        if isinstance(value, list):
            return [self._expected(one, (*path, index)) for index, one in enumerate(value)]
        if is_token(path) and self.body_token is not None:
            return self._token_of_body(self.body_token)
        if isinstance(value, Credential):
            return self._secret(last_key(path, "value"), value.text)
        if isinstance(value, Slot):
            return value.example
        if self._is_hidden(value, path):
            return self._reference(value, path)
        if not isinstance(value, str):
            return value
        found = filled_payload(as_written(value), self.imported.values)
        return self._shown(found) if isinstance(found, str) else found


def _in_order(names: Iterable[str]) -> list[str]:
    """Return names as a compiled action has them, which is canonical JSON (RFC 8785)."""
    return sorted(names, key=lambda one: one.encode("utf-16-be"))


def _example_text(example: Any) -> str:
    """Return an example as a template writes it into a text."""
    return example if isinstance(example, str) else canonical_text(example)


def _shown_method(method: str) -> str:
    """Return a method as it is shown: what is none may be anything."""
    return method if re.fullmatch("[A-Z]{1,12}", method) else "of this line"


def _is_login(text: str) -> bool:
    """Return whether a text is a name and a password in base64 (RFC 7617): some services want a key."""
    try:
        return b":" in base64.b64decode(text, validate=True)
    except ValueError:
        return False


def _is_writable(text: str) -> bool:
    """Return whether a text is one of UTF-8: half a surrogate pair is none."""
    return re.search("[\ud800-\udfff]", text) is None
