"""CS601 beside the values of a document: what they come to, names of files, comments, and findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from callsheet.documents import Document, Path, Problem, Span
from callsheet.documents.walking import texts_in
from callsheet.language.catalog import Spots
from callsheet.language.secret_patterns import secret_kind, secret_kind_of_file, without_credentials
from callsheet.patterns import late
from callsheet.rules.secrets import REFER_THERE, REMOVE, literal_secret

_COMMENT = late(r"(?m)(?:^|(?<=[ \t]))#.*")
"""What may be a comment of YAML (1.2, section 6.6): at the beginning of a line, or after white space."""


def is_put_together(made: Any, written: Any) -> bool:
    """Return whether what something comes to has a credential, and what is written for it has none."""
    return has_secret_text(made) and not has_secret_text(written)


def put_together(made: Any, at: Spots, place: Callable[[Path], Path]) -> Iterator[Problem]:
    """Find the texts of what something comes to that look like a credential.

    Args:
        made: what it comes to.
        at: makes the problems.
        place: returns where the text at a path of it is written.

    """
    for path, text in texts_in(made):
        kind = secret_kind(text)
        if kind:
            words = f"what this comes to looks like a credential ({kind})"
            yield at.value(place(path), words, do=REFER_THERE)


def named_by_credential(file: str) -> Problem | None:
    """Return what is wrong with the name of a file, or of a folder that it is in; None for a usual one."""
    kind = secret_kind_of_file(file)
    if not kind:
        return None
    return Problem(
        code="CS601",
        file=without_credentials(file),
        span=Span(1, 1, 1, 1),
        message=f"the name of this file or folder looks like a credential ({kind}), and it is not read",
        help="rename it, and revoke the credential",
    )


def in_comments(file: str, text: str, known: Sequence[Problem]) -> Iterator[Problem]:
    """Find what looks like a credential in the comments of a YAML file: they stay in git's history as well.

    Args:
        file: its name.
        text: of the whole file.
        known: what is found in it already: what is in a string after `#` is no comment.

    """
    if "#" not in text:
        return
    for match in _COMMENT.finditer(text):
        kind = secret_kind(match[0])
        line = text.count("\n", 0, match.start()) + 1 if kind else 0
        if kind and not any(_is_of_line(one, file, line) for one in known):
            column = match.start() - text.rfind("\n", 0, match.start())
            yield Problem(
                code="CS601",
                file=file,
                span=Span(line, column, line, column + len(match[0])),
                message=f"this comment looks like it contains a credential ({kind})",
                help=REMOVE,
            )


def _is_of_line(problem: Problem, file: str, line: int) -> bool:
    of_file = problem.code == "CS601" and problem.file == file
    return of_file and problem.span.line <= line <= problem.span.end_line


def has_secret_text(value: Any) -> bool:
    """Return whether a text of a value looks like a credential."""
    return any(secret_kind(text) for _, text in texts_in(value))


def has_literal_secret(document: Document) -> bool:
    """Return whether a secret is written into a document: what is made of it is kept nowhere."""
    value = document.value
    return isinstance(value, dict) and any(literal_secret(value, Spots("CS601", document)))


def repeats_secret(problem: Problem) -> bool:
    """Return whether a problem repeats what looks like a credential, as a name or a value."""
    texts = [problem.message, problem.help, problem.missing, problem.suggested]
    texts += [name for name, _ in problem.about]
    texts += [one.message for one in problem.related]
    return has_secret_text(texts)
