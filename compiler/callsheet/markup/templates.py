"""Templates and values → HTML: each value is escaped, and its control characters are shown.

A template is beside the code that fills it, is named by its path in the package, and extends
`markup/base.html.j2`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from callsheet.language.characters import safe
from callsheet.words import counted

if TYPE_CHECKING:
    from jinja2 import Environment


def write_html(template: str, **values: Any) -> str:
    """Return a page: a template of the package, filled with values.

    Args:
        template: its path in the package, as `reporting/page.html.j2`.
        values: what it uses; a name that is missing is an error, never an empty place.

    """
    return _environment().get_template(template).render(values)


def write_part(template: str, **values: Any) -> Any:
    """Return a part of several pages, encoded: a template that is given it writes it as it is."""
    from markupsafe import Markup

    return Markup(write_html(template, **values))  # noqa: S704 - each value in it is escaped


def encoded_lines(text: str) -> Any:
    """Encode a text for an element that keeps its lines, once for several pages."""
    return _multiline(text)


def encoded_attribute(text: str) -> Any:
    """Encode a value for an attribute that a browser reads exactly, once for several pages."""
    return _exact(text)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("callsheet", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {"counted": counted, "exact": _exact, "kind": _kind, "multiline": _multiline}
    environment.globals["sealed"] = _sealed
    return environment


def _visible(value: Any) -> Any:
    """Show control characters and others that cannot be seen as escapes, in all that is not markup yet."""
    if type(value) is str:
        # Most of what is written is such a text: it is not worth a call.
        return value if value.isascii() and value.isprintable() else safe(value)
    return value if hasattr(value, "__html__") else safe(str(value))


def _multiline(text: str) -> Any:
    """Encode a text for an element that keeps its lines."""
    from markupsafe import escape

    return escape("\n".join(map(safe, text.split("\n"))))


def _exact(value: str) -> Any:
    """Encode a value for an attribute so that a browser reads exactly its characters."""
    from markupsafe import Markup, escape

    encoded = escape(value).replace("\r", Markup("&#13;"))
    return encoded.replace("\n", Markup("&#10;")).replace("\t", Markup("&#9;"))


def _kind(value: Any) -> str:
    """Return the name of a value's type, by which a template chooses how it is written."""
    return type(value).__name__


def _sealed(source: str) -> str:
    """Return the expression by which a Content Security Policy allows exactly one file of the package."""
    return hash_of(_environment().get_template(source).render())


def hash_of(content: str) -> str:
    """Return the expression by which a Content Security Policy allows exactly one style sheet or script."""
    from base64 import b64encode
    from hashlib import sha256

    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
