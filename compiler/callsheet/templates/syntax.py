"""A template's text → a syntax tree whose nodes know their offset, checked against the allow-list.

Jinja2 parses; nothing is compiled or executed. Its tokens carry line numbers only, so here they carry
the offset in the text instead: a node's `lineno` is 1 + the offset of its token, and every finding can
point at the very character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream
from msgspec import Struct
from msgspec.structs import replace

from callsheet.templates.allow_list import EXPRESSION_NODES, STATEMENT_NODES, STATEMENT_WORDS, check_allowed
from callsheet.templates.faults import TemplateFault
from callsheet.templates.template_files import MAX_TEMPLATE_CHARACTERS


class _OffsetEnvironment(Environment):
    """Jinja2's parser over tokens that carry their offset where others carry their line."""

    def _tokenize(
        self,
        source: str,
        name: str | None,
        filename: str | None = None,
        state: str | None = None,
    ) -> TokenStream:
        def with_offsets() -> Iterator[tuple[int, str, str]]:
            at = 0
            try:
                for _, kind, text in self.lexer.tokeniter(source, name, filename, state):
                    # White space that `-` strips from a text is in no token: look for what comes.
                    found = source.find(text, at)
                    at = found if found >= 0 else at
                    yield at + 1, kind, text
                    at += len(text)
            except TemplateSyntaxError as error:
                raise TemplateSyntaxError(error.message or "", at + 1) from None

        stream = self.lexer.wrap(with_offsets(), name, filename)
        return TokenStream(stream, name, filename)


_PARSER = _OffsetEnvironment(keep_trailing_newline=True)


def is_template(text: str) -> bool:
    """Return whether a text contains anything to evaluate."""
    return "{{" in text or "{%" in text or "{#" in text


class Expression(Struct, frozen=True):
    """An expression of a leaf.

    Attributes:
        node: its tree; the offsets of its nodes count from `base`.
        base: where the text that was parsed begins in the leaf.
        params: the parameters that it reads.
        varies: whether it reads anything that an environment says.

    """

    node: nodes.Expr
    base: int
    params: tuple[str, ...]
    varies: bool


Parts = tuple[Expression | str, ...]
"""A parsed leaf: texts, and expressions between them."""

_OF_THE_ENVIRONMENT = ("values", "env")
_SIMPLE = re.compile(r"\{\{(?![-+])([^{}'\"]*)(?<![-+])\}\}")
"""An expression without quotes, braces and white space control: it ends where it seems to."""


@lru_cache(maxsize=20_000)
def parse_leaf(text: str) -> Parts:
    """Parse a leaf. Simple expressions are parsed once for all the leaves that contain them.

    Raises:
        TemplateFault: CS501 for a syntax error, CS504 for what the language does not have,
            CS511 for a statement.

    """
    pieces = _SIMPLE.split(text)
    if any("{" + sign in piece for piece in pieces[::2] for sign in "{%#"):
        return _parse_whole(text)
    parts: list[Expression | str] = []
    at = 0
    for index, piece in enumerate(pieces):
        if index % 2:
            (one,) = _at(at, _parse_whole, "{{" + piece + "}}")
            parts.append(replace(one, base=at) if isinstance(one, Expression) else one)
            at += len(piece) + 4
        elif piece:
            parts.append(piece)
            at += len(piece)
    return tuple(parts)


def reads_of(parts: Parts, name: str) -> set[str] | None:
    """Return the fields of a root name that a parsed leaf reads; None where it may read any of them."""
    found: set[str] = set()
    for part in parts:
        if isinstance(part, str):
            continue
        output = nodes.Output([part.node])
        roots = sum(one.name == name for one in output.find_all(nodes.Name))
        for one in output.find_all((nodes.Getattr, nodes.Getitem)):
            field = _field_of(one, name)
            if field is not None:
                found.add(field)
                roots -= 1
        if roots:
            return None
    return found


def _field_of(node: nodes.Expr, name: str) -> str | None:
    """Return the field of a root name that a node reads; None where it is another one's."""
    if not isinstance(node, nodes.Getattr | nodes.Getitem):
        return None
    if not isinstance(node.node, nodes.Name) or node.node.name != name:
        return None
    if isinstance(node, nodes.Getattr):
        return node.attr
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else None


def _at(base: int, parse: Callable[[str], Parts], text: str) -> Parts:
    """Parse a piece of a leaf; what is wrong with it is placed in the leaf."""
    try:
        return parse(text)
    except TemplateFault as fault:
        raise fault.moved(base) from None


@lru_cache(maxsize=20_000)
def _parse_whole(text: str) -> Parts:
    parts: list[Expression | str] = []
    for node in _parse(text):
        if not isinstance(node, nodes.Output):
            raise TemplateFault(
                "CS511",
                node.lineno - 1,
                f"a statement ({STATEMENT_WORDS.get(type(node), 'a statement')}) is written in a field",
                "write an expression (`a if b else c`), or move the payload to a template file",
            )
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                parts.append(part.data)
            else:
                params: dict[str, None] = {}
                check_allowed(part, EXPRESSION_NODES, params)
                names = nodes.Output([part]).find_all(nodes.Name)
                varies = any(one.name in _OF_THE_ENVIRONMENT for one in names)
                parts.append(Expression(part, 0, tuple(params), varies))
    return tuple(parts)


@lru_cache(maxsize=200)
def parse_file(text: str) -> tuple[nodes.Node, ...]:
    """Parse a whole template file into statements; raises `TemplateFault`."""
    if len(text) > MAX_TEMPLATE_CHARACTERS:
        raise TemplateFault(
            "CS510",
            0,
            f"the template is longer than {MAX_TEMPLATE_CHARACTERS:,} characters",
            "write less of it",
        )
    body = _parse(text)
    for node in body:
        check_allowed(node, EXPRESSION_NODES + STATEMENT_NODES)
    return tuple(body)


def _parse(text: str) -> list[nodes.Node]:
    try:
        if _depth(text) > MAX_DEPTH:
            raise RecursionError
        return _PARSER.parse(text).body
    except TemplateSyntaxError as error:
        raise _syntax_fault(error, text) from None
    except RecursionError:
        raise TemplateFault(
            "CS510", 0, "the expression is nested too deeply", "write a simpler expression"
        ) from None


MAX_DEPTH = 50
"""Of brackets within expressions. Without it, what is too deep would depend on the stack of the caller."""


def _depth(text: str) -> int:
    """Return how deep the brackets of expressions nest; 0 where there are too few to be deep."""
    if sum(text.count(one) for one in "([{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for _, kind, value in _PARSER.lex(text):
        if kind == "operator":
            depth += (value in ("(", "[", "{")) - (value in (")", "]", "}"))
            deepest = max(deepest, depth)
    return deepest


def _syntax_fault(error: TemplateSyntaxError, text: str) -> TemplateFault:
    message = (error.message or "it cannot be parsed").rstrip(".")
    offset = min(max(error.lineno - 1, 0), max(len(text) - 1, 0))
    if " at " in message and message.rsplit(" at ", 1)[1].isdigit():
        # The lexer's own errors name their offset in the text, and no line of ours.
        message, _, position = message.rpartition(" at ")
        offset = int(position)
    elif error.lineno == 1 and "unexpected end of template" in message:
        offset = max(len(text) - 1, 0)
    return TemplateFault(
        "CS501",
        offset,
        f"the template cannot be parsed: {message}",
        "correct the expression; a literal `{{` is written `{{ '{{' }}`",
    )
