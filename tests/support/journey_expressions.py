"""An evaluator of Journey Optimizer's expression language, for the tests of what is generated in it.

Written from the reference on deployment (sections 2 and 3) alone: nothing of the product is imported. Where
the reference is silent, it does what Java does, in which the product is written (`split` drops empty parts at
the end, `%` keeps the sign of the left side), or refuses (`NotDescribedError`): a null in a function or an
operator, an integer divided, a replacement with `$`. An operand that is neither a literal nor in parentheses
is refused too, since a generated one must be.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WrongExpressionError(Exception):
    """The expression is not one of the language."""


class NotDescribedError(Exception):
    """The reference does not say what the result is."""


@dataclass(frozen=True)
class Sources:
    """What an expression reads: values by the text of a placeholder, or of a reference without its default."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def read(self, name: str) -> Any:
        return self.values.get(name)


NOTED: set[str] = set()
"""What happened in the last evaluation that the reference leaves open, or describes as a difference."""


def evaluated(expression: str, values: Mapping[str, Any]) -> Any:
    """Evaluate an expression; values are Python's, with `datetime` and `date` for those types."""
    NOTED.clear()
    if not expression.isprintable():
        raise WrongExpressionError("it is one line without hidden characters")
    parser = _Parser(expression)
    node = parser.expression()
    parser.end()
    return node(Sources(values))


Node = Callable[[Sources], Any]
_TOKEN = re.compile(
    r"""(?x)\s*(?:(?P<placeholder>\u2039[^\u2039\u203a]*\u203a)
      | (?P<reference>(?:@(?:event|action|datasetLookup)|\#)\{)
      | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?)
      | (?P<word>[A-Za-z][A-Za-z0-9]*)
      | (?P<sign>==|!=|>=|<=|[-+*/%<>()\[\],]))"""
)
_SEGMENT = r"""(?:[A-Za-z0-9_-]+|'[^']*'|"[^"]*")"""
_PATH = re.compile(rf"{_SEGMENT}(?:\.{_SEGMENT})*")
_COMPARISONS = ("==", "!=", ">", ">=", "<", "<=")
_ARITHMETIC = ("+", "-", "*", "/", "%")


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def peek(self) -> tuple[str, str, int]:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            if self.text[self.at :].strip():
                raise WrongExpressionError(f"unexpected: {self.text[self.at : self.at + 20]}")
            return "end", "", self.at
        kind = found.lastgroup or ""
        return kind, found[kind], found.end()

    def take(self) -> tuple[str, str]:
        kind, text, self.at = self.peek()
        return kind, text

    def expect(self, text: str) -> None:
        if self.take()[1] != text:
            raise WrongExpressionError(f"{text} is missing at {self.at}: {self.text}")

    def end(self) -> None:
        if self.peek()[0] != "end":
            raise WrongExpressionError(f"something follows: {self.text[self.at :]}")

    def expression(self) -> Node:
        """`if (…) then (…) else (…)`, or operands with operators between, of one precedence at a time."""
        if self.peek()[1] == "if":
            return self.conditional()
        if self.peek()[1] == "not":
            self.take()
            operand, _ = self.operand(alone=False)
            self.end_of_operation()
            return lambda sources: not _boolean(operand(sources))
        left, call = self.operand(alone=True)
        sign = self.peek()[1]
        if sign == "is":
            _no_call(call, self.text)
            return self.null_test(left)
        if sign in _COMPARISONS:
            _no_call(call, self.text)
            self.take()
            right, _ = self.operand(alone=False)
            self.end_of_operation()
            return lambda sources: _compare(sign, left(sources), right(sources))
        if sign in (*_ARITHMETIC, "and", "or"):
            _no_call(call, self.text)
            return self.chain(left, sign)
        return left

    def conditional(self) -> Node:
        parts = []
        for word in ("if", "then", "else"):
            self.expect(word)
            self.expect("(")
            parts.append(self.expression())
            self.expect(")")
        test, yes, no = parts
        return lambda sources: yes(sources) if _boolean(test(sources)) else no(sources)

    def null_test(self, left: Node) -> Node:
        self.take()
        contrary = self.peek()[1] == "not"
        if contrary:
            self.take()
        self.expect("null")
        self.end_of_operation()
        return lambda sources: (left(sources) is None) != contrary

    def chain(self, left: Node, sign: str) -> Node:
        """Several operands with the same sign between them, from the left."""
        rights = []
        while self.peek()[1] == sign:
            self.take()
            rights.append(self.operand(alone=False)[0])
        self.end_of_operation()

        def run(sources: Sources) -> Any:
            value = left(sources)
            for one in rights:
                if sign in ("and", "or"):
                    # The second is skipped: the form `x is null or x == ""` of section 2.6 needs it.
                    decided = _boolean(value) is (sign == "or")
                    value = value if decided else _boolean(one(sources))
                else:
                    value = _calculate(sign, value, one(sources))
            return value

        return run

    def end_of_operation(self) -> None:
        if self.peek()[1] not in ("", ")", ",", "]", "}"):
            raise WrongExpressionError(f"operators are mixed without parentheses: {self.text}")

    def operand(self, *, alone: bool) -> tuple[Node, bool]:
        """Return a literal, something in parentheses, or (alone) a call or a reference."""
        kind, text = self.take()
        if text == "(":
            inner = self.expression()
            self.expect(")")
            return inner, False
        if text == "[":
            return self.listed(), False
        if kind == "string":
            value = _unescaped(text)
            return lambda sources: value, False
        if kind == "number":
            number = float(text) if "." in text else int(text)
            if not alone and text.startswith("-"):
                raise WrongExpressionError("a negative number stands in parentheses as an operand")
            return lambda sources: number, text.startswith("-")
        if text in ("true", "false"):
            return lambda sources: text == "true", False
        if not alone:
            raise WrongExpressionError(f"`{text}` stands without parentheses as an operand: {self.text}")
        if kind == "placeholder":
            return lambda sources: sources.read(text), True
        if kind == "reference":
            return self.reference(text), True
        if kind == "word":
            return self.called(text), True
        raise WrongExpressionError(f"unexpected {text!r} in {self.text}")

    def listed(self) -> Node:
        items: list[Node] = []
        while self.peek()[1] != "]":
            items.append(self.expression())
            if self.peek()[1] == ",":
                self.take()
        self.expect("]")
        return lambda sources: [one(sources) for one in items]

    def reference(self, head: str) -> Node:
        """A field, with or without a default: `@event{E.f, defaultValue: "x"}`."""
        path = _PATH.match(self.text, self.at)
        if path is None:
            raise WrongExpressionError(f"no path in a reference: {self.text}")
        self.at = path.end()
        default: Node = lambda sources: None  # noqa: E731
        if self.text.startswith(", defaultValue: ", self.at):
            self.at += len(", defaultValue: ")
            negative = self.peek()[1].startswith("-")
            default = self.operand(alone=negative)[0]
        if not self.text.startswith("}", self.at):
            raise WrongExpressionError(f"a reference is not closed: {self.text}")
        self.at += 1
        name = head + path[0] + "}"

        def read(sources: Sources) -> Any:
            return sources.read(name) if name in sources.values else default(sources)

        return read

    def called(self, name: str) -> Node:
        if name not in FUNCTIONS:
            raise WrongExpressionError(f"there is no function `{name}`")
        self.expect("(")
        arguments: list[Node] = []
        while self.peek()[1] != ")":
            arguments.append(self.expression())
            if self.peek()[1] == ",":
                self.take()
        self.expect(")")

        def run(sources: Sources) -> Any:
            values = [one(sources) for one in arguments]
            if any(one is None for one in values):
                raise NotDescribedError(f"null in {name}")
            return FUNCTIONS[name](*values)

        return run


def _no_call(needs: bool, text: str) -> None:
    if needs:
        raise WrongExpressionError(f"the first operand needs parentheses: {text}")


def _unescaped(literal: str) -> str:
    body = literal[1:-1]
    if re.search(r"(?<!\\)(?:\\\\)*\\[^\\]", body):
        raise WrongExpressionError(f"only a backslash is known to be escaped: {literal}")
    return body.replace("\\\\", "\\")


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotDescribedError(f"{value!r} as a condition")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _compare(sign: str, left: Any, right: Any) -> bool:
    if left is None or right is None:
        raise NotDescribedError("null in a comparison")
    if sign in ("==", "!="):
        if type(left) is not type(right) and not (_is_number(left) and _is_number(right)):
            raise NotDescribedError("a comparison of two types")
        return (left == right) == (sign == "==")
    moments = isinstance(left, datetime) and isinstance(right, datetime)
    if not moments and not (_is_number(left) and _is_number(right)):
        raise WrongExpressionError("numbers and moments are ordered, nothing else")
    return bool({">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[sign])


def _calculate(sign: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        raise NotDescribedError("null in an operation")
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        return (left if isinstance(left, str) else to_string(left)) + (
            right if isinstance(right, str) else to_string(right)
        )
    if not (_is_number(left) and _is_number(right)):
        raise WrongExpressionError(f"{sign} with {left!r} and {right!r}")
    if sign == "*" and type(left) is not type(right):
        raise WrongExpressionError("`*` needs one type")
    if sign == "/":
        if isinstance(left, int) or isinstance(right, int):
            raise NotDescribedError("the type of a quotient of integers")
        return left / right if right else 0.0
    if sign == "%":
        if left < 0 or right < 0:
            NOTED.add("the rest has the sign of the left side")
        return math.fmod(left, right) if isinstance(left, float) else int(math.fmod(left, right))
    return {"+": left + right, "-": left - right, "*": left * right}[sign]


def to_string(value: Any) -> str:
    if isinstance(value, str):
        raise NotDescribedError("toString of a string")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # As Java writes a double: 1.0, 1.5.
        if value.is_integer() or "e" in repr(value):
            NOTED.add("a decimal is written as the journey writes it")
        return repr(value)
    if isinstance(value, datetime):
        NOTED.add("a moment is written in UTC")
        there = value.astimezone(UTC)
        text = there.strftime("%Y-%m-%dT%H:%M")
        if there.microsecond:
            text += there.strftime(":%S.%f")[:-3]
        elif there.second:
            text += there.strftime(":%S")
        return text + "Z"
    if isinstance(value, date):
        return value.isoformat()
    raise NotDescribedError(f"toString of {type(value).__name__}")


def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _replace_all(text: str, pattern: str, by: str, count: int = 0) -> str:
    if "$" in by or "\\" in by:
        raise NotDescribedError("`$` or a backslash in a replacement")
    return _regex(pattern).sub(lambda _: by, text, count=count)


def _split(text: str, pattern: str) -> list[str]:
    parts = _regex(pattern).split(text)
    while text and parts and not parts[-1]:
        NOTED.add("an empty part at the end is dropped")
        parts.pop()
    return parts


def _moment(*arguments: Any) -> datetime:
    if len(arguments) == 2:
        zone, day = arguments
        if zone != "UTC":
            raise NotDescribedError("a zone")
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    (value,) = arguments
    if isinstance(value, int) and not isinstance(value, bool):
        return EPOCH + timedelta(milliseconds=value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(
        r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", value
    ):
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.upper().replace(" ", "T")))
    raise NotDescribedError(f"toDateTime of {value!r}")


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.astimezone(UTC).date()
    if isinstance(value, str):
        return date.fromisoformat(value)
    raise NotDescribedError(f"toDateOnly of {value!r}")


def _to_integer(value: Any) -> int:
    if isinstance(value, datetime):
        return (value - EPOCH) // timedelta(milliseconds=1)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return math.trunc(value)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    raise NotDescribedError(f"toInteger of {value!r}")


def _to_decimal(value: Any) -> float:
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        raise NotDescribedError(f"toDecimal of {value!r}")
    return float(value)


def _serialized(items: list[Any], separator: str, quoted: bool) -> str:
    texts = [one if isinstance(one, str) else to_string(one) for one in items]
    return separator.join(f'"{one}"' if quoted else one for one in texts)


def _substr(text: str, begin: int, end: int | None = None) -> str:
    if begin > len(text) or (end is not None and not begin <= end <= len(text)):
        raise NotDescribedError("a place outside of the string")
    return text[begin:end]


def _round(value: float) -> int:
    if abs(abs(value) % 1 - 0.5) < 1e-6:
        NOTED.add("a half is rounded up")
    return math.floor(value + 0.5) if abs(value) < 2**52 else int(value)


def _length(text: str) -> int:
    """As Java counts, by units of UTF-16: the reference does not say."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _item(items: list[Any], place: int) -> Any:
    if not 0 <= place < len(items):
        raise NotDescribedError("an item outside of the list")
    return items[place]


def _text_only(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(text: Any, *others: Any) -> Any:
        if not isinstance(text, str):
            raise WrongExpressionError(f"a function of strings with {text!r}")
        return function(text, *others)

    return run


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "concat": _text_only(lambda left, right: left + right),
    "contain": _text_only(lambda text, part: part in text),
    "distinct": lambda items: list(dict.fromkeys(items)),
    "getListItem": _item,
    "in": lambda value, items: value in items,
    "length": _text_only(_length),
    "listSize": len,
    "lower": _text_only(str.lower),
    "replace": _text_only(lambda text, pattern, by: _replace_all(text, pattern, by, 1)),
    "replaceAll": _text_only(_replace_all),
    "round": _round,
    "serializeList": _serialized,
    "sort": lambda items, ascending: sorted(items, reverse=not ascending),
    "split": _text_only(_split),
    "substr": _text_only(_substr),
    "toDateOnly": _day,
    "toDateTime": _moment,
    "toDecimal": _to_decimal,
    "toInteger": _to_integer,
    "toString": to_string,
    "trim": _text_only(lambda text: text.strip(" ")),
    "upper": _text_only(str.upper),
}
