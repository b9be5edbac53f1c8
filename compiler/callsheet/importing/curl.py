"""A curl command line (options of curl(1)) → a request; no file that it names is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote, urlsplit, urlunsplit

from callsheet.importing.json_bodies import json_body
from callsheet.importing.model import Imported, ImportFault, checked_url
from callsheet.importing.shell import words_of

_FLAGS = {
    "-s",
    "--silent",
    "-S",
    "--show-error",
    "-i",
    "--include",
    "-v",
    "--verbose",
    "-f",
    "--fail",
    "--fail-with-body",
    "-g",
    "--globoff",
    "--compressed",
    "-#",
    "--progress-bar",
    "--http1.1",
    "--http2",
    "--http1.0",
    "-4",
    "-6",
    "--no-progress-meter",
    "-N",
    "--no-buffer",
    "--tcp-nodelay",
    "--ssl-reqd",
    "--path-as-is",
    "-q",
    "--disable",
}
_WITH_VALUE = {
    "-o",
    "--output",
    "-w",
    "--write-out",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "-x",
    "--proxy",
    "--cacert",
    "--tls-max",
    "-D",
    "--dump-header",
    "--max-redirs",
    "--resolve",
}
_REFUSED = {
    "-F": "a form with files is not JSON",
    "--form": "a form with files is not JSON",
    "--form-string": "a form is not JSON",
    "-T": "it uploads a file",
    "--upload-file": "it uploads a file",
    "--unix-socket": "it calls a socket of this machine",
    "--abstract-unix-socket": "it calls a socket of this machine",
    "-K": "it reads a configuration file",
    "--config": "it reads a configuration file",
    "--data-urlencode": "a form is not JSON",
    "-E": "it uses a client certificate",
    "--cert": "it uses a client certificate",
    "-n": "it reads .netrc",
    "--netrc": "it reads .netrc",
    "--aws-sigv4": "its signature cannot be written as a header",
    "-Z": "it makes several calls",
    "--parallel": "it makes several calls",
    "--next": "it makes several calls",
    "-:": "it makes several calls",
}


def read_curl(text: str) -> Imported:
    """Read one curl command.

    Raises:
        ImportFault: for what is not a curl line, what runs or reads something else, and what is not JSON.

    """
    words = words_of(text, "curl")
    if not words or words[0].rpartition("/")[2] not in ("curl", "curl.exe"):
        raise ImportFault("this is not a curl command", "paste a line that begins with curl")
    return _CurlLine().read(words[1:])


class _CurlLine:
    def __init__(self) -> None:
        self.result = Imported(method="", url="")
        self.data: list[str] = []
        self.in_query = False
        self.is_json = False

    def read(self, words: list[str]) -> Imported:
        rest = iter(words)
        for word in rest:
            self._word(word, rest)
        return self._finished()

    def _word(self, word: str, rest: Iterator[str]) -> None:
        if not word.startswith("-") or word == "-":
            self.set_url(word)
            return
        name, value = self._split(word)
        if name in _REFUSED:
            raise ImportFault(
                f"{name} cannot be imported: {_REFUSED[name]}", "import a request that sends JSON"
            )
        if name in _FLAGS:
            return
        if name in ("-k", "--insecure"):
            self.result.notes.append("-k was ignored: TLS is always verified")
        elif name in ("-L", "--location"):
            self.result.notes.append("-L was ignored: a redirect of a write is never followed")
        elif name in ("-G", "--get"):
            self.in_query = True
        elif name in ("-I", "--head"):
            self.result.method = "HEAD"
        elif name in _WITH_VALUE:
            self._value(value, rest, name)
        elif name in _OPTIONS:
            _OPTIONS[name](self, self._value(value, rest, name))
        else:
            raise ImportFault(
                f"the option {name[:40]} is not known", "remove it, if the request does not need it"
            )

    def _split(self, word: str) -> tuple[str, str | None]:
        """Split `-XPOST` and `--request=POST`; `-sS` is several flags."""
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            return name, value if equals else None
        short = word[:2]
        if (
            len(word) > 2
            and f"-{word[2]}" in _FLAGS | {"-L", "-k", "-X", "-d", "-H"}
            and short in _FLAGS | {"-L", "-k"}
        ):
            # Flags in one word: the last may take a value.
            return self._split(f"-{word[2:]}")
        return short, word[2:] or None

    def _value(self, value: str | None, rest: Iterator[str], name: str) -> str:
        if value is not None:
            return value
        try:
            return next(rest)
        except StopIteration:
            raise ImportFault(f"{name} has no value", "paste the whole command") from None

    def set_url(self, word: str) -> None:
        if self.result.url:
            raise ImportFault("the line calls two URLs", "import one call at a time")
        self.result.url = word if "://" in word else f"https://{word}"

    def set_method(self, value: str) -> None:
        self.result.method = value.upper()

    def add_header(self, value: str) -> None:
        if value.startswith("@"):
            raise ImportFault("-H reads a file", "write the headers themselves")
        name, colon, text = value.partition(":")
        if colon and text.strip():
            self.result.headers.append((name.strip(), text.strip()))

    def add_data(self, value: str) -> None:
        if value.startswith("@"):
            raise ImportFault(
                "-d reads a file, which may be anywhere", "put the payload itself into the command"
            )
        self.data.append(value)

    def add_raw(self, value: str) -> None:
        self.data.append(value)

    def add_json(self, value: str) -> None:
        self.add_data(value)
        self.is_json = True

    def set_user(self, value: str) -> None:
        name, _, password = value.partition(":")
        self.result.user = (name, password)

    def add_bearer(self, value: str) -> None:
        self.result.headers.append(("Authorization", f"Bearer {value}"))

    def leave_agent(self, value: str) -> None:
        del value
        self.result.notes.append("the user agent was ignored")

    def leave_cookie(self, value: str) -> None:
        del value
        self.result.notes.append("the cookie was ignored: an action has no session")

    def _finished(self) -> Imported:
        result = self.result
        if not result.url:
            raise ImportFault("the line calls no URL", "paste the whole command")
        if urlsplit(checked_url(result.url)).scheme not in ("http", "https"):
            raise ImportFault("only http and https can be called", "correct the scheme of the URL")
        if self.data and self.in_query:
            parts = urlsplit(result.url)
            query = "&".join(
                [*filter(None, [parts.query]), *(quote(one, safe="=&%+") for one in self.data)]
            )
            result.url = urlunsplit(parts._replace(query=query))
        elif self.data:
            result.payload = json_body("&".join(self.data), "the data", "import a request that sends JSON")
            result.has_payload = True
        result.method = result.method or ("POST" if result.has_payload else "GET")
        if result.has_payload and not any(name.lower() == "content-type" for name, _ in result.headers):
            result.headers.append(("Content-Type", "application/json"))
        return result


_OPTIONS: dict[str, Callable[[_CurlLine, str], None]] = {
    "-X": _CurlLine.set_method,
    "--request": _CurlLine.set_method,
    "-H": _CurlLine.add_header,
    "--header": _CurlLine.add_header,
    "-d": _CurlLine.add_data,
    "--data": _CurlLine.add_data,
    "--data-ascii": _CurlLine.add_data,
    "--data-binary": _CurlLine.add_data,
    "--data-raw": _CurlLine.add_raw,
    "--json": _CurlLine.add_json,
    "--url": _CurlLine.set_url,
    "-u": _CurlLine.set_user,
    "--user": _CurlLine.set_user,
    "--oauth2-bearer": _CurlLine.add_bearer,
    "-A": _CurlLine.leave_agent,
    "--user-agent": _CurlLine.leave_agent,
    "-b": _CurlLine.leave_cookie,
    "--cookie": _CurlLine.leave_cookie,
    "-e": _CurlLine.leave_agent,
    "--referer": _CurlLine.leave_agent,
}
