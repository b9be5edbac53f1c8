"""A text of named values, as JSON in a string, GraphQL or a form → the credentials in it, by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.language.credential_names import is_credential, is_secret_key, last_key
from callsheet.patterns import late

NAMED = late(
    r"(?<![\w$-])([A-Za-z_][\w-]{0,60})\\{0,8}[\"']?\s{0,9}[:=]\s{0,9}\[?\s{0,9}(\\{0,8}(?:\"{3}|[\"']))"
)
"""A name, what stands between, and the quote that its value begins with; escaped where it is nested."""
NUMBERED = late(r"(\\{0,8}\")([A-Za-z_][\w-]{0,60})\1\s{0,9}:\s{0,9}(-?[0-9][0-9.]{0,40})")
"""A name of JSON with a number."""
LINE = late(
    r"(?:^|\n)[ \t]{0,40}(?:export |set |- )?([A-Za-z][\w-]{0,60})[ \t]{0,9}[:=][ \t]{0,9}"
    r"(?:(?:[Bb]earer|[Bb]asic|[Tt]oken) )?"
    r"(?!(?:true|false|yes|no|null|none|required|optional|string|number|integer)\r?(?:\n|$))"
    r"([^\s\"'<>{}\[\],|]{1,400})[ \t]{0,9}\r?(?=\n|$)"
)
"""A line of YAML, of settings or of headers: a name, and a value without blanks."""
ELEMENT = late(r"<([A-Za-z_][\w-]{0,60})(?:\s[^<>]{0,200})?>([^<>{}\s][^<>{}]{0,400})</")
"""An element of XML, and its text."""
FORM = late(
    r"[\w.%+\[\]-]+(?: [\w.-]+)?=[^\s&;=][^\s&;]*(?:[&;] ?[\w.%+\[\]-]+(?: [\w.-]+)?=[^\s&;]*)*;?\Z"
)
"""A text of the media type application/x-www-form-urlencoded, or of pairs between semicolons."""
_BETWEEN = late("[&;] ?")


def credentials_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of each credential in a text that contains named values.

    What a template writes there is none.
    """
    if '"' in text or "'" in text:
        for match in NAMED.finditer(text):
            value = text[match.end() : _end(text, match[2], match.end())]
            if value and "{{" not in value and is_secret_key((match[1],), value):
                yield match[1], value
        for match in NUMBERED.finditer(text):
            if is_secret_key((match[2],)):
                yield match[2], match[3]
    patterns = [LINE] if ":" in text or "=" in text else []
    for pattern in (*patterns, ELEMENT) if "</" in text else patterns:
        for match in pattern.finditer(text):
            if is_secret_key((match[1],), match[2]):
                yield match[1], match[2]
    if "=" in text and FORM.match(text):
        for pair in _BETWEEN.split(text):
            name, _, value = pair.partition("=")
            if value and "{{" not in value and is_credential(name, value):
                yield name, value


def named_in(text: str) -> str:
    """Return the name of the first credential in a text; empty where it contains none."""
    return next((name for name, _ in credentials_in(text)), "")


def named_as_credential(part: str, within: tuple[Any, ...], text: str) -> str:
    """Return the name by which a constant of a request is a credential; empty where it is none by its name.

    Args:
        part: `headers`, `query` or `payload` of a request, or the `values` of an environment; in any other
            nothing is one.
        within: where the constant is in it, as `judged_path` says.
        text: the constant.

    """
    if not text or not within:
        return ""
    if part in ("payload", "values"):
        return last_key(within) if is_secret_key(within, text) else ""
    name = within[0]
    is_field = part in ("headers", "query") and isinstance(name, str)
    return name if is_field and is_credential(name, text) else ""


def _end(text: str, quote: str, start: int) -> int:
    end = text.find(quote, start)
    return len(text) if end < 0 else end
