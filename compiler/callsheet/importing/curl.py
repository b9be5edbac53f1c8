"""A curl command line (options of curl(1)) → a request; no file that it names is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

from callsheet.importing.curl_options import (
    CHANGES_NOTHING,
    LEFT_OUT,
    LONG_OF,
    REFUSED,
    TAKES_VALUE,
    WAY_OUT,
    WAYS_OUT,
)
from callsheet.importing.curl_urls import as_curl_sends, url_of_curl
from callsheet.importing.header_forms import blank_in_name
from callsheet.importing.hiding import hidden
from callsheet.importing.json_bodies import json_body
from callsheet.importing.marks import PRIVATE, refuse_private
from callsheet.importing.model import Imported, ImportFault
from callsheet.importing.pasted import refuse_curly, refuse_script
from callsheet.importing.shell import line_of
from callsheet.importing.shell_marks import MARK, as_written, encoded_text
from callsheet.importing.shell_variables import (
    note_defaults,
    payload_of_shell,
    with_host_by_default,
    with_parameters_of_shell,
)


def read_curl(text: str) -> Imported:
    """Read one curl command.

    Raises:
        ImportFault: for what is not a curl line, what runs or reads something else, and what is not JSON.

    """
    refuse_private(text, PRIVATE)
    refuse_script(text)
    line = line_of(text, "curl")
    refuse_curly(line.words)
    if not line.words or line.words[0].rpartition("/")[2] not in ("curl", "curl.exe"):
        raise ImportFault("this is not a curl command", "paste a line that begins with curl")
    reader = _CurlLine(line.stdin)
    reader.result.notes += line.notes
    reader.result.defaults = line.defaults
    return reader.read(line.words[1:])


class _CurlLine:
    def __init__(self, stdin: str | None) -> None:
        self.result = Imported(method="", url="")
        self.stdin = stdin
        self.data: list[str] = []
        self.query: list[str] = []
        self.is_json = False
        self.is_form = False
        self.is_head = False
        self.taken_away: set[str] = set()
        self.agent = ""
        self.in_query = False
        self.globbed = True
        self.ignored: list[str] = []

    def read(self, words: list[str]) -> Imported:
        rest = iter(words)
        for word in rest:
            if word == "--":
                for url in rest:
                    self.set_url(url)
            elif word.startswith(("\u2013", "\u2014")):
                raise ImportFault("an option begins with a dash that is no hyphen", "write it with `-`")
            elif not word.startswith("-") or word == "-":
                self.set_url(word)
            elif word.startswith("--"):
                self._long(word, rest)
            else:
                self._short(word[1:], rest)
        return self._finished()

    def _short(self, letters: str, rest: Iterator[str]) -> None:
        """Take `-sSXPOST`: flags, the last of which may take the rest of the word, or the next one."""
        for at, letter in enumerate(letters):
            name = LONG_OF.get(letter)
            if name is None:
                raise _unknown(f"-{letter}")
            if name in TAKES_VALUE:
                self._take(name, f"-{letter}", letters[at + 1 :] or self._next(rest, f"-{letter}"))
                return
            self._flag(name, f"-{letter}")

    def _long(self, word: str, rest: Iterator[str]) -> None:
        """Take `--request POST`; as curl, without the `=` that other tools know."""
        name = word[2:]
        if name in TAKES_VALUE:
            self._take(name, word, self._next(rest, word))
            return
        written, equals, value = name.partition("=")
        if equals and written in TAKES_VALUE:
            self.result.notes.append(f"--{written}= was read as --{written}: curl itself wants a space")
            self._take(written, f"--{written}", value)
            return
        self._flag(name, word)

    def _next(self, rest: Iterator[str], shown: str) -> str:
        try:
            return next(rest)
        except StopIteration:
            raise ImportFault(f"{shown} has no value", "paste the whole command") from None

    def _flag(self, name: str, shown: str) -> None:
        if name in REFUSED:
            raise _refused(name, shown)
        if name in LEFT_OUT:
            self.result.notes.append(LEFT_OUT[name])
        elif name in ("get", "no-get"):
            self.in_query = name == "get"
        elif name == "head":
            self.is_head = True
        elif name == "globoff":
            self.globbed = False
        elif name not in CHANGES_NOTHING and name.removeprefix("no-") not in _TAKEN_BACK:
            raise _unknown(shown)

    def _take(self, name: str, shown: str, value: str) -> None:
        if name in REFUSED:
            raise _refused(name, shown)
        if name in _OPTIONS:
            _OPTIONS[name](self, value)
        elif name in CHANGES_NOTHING:
            self.ignored.append(shown)
        else:
            raise _unknown(shown)

    # -- options ----------------------------------------------------------------------------

    def set_url(self, word: str) -> None:
        if self.result.url:
            raise ImportFault("the line calls two URLs", "import one call at a time")
        self.result.url = word

    def set_method(self, value: str) -> None:
        if MARK.search(value):
            raise ImportFault("the method is a variable", "write the method itself")
        self.result.method = value.upper()
        if value != value.upper():
            self.result.notes.append(f"the method is {value.upper()}, and curl would send `{value[:20]}`")

    def add_header(self, value: str) -> None:
        if value.startswith("@"):
            raise ImportFault("-H reads a file", "write the headers themselves")
        name, colon, text = value.partition(":")
        if not colon and value.endswith(";"):
            name = value[:-1]
        is_sent = text.strip() if colon else value.endswith(";")
        if is_sent and re.search(r"\s", name):
            raise blank_in_name(name)
        if colon and text.strip():
            self.result.headers.append((name.strip(), text.strip()))
        elif value.strip().endswith(";"):
            self.result.notes.append(
                f"the header {hidden(value.strip()[:-1])[:40]} was left out: it has no value"
            )
        elif MARK.search(value):
            raise ImportFault(
                f"the header `{hidden(as_written(value))[:40]}` is a variable", "write the header itself"
            )
        elif colon and name.strip().lower() not in _OF_CURL:
            self.taken_away.add(name.strip().lower())
            self.result.notes.append(
                f"`-H '{hidden(name.strip())[:40]}:'` was ignored: it takes a header of curl's away"
            )

    def add_data(self, value: str) -> None:
        self.data.append(
            self._given(value, "-d").replace("\r", "").replace("\n", "")
            if value == "@-"
            else self._given(value, "-d")
        )

    def add_binary(self, value: str) -> None:
        self.data.append(self._given(value, "--data-binary"))

    def add_raw(self, value: str) -> None:
        self.data.append(value)

    def add_json(self, value: str) -> None:
        # Joined to what is there with nothing between them.
        self.is_json = True
        self.data[-1:] = ["".join([*self.data[-1:], self._given(value, "--json")])]

    def add_encoded(self, value: str) -> None:
        """Take `--data-urlencode`: `content`, `=content` or `name=content`; a file is not read."""
        name, equals, content = value.partition("=")
        if not equals and "@" in value:
            raise ImportFault("--data-urlencode reads a file", "put the value itself into the command")
        text = encoded_text(content if equals else value)
        self.is_form = True
        self.data.append(f"{name}={text}" if equals and name else text)

    def add_query(self, value: str) -> None:
        """Take `--url-query`: as `--data-urlencode`; after a `+` as it is."""
        if value.startswith("+"):
            self.query.append(as_curl_sends(value[1:]))
            return
        before, self.data, was_form = self.data, [], self.is_form
        self.add_encoded(value)
        self.query, self.data, self.is_form = [*self.query, *self.data], before, was_form

    def _given(self, value: str, shown: str) -> str:
        """Return data, also from a here document; a file is not read."""
        if not value.startswith("@"):
            return value
        if value == "@-" and self.stdin is not None:
            return self.stdin
        raise ImportFault(
            f"{shown} reads a file, which may be anywhere", "put the payload itself into the command"
        )

    def set_user(self, value: str) -> None:
        name, _, password = value.partition(":")
        self.result.user = (name, password)

    def add_bearer(self, value: str) -> None:
        self.result.headers.append(("Authorization", f"Bearer {value}"))

    def set_agent(self, value: str) -> None:
        self.agent = value
        if not value:
            self.result.notes.append("`-A ''` was ignored: it takes a header of curl's away")

    def leave_referer(self, value: str) -> None:
        del value
        self.result.notes.append("the referer was ignored: no page calls an action")

    def leave_cookie(self, value: str) -> None:
        del value
        self.result.notes.append("the cookie was ignored: an action has no session")

    # -- the request --------------------------------------------------------------------------

    def _finished(self) -> Imported:
        result = self.result
        result.url = url_of_curl(
            with_host_by_default(result, result.url), result.notes, globbed=self.globbed
        )
        if self.is_form and not self.in_query:
            raise ImportFault(
                "--data-urlencode cannot be imported: a form is not JSON",
                WAY_OUT,
            )
        if self.agent and not any(name.lower() == "user-agent" for name, _ in result.headers):
            result.headers.append(("User-Agent", self.agent))
        body = "&".join(self.data)
        if self.is_head and body and not self.in_query:
            raise ImportFault("curl makes only one request, and -I asks for no payload", "remove -I")
        if self.is_json:
            names = {name.lower() for name, _ in result.headers} | self.taken_away
            for name in ("Content-Type", "Accept"):
                if name.lower() not in names:
                    result.headers.append((name, "application/json"))
        self._ask()
        with_parameters_of_shell(result)
        if not self.in_query and body:
            result.payload = payload_of_shell(
                result,
                body,
                lambda text: json_body(text, "the data", WAY_OUT, unique=True, notes=result.notes),
            )
            result.has_payload = True
        note_defaults(result)
        result.method = result.method or self._usual_method()
        if result.has_payload and not any(name.lower() == "content-type" for name, _ in result.headers):
            if "content-type" not in self.taken_away:
                result.notes.append(
                    "the payload is sent as JSON: without a Content-Type, curl says it is a form"
                )
            result.headers.append(("Content-Type", "application/json"))
        said = {name.lower() for name, _ in result.headers} | self.taken_away
        if self.data and not body and not self.in_query and "content-type" not in said:
            result.notes.append("the Content-Type of a form was left out: there is no payload")
        if self.ignored:
            result.notes.append(
                f"{', '.join(dict.fromkeys(self.ignored))} was left out: it changes nothing of the request"
            )
        return result

    def _ask(self) -> None:
        """Add to the query what the line says apart: with -G, the data alone."""
        result, added = self.result, self.query
        if self.in_query and self.data:
            if added:
                result.notes.append("--url-query was ignored: with -G, curl asks for the data alone")
            added = [as_curl_sends("&".join(one for one in self.data if one))]
        if added:
            parts = urlsplit(result.url)
            # After an `&` at the end of what is there, curl writes no other one.
            joined = "" if not parts.query or parts.query.endswith("&") else "&"
            result.url = urlunsplit(parts._replace(query=f"{parts.query}{joined}{'&'.join(added)}"))

    def _usual_method(self) -> str:
        if self.is_head:
            return "HEAD"
        return "POST" if self.data and not self.in_query else "GET"


_TAKEN_BACK = CHANGES_NOTHING | {*LEFT_OUT}
"""What changes nothing with `no-` before it."""
_OF_CURL = ("expect", "transfer-encoding", "host")
"""Headers of curl's own that an action sends otherwise, or not at all."""


def _unknown(shown: str) -> ImportFault:
    # Without its value: it may be a credential.
    name = as_written(shown.partition("=")[0])[:40]
    return ImportFault(f"the option {name} is not known", "remove it, if the request does not need it")


def _refused(name: str, shown: str) -> ImportFault:
    return ImportFault(f"{shown} cannot be imported: {REFUSED[name]}", WAYS_OUT.get(name, WAY_OUT))


_OPTIONS: dict[str, Callable[[_CurlLine, str], None]] = {
    "request": _CurlLine.set_method,
    "header": _CurlLine.add_header,
    "data": _CurlLine.add_data,
    "data-ascii": _CurlLine.add_data,
    "data-binary": _CurlLine.add_binary,
    "data-raw": _CurlLine.add_raw,
    "data-urlencode": _CurlLine.add_encoded,
    "json": _CurlLine.add_json,
    "url": _CurlLine.set_url,
    "url-query": _CurlLine.add_query,
    "user": _CurlLine.set_user,
    "oauth2-bearer": _CurlLine.add_bearer,
    "user-agent": _CurlLine.set_agent,
    "cookie": _CurlLine.leave_cookie,
    "referer": _CurlLine.leave_referer,
}
