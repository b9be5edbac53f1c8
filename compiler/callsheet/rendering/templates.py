"""Template files, read from the workspace and from nowhere else."""

from __future__ import annotations

from callsheet.rendering.values import digest_of
from callsheet.workspace import Problem, Source
from callsheet.workspace.documents import read_text


class TemplateFiles:
    """Reads template files, and notes each with the digest of its text."""

    def __init__(self, source: Source, noted: dict[str, str]) -> None:
        self.source = source
        self.noted = noted

    def read(self, file: str) -> str | Problem:
        """Give the text of a template file, or the problem that keeps it from being read."""
        self.noted[file] = ""
        parts = file.split("/")
        if "\\" in file or any(part in ("", ".", "..") for part in parts):
            message = "its path leads out of the workspace"
            return Problem(code="CS512", file=file, message=message, help="name one inside")
        text, problem = read_text(self.source, file)
        if problem is not None:
            return problem
        self.noted[file] = digest_of(text)
        return text


def template_digest(source: Source, file: str) -> str:
    """Give the digest of a template file's text; empty where it cannot be read."""
    noted: dict[str, str] = {}
    TemplateFiles(source, noted).read(file)
    return noted[file]
