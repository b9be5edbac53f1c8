"""The URL of a request of Postman, a text or an object of parts → a URL with marks, as Postman sends it.

Postman puts the values of variables in first and takes the text apart then: a value with `?` or `&` begins
a query, or another parameter of one. Such a value is written in its place; every other is a value of the
environment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from callsheet.importing.marks import SECRET, SLOT, VALUE
from callsheet.importing.model import ImportFault
from callsheet.importing.url_texts import refuse_backslash
from callsheet.importing.variable_texts import text_of_field
from callsheet.importing.variables import Variables

_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]*://")
_ENCODED = re.compile("[\x00-\x20\"<>`{}'\x7f]|[^\x00-\x7f\ue000-\ue007]")
"""What Postman percent-encodes in a path."""
_RAW = re.compile(r"[|^\\]|%(?![0-9A-Fa-f]{2})")
"""What Postman sends as it is, and no action."""
_ODD_IN_PATH = re.compile(r"[?#%|^\\]")
_ODD_IN_QUERY = re.compile("[&+%#]")
_MORE_THAN_A_SEGMENT = re.compile(r"[/?#%\\]")
_PLAIN_IN_POSTMAN = re.compile(r"[:@!$&()*+,;=|^\[\]]")


class PostmanUrl:
    """The URL of one request.

    Args:
        url: as the collection writes it.
        variables: that the request sees; what becomes a parameter is added to them.

    Attributes:
        notes: in what the action's URL differs.
        user: name and password that the object says apart.

    """

    encoded: ClassVar[re.Pattern[str]] = _ENCODED
    """What is percent-encoded before the query."""
    keeps_empty_query: ClassVar[bool] = True
    """Whether a `?` with nothing after it is sent."""

    def __init__(self, url: Any, variables: Variables) -> None:
        self.variables = variables
        self.notes: list[str] = []
        self.parts: dict[str, Any] = url if isinstance(url, dict) else {"raw": url}
        self.known = _path_variables(self.parts.get("variable"))
        self.user = self._user(self.parts.get("auth"))

    def text(self) -> str:
        """Return the URL with its query; raises TypeError for parts of another form."""
        whole = not (self.parts.get("host") or self.parts.get("path"))
        base, query = self._of_text() if whole else self._of_parts()
        found = base if _SCHEME.match(self.variables.filled(base)) else f"http://{base}"
        asked = "&".join(query)
        whole_url = f"{found}?{asked}" if query else found
        if self.variables.filled(whole_url)[-1:].isspace():
            self.notes.append("the URL ends with a blank by a variable: the tool leaves it out")
        return whole_url

    def _of_text(self) -> tuple[str, list[str]]:
        """Return the URL of a text without its query, and the parameters of the query."""
        raw = self.parts.get("raw") or ""
        if not isinstance(raw, str):
            raise TypeError
        text = _cut(raw.strip(), "#")[0]
        base, *asked = _cut(text, "?", 1)
        scheme = _SCHEME.match(base)
        start = scheme.end() if scheme else 0
        host, *path = _cut(base[start:], "/")
        before = self._origin(base[:start] + host)
        query = [*self._parsed("".join(asked))]
        is_empty = self.keeps_empty_query and asked == [""]
        return "/".join((before, *map(self._segment, path))), [""] if is_empty else query

    def _of_parts(self) -> tuple[str, list[str]]:
        """Return a URL from its parts: what Postman sends, whatever `raw` says."""
        url = self.parts
        protocol = url.get("protocol")
        protocol = protocol if isinstance(protocol, dict) else protocol or ""
        port = "" if url.get("port") is None else url["port"]
        if not isinstance(protocol, str) or not isinstance(port, str | int) or isinstance(port, bool):
            raise TypeError
        protocol = protocol.partition(":")[0]
        port = f":{port}" if port else ""
        host = ".".join(self._texts(_parts(url.get("host"), ".")))
        before = self._origin(f"{protocol}://{host}{port}" if protocol else f"{host}{port}")
        path = self._texts(_parts(url.get("path"), "/"))
        found = f"{before}/{'/'.join(map(self._segment, path))}" if path else before
        return found, [*self._query(url.get("query"))]

    def _texts(self, parts: list[Any]) -> list[str]:
        """Return the parts of a host or a path; an object has its text as value, as version 2.1 has it."""
        found = []
        for one in parts:
            held = one.get("value") if isinstance(one, dict) else one
            if isinstance(one, dict):
                self.notes.append("a part of the URL is an object: its value is sent, in the place of it")
            found.append(text_of_field(held, "a part of the URL"))
        return found

    def _parsed(self, query: str) -> Iterator[str]:
        for one in _cut(query, "&") if query else ():
            key, *held = _cut(one, "=", 1)
            yield self._parameter(key, held[0] if held else None)

    def _query(self, listed: Any) -> Iterator[str]:
        if isinstance(listed, str):
            yield from self._parsed(listed)
            return
        if listed and not isinstance(listed, list):
            raise TypeError
        for one in listed or ():
            if not isinstance(one, dict) or one.get("disabled"):
                continue
            key = one["key"] if isinstance(one.get("key"), str) else ""
            held = one.get("value")
            if not key and not held:
                self.notes.append("a query parameter without a name and a value was left out")
            elif held is None or isinstance(held, str):
                yield self._parameter(key, held, escape="&#")
            else:
                self.notes.append(
                    f"the query parameter {key} is not a string: the tool would send it without a value"
                )
                yield self._parameter(key, _shown(held), escape="&#")

    def _parameter(self, key: str, held: str | None, escape: str = "") -> str:
        """Return a parameter of the query; an object's `&` and `#` are no separators."""
        marked = self._in_query(key, f"{escape}=" if escape else "")
        name = self.variables.filled(marked)
        if SLOT.search(name) or SECRET.search(name):
            raise ImportFault(
                "the name of a query parameter is a variable without a value",
                "name its file with --environment",
            )
        return name if held is None else f"{name}={self._in_query(held, escape)}"

    def _in_query(self, text: str, escape: str) -> str:
        """Return a text of the query; a value that is more than one parameter is written in its place."""
        marked, found, at = self.variables.marked(text), "", 0
        self.variables.filled(marked)  # raises where that is too long
        for match in VALUE.finditer(marked):
            found += _escaped(marked[at : match.start()], escape)
            held = self.variables.filled(match[0])
            found += held if _ODD_IN_QUERY.search(held) else match[0]
            at = match.end()
        return found + _escaped(marked[at:], escape)

    def _segment(self, text: str) -> str:
        """Return a part of the path; `:name` is a parameter, also before a dot."""
        if not text.startswith(":") or len(text) == 1:
            return self._encoded(text)
        name, dot, suffix = text[1:].partition(".")
        written = self.known.get(name, "")
        held = text_of_field(written, f"the variable {name} of the path")
        rest = self._encoded(dot + suffix)
        if "{{" in held or _MORE_THAN_A_SEGMENT.search(held):
            return self._encoded(held) + rest
        if plain := "".join(dict.fromkeys(_PLAIN_IN_POSTMAN.findall(held))):
            self.notes.append(
                f"the parameter {name} is percent-encoded in the path: the tool sends `{plain}` as it is"
            )
        return self.variables.parameter(name, held) + rest

    def _origin(self, text: str) -> str:
        """Return a scheme and a host, with what is encoded in them."""
        refuse_backslash(self.variables.filled(text))
        return self._encoded(text)

    def _encoded(self, text: str) -> str:
        """Return a text before the query; a value that is to be encoded is written in its place."""

        def in_place(match: re.Match[str]) -> str:
            held = self.variables.filled(match[0])
            return held if self.encoded.search(held) or _ODD_IN_PATH.search(held) else match[0]

        marked = self.variables.marked(text)
        self.variables.filled(marked)  # raises where that is too long
        found = VALUE.sub(in_place, marked)
        if raw := _RAW.search(found):
            self.notes.append(f"`{raw[0][0]}` in the path is percent-encoded: the tool sends it as it is")
        return _RAW.sub(_percent, self.encoded.sub(_percent, found))

    def _user(self, auth: Any) -> tuple[str, str] | None:
        if not isinstance(auth, dict) or not auth.get("user"):
            return None
        marked = self.variables.marked
        return marked(str(auth["user"])), marked(str(auth.get("password") or ""))


def _cut(text: str, separator: str, most: int = -1) -> list[str]:
    """Split a text at a separator, so often at most; one within the name of a variable is none."""
    found, at = list[str](), 0
    for match in re.finditer(rf"\{{\{{[^{{}}]+\}}\}}|(?P<here>{re.escape(separator)})", text):
        if match["here"] and len(found) != most:
            found.append(text[at : match.start()])
            at = match.end()
    return [*found, text[at:]]


def _percent(match: re.Match[str]) -> str:
    return f"%25{match[0][1:]}" if match[0].startswith("%") else quote(match[0], safe="")


def _escaped(text: str, characters: str) -> str:
    return "".join(quote(one) if one in characters else one for one in text)


def _shown(held: Any) -> str:
    """Return a value that is not a string as JSON writes it."""
    return "" if held is None else json.dumps(held)


def _path_variables(listed: Any) -> Mapping[str, Any]:
    """Return the values of the variables of a path; Postman knows none that is switched off."""
    if isinstance(listed, dict):
        return listed
    found = [one for one in listed or () if isinstance(one, dict)]
    return {str(one.get("key") or one.get("id")): one.get("value") for one in found}


def _parts(held: Any, separator: str) -> list[Any]:
    if isinstance(held, str):
        return held.removeprefix("/").split(separator) if held else []
    if held and not isinstance(held, list):
        raise TypeError
    return held or []
