"""A request → the text of an action: parameters guessed, credentials replaced by references, a test case.

No credential of the request is written: what is named like one, or looks like one, becomes a reference.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from msgspec.structs import replace

from callsheet.contracts.media_types import essence, is_json
from callsheet.documents.yaml_text import block_text
from callsheet.importing.action_credentials import USER_LEFT, Credentials
from callsheet.importing.action_payload import Payloads
from callsheet.importing.credentials import is_hidden_field, is_secret_path
from callsheet.importing.header_forms import LINE, is_on_a_line
from callsheet.importing.hiding import hidden_errors
from callsheet.importing.left_headers import why_left_out
from callsheet.importing.marks import ANY_MARK, SLOT, filled
from callsheet.importing.model import Credential, Imported, ImportFault
from callsheet.importing.query_parts import parted
from callsheet.importing.references import secret_names
from callsheet.importing.shell_marks import as_written
from callsheet.importing.url_texts import (
    PLAIN_IN_PATH,
    encoded_path,
    note_raw_query,
    query_text,
    refuse_backslash,
    with_plain_values,
)
from callsheet.language.formatting import formatted
from callsheet.outbound.urls import with_query

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


class _Writer(Credentials, Payloads):
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

    def _title(self) -> str:
        """Return what the call is named where it comes from, on one line."""
        shown = "".join(one if one.isprintable() else " " for one in self.imported.title)
        return " ".join(self._hidden(shown).split())[:100]

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
        elif self.imported.user is not None or parts.username is not None:
            self._basic(*(self.imported.user or (parts.username or "", parts.password or "")))
        if parts.username is not None and (
            self.imported.authentication is not None or self.imported.user is not None
        ):
            self.notes.append(USER_LEFT)
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
        sent = {key: quote(self._shown(one), safe="") for key, one in self.sent_query}
        sent |= {key: f"{{{one['secret']}}}" for key, one in hidden.items()}
        expected: dict[str, Any] = {
            "method": self.imported.method,
            "url": with_query(
                shown, "&".join(f"{quote(key, safe='')}={sent[key]}" for key in _in_order(query))
            ),
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

    def _query(self, query: str) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """Return the query parameters, plain and secret.

        The plain ones are None where one is there twice or has no `=`: the URL itself says them.
        """
        if _NO_ESCAPE.search(query):
            self.notes.append("a `%` in the query that begins no escape is sent as `%25`")
        note_raw_query(as_written(query), self.notes)
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
            if why := why_left_out(name, value):
                if not (name == "host" and value.lower() == host):
                    self.notes.append(f"the header {key} was left out: {why}")
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


def _in_order(names: Iterable[str]) -> list[str]:
    """Return names as a compiled action has them, which is canonical JSON (RFC 8785)."""
    return sorted(names, key=lambda one: one.encode("utf-16-be"))


def _shown_method(method: str) -> str:
    """Return a method as it is shown: what is none may be anything."""
    return method if re.fullmatch("[A-Z]{1,12}", method) else "of this line"


def _is_writable(text: str) -> bool:
    """Return whether a text is one of UTF-8: half a surrogate pair is none."""
    return re.search("[\ud800-\udfff]", text) is None
