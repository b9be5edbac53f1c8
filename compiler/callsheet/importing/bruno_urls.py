"""The URL of a request of Bruno → a URL with marks, as `bru` sends it.

Bruno fills in variables first, then the parameters of the path, and encodes last, where the request says
so (`encodeUrl`): then `#` and a percent sign of the query are data, and what is escaped in the path stays.
Source: `interpolate-vars.js` of @usebruno/cli 4.1, and `encodeUrl` of @usebruno/common.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, unquote

from callsheet.importing.marks import ANY_MARK, SECRET, SLOT, VALUE
from callsheet.importing.model import ImportFault
from callsheet.importing.postman_urls import PostmanUrl
from callsheet.importing.variable_texts import text_of_field
from callsheet.importing.variables import Variables

_PLAIN = "!'()*-._~"
"""What `encodeURIComponent` leaves as it is, beside letters and digits."""
_UNQUOTED = "!$%&'()*+,/:;=?@[]^_`{|}~\\-."
_ODD_IN_QUERY = re.compile("[&+%#=]")
_ORIGIN = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]*://)?[^/?#]*")
_ESCAPES = re.compile("(?:%[0-9A-Fa-f]{2})+")
_ENCODED = re.compile('[\x00-\x20"<>`{}\x7f]|[^\x00-\x7f\ue000-\ue007]')
"""What is percent-encoded in a path where the request does not say `encodeUrl`."""
_ODATA = re.compile(r"[A-Za-z0-9_.-]+\([^)]*\)\Z")
_MORE_THAN_A_SEGMENT = re.compile(r"[/?#%\\]")
_SENT_AS_IT_IS = {True: re.compile("[!'()*]"), False: re.compile(r"[:@!$&'()*+,;=|^\[\]]")}
"""What the tool sends in a parameter of the path as it is, and an action encodes."""


class BrunoUrl(PostmanUrl):
    """The URL of one request.

    Args:
        url: as `raw`, with the parameters of its path as `variable`, and whether the tool encodes it.
        variables: that the request sees; what becomes a parameter is added to them.

    """

    encoded = _ENCODED
    keeps_empty_query = False

    def __init__(self, url: Any, variables: Variables) -> None:
        super().__init__(url, variables)
        self.encodes = bool(self.parts.get("encodes"))
        if self.parts.get("unsent"):
            names = ", ".join(map(str, self.parts["unsent"]))[:80]
            self.notes.append(f"query parameters that the URL does not contain were left out: {names}")

    def _of_text(self) -> tuple[str, list[str]]:
        """Return the URL without its query, and the parameters of the query."""
        if not self.encodes:
            found, parameters = super()._of_text()
            return self._without_empty(found), parameters
        raw = text_of_field(self.parts.get("raw"), "the URL").strip()
        marked = VALUE.sub(self._in_place, self.variables.marked(raw))
        base, question, asked = marked.partition("?")
        if self.known:
            # What puts them in parses the URL, which drops a fragment and encodes.
            base, dropped, _ = base.partition("#")
            asked = _encoded_by_parser(asked.partition("#")[0]) if not dropped else ""
        origin = _ORIGIN.match(base)
        start = origin.end() if origin else 0
        found = "/".join((base[:start], *map(self._segment, base[start:].split("/")[1:])))
        return self._without_empty(found), [*self._parameters(asked if question else "")]

    def _without_empty(self, base: str) -> str:
        """Return a URL without empty parts of its path, which are lost where parameters are put in."""
        start = base.find("://") + 3 if "://" in base else 0
        return base[:start] + re.sub("/{2,}", "/", base[start:]) if self.known else base

    def _in_place(self, match: re.Match[str]) -> str:
        """Return a value where it is more than a part of the URL, or is encoded; else its mark."""
        held = self.variables.filled(match[0])
        origin = _ORIGIN.match(held) if "://" in held else None
        rest = held[origin.end() :] if origin else held
        return match[0] if re.fullmatch(r"[A-Za-z0-9._~/-]*", rest) else held

    def _parameters(self, query: str) -> Iterator[str]:
        """Yield the parameters of a query that is encoded; one without a name is not sent."""
        for one in query.split("&"):
            key, equals, held = one.partition("=")
            name = self.variables.filled(key)
            if SLOT.search(name) or SECRET.search(name):
                raise ImportFault(
                    "the name of a query parameter is a variable without a value",
                    "name its file with --environment",
                )
            if name:
                yield f"{_outside_marks(name, _component)}{equals}{_outside_marks(held, _component)}"

    def _segment(self, text: str) -> str:
        """Return a part of the path; `:name` is a parameter, as is one within parentheses."""
        if text.startswith(":") and len(text) > 1:
            return self._parameter_of_path(text[1:])
        if not _ODATA.match(text):
            return self._part(text)
        found, at = "", 0
        for match in re.finditer(r":([A-Za-z_]\w*)", text):
            if match[1] in self.known:
                found += self._part(text[at : match.start()]) + self._parameter_of_path(match[1])
                at = match.end()
        return found + self._part(text[at:])

    def _parameter_of_path(self, name: str) -> str:
        if name not in self.known:
            self.notes.append(f"`:{name[:40]}` in the path is a parameter: the tool sends it as it is")
        held = text_of_field(self.known.get(name, ""), f"the variable {name} of the path").strip()
        if "{{" in held or _MORE_THAN_A_SEGMENT.search(held):
            return "/".join(map(self._part, held.split("/")))
        if plain := "".join(dict.fromkeys(_SENT_AS_IT_IS[self.encodes].findall(held))):
            self.notes.append(
                f"the parameter {name} is percent-encoded in the path: the tool sends `{plain}` as it is"
            )
        return self.variables.parameter(name, held)

    def _part(self, text: str) -> str:
        """Return a part of the path as it is sent, where it is no parameter."""
        if not self.encodes:
            return self._encoded(text.replace("\\", "/"))
        marked = self.variables.marked(text) if "{{" in text else text
        return _outside_marks(VALUE.sub(self._in_place, marked), _encoded_again)


def _component(text: str) -> str:
    return quote(text, safe=_PLAIN)


def _encoded_again(text: str) -> str:
    """Return a part of the path encoded, what is escaped in it once only."""
    return _component(_ESCAPES.sub(_decoded, text))


def _encoded_by_parser(query: str) -> str:
    """Return a query as a parser of URLs writes it again."""
    return _outside_marks(query, lambda it: quote(it, safe=_UNQUOTED.replace("'", "")))


def _decoded(match: re.Match[str]) -> str:
    """Return what escapes mean, where they are UTF-8."""
    try:
        return unquote(match[0], errors="strict")
    except UnicodeDecodeError:
        return match[0]


def _outside_marks(text: str, change: Callable[[str], str]) -> str:
    """Return a text that is changed everywhere but in its marks."""
    found, at = "", 0
    for match in ANY_MARK.finditer(text):
        found += change(text[at : match.start()]) + match[0]
        at = match.end()
    return found + change(text[at:])
