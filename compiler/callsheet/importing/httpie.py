"""An HTTPie command line → a request: `http POST URL Header:value field=text number:=1 name==query`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from callsheet.importing.hiding import hidden
from callsheet.importing.httpie_fields import Fields
from callsheet.importing.json_bodies import json_body
from callsheet.importing.model import Imported, ImportFault
from callsheet.importing.pasted import refuse_curly, refuse_script
from callsheet.importing.shell import line_of
from callsheet.importing.shell_marks import encoded_text
from callsheet.importing.shell_variables import (
    note_defaults,
    payload_of_shell,
    value_of_shell,
    with_host_by_default,
    with_parameters_of_shell,
    with_slots,
)
from callsheet.importing.url_texts import encoded_path
from callsheet.outbound.urls import with_query

_SHOWN = (
    "-p",
    "--print",
    "--pretty",
    "-s",
    "--style",
    "-o",
    "--output",
    "--format-options",
    "--response-mime",
)
"""Options with a value that change what is shown, and nothing of the request."""
_FLAGS = (
    *("--ignore-stdin", "-I", "-v", "--verbose", "-b", "--body", "-h", "--headers", "-m", "--meta"),
    *("-q", "--quiet", "-S", "--stream", "-d", "--download", "-c", "--continue", "--check-status"),
    *("--follow", "-F", "--all", "--offline", "--traceback", "--debug", "--path-as-is"),
)
_OF_THE_WAY = ("--timeout", "--verify", "--ssl", "--ciphers", "--max-redirects", "--max-headers", "--proxy")
"""Options with a value that are about the connection: an action has its own."""
_WITH_VALUE = (*_SHOWN, *_OF_THE_WAY)
_ACCEPT = "application/json, */*;q=0.5"
"""What HTTPie accepts where it sends JSON."""
_ANY_ANSWER = (("accept", "*/*"),)
"""What every client sends that says nothing else."""
_ENCODED = re.compile(r"""["<>^`{}|\\\[\]]""")
"""What of a query HTTPie encodes itself."""
_SHORT = re.compile(r":(?!:)([0-9]*)(/?.*)\Z", re.DOTALL)
_ITEM = re.compile(r"((?:[^:=@\\]|\\.)+?)(:=@|==@|=@|:@|:=|==|=|@|:)(.*)\Z", re.DOTALL)


def read_httpie(text: str) -> Imported:
    """Read one HTTPie command (https://httpie.io/docs/cli/request-items).

    Raises:
        ImportFault: for what is not an HTTPie line, what reads a file, and what sends a form.

    """
    refuse_script(text)
    line = line_of(text, "httpie")
    words = line.words
    refuse_curly(words)
    if not words or words[0].rpartition("/")[2] not in ("http", "https", "httpie"):
        raise ImportFault("this is not an HTTPie command", "paste a line that begins with http or https")
    reader = _HttpieLine(words[0])
    reader.result.notes += line.notes
    reader.result.defaults = line.defaults
    reader.read(iter(words[1:]))
    if line.stdin is not None and not reader.ignores_stdin:
        if reader.raw is not None:
            raise ImportFault("the line has two bodies", "keep one of the two")
        reader.raw = line.stdin
    return reader.finished()


class _HttpieLine:
    def __init__(self, name: str) -> None:
        self.scheme = "https" if name.endswith("https") else "http"
        self.result = Imported(method="", url="")
        self.fields = Fields()
        self.is_json = False
        self.ignores_stdin = False
        self.unset: set[str] = set()
        self.word = ""
        self.raw: str | None = None
        self.query: list[str] = []
        self.auth, self.auth_type = "", "basic"

    def read(self, rest: Iterator[str]) -> None:
        for word in rest:
            name, equals, value = word.partition("=")
            if re.match(r"-[aA].", word):
                name, equals, value = word[:2], "=", word[2:].removeprefix("=")
            if name in ("--raw", "-a", "--auth", "-A", "--auth-type", "--default-scheme"):
                self._option(name, value if equals else next(rest, ""))
            elif word in ("-f", "--form", "--multipart"):
                raise ImportFault("a form is not JSON", "import a request that sends JSON")
            elif word in ("-j", "--json"):
                self.is_json = True
            elif name in _WITH_VALUE:
                if not equals:
                    next(rest, None)
                if name in _OF_THE_WAY and name != "--timeout":
                    self.result.notes.append(f"the option {name} was left out: an action has its own way")
            elif word in _FLAGS:
                self.ignores_stdin = self.ignores_stdin or word in ("--ignore-stdin", "-I")
            elif word.startswith("-"):
                # Without its value: it may be a credential.
                shown = word.partition("=")[0][: 40 if word.startswith("--") else 2]
                raise ImportFault(
                    f"the option {shown} is not known", "remove it, if the request does not need it"
                )
            elif not self.result.url and re.fullmatch(r"[A-Za-z]+", word) and not self.result.method:
                self.result.method, self.word = word.upper(), word
            elif not self.result.url:
                self._url(word)
            else:
                self._item(word)

    def _option(self, name: str, value: str) -> None:
        if name == "--raw":
            self.raw = value
        elif name in ("-a", "--auth"):
            self.auth = value
        elif name == "--default-scheme":
            self.scheme = value
        else:
            self.auth_type = value

    def _url(self, word: str) -> None:
        word = with_host_by_default(self.result, word.removeprefix("://"))
        if (short := _SHORT.match(word)) is not None:
            word = f"localhost{short[1] and ':'}{short[1]}{short[2]}"
        self.result.url = word if "://" in word else f"{self.scheme}://{word}"

    def _item(self, word: str) -> None:
        found = _ITEM.match(word)
        if found is None and (empty := re.fullmatch("([!#$%&'*+.^_`|~0-9A-Za-z-]+);", word)):
            self.result.headers.append((empty[1], ""))
            return
        if found is None:
            raise ImportFault(
                f"`{hidden(word)[:40]}` is not an item of a request", "see httpie.io/docs/cli/request-items"
            )
        name, value = (re.sub(r"\\([=:@;])", r"\1", one) for one in (found[1], found[3]))
        separator = found[2]
        if "@" in separator:
            raise ImportFault(f"`{hidden(name)[:40]}` reads a file", "write the value itself")
        if separator == "==":
            self.query.append(f"{encoded_text(name)}={encoded_text(value)}")
        elif separator == ":" and not value:
            self.unset.add(name.lower())
        elif separator == ":" and (name.lower(), value) in _ANY_ANSWER:
            self.unset.add("accept")
        elif separator == ":":
            self.result.headers.append((name, value))
        else:
            is_text = separator == "="
            self.fields.set(
                name,
                value
                if is_text
                else value_of_shell(value, lambda it: json_body(it, "the data", notes=self.result.notes)),
            )

    def finished(self) -> Imported:
        result = self.result
        if not result.url and not self.word.isupper() and self.word:
            result.method = ""  # the word is all that there is
            self._url(self.word)
        if not result.url:
            raise ImportFault("the line calls no URL", "paste the whole command")
        if self.raw is not None and self.fields.value is not None:
            raise ImportFault("the line has a body and fields of one", "keep one of the two")
        if self.auth_type not in ("basic", "bearer"):
            raise ImportFault(
                f"a login by {self.auth_type[:20]} is made of what the service answers first",
                "write `authentication` by hand",
            )
        result.url = with_query(result.url.removesuffix("?"), "&".join(self.query))
        with_parameters_of_shell(result)
        base, asks, query = result.url.partition("?")
        query = _ENCODED.sub(lambda match: quote(match[0], safe=""), query)
        result.url = f"{encoded_path(base, [])}{asks}{query}"
        if self.raw is not None:
            result.payload = payload_of_shell(
                result, self.raw, lambda text: json_body(text, "the data", unique=True, notes=result.notes)
            )
            result.has_payload = True
        elif self.fields.value is not None:
            result.payload, result.has_payload = with_slots(result, self.fields.value), True
        note_defaults(result)
        if "user-agent" in self.unset and not any(
            name.lower() == "user-agent" for name, _ in result.headers
        ):
            result.notes.append("`User-Agent:` was ignored: it takes a header of HTTPie's away")
        if self.auth and self.auth_type == "bearer":
            result.headers.append(("Authorization", f"Bearer {self.auth}"))
        elif self.auth:
            name, _, password = self.auth.partition(":")
            result.user = (name, password)
        result.method = result.method or ("POST" if result.has_payload else "GET")
        if result.has_payload or self.is_json:
            self._of_json()
        return result

    def _of_json(self) -> None:
        """Add the headers of JSON, but for those that the line says itself, or takes away."""
        said = {name.lower() for name, _ in self.result.headers}
        for name, value in (("Accept", _ACCEPT), ("Content-Type", "application/json")):
            if name.lower() in self.unset and name.lower() not in said:
                if name == "Content-Type" and self.result.has_payload:
                    self.result.notes.append(
                        "the header Content-Type is sent: a payload of an action has one"
                    )
            elif name.lower() not in said:
                self.result.headers.append((name, value))
