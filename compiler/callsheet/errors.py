"""The one tree of errors that callsheet raises on purpose, made of data.

    CallsheetError
    ├── InvalidWorkspaceError    the workspace has errors; nothing was done
    ├── UnreachableError         no answer came
    └── UsageError               asked for something that cannot be asked: exit code 2
        └── ArgumentError        an argument is wrong in itself: the command line shows how it is used

A `CallsheetError` carries a code of the catalog, what is wrong and what to do; the command line
prints it and exits 1. Anything else that escapes is a fault of ours, reported as CS999.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from callsheet.words import counted


class CallsheetError(Exception):
    """Something that callsheet refuses, with its code, its words and the way out.

    Attributes:
        code: a code of the catalog, as `CS912`; `callsheet explain CODE` documents it.
        message: one sentence that says what is wrong.
        help: one sentence that says what to do.
        details: further lines, each a fact (what moved, which step failed).
        findings: the findings for which it was refused, each with its line; they are shown before it.

    """

    findings: Sequence[Any] = ()

    def __init__(self, code: str, message: str, *, help: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.details = details

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what makes the same error in another process."""
        return _again, (type(self), self.args, self._state())

    def _state(self) -> dict[str, Any]:
        return self.__dict__


def _again(kind: type[CallsheetError], arguments: tuple[Any, ...], state: dict[str, Any]) -> CallsheetError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(state)
    return error


class HasErrors(Protocol):
    """What a workspace compiles to, as far as an error needs it."""

    @property
    def errors(self) -> Sequence[Any]:
        """The findings that are errors."""


class InvalidWorkspaceError(CallsheetError):
    """The workspace has errors.

    Attributes:
        compiled: what the workspace compiles to; `diagnostics` contains every finding.
        findings: the errors for which nothing was done.

    """

    def __init__(self, compiled: HasErrors, errors: Sequence[Any] | None = None) -> None:
        self.compiled = compiled
        self.findings = list(compiled.errors if errors is None else errors)
        super().__init__(
            "CS924",
            f"the workspace has {counted(len(self.findings), 'error')}: nothing was done",
            help="`callsheet validate` shows them",
        )

    def _state(self) -> dict[str, Any]:
        # What the workspace compiles to reads its files and its cache: it stays where it was made.
        return {**self.__dict__, "compiled": Findings(getattr(self.compiled, "diagnostics", self.findings))}


class Findings:
    """What is left, in another process, of what a workspace compiles to: its findings."""

    def __init__(self, diagnostics: Sequence[Any]) -> None:
        self.diagnostics = [*diagnostics]

    @property
    def errors(self) -> list[Any]:
        """The findings that are errors."""
        return [one for one in self.diagnostics if one.severity == "error"]


class UnreachableError(CallsheetError):
    """No answer came: no network, or no credentials."""


class UsageError(CallsheetError):
    """The command was asked for something that cannot be asked: exit code 2."""


class ArgumentError(UsageError):
    """An argument is wrong in itself: the command line shows how the command is used."""

    def __init__(self, message: str) -> None:
        super().__init__("CS921", message, help="`--help` shows what the command takes")


@contextmanager
def of_its_shape(otherwise: Exception) -> Iterator[None]:
    """Read data that others wrote; raises `otherwise` for a part that is missing, or of another type."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
        raise otherwise from None
