"""A compiled message × parameters × a language → what it says, each text as it is delivered."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from callsheet.calling.parameters import check_parameters, has_line_break
from callsheet.calling.request import Filler
from callsheet.errors import CallsheetError
from callsheet.templates.faults import TemplateFault
from callsheet.templates.scope import ABSENT, text_at

ONE_LINE = ("subject", "preheader", "title", "image", "link")


class Texts(Struct, frozen=True):
    """What a message says in one language.

    Attributes:
        language: which.
        fields: subject, text, html, title and so on, as the channel has them; html is escaped.
        head: of an email: to, from, from.name, replyTo, unsubscribe.url, unsubscribe.email.

    """

    language: str
    fields: dict[str, str]
    head: dict[str, str] = field(default_factory=dict)


def languages_of(compiled: Mapping[str, Any]) -> list[str]:
    """Return the languages of a message, its default first."""
    default = compiled["defaultLanguage"]
    return sorted(compiled["content"], key=lambda one: (one != default, one))


def fill_message(
    compiled: Mapping[str, Any], params: Mapping[str, Any], language: str | None = None
) -> Texts:
    """Fill the texts of a message.

    Args:
        compiled: the message.
        params: values of its parameters.
        language: which; default: what the message's `language` evaluates to, else its default.

    Raises:
        CallsheetError: CS926 where the parameters do not fit, or a text would break the line it is in.

    """
    declared = compiled.get("parameters", {})
    values = check_parameters(declared, params)
    filler = Filler(declared, values, lambda reference: {"secret": reference})
    try:
        if language is None and "language" in compiled:
            language = _text(filler, compiled["language"]) or None
        chosen = _language(compiled, language)
        fields = {
            name: _html(filler, node) if name == "html" else _text(filler, node)
            for name, node in compiled["content"][chosen].items()
        }
        head = {name: _text(filler, node) for name, node in _head(compiled).items()}
    except TemplateFault as fault:
        raise CallsheetError("CS926", fault.message, help=fault.help) from None
    for name, text in {**head, **fields}.items():
        if (name in ONE_LINE or name in head) and has_line_break(text):
            raise CallsheetError(
                "CS926", f"`{name}` would contain a line break", help="set the parameter to one line"
            )
    # A field whose every part is missing says nothing.
    return Texts(chosen, {name: text for name, text in fields.items() if text}, head)


def _language(compiled: Mapping[str, Any], wanted: str | None) -> str:
    """Return the nearest language: `fr-CA`, else `fr`, else the default (RFC 4647 section 3.4)."""
    by_name: dict[str, str] = {one.lower(): one for one in compiled["content"]}
    parts = (wanted or "").lower().replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        found = by_name.get("-".join(parts[:length]))
        if found is not None:
            return found
    default: str = compiled["defaultLanguage"]
    return default


def _head(compiled: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: compiled[name] for name in ("to", "replyTo") if name in compiled}
    for name, node in compiled.get("from", {}).items():
        found["from" if name == "email" else "from.name"] = node
    for name, node in compiled.get("unsubscribe", {}).items():
        if name != "oneClick":
            found[f"unsubscribe.{name}"] = node
    return found


def _text(filler: Filler, node: Any) -> str:
    value = filler.fill(node)
    return "" if value is ABSENT or value is None else text_at(value, 0)


def _html(filler: Filler, node: Any) -> str:
    """Fill HTML: the author's pieces as they are, every value escaped."""
    if isinstance(node, str):
        return node
    pieces = node.get("$concat", [node])
    return "".join(
        one if isinstance(one, str) else html.escape(_text(filler, one), quote=True) for one in pieces
    )
