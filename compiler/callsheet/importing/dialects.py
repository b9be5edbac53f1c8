"""Command lines as people paste them, with prompts, of cmd and of PowerShell → those of bash."""

from __future__ import annotations

import re

from callsheet.importing.model import ImportFault
from callsheet.importing.powershell import bash_of_powershell, is_of_powershell

_OF_CMD = re.compile(r'\^"')
"""As browsers copy a request for cmd: each quote has a caret before it."""
_PROMPT = re.compile(
    r"(?:[$%>#] |PS [^>\n]*> )"
    r"(?=\s*(?:[A-Za-z_]\w*=\S* +)*(?:sudo +)?(?:/\S*/)?(?:curl|https?|httpie|echo|printf|cat)(?:\.exe)?\s)"
)


def is_of_cmd(text: str) -> bool:
    """Return whether a line is one that a browser copied for cmd."""
    return _OF_CMD.search(text) is not None


def words_of_cmd(text: str) -> list[str]:
    r"""Return the words of a line for cmd: `^` takes the meaning of what follows from it.

    Quotes are those of Microsoft's "Parsing C command-line arguments": `\"` is a quote, another backslash
    is itself.

    Raises:
        ImportFault: for a quote that is not closed.

    """
    joined = re.sub(r"\^\r?\n", "", text.strip())
    plain = re.sub(r"\^(.)", r"\1", joined, flags=re.DOTALL)
    words: list[str] = []
    word: list[str] = []
    begun = quoted = False
    for match in re.finditer(r'(\\*)"|(\s)|(.)', plain, re.DOTALL):
        slashes, space, other = match[1], match[2], match[3]
        if slashes is not None:
            begun = True
            word.append("\\" * (len(slashes) // 2))
            if len(slashes) % 2:
                word.append('"')
            else:
                quoted = not quoted
        elif space is not None and not quoted:
            words += ["".join(word)] if begun else []
            word, begun = [], False
        else:
            begun = True
            word.append(space or other)
    if quoted:
        raise ImportFault("a quote of the line is not closed", "paste the whole command")
    return [*words, *(["".join(word)] if begun else [])]


def as_bash(text: str) -> str:
    """Return a line as bash reads it: without prompts, its line ends of Unix, continued by backslashes."""
    found = text.replace("\r\n", "\n").strip("\n")
    lines = found.split("\n")
    prompt = next(
        (at for at, one in enumerate(lines) if one.strip() and not one.lstrip().startswith("#")), 0
    )
    stripped = lines[prompt].lstrip()
    of_powershell = stripped.startswith("PS ")
    if match := _PROMPT.match(stripped):
        lines[prompt] = stripped[match.end() :]
        # The shell's second prompt, where it asked for more.
        rest = [one for one in lines[prompt + 1 :] if one.strip()]
        if rest and all(one.startswith(">") for one in rest):
            lines[prompt + 1 :] = [one[1:].removeprefix(" ") for one in lines[prompt + 1 :]]
    found = "\n".join(lines)
    if re.search(r"[ \t]\^[ \t]*\n", found):
        found = re.sub(r"\^[ \t]*\n", "\\\n", found)
    if is_of_powershell(found) or of_powershell:
        return bash_of_powershell(found)
    return found.rstrip().removesuffix("\\") if found.rstrip().endswith("\\") else found
