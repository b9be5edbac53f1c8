"""Text for a terminal: what could command the terminal is shown, never sent; colours; wrapping."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

from callsheet.documents import Path
from callsheet.language.characters import safe
from callsheet.language.credential_names import judged_path
from callsheet.language.diagnostics import mask_secrets
from callsheet.language.masking import HIDDEN, masked
from callsheet.reporting.model import Style
from callsheet.words import counted

__all__ = [
    "SAID_IN_WORDS",
    "as_written",
    "counted",
    "paint",
    "safe",
    "shown",
    "value_text",
    "value_texts",
    "wrapped",
]

_COLOURS = {
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "bold": "1",
    "dim": "2",
}
_HIDDEN_NAME = re.compile(
    r"(?i)password|passwd|secret|token(?!url|inresponse)|api[-_]?key|credential|authorization"
)
SAID_IN_WORDS = (
    "new-personal-data",
    "by-relay",
    "relay-moved",
    "relay-removed",
    "method-changed",
    "parameter-retyped",
    "parameter-optional",
    "parameter-required",
    "parameter-removed",
    "parameter-added",
    "action-renamed",
)
"""Reason codes whose words hold the values already."""


def paint(text: str, colour: str, style: Style) -> str:
    """Return a text in a colour, where colours are wanted."""
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if style.colour else text


def shown_line(text: str) -> str:
    """Return a line of a file, or the name of one, with what may be secret hidden."""
    return safe(mask_secrets(text))


def wrapped(text: str, style: Style, *, indent: int) -> list[str]:
    """Wrap a text to the width, each line indented."""
    space = " " * indent
    if len(text) + indent <= max(style.width, 40):
        return [space + text]
    return textwrap.wrap(
        text,
        max(style.width, 40),
        initial_indent=space,
        subsequent_indent=space + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    ) or [space]


def value_text(value: Any, path: Path, style: Style, *, indent: int) -> str:
    """Return a value in one line of JSON; a secret is hidden, a long one is cut in its middle."""
    return _in_room(_whole(value, path), max(style.width - indent, 20))


def value_texts(before: Any, after: Any, path: Path, style: Style, *, indent: int) -> tuple[str, str]:
    """Return two values in one line of JSON each; of long ones, the stretch in which they differ.

    What is cut off is the same in both, so that no change is ever in the part that is not shown, as long as
    the stretch itself has room.
    """
    texts = _whole(before, path), _whole(after, path)
    room = max(style.width - indent, 20)
    if max(map(len, texts)) <= room:
        return texts
    same = _alike(*texts)
    begin = max(0, same - room // 4)
    end = max(0, _alike(texts[0][same:][::-1], texts[1][same:][::-1]) - room // 4)
    head, tail = "... " if begin > 4 else "", " ..." if end > 4 else ""
    begin, end = begin if head else 0, end if tail else 0
    cut = [text[begin : len(text) - end] for text in texts]
    inner = room - len(head) - len(tail)
    return (f"{head}{_in_room(cut[0], inner)}{tail}", f"{head}{_in_room(cut[1], inner)}{tail}")


def _alike(one: str, other: str) -> int:
    """Count the characters with which both texts begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _whole(value: Any, path: Path) -> str:
    return safe(json.dumps(as_written(shown(value, path)), ensure_ascii=False, sort_keys=True))


def _in_room(text: str, room: int) -> str:
    """Cut a text in its middle where it is too long."""
    if len(text) <= room:
        return text
    half = (room - 5) // 2
    return f"{text[:half]} ... {text[-half:]}"


def shown(value: Any, path: Path) -> Any:
    """Return a value without its secrets: texts in fields of such a name, and texts that look like one."""
    if isinstance(value, dict):
        return {key: shown(one, judged_path((*path, key), value)) for key, one in value.items()}
    if isinstance(value, list):
        return [shown(one, path) for one in value]
    if not isinstance(value, str) or path[-1:] in (("secret",), ("$secret",), ("$param",)):
        return value
    named = any(isinstance(part, str) and _HIDDEN_NAME.search(part) for part in path)
    return HIDDEN if named else masked(value, path)


def as_written(value: Any) -> Any:
    """Return a compiled value with its slots as an author writes them: `Hello {{ params.name }}`."""
    if isinstance(value, list):
        return [as_written(one) for one in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"$param": str(name)}:
            # What is deployed may have been broken by hand.
            filters = value.get("filters")
            steps = "".join(f" | {_step(one)}" for one in (filters if isinstance(filters, list) else ()))
            return f"{{{{ params.{name}{steps} }}}}"
        case {"$expr": str(text)}:
            return f"{{{{ {text} }}}}"
        case {"$concat": [*parts]}:
            return "".join(str(as_written(part)) for part in parts)
        case {"$secret": str(reference)}:
            return {"secret": reference}
        case {"$literal": dict(fields)}:
            said = {key: one for key, one in value.items() if key != "$literal"}
            return said | {key: as_written(one) for key, one in fields.items()}
    return {key: as_written(one) for key, one in value.items()}


def _step(step: Any) -> str:
    match step:
        case str():
            return step
        case {"filter": str(name), "args": [*arguments]}:
            return f"{name}({', '.join(json.dumps(one, ensure_ascii=False) for one in arguments)})"
    return json.dumps(step, ensure_ascii=False)
