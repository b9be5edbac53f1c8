"""A pasted command line → its words; nothing of it is run.

Words are split as a POSIX shell splits them, with bash's `$'…'`. A variable that the shell would fill in
becomes a mark: its name between U+E000 and U+E001.
"""

from __future__ import annotations

import re
import shlex

from callsheet.importing.model import ImportFault

MAX_CHARACTERS = 262_144
MARK = re.compile("\ue000([A-Za-z_][A-Za-z0-9_]*)\ue001")
_ALONE = re.compile(r"(?:[|;&<>]|\|\||&&|>>|2>.*|[|&]{2}.*)\Z")
_ANSI = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_KEPT = re.compile("\x00(\\d+)\x00")
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
    "0": "\0",
}


def words_of(text: str, name: str) -> list[str]:
    """Split a line as a shell does; one that ends in a backslash (in cmd: a caret) goes on.

    Args:
        text: the line.
        name: of the command, for what is said of it.

    Raises:
        ImportFault: for an open quote, and for what follows the command or runs another.

    """
    if len(text) > MAX_CHARACTERS:
        raise ImportFault(f"the {name} line is longer than 256 KiB", "shorten the payload")
    joined = re.sub(r"[\\^]\r?\n", " ", text.strip().removeprefix("$ "))
    marked, kept = _marked(joined)
    try:
        lexer = shlex.shlex(marked, posix=True, punctuation_chars="|;&<>")
        lexer.whitespace_split = True
        lexer.commenters = ""
        found = list(lexer)
    except ValueError:
        words = f"a quote of the {name} line is not closed"
        raise ImportFault(words, "paste the whole command") from None
    for word in found:
        if _ALONE.match(word):
            raise ImportFault(
                f"the line continues after {name}, with `{word[:10]}`",
                f"paste the {name} command alone: nothing is run",
            )
    return [_KEPT.sub(lambda match: kept[int(match[1])], word) for word in found]


def as_written(text: str) -> str:
    """Return a text with its marks written as the shell's variables again."""
    return MARK.sub(lambda match: f"${match[1]}", text)


def _marked(text: str) -> tuple[str, list[str]]:
    """Mark the variables that a shell would fill in, and keep what stands in `$'…'` apart."""
    kept: list[str] = []
    out: list[str] = []
    quote, at = "", 0
    while at < len(text):
        one = text[at]
        if quote == "'":
            quote = "" if one == "'" else quote
        elif one == "\\" and at + 1 < len(text):
            out.append(one)
            at += 1
            one = text[at]
        elif one == '"':
            quote = "" if quote else '"'
        elif one == "'" and not quote:
            quote = "'"
        elif one == "`" or text.startswith("$(", at):
            raise ImportFault("the line runs another command", "put the value itself into the command")
        elif one == "$":
            ansi = None if quote else _ANSI.match(text, at)
            variable = _VARIABLE.match(text, at)
            if ansi is not None:
                kept.append(_unescaped(ansi[1]))
                out.append(f"'\x00{len(kept) - 1}\x00'")
                at = ansi.end()
                continue
            if variable is not None:
                out.append(f"\ue000{variable[1] or variable[2]}\ue001")
                at = variable.end()
                continue
        out.append(one)
        at += 1
    return "".join(out), kept


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "xuU" and len(code) > 1:
            return chr(int(code[1:], 16))
        return _ESCAPES.get(code, "\\" + code)

    return re.sub(
        r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|.)", one, text, flags=re.DOTALL
    )
