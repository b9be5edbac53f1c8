"""Every code that callsheet can say, with its severity, words and examples.

A rule is one function with its documentation; a code that a reader, the renderer or the deployment
raises by itself is declared with its documentation only. `callsheet explain` and the tests read both.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any, Literal, TypeVar

from msgspec import Struct

from callsheet.documents import Document, Path, Problem, Related, Span
from callsheet.language.kinds import deployed_kinds
from callsheet.language.layers import Written

SUBJECTS = (
    "document",
    "stores",
    "compiled",
    "journey",
    "relay",
    "called",
    "unjudged",
    "orchestration",
    "channel",
    "references",
    "parameters",
    "deployed",
    "workspace",
    "elsewhere",
)
"""What a rule looks at, beside the definitions of a kind; `elsewhere`: raised by the room that meets it."""

Severity = Literal["error", "warning"]
Check = TypeVar("Check", bound=Callable[..., Iterable[Problem]])


class Rule(Struct, frozen=True, kw_only=True, dict=True):
    """One code of the catalog.

    Attributes:
        text: the whole documentation, with the examples.
        adjustable: may the workspace change its severity, or silence it in place?
        reads: the fields that it reads of what it looks at; the empty path is all of it.

    """

    code: str
    name: str
    severity: Severity
    subject: str
    text: str
    adjustable: bool
    check: Callable[..., Iterable[Problem]] | None
    reads: tuple[Path, ...] = ((),)

    @property
    def summary(self) -> str:
        """The first paragraph of the documentation, in one line."""
        return self.documentation.split("\n\n", 1)[0].replace("\n", " ")

    @property
    def documentation(self) -> str:
        """Everything before the examples."""
        return self._parts[0]

    @property
    def bad(self) -> str | None:
        """An input that reports exactly this code, where a file can show it."""
        return self._parts[1]

    @property
    def good(self) -> str | None:
        """An input like it that reports none."""
        return self._parts[2]

    @cached_property
    def _parts(self) -> tuple[str, str | None, str | None]:
        import inspect

        return split_documentation(inspect.cleandoc(self.text))


RULES: dict[str, Rule] = {}

_FIXED_FAMILIES = ("CS1", "CS2", "CS5", "CS7", "CS8", "CS9")
"""What keeps a document from being read or compiled leaves nothing to silence: an action that is left out
would be deleted. A policy is its owner's, not the author's of the action that breaks it."""


def rule(
    code: str,
    name: str,
    *,
    on: str,
    severity: Severity = "error",
    adjustable: bool | None = None,
    reads: Sequence[str] = ("",),
) -> Callable[[Check], Check]:
    """Enter a function in the catalog; its docstring is its documentation and its examples.

    `adjustable` says, where it is not as in its family, whether a workspace may change its severity, or
    silence it in place. `reads` names the fields of a compiled action that it reads, as `request.url`:
    where they are the same in several environments, it runs once.
    """

    def enter(check: Check) -> Check:
        fields = tuple(tuple(filter(None, one.split("."))) for one in reads)
        _enter(code, name, severity, on, check.__doc__ or "", check, adjustable=adjustable, reads=fields)
        return check

    return enter


def declare(
    code: str,
    name: str,
    documentation: str,
    *,
    severity: Severity = "error",
    adjustable: bool | None = None,
) -> None:
    """Enter a code that is raised where it is met, and not by a rule."""
    _enter(code, name, severity, "elsewhere", documentation, None, adjustable=adjustable)


@cache
def rules_on(subject: str) -> tuple[Rule, ...]:
    """Return the rules that look at one subject, by code."""
    return tuple(RULES[code] for code in sorted(RULES) if RULES[code].subject == subject)


def found_on(subject: str, value: Any) -> Iterator[Problem]:
    """Yield what the rules on a subject find; they make the places of their problems themselves."""
    for one in rules_on(subject):
        if one.check is not None:
            yield from one.check(value, one.code)


def _enter(
    code: str,
    name: str,
    severity: Severity,
    subject: str,
    text: str,
    check: Any,
    *,
    adjustable: bool | None,
    reads: tuple[Path, ...] = ((),),
) -> None:
    if code in RULES:
        raise ValueError(f"{code} is in the catalog already")
    if subject not in (*SUBJECTS, *(one.rules for one in deployed_kinds().values())):
        raise ValueError(f"{code}: nothing is checked as {subject!r}")
    RULES[code] = Rule(
        code=code,
        name=name,
        severity=severity,
        subject=subject,
        text=text,
        adjustable=not code.startswith(_FIXED_FAMILIES) if adjustable is None else adjustable,
        check=check,
        reads=reads,
    )
    rules_on.cache_clear()


def split_documentation(text: str) -> tuple[str, str | None, str | None]:
    """Split a docstring into its prose and the blocks under `Bad:` and `Good:`."""
    parts: dict[str, list[str]] = {"": [], "Bad:": [], "Good:": []}
    current = ""
    for line in text.split("\n"):
        if line.rstrip() in ("Bad:", "Good:"):
            current = line.rstrip()
        else:
            parts[current].append(line)
    blocks = {key: textwrap.dedent("\n".join(lines)).strip("\n") for key, lines in parts.items()}
    return blocks[""].strip(), blocks["Bad:"] or None, blocks["Good:"] or None


def in_file(document: Document, prefix: Path, path: Path) -> Path:
    """Return where a compiled value is written: a payload from a template file, at the file's name."""
    if path[:2] != ("request", "payload"):
        return path
    value = document.value
    for part in (*prefix, "request"):
        value = value.get(part) if isinstance(value, dict) else None
    named = isinstance(value, dict) and "payloadFile" in value and "payload" not in value
    return ("request", "payloadFile") if named else path


class Spots(Struct, frozen=True):
    """Makes problems of one code at places of one document.

    Paths are given below `prefix`: a rule over an action names `("request", "url")`.
    """

    code: str
    document: Document
    prefix: Path = ()

    def where(self, path: Path, offset: int = 0) -> Written:
        """Return where the value at `path` is written: the document, the path in it, and the offset."""
        return Written(self.document, (*self.prefix, *in_file(self.document, self.prefix, path)), offset)

    def value(self, path: Path, message: str, *, do: str, related: tuple[Related, ...] = ()) -> Problem:
        """Point at the value at `path`, or at the nearest one around it."""
        document, there, _ = self.where(path)
        return self._problem(document, document.places.value(there), message, do, related)

    def key(self, path: Path, message: str, *, do: str, related: tuple[Related, ...] = ()) -> Problem:
        """Point at the key at the end of `path`."""
        document, there, _ = self.where(path)
        return self._problem(document, document.places.key(there), message, do, related)

    def inside(self, path: Path, offset: int, message: str, *, do: str) -> Problem:
        """Point at the character `offset` of the text at `path`."""
        document, there, inside = self.where(path, offset)
        return self._problem(document, document.places.inside(there, inside), message, do, ())

    def _problem(
        self, document: Document, span: Span, message: str, do: str, related: tuple[Related, ...]
    ) -> Problem:
        related = (*related, *self.also(document))
        return Problem(
            code=self.code, file=document.file, span=span, message=message, help=do, related=related
        )

    def also(self, document: Document) -> tuple[Related, ...]:  # noqa: ARG002
        """Return the places that belong to every problem in a document."""
        return ()
