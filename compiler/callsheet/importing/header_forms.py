"""A header that contains a credential → what of it is none: the scheme, the names, the variables.

The header is a secret as a whole then; who sets it has to know how it is made up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callsheet.calling.generated import HOSTILE, accepts
from callsheet.importing.hiding import hidden
from callsheet.importing.marks import SECRET, SLOT, VALUE
from callsheet.importing.model import ImportFault
from callsheet.importing.shell_marks import MARK, as_written
from callsheet.language.secret_patterns import secret_kind

LINE = "^[!-~]+( [!-~]+)*$"
"""What a header can contain: printable ASCII, without blanks at its ends."""
_SCHEME = re.compile(r"[A-Za-z]{1,20}[0-9]{0,3}(?:[._-][A-Za-z]{1,20}[0-9]{0,3}){0,4}(?= )")
_KEY_AFTER_SCHEME = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\ue000\w+\ue001|[A-Za-z0-9._~+/-]+=*)")
"""A scheme and one word, as `Klaviyo-API-Key pk_1`: not the parameters of a signature."""
_PLACEHOLDER = re.compile(
    r"(?i)(?![a-z-]*(?:key|token|bearer|basic|auth)[a-z-]* )[a-z]+ (?:token|key|secret|password|apikey)"
)
"""Two words in the place of a credential, as `server token`: the first is no scheme."""
_DOTS = "…"
_NAME = r"[A-Za-z][A-Za-z_-]{0,23}"
_PIECE = re.compile(
    rf"(?P<name>(?<![^\s,;]){_NAME}=(?=[^=\s,;]))|{MARK.pattern}"
    rf"|(?P<mark>{SLOT.pattern}|{VALUE.pattern}|{SECRET.pattern})"
    r"|(?P<between>[\s,;\"']+)|(?P<word>[^\s,;\"'\ue000-\ue007]+)"
)

_NOT_ON_A_LINE = ("\n", "\r", "\x00", "\t", " ", "é")


def blank_in_name(name: str) -> ImportFault:
    """Return why a header of curl cannot be sent: a service refuses its name (RFC 9112, section 5.1)."""
    return ImportFault(
        f"the name of the header `{hidden(as_written(name.strip()))[:40]}` has a blank in it or beside it",
        "remove the blank: curl sends it, and no service reads such a header",
    )


def is_on_a_line(fields: Mapping[str, Any]) -> bool:
    """Return whether what a parameter declares keeps out of a header what it cannot contain."""
    least = max(int(fields.get("minLength", 1)), 1)
    around = ("x" * (least - 1), "x" * least)
    tried = [text for _, text in HOSTILE]
    tried += [one * least for one in _NOT_ON_A_LINE]
    tried += [f"{text}{one}" for text in around for one in _NOT_ON_A_LINE]
    return not any(accepts(fields, text) and not re.fullmatch(LINE, text) for text in tried)


def scheme_and_key(text: str) -> tuple[str, str] | None:
    """Return a scheme and the one word after it; None for any other header."""
    match = _KEY_AFTER_SCHEME.fullmatch(text)
    if (
        match is None
        or _PLACEHOLDER.fullmatch(text)
        or _SCHEME.match(text) is None
        or secret_kind(match[1])
    ):
        return None
    return match[1], match[2]


def form_of(text: str) -> str:
    """Return a header with dots for what is, or may be, a credential; empty where it is nothing else."""
    scheme = _SCHEME.match(text)
    if _PLACEHOLDER.fullmatch(text):
        return ""
    if scheme is None or secret_kind(scheme[0]):
        return form_after_scheme(text)
    return f"{scheme[0]}{_form(text[scheme.end() :])}"


def form_after_scheme(text: str) -> str:
    """Return what follows a scheme, as `form_of` does; no word of it is known to be none."""
    found = _form(text)
    return "" if found in ("", _DOTS) or MARK.fullmatch(text) else found


def _form(text: str) -> str:
    found = "".join(_shown(one) for one in _PIECE.finditer(text))
    return re.sub(rf"(?<==)\$\w+|{_DOTS}{{2,}}", _DOTS, found)


def _shown(piece: re.Match[str]) -> str:
    if piece["name"] or piece["between"]:
        return piece[0]
    variable = MARK.fullmatch(piece[0])
    return f"${variable[1]}" if variable is not None else _DOTS
