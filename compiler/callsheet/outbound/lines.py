"""What goes into a line of a request: refused by the name of its reference before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callsheet.errors import CallsheetError

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_PLAIN = re.compile(r"[\x20-\x7e]*")


def one_line(text: str, name: str) -> str:
    """Return a text as it is; `name` says what it is, as `env:TOKEN`.

    Raises:
        CallsheetError: CS969 for a control character, as a line break.

    """
    if _CONTROL.search(text):
        raise _control_character(name)
    return text


def _control_character(name: str) -> CallsheetError:
    return CallsheetError(
        "CS969",
        f"{name} contains a control character, such as a line break, where one line is sent",
        help="write it in one line; a line end at its end does no harm",
    )


def header_value(text: str, name: str) -> str:
    """Return the value of a header as it is.

    Raises:
        CallsheetError: CS969 for a control character, one that is not ASCII, and white space at an end:
            services read those in different ways (RFC 9110 section 5.5).

    """
    if ascii_line(text, name).strip(" ") != text:
        raise CallsheetError(
            "CS969",
            f"{name} begins or ends with white space, which a header cannot",
            help="write it without",
        )
    return text


def ascii_line(text: str, name: str) -> str:
    """Return what a login sends; raises CS969 for a control character, or one that is not ASCII."""
    if "\t" in text:
        raise _control_character(name)
    if not _PLAIN.fullmatch(one_line(text, name)):
        raise CallsheetError(
            "CS969",
            f"{name} contains a character that is not ASCII, where a header or a login is sent",
            help="write it in plain ASCII, encoded as the service says, or send it in the payload",
        )
    return text


def with_scheme(authentication: Mapping[str, Any], key: str) -> str:
    """Return an API key as it is sent: after its scheme, as `Klaviyo-API-Key pk_1`, where there is one."""
    return f"{authentication['scheme']} {key}" if "scheme" in authentication else key
