"""The URL and the query parameters of a request of Insomnia → a URL with marks, as Insomnia sends it.

Source: Insomnia's own `utils/url`, and what insomnia-send-request 3.6 sends. It puts the values of
variables in first, and encodes what is not; the query of the URL is decoded before. So `+` is a plus,
where a request does not say otherwise, and parameters without a name are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote

from callsheet.importing.hiding import hidden
from callsheet.importing.marks import VALUE
from callsheet.importing.model import ImportFault
from callsheet.importing.reading_requests import PATH_PARAMETER
from callsheet.importing.url_texts import refuse_backslash
from callsheet.importing.variables import Variables
from callsheet.outbound.urls import with_query

_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_MORE = re.compile(r"[&+%#?\\]")
"""What in the value of a variable says more than a part of the query."""
_PLAIN = re.compile("[^\ue000-\ue007]+")
"""All but marks, which stand for something that is encoded in its own place."""
_IN_PATH = {True: "%/:@$+,;=!()*", False: "%/:@$+,;=!'()*[]&"}
"""What is not encoded in a path, where the tool encodes it and where it does not."""
_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_RAW = re.compile(r'["<>{}|^`\\ ]')
"""What the tool sends in a path as it is, and no action."""


def refuse_tags(texts: Iterable[str]) -> None:
    """Refuse a request with a template that only Insomnia fills in; raises ImportFault."""
    for text in texts:
        if (tag := _TAG.search(text)) is not None:
            raise ImportFault(
                f"it contains the template `{hidden(tag[0])[:40]}`", "write the action by hand"
            )


def insomnia_url(
    url: str,
    parameters: Iterable[tuple[str, str]],
    path_parameter: Callable[[re.Match[str]], str],
    variables: Variables,
    kept: str = "",
) -> str:
    """Return the URL of a request with its query.

    Args:
        url: as the export writes it.
        parameters: of the query beside it.
        path_parameter: returns what stands for `:name` in the path.
        variables: that the request sees.
        kept: characters that are not encoded in its query.

    Raises:
        ImportFault: for a template, and for a variable without a value as the name of a parameter.

    """
    written = _in_place(PATH_PARAMETER.sub(path_parameter, variables.marked(url.strip())), variables)
    refuse_tags((written,))
    base, _, query = written.partition("#")[0].partition("?")
    if "://" not in variables.filled(base):
        base = f"http://{base}"
    asked = query.split("&") if query else []
    if kept:
        refuse_backslash(base.partition("://")[2].partition("/")[0])
        if raw := _RAW.search(base):
            variables.notes.append(f"`{raw[0]}` in the path is percent-encoded: the tool sends it as it is")
        pairs = [_quoted(one, f"%={kept}") for one in asked]
    else:
        base = _LONE_PERCENT.sub("%25", base.replace("\\", "/"))
        pairs = [_quoted(_decoded(one), "%=") for one in asked if one.partition("=")[0]]
    for key, held in parameters:
        name = variables.plain(key, "the name of a query parameter")
        value = _in_place(variables.marked(held), variables)
        refuse_tags((name, value))
        pairs.append(f"{_quoted(name, f'%{kept}')}={_quoted(value, f'%,{kept}')}")
    return with_query(_quoted(base, _IN_PATH[not kept]), "&".join(pairs))


def _decoded(pair: str) -> str:
    """Return a parameter with what is escaped in its name and value, where that is a text."""

    def one(text: str) -> str:
        try:
            found = unquote(text, errors="strict")
        except UnicodeDecodeError:
            return text
        # What separates parameters is a separator no more, and a percent sign alone is one.
        return text if _LONE_PERCENT.search(text) else re.sub("[&#=]", lambda it: quote(it[0]), found)

    key, equals, held = pair.partition("=")
    return f"{one(key)}{equals}{one(held)}"


def _in_place(text: str, variables: Variables) -> str:
    """Return a text with the values in their places that say more than a part of a URL."""

    def one(match: re.Match[str]) -> str:
        held = variables.filled(match[0])
        return held if _MORE.search(held) else match[0]

    variables.filled(text)  # raises where that is too long
    return VALUE.sub(one, text)


def _quoted(text: str, safe: str) -> str:
    return _PLAIN.sub(lambda match: quote(match[0], safe=safe), text)
