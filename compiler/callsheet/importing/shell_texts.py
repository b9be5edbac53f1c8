"""What a shell makes of a text: variables that it fills in, and the escapes of `$'…'`."""

from __future__ import annotations

import re

from callsheet.importing.marks import PRIVATE
from callsheet.importing.model import ImportFault
from callsheet.importing.shell_marks import mark_of

VARIABLE = re.compile(
    r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=?])([^{}'\"$`\\]*))?\})"
)
"""Also with a default (`${NAME:-default}`, `${NAME:=default}`), or what is said without (`${NAME:?…}`)."""
_SPECIAL = re.compile(r"\$[0-9@*#?$!-]|\$\{")
_EXPANSION = re.compile(r"\$\{([#!]?\w*)([^\w}]{0,2})([^}]?)")
_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b",
    "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip


WRITERS = ("echo", "printf", "cat")
"""What people write the standard input of a command with."""


def written_by(words: list[str]) -> str:
    """Return what `echo` or `printf` writes; raises ImportFault for a file, and what shells read apart."""
    name, *rest = words
    if name == "cat":
        raise ImportFault("the line reads a file, which may be anywhere", "put the payload itself into it")
    if name == "echo" and rest[:1] not in (["-e"], ["-ne"], ["-en"]):
        return " ".join(rest[1:]) if rest[:1] == ["-n"] else " ".join(rest) + "\n"
    if name == "printf" and len(rest) == 2 and rest[0] in ("%s", "%s\\n"):
        return rest[1]
    if name == "printf" and len(rest) == 1 and not re.search(r"[%\\]", rest[0]):
        return rest[0]
    raise ImportFault(
        f"what `{name}` writes is not read", "put the payload into the command, as with -d '…'"
    )


class Defaults:
    """The defaults of the variables of a line.

    Attributes:
        texts: by variable.

    """

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._without: set[str] = set()

    def mark(self, variable: re.Match[str], *, quoted: bool) -> str:
        """Return the mark of a variable, whose default is kept.

        Raises:
            ImportFault: for two defaults of one variable, and one that the shell makes several words of.

        """
        name = variable[1] or variable[2]
        if variable[3] is None or variable[3].endswith("?"):
            self._without.add(name)
        elif self.texts.setdefault(name, variable[4]) != variable[4]:
            raise ImportFault(f"`${name}` has two defaults", "write the same one in both places")
        elif not quoted and re.search(r"[\s*?\[]", variable[4]):
            raise ImportFault(
                f"the shell makes several words of the default of `${name}`", "put quotes around the data"
            )
        return mark_of(name)

    @property
    def notes(self) -> list[str]:
        """What differs: a parameter has one default wherever it is."""
        return [
            f"`${one}` has its default in every place, also where the line has none"
            for one in self.texts
            if one in self._without
        ]


def with_marks(text: str, defaults: Defaults) -> str:
    """Return the text of a here document, in which the shell fills variables in."""
    found, at = [], 0
    while at < len(text):
        one = text[at]
        if one == "\\" and text[at + 1 : at + 2] in ("$", "`", "\\", "\n"):
            found.append(text[at + 1].replace("\n", ""))
            at += 2
        elif one in "$`" and (variable := VARIABLE.match(text, at)) is not None:
            found.append(defaults.mark(variable, quoted=True))
            at = variable.end()
        else:
            refuse_filled_in(text, at)
            found.append(one)
            at += 1
    return "".join(found)


def refuse_filled_in(text: str, at: int) -> None:
    """Refuse what a shell would run, or fill in, and what is not known here."""
    if text[at] == "`" or text.startswith("$(", at):
        raise ImportFault("the line runs another command", "put the value itself into the command")
    if special := _SPECIAL.match(text, at):
        # What the braces contain may be a credential.
        expansion = _EXPANSION.match(text, at)
        rest = "…" if expansion and expansion[3] else ""
        shown = f"${{{expansion[1][:40]}{expansion[2]}{rest}}}" if expansion else special[0]
        raise ImportFault(
            f"the shell would fill `{shown}` in",
            "put the value itself into the command, or a name such as $VALUE",
        )


def unescaped(text: str) -> str:
    r"""Return what `$'…'` says: bytes by `\xHH` and octal, characters by `\u` and `\U`."""

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] == "x" and len(code) > 1:
            return chr(0xDC00 + int(code[1:], 16)) if int(code[1:], 16) > 0x7F else chr(int(code[1:], 16))
        if code[0] in "uU" and len(code) > 1:
            number = int(code[1:], 16)
            if number > 0x10FFFF:
                raise ImportFault(f"`\\{code[:9]}` is no character", "write the character itself")
            return chr(number)
        if code[0] in "01234567":
            number = int(code, 8) & 0xFF
            return chr(0xDC00 + number) if number > 0x7F else chr(number)
        return _ESCAPES.get(code, "\\" + code)

    found = re.sub(
        r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|.)",
        one,
        text,
        flags=re.DOTALL,
    )
    # Two halves of a pair are one character; bytes are read as UTF-8.
    found = found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    try:
        found = found.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        raise ImportFault(
            "`$'…'` contains bytes that are no text", "write the characters themselves"
        ) from None
    if PRIVATE.search(found):
        raise ImportFault("`$'…'` contains what no action can contain", "write the characters themselves")
    return found
