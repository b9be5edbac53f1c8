"""The one root of every error that callsheet raises on purpose, made of data.

A `CallsheetError` carries a code of the catalog, what is wrong and what to do; the command line
prints it and exits 1. Anything else that escapes is a fault of ours, reported as CS999.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


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


class UnreachableError(CallsheetError):
    """Nobody answered: no network, or nothing to prove who calls."""


class UsageError(CallsheetError):
    """The command was asked for something that cannot be asked: exit code 2."""


@contextmanager
def of_its_shape(otherwise: Exception) -> Iterator[None]:
    """Read data that others wrote; raises `otherwise` for a part that is missing, or of another type."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
        raise otherwise from None
