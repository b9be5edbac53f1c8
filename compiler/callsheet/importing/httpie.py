"""An HTTPie command line → a request: `http POST URL Header:value field=text number:=1 name==query`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callsheet.importing.json_bodies import json_body
from callsheet.importing.model import Imported, ImportFault
from callsheet.importing.shell import encoded_text, line_of
from callsheet.importing.shell_variables import payload_of_shell, with_parameters_of_shell, with_slots
from callsheet.outbound.urls import with_query

_WITH_VALUE = ("-p", "--print", "--timeout", "--pretty", "-s", "--style")
_FLAGS = (
    *("--ignore-stdin", "-j", "--json", "-v", "--verbose", "-b", "--body", "-h", "--headers"),
    *("--check-status", "--follow", "-F", *_WITH_VALUE),
)
_ITEM = re.compile(r"((?:[^:=@\\]|\\.)+?)(:=@|==@|=@|:@|:=|==|=|@|:)(.*)\Z", re.DOTALL)


def read_httpie(text: str) -> Imported:
    """Read one HTTPie command (https://httpie.io/docs/cli/request-items).

    Raises:
        ImportFault: for what is not an HTTPie line, what reads a file, and what sends a form.

    """
    line = line_of(text, "httpie")
    words = line.words
    if not words or words[0].rpartition("/")[2] not in ("http", "https", "httpie"):
        raise ImportFault("this is not an HTTPie command", "paste a line that begins with http or https")
    reader = _HttpieLine(words[0])
    if line.stdin is not None:
        raise ImportFault("the line continues after httpie, with `<<`", "write the fields into the command")
    reader.result.notes += line.notes
    reader.read(iter(words[1:]))
    return reader.finished()


class _HttpieLine:
    def __init__(self, name: str) -> None:
        self.scheme = "https" if name.endswith("https") else "http"
        self.result = Imported(method="", url="")
        self.fields: dict[str, Any] = {}
        self.raw: str | None = None
        self.query: list[str] = []
        self.auth, self.auth_type = "", "basic"

    def read(self, rest: Iterator[str]) -> None:
        for word in rest:
            name, equals, value = word.partition("=")
            if re.match(r"-[aA].", word):
                name, equals, value = word[:2], "=", word[2:].removeprefix("=")
            if name in ("--raw", "-a", "--auth", "-A", "--auth-type"):
                self._option(name, value if equals else next(rest, ""))
            elif word in ("-f", "--form", "--multipart"):
                raise ImportFault("a form is not JSON", "import a request that sends JSON")
            elif name in _FLAGS:
                if name in _WITH_VALUE and not equals:
                    next(rest, None)
            elif word.startswith("-"):
                # Without its value: it may be a credential.
                shown = word.partition("=")[0][: 40 if word.startswith("--") else 2]
                raise ImportFault(
                    f"the option {shown} is not known", "remove it, if the request does not need it"
                )
            elif not self.result.url and re.fullmatch(r"[A-Za-z]+", word) and not self.result.method:
                self.result.method = word.upper()
            elif not self.result.url:
                self._url(word)
            else:
                self._item(word)

    def _option(self, name: str, value: str) -> None:
        if name == "--raw":
            self.raw = value
        elif name in ("-a", "--auth"):
            self.auth = value
        else:
            self.auth_type = value

    def _url(self, word: str) -> None:
        if word.startswith((":", "/")):
            raise ImportFault("the URL is short for one of this machine", "write the whole URL")
        self.result.url = word if "://" in word else f"{self.scheme}://{word}"

    def _item(self, word: str) -> None:
        found = _ITEM.match(word)
        if found is None:
            raise ImportFault(
                f"`{word[:40]}` is not an item of a request", "see httpie.io/docs/cli/request-items"
            )
        name, value = (re.sub(r"\\([=:@;])", r"\1", one) for one in (found[1], found[3]))
        separator = found[2]
        if "@" in separator:
            raise ImportFault(f"`{name[:40]}` reads a file", "write the value itself")
        if separator == "==":
            self.query.append(f"{encoded_text(name)}={encoded_text(value)}")
        elif separator == ":":
            self.result.headers.append((name, value))
        else:
            self._field(name, value if separator == "=" else json_body(value, "the data"))

    def _field(self, name: str, value: Any) -> None:
        """Set a field; `a[b][0]` is one within another (only objects are made)."""
        parts = [one.rstrip("]") for one in name.split("[")]
        if any(not one or one.isdigit() for one in parts[1:]):
            raise ImportFault(f"`{name[:40]}` is an item of a list", "write the list as JSON: name:='[…]'")
        node = self.fields
        for part in parts[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise ImportFault(
                    f"`{part[:40]}` is a value, and has fields", "write it as JSON: name:='{…}'"
                )
        node[parts[-1]] = value

    def finished(self) -> Imported:
        result = self.result
        if not result.url:
            raise ImportFault("the line calls no URL", "paste the whole command")
        if self.raw is not None and self.fields:
            raise ImportFault("the line has a body and fields of one", "keep one of the two")
        if self.auth_type not in ("basic", "bearer"):
            raise ImportFault(
                f"a login by {self.auth_type[:20]} is made of what the service answers first",
                "write `authentication` by hand",
            )
        result.url = with_query(result.url, "&".join(self.query))
        with_parameters_of_shell(result)
        if self.raw is not None:
            result.payload = payload_of_shell(
                result, self.raw, lambda text: json_body(text, "the data", unique=True)
            )
            result.has_payload = True
        elif self.fields:
            result.payload, result.has_payload = with_slots(result, self.fields), True
        if self.auth and self.auth_type == "bearer":
            result.headers.append(("Authorization", f"Bearer {self.auth}"))
        elif self.auth:
            name, _, password = self.auth.partition(":")
            result.user = (name, password)
        result.method = result.method or ("POST" if result.has_payload else "GET")
        if result.has_payload and not any(name.lower() == "content-type" for name, _ in result.headers):
            result.headers.append(("Content-Type", "application/json"))
        return result
