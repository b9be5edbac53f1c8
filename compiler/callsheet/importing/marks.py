"""Marks in the texts of a request: what stands for a parameter, a value of the environment, or a secret.

A mark is a name between two characters of Unicode's private use area, so that a URL, a header and a JSON
payload can be taken apart before anyone decides how it is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from callsheet.importing.guesses import constant
from callsheet.importing.model import ImportFault

SLOT = re.compile("\ue002(=?)([^\ue002-\ue007]*)\ue003")
VALUE = re.compile("\ue004(=?)([^\ue002-\ue007]*)\ue005")
SECRET = re.compile("\ue006(=?)([^\ue002-\ue007]*)\ue007")
_ANY = re.compile("\ue002=?([^\ue002-\ue007]*)\ue003|\ue004(=?)([^\ue002-\ue007]*)\ue005")
ANY_MARK = re.compile("[\ue002\ue004\ue006]=?\\w*[\ue003\ue005\ue007]")
"""A whole mark, wherever it is."""
PRIVATE = re.compile("[\ue000-\ue007\ud800-\udfff]")
"""Characters of marks, and those that no file can contain."""
ESCAPED = re.compile(r"\\u[eE]00[0-7]")
"""Characters of marks as JSON may write them."""
MAX_CHARACTERS = 262_144
"""Of a text with the values of its variables."""


def slot(name: str) -> str:
    """Return the mark of a parameter."""
    return f"\ue002{name}\ue003"


def value(name: str) -> str:
    """Return the mark of a value."""
    return f"\ue004{name}\ue005"


def secret(name: str) -> str:
    """Return the mark of a secret."""
    return f"\ue006{name}\ue007"


def bare(mark: str) -> str:
    """Return a mark that stood in JSON without quotes: its value is JSON."""
    return f"{mark[0]}={mark[1:]}"


def refuse_private(text: str, *written: re.Pattern[str]) -> None:
    """Refuse a text with characters of marks, as `PRIVATE` or `ESCAPED` finds them; raises ImportFault."""
    if any(one.search(text) for one in written):
        raise ImportFault(
            "it contains characters that no action can contain", "replace surrogates, and U+E000 to U+E007"
        )


def filled(text: str, values: Mapping[str, str]) -> str:
    """Write the text of each value in the place of its mark; raises ImportFault where that is too long."""
    found = text
    while (match := next((it for it in VALUE.finditer(found) if it[2] in values), None)) is not None:
        held = values[match[2]]
        # Before it is written: a long value in many places would take all memory.
        _limit(len(found) + found.count(match[0]) * len(held))
        found = found.replace(match[0], held)
    return found


def limited(text: str) -> str:
    """Return a text back; raises ImportFault for one that its variables make too long."""
    _limit(len(text))
    return text


def _limit(length: int) -> None:
    if length > MAX_CHARACTERS:
        raise ImportFault("its variables make a text longer than 256 KiB", "write the action by hand")


def filled_payload(payload: Any, values: Mapping[str, str]) -> Any:
    """Write the values of a payload in the place of their marks."""
    if isinstance(payload, dict):
        return {filled(key, values): filled_payload(one, values) for key, one in payload.items()}
    if isinstance(payload, list):
        return [filled_payload(one, values) for one in payload]
    if not isinstance(payload, str):
        return payload
    match = VALUE.fullmatch(payload)
    text = filled(payload, values)
    return json.loads(text) if match is not None and match[1] and match[2] in values else text


def template_of(text: str, parameter: Callable[[str], str | None], values: Mapping[str, str]) -> str:
    """Return a text as a template.

    Args:
        text: with marks.
        parameter: returns the name of the parameter of a mark; None where it is not a mark of ours.
        values: by the name in the mark, how a template reads each.

    """
    found, at = "", 0
    for match in _ANY.finditer(text):
        name = parameter(match[1]) if match[1] is not None else None
        read = values.get(match[3]) if match[3] is not None else name and f"params.{name}"
        if not read:
            continue
        filters = " | fromjson" if match[2] else ""
        found += f"{constant(text[at : match.start()])}{{{{ {read}{filters} }}}}"
        at = match.end()
    return found + constant(text[at:])
