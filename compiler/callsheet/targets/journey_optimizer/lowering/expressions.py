r"""The journey expression language, written so that nothing in a value can change what it means.

Source: the reference on deployment, section 2.1 to 2.3. Every operand that is not a plain literal is in
parentheses; a backslash is doubled; quotes of both kinds are joined from pieces (how one is escaped is
not documented: section 11, point 3); an expression is one line without hidden characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from msgspec import Struct

from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError

MAX_CHARACTERS = 6_000
"""Longer ones are not for people to paste; the language has no variables, so that they would double."""
_REGEX_SIGNS = frozenset("\\.[]{}()*+-?^$|&#~")


class Expression(Struct, frozen=True):
    """The text of an expression.

    Attributes:
        bare: whether it may be an operand without parentheses.
        chained: whether it is strings joined by `+`, which may be joined with others as they are.
        contrary: the text of the contrary of a test; empty where it is written with `not`.

    """

    text: str
    bare: bool = False
    chained: bool = False
    contrary: str = ""

    def __post_init__(self) -> None:
        if len(self.text) > MAX_CHARACTERS:
            raise NeedsRelayError(
                f"the journey's expression would be longer than {MAX_CHARACTERS:,} characters"
            )

    @property
    def operand(self) -> str:
        """The text as an operand of something larger."""
        return self.text if self.bare else f"({self.text})"


EMPTY = Expression('""', bare=True)
TRUE, FALSE = Expression("true", bare=True), Expression("false", bare=True)


def string(value: str) -> Expression:
    """Write a string; raises `NeedsRelayError` for one that is no line of visible characters."""
    if not value.isprintable():
        raise NeedsRelayError(
            "a journey's expression is one line, and the text contains a line break or a hidden character"
        )
    escaped = value.replace("\\", "\\\\")
    if '"' not in escaped:
        return Expression(f'"{escaped}"', bare=True)
    if "'" not in escaped:
        return Expression(f"'{escaped}'", bare=True)
    return Expression(" + ".join(_pieces(escaped)), chained=True)


def _pieces(text: str) -> Iterator[str]:
    """Yield literals of which each contains quotes of one kind, and is quoted by the other."""
    for run in re.findall(r"[^\"]+|[^']+", text):
        yield f"'{run}'" if '"' in run else f'"{run}"'


def literal(value: Any) -> Expression:
    """Write a constant: a string, a number, a boolean, or a list of constants of one type."""
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, str):
        return string(value)
    if isinstance(value, int | float):
        written = str(value) if isinstance(value, int) else _decimal(value)
        return Expression(written, bare=not written.startswith("-"))
    if isinstance(value, list) and value and len({type(one) for one in value}) == 1:
        return Expression("[" + ", ".join(_item(one) for one in value) + "]", bare=True)
    raise NeedsRelayError(f"a journey's expression has no constant of the kind {type(value).__name__}")


def _decimal(value: float) -> str:
    written = format(Decimal(repr(value)), "f")
    return written if "." in written else f"{written}.0"


def _item(value: Any) -> str:
    if isinstance(value, list):
        raise NeedsRelayError("a journey's expression has no list of lists")
    return literal(value).text


def call(name: str, *arguments: Expression) -> Expression:
    """Write a call of a function."""
    return Expression(f"{name}({', '.join(one.text for one in arguments)})")


def infix(left: Expression, sign: str, right: Expression) -> Expression:
    """Write an operation of two operands."""
    return Expression(f"{left.operand} {sign} {right.operand}")


def joined(parts: list[Expression]) -> Expression:
    """Write strings joined by `+`."""
    if len(parts) == 1:
        return parts[0]
    written = [one.text if one.chained else one.operand for one in parts]
    return Expression(" + ".join(written), chained=True)


def conditional(test: Expression, yes: Expression, no: Expression) -> Expression:
    """Write `if … then … else …`; both branches must be of one type."""
    return Expression(f"if ({test.text}) then ({yes.text}) else ({no.text})")


def is_null(operand: Expression) -> Expression:
    """Write the test whether there is no value."""
    return Expression(f"{operand.operand} is null", contrary=f"{operand.operand} is not null")


def negated(test: Expression) -> Expression:
    """Write the contrary of a test."""
    if test is TRUE or test is FALSE:
        return FALSE if test is TRUE else TRUE
    return Expression(test.contrary or f"not {test.operand}")


def any_of(*tests: Expression | None) -> Expression | None:
    """Write that one of the tests holds; None where none is written."""
    return _chained([one for one in tests if one is not None], "or")


def all_of(*tests: Expression | None) -> Expression | None:
    """Write that all of the tests hold; None where none is written."""
    return _chained([one for one in tests if one is not None], "and")


def _chained(tests: list[Expression], word: str) -> Expression | None:
    different = list(dict.fromkeys(tests))
    if len(different) < 2:
        return different[0] if different else None
    return Expression(f" {word} ".join(one.operand for one in different))


def exactly(needle: str) -> Expression:
    """Write a regular expression that matches a text and nothing else."""
    return string("".join("\\" + one if one in _REGEX_SIGNS else one for one in needle))


def one_of(characters: str) -> str:
    """Return the regular expression of a set of characters."""
    return "[" + "".join("\\" + one if one in _REGEX_SIGNS else one for one in characters) + "]"
