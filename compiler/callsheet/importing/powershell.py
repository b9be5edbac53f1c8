"""A command line of PowerShell → that of bash with the same words.

Quotes and escapes are those of its "about_Quoting_Rules" and "about_Special_Characters". Windows PowerShell
hands a quote on to a program only where a backslash is before it, and later ones as it is: both are it.
"""

from __future__ import annotations

import re

_CONTINUED = re.compile(r"[ \t]`[ \t]*\n")
_PROGRAM = re.compile(r"\s*(?:\S*[/\\])?curl\.exe\s")
_OWN = re.compile(r"""\$env:|\$\{env:|`"|\s'[^'\n]*''|\s'[\[{]\s*\\"|@'\n|@"\n""")
"""What only PowerShell writes in a line that calls `curl.exe`, beside cmd and bash."""
_VARIABLE = re.compile(r"\$(?:env:(\w+)|\{env:(\w+)\}|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})", re.IGNORECASE)
_HERE = re.compile(r"@(['\"])[ \t]*\n(.*?)\n\1@", re.DOTALL)
_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b",
}  # fmt: skip


def is_of_powershell(text: str) -> bool:
    """Return whether a line is of PowerShell: it goes on after a backtick, or shows it in `curl.exe`."""
    return _CONTINUED.search(text) is not None or (
        _PROGRAM.match(text) is not None and _OWN.search(text) is not None
    )


def bash_of_powershell(text: str) -> str:
    """Return a line as bash reads it; a quote that is not closed stays open."""
    found: list[str] = []
    at = 0
    while at < len(text):
        one = text[at]
        here = _HERE.match(text, at)
        if here is not None:
            found.append(_literal(here[2]) if here[1] == "'" else _expanded(here[2]))
            at = here.end()
        elif one == "'" and (quoted := re.compile("'((?:[^']|'')*)'").match(text, at)):
            found.append(_literal(quoted[1].replace("''", "'")))
            at = quoted.end()
        elif one == '"' and (quoted := re.compile('"((?:[^"`]|`.|"")*)"', re.DOTALL).match(text, at)):
            found.append(_expanded(quoted[1].replace('""', '`"')))
            at = quoted.end()
        elif one == "`" and (continued := re.compile(r"`[ \t]*\n").match(text, at)):
            found.append("\\\n")
            at = continued.end()
        elif one == "`" and at + 1 < len(text):
            found.append(_literal(_ESCAPES.get(text[at + 1], text[at + 1])))
            at += 2
        elif one == "$" and (variable := _VARIABLE.match(text, at)):
            found.append(_filled_in(variable))
            at = variable.end()
        else:
            found.append("\\\\" if one == "\\" else one)
            at += 1
    return "".join(found)


def _literal(text: str) -> str:
    """Return a text within quotes of bash, in which nothing is filled in."""
    plain = text.replace('\\"', '"').replace("'", "'\\''")
    return f"'{plain}'"


def _expanded(text: str) -> str:
    """Return a text within quotes of bash, in which variables are filled in."""
    found: list[str] = []
    at = 0
    while at < len(text):
        variable = _VARIABLE.match(text, at)
        if variable is not None:
            found.append(_filled_in(variable))
            at = variable.end()
            continue
        escaped = text[at] == "`" and at + 1 < len(text)
        one = text[at + 1] if escaped else text[at]
        at += 2 if escaped else 1
        one = _ESCAPES.get(one, one) if escaped else one
        if one == '"' and found[-1:] == ["\\\\"]:
            found.pop()
        is_special = one in '\\"`' or (one == "$" and (escaped or not re.match(r"[({0-9?$^]", text[at:])))
        found.append(f"\\{one}" if is_special else one)
    return f'"{"".join(found)}"'


def _filled_in(variable: re.Match[str]) -> str:
    return f"${{{variable[1] or variable[2] or variable[3] or variable[4]}}}"
