"""A file's bytes × its new text → the text to write: line ends and byte order mark stay as they were.

Texts are worked on with line feeds and without a mark. A line that is kept keeps its own end, also in a
file that mixes them; a new line ends as the line before it.
"""

from __future__ import annotations

from difflib import SequenceMatcher

_MARK = "\ufeff"
_CRLF, _LF = "\r\n", "\n"


def written_like(content: bytes, text: str) -> str:
    """Return a text as it is to be written over `content`, which is UTF-8.

    Args:
        content: what the file contains now.
        text: what it is to say, with line feeds.

    """
    old = content.decode("utf-8")
    mark = _MARK if old.startswith(_MARK) else ""
    old = old.removeprefix(_MARK)
    if _CRLF not in old:
        return mark + text
    if old.count(_CRLF) == old.count(_LF):
        return mark + text.replace(_LF, _CRLF)
    return mark + _mixed(old, text)


def _mixed(old: str, text: str) -> str:
    """Keep the end of each line that is kept; a line that was moved keeps its own, too."""
    pieces = old.split(_LF)
    # Only what is before the last line feed has an end.
    ends = [_CRLF if one.endswith("\r") else _LF for one in pieces[:-1]]
    before = [*(one.removesuffix("\r") for one in pieces[:-1]), pieces[-1]]
    after = text.split(_LF)
    kept: list[str | None] = [None] * len(after)
    left: dict[str, list[str]] = {}
    for tag, start, stop, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal" or stop - start == last - first:
            kept[first:last] = [ends[at] if at < len(ends) else None for at in range(start, stop)]
        else:
            for at in range(start, min(stop, len(ends))):
                left.setdefault(before[at].rstrip(), []).append(ends[at])
    result = []
    end = ends[0]
    for line, own in zip(after, kept, strict=True):
        moved = left.get(line.rstrip()) if own is None else None
        end = own or (moved.pop(0) if moved else end)
        result += [line, end]
    return "".join(result[:-1])
