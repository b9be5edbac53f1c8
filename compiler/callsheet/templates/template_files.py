"""Template files, read from the workspace and from nowhere else."""

from __future__ import annotations

from posixpath import normpath

from msgspec.structs import replace

from callsheet.documents import Problem, Source, Span, Unreadable
from callsheet.documents.problems import Concern
from callsheet.documents.reading import decode
from callsheet.documents.sources import read_named
from callsheet.language.secret_patterns import secret_kind
from callsheet.templates.values import digest_of

MAX_TEMPLATE_CHARACTERS = 200_000
"""A longer template is not read."""


def in_workspace(file: str) -> str:
    """Return the path of a file as the workspace lists it: `./rows.csv` is `rows.csv`."""
    return normpath(file)


class TemplateFiles:
    """Reads template files, and notes each with the digest of its text, or of why there is none."""

    def __init__(
        self,
        source: Source,
        noted: dict[str, str],
        found: list[tuple[Problem, list[str]]] | None = None,
        about: tuple[Concern, ...] = (),
    ) -> None:
        self.source = source
        self.noted = noted
        self.found = found
        self.about = about

    def read(self, file: str) -> str | Problem:
        """Return the text of a template file, or the problem that keeps it from being read."""
        file = in_workspace(file)
        text = self._read(file)
        self.noted[file] = digest_of(text) if isinstance(text, str) else _digest_of_fault(text)
        if isinstance(text, str) and self.found is not None:
            self.found += [(replace(one, about=self.about), []) for one in _secrets_in(file, text)]
        return text

    def _read(self, file: str) -> str | Problem:
        if "\\" in file or file.startswith(("/", "../")) or file in (".", ".."):
            message = "its path leads out of the workspace"
            return Problem(code="CS512", file=file, message=message, help="name one inside")
        try:
            content = read_named(self.source, file)
        except Unreadable as unreadable:
            return unreadable.problem
        text, problem = decode(content, file)
        return text if problem is None else problem


def _secrets_in(file: str, text: str) -> list[Problem]:
    """Find what looks like a credential in the lines of a template file."""
    found = []
    for number, line in enumerate(text[:MAX_TEMPLATE_CHARACTERS].split("\n"), 1):
        kind = secret_kind(line)
        if kind:
            found.append(
                Problem(
                    code="CS601",
                    file=file,
                    span=Span(number, 1, number, len(line) + 1),
                    message=f"this line looks like it contains a credential ({kind})",
                    help="remove it, and revoke the credential",
                )
            )
    return found


def _digest_of_fault(fault: Problem) -> str:
    return f"{_FAULT}{digest_of(f'{fault}')}"


_FAULT = "!"


def is_of_fault(digest: str) -> bool:
    """Return whether the digest of a template file is of what keeps it from being read."""
    return digest.startswith(_FAULT)


def template_digest(source: Source, file: str) -> str:
    """Return the digest of a template file's text, or of why there is none."""
    noted: dict[str, str] = {}
    TemplateFiles(source, noted).read(file)
    return noted[file]
