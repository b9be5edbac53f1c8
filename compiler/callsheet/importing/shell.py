"""A pasted command line → its words; nothing of it is run.

Words are split as bash splits them (its manual, sections "Quoting" and "Redirections"), with `$'…'`,
comments and here documents. A variable that the shell would fill in becomes a mark: its name between U+E000
and U+E001. What follows a pipe, or goes into a file, changes nothing of the command, and is noted.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

from callsheet.importing.dialects import as_bash, is_of_cmd, words_of_cmd
from callsheet.importing.model import ImportFault
from callsheet.importing.shell_texts import (
    VARIABLE,
    WRITERS,
    Defaults,
    refuse_filled_in,
    unescaped,
    with_marks,
    written_by,
)

MAX_CHARACTERS = 262_144
_ANSI = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_HERE = re.compile(r"<<(-?)[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|\\?([^\s;|&<>'\"]+))")
_CAT = re.compile(r"\$\(\s*cat\s*<<-?\s*(['\"]?)(\w+)\1[ \t]*\n(.*?)\n[ \t]*\2[ \t]*\n?\s*\)", re.DOTALL)
_REDIRECTED = re.compile(
    r"[0-9]*>>?(?:&[0-9-]|[|]?[ \t]*(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s;|&<>]+))|&>>?[ \t]*[^\s;|&<>]+"
)


class Line(Struct):
    """A command line.

    Attributes:
        words: the command and its arguments.
        stdin: what a here document gives it; None without one.
        notes: what was left out.
        defaults: of its variables.

    """

    words: list[str] = field(default_factory=list)
    stdin: str | None = None
    notes: list[str] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)


def line_of(text: str, name: str) -> Line:
    """Read a line as a shell does.

    Args:
        text: the line, which may go on over several.
        name: of the command, for what is said of it.

    Raises:
        ImportFault: for an open quote, and for what follows the command or runs another.

    """
    if len(text) > MAX_CHARACTERS:
        raise ImportFault(f"the {name} line is longer than 256 KiB", "shorten the payload")
    if is_of_cmd(text):
        return Line(words_of_cmd(text))
    return _Reader(as_bash(text), name).read()


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.at = 0
        self.defaults = Defaults()
        self.line = Line(defaults=self.defaults.texts)
        self.word: list[str] | None = None
        self.waiting: list[tuple[str, bool, bool]] = []
        self.braces = ""

    def read(self) -> Line:
        while self.at < len(self.text) and self._step():
            pass
        self._end_of_word()
        while self.line.words and re.fullmatch(r"[A-Za-z_]\w*=.*|sudo", self.line.words[0], re.DOTALL):
            # A shell does not fill such a variable in within the same command.
            self.line.notes.append(
                f"`{self.line.words.pop(0).partition('=')[0]}` before the command was left out"
            )
        self.line.notes += self.defaults.notes
        return self.line

    def _step(self) -> bool:
        """Read one piece; return whether the command goes on."""
        one = self.text[self.at]
        if one in " \t":
            self._end_of_word()
        elif one == "\n":
            return self._end_of_line()
        elif one == "#" and self.word is None:
            self.at = self._end(self.at)
            return True
        elif one in "'\"":
            self._quoted(one)
            return True
        elif one == "\\":
            self._escaped()
            return True
        elif one in "|;&<>" or (self.word is None and _REDIRECTED.match(self.text, self.at)):
            return self._operator()
        elif one in "$`":
            self._dollar()
            return True
        else:
            self._refuse_braces(one)
            self._add(one)
        self.at += 1
        return True

    def _refuse_braces(self, one: str) -> None:
        """Refuse what the shell makes several words of: `{a,b}` without quotes."""
        if one == "{":
            self.braces = "{"
        elif self.braces and (one == "," or self.text.startswith("..", self.at)):
            self.braces = "{,"
        elif self.braces == "{," and one == "}":
            raise ImportFault("the shell makes several words of `{…,…}`", "put quotes around the data")

    # -- words ----------------------------------------------------------------------------

    def _add(self, text: str) -> None:
        if self.word is None:
            self.word = []
        self.word.append(text)

    def _end_of_word(self) -> None:
        if self.word is not None:
            self.line.words.append("".join(self.word))
            self.word, self.braces = None, ""

    def _escaped(self) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        if following != "\n":
            self._add(following)
        self.at += 2

    def _quoted(self, quote: str) -> None:
        self._add("")
        self.at += 1
        while self.at < len(self.text):
            one = self.text[self.at]
            if one == quote:
                self.at += 1
                return
            if quote == '"' and one in "$`":
                self._dollar(quoted=True)
                continue
            if quote == '"' and one == "\\":
                following = self.text[self.at + 1 : self.at + 2]
                if following in '$`"\\':
                    self._add(following)
                elif following != "\n":
                    self._add(f"\\{following}")
                self.at += 2
                continue
            self._add(one)
            self.at += 1
        raise ImportFault(f"a quote of the {self.name} line is not closed", "paste the whole command")

    def _dollar(self, *, quoted: bool = False) -> None:
        """Take a variable, `$'…'`, or a here document that `cat` reads; refuse what runs something else."""
        text = self.text
        ansi = None if quoted else _ANSI.match(text, self.at)
        variable = VARIABLE.match(text, self.at)
        if ansi is not None:
            self._add(unescaped(ansi[1]))
            self.at = ansi.end()
        elif variable is not None:
            self._add(self.defaults.mark(variable, quoted=quoted))
            self.at = variable.end()
        elif (cat := _CAT.match(text, self.at)) is not None:
            self._add(cat[3] if cat[1] else with_marks(cat[3], self.defaults))
            self.at = cat.end()
        elif not quoted and text.startswith('$"', self.at):
            self.at += 1  # a text in the user's language
        else:
            refuse_filled_in(text, self.at)
            self._add("$")
            self.at += 1

    # -- what is beside the words -----------------------------------------------------------

    def _operator(self) -> bool:
        """Take a here document or a redirection; note a pipe; refuse what runs another command."""
        text, name = self.text, self.name
        if text.startswith("<<<", self.at):
            self._end_of_word()
            self.at += 3
            self._here_string()
            return True
        here, redirected = _HERE.match(text, self.at), _REDIRECTED.match(text, self.at)
        if here is not None:
            self._end_of_word()
            self.waiting.append((here[2] or here[3] or here[4], bool(here[1]), here[4] is not None))
            self.at = here.end()
            return True
        if redirected is not None:
            self._end_of_word()
            self.line.notes.append(f"`{redirected[0][:20]}` was left out: it says where the answer goes")
            self.at = redirected.end()
            return True
        self._end_of_word()
        end = self._end(self.at)
        if text[self.at] == "|" and self._is_written_to_stdin():
            self.at += 1
            return True
        if text[self.at] == "|" and text[self.at + 1 : self.at + 2] != "|" and self.line.words:
            words = text[self.at + 1 : end].split()
            self.line.notes.append(
                f"`| {words[0][:20] if words else ''}` and what follows was left out: it reads the answer"
            )
            # Pipes may go on over lines; here documents come after this one.
            if not self.waiting:
                return False
            self.at = end
            return True
        if text[self.at] in ";&" and not text[self.at + 1 :].strip():
            return False
        what = re.match(r"[|;&<>]+", text[self.at :])
        raise ImportFault(
            f"the line continues after {name}, with `{what[0][:10] if what else ''}`",
            f"paste the {name} command alone: nothing is run",
        )

    def _is_written_to_stdin(self) -> bool:
        """Take what `echo`, `printf` or `cat` writes before a pipe as the standard input of the command."""
        words = self.line.words
        if not words or words[0] not in WRITERS or self.text[self.at + 1 : self.at + 2] in ("|", "&"):
            return False
        if words != ["cat"] or not self.waiting:
            self.line.stdin = written_by(words)
        self.line.words = []
        return True

    def _here_string(self) -> None:
        before, self.line.words = self.line.words, []
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1
        while self.at < len(self.text) and self.text[self.at] not in " \t\n|;&<>":
            self._step()
        self._end_of_word()
        self.line.stdin = "".join(self.line.words) + "\n"
        self.line.words = before

    def _end_of_line(self) -> bool:
        self._end_of_word()
        self.at += 1
        for delimiter, stripped, expanded in self.waiting:
            self._here_document(delimiter, stripped=stripped, expanded=expanded)
        self.waiting = []
        if not self.line.words:
            return True
        rest = self.text[self.at :].strip()
        if not rest or all(one.lstrip().startswith("#") for one in rest.splitlines() if one.strip()):
            return False
        raise ImportFault(
            f"the line continues after {self.name}, with `{rest.split()[0][:10]}`",
            "end each line but the last with a backslash, and paste one command alone",
        )

    def _here_document(self, delimiter: str, *, stripped: bool, expanded: bool) -> None:
        lines = []
        while self.at < len(self.text):
            end = self._end(self.at)
            one = self.text[self.at : end]
            self.at = end + 1
            one = one.lstrip("\t") if stripped else one
            if one == delimiter:
                break
            lines.append(one + "\n")
        content = "".join(lines)
        self.line.stdin = with_marks(content, self.defaults) if expanded else content

    def _end(self, at: int) -> int:
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found
