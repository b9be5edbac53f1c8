"""A template's text → a syntax tree whose nodes know their offset, checked against an allow-list.

Jinja2 parses; nothing is compiled or executed. Its tokens carry line numbers only, so here they carry
the offset in the text instead: a node's `lineno` is 1 + the offset of its token, and every finding can
point at the very character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream

MAX_TEMPLATE_CHARACTERS = 200_000

EXPRESSION_NODES: tuple[type[nodes.Node], ...] = (
    nodes.Add,
    nodes.And,
    nodes.Compare,
    nodes.Concat,
    nodes.CondExpr,
    nodes.Const,
    nodes.Dict,
    nodes.Div,
    nodes.Filter,
    nodes.FloorDiv,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Keyword,
    nodes.List,
    nodes.Mod,
    nodes.Mul,
    nodes.Name,
    nodes.Neg,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Output,
    nodes.Pair,
    nodes.Pos,
    nodes.Sub,
    nodes.TemplateData,
    nodes.Test,
    nodes.Tuple,
)
STATEMENT_NODES: tuple[type[nodes.Node], ...] = (nodes.Assign, nodes.For, nodes.If)
"""What a template file may hold beside expressions."""

_STATEMENT_WORDS: dict[type[nodes.Node], str] = {
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}…{% endset %}",
    nodes.Block: "{% block %}",
    nodes.CallBlock: "{% call %}",
    nodes.Extends: "{% extends %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.For: "{% for %}",
    nodes.FromImport: "{% from %}",
    nodes.If: "{% if %}",
    nodes.Import: "{% import %}",
    nodes.Include: "{% include %}",
    nodes.Macro: "{% macro %}",
    nodes.With: "{% with %}",
}

_REFUSED_WORDS: dict[type[nodes.Node], str] = {
    **_STATEMENT_WORDS,
    nodes.Call: "a call of a function",
    nodes.Pow: "the operator `**`",
    nodes.Slice: "a slice",
}


class TemplateFault(Exception):  # noqa: N818 - a finding on its way to a diagnostic
    """What is wrong with a template: code, offset in the text, words, and a name that may be meant."""

    def __init__(
        self, code: str, offset: int, message: str, help: str, *, suggested: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.offset = offset
        self.message = message
        self.help = help
        self.suggested = suggested

    def moved(self, base: int) -> TemplateFault:
        """Return the same finding, `base` characters further on."""
        return TemplateFault(
            self.code, self.offset + base, self.message, self.help, suggested=self.suggested
        )


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
    """Return whether a text holds anything to evaluate."""
    return "{{" in text or "{%" in text or "{#" in text


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of a leaf.

    Attributes:
        node: its tree; the offsets of its nodes count from `base`.
        base: where the text that was parsed begins in the leaf.
        params: the parameters that it reads.

    """

    node: nodes.Expr
    base: int
    params: tuple[str, ...]


Parts = tuple[Expression | str, ...]
"""A parsed leaf: texts, and expressions between them."""

_SIMPLE = re.compile(r"\{\{(?![-+])([^{}'\"]*)(?<![-+])\}\}")
"""An expression without quotes, braces and white space control: it ends where it seems to."""


@lru_cache(maxsize=20_000)
def parse_leaf(text: str) -> Parts:
    """Parse a leaf. Simple expressions are parsed once for all the leaves in which they stand.

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
                f"a statement ({_STATEMENT_WORDS.get(type(node), 'a statement')}) stands in a field",
                "write an expression (`a if b else c`), or move the payload to a template file",
            )
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                parts.append(part.data)
            else:
                params: dict[str, None] = {}
                check_allowed(part, EXPRESSION_NODES, params)
                parts.append(Expression(part, 0, tuple(params)))
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


def check_allowed(
    node: nodes.Node, allowed: tuple[type[nodes.Node], ...], params: dict[str, None] | None = None
) -> None:
    """Walk a tree against the allow-list, noting in `params` the parameters that it reads.

    Raises:
        TemplateFault: CS504 for what the language does not have.

    """
    if not isinstance(node, allowed):
        what = _REFUSED_WORDS.get(type(node), f"`{type(node).__name__.lower()}`")
        raise TemplateFault(
            "CS504",
            node.lineno - 1,
            f"{what} is not part of the template language",
            "use values, parameters, filters and operators: `callsheet explain CS504`",
        )
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise TemplateFault(
                "CS504",
                node.lineno - 1,
                f"`{node.attr}` is not part of the template language",
                "names that begin with `_` cannot be read",
            )
        member = _member_of(node, "params")
        if params is not None and member is not None:
            params[member] = None
    for child in node.iter_child_nodes():
        check_allowed(child, allowed, params)


def names_in(tree: nodes.Node | Iterable[nodes.Node], root: str) -> list[str]:
    """List the members of a root name that a tree reads: for `params`, the parameters' names."""
    found: dict[str, None] = {}
    for one in [tree] if isinstance(tree, nodes.Node) else tree:
        candidates = [one, *one.find_all((nodes.Getattr, nodes.Getitem))]
        for node in candidates:
            if isinstance(node, nodes.Getattr | nodes.Getitem):
                member = _member_of(node, root)
                if member is not None:
                    found[member] = None
    return list(found)


def _member_of(node: nodes.Getattr | nodes.Getitem, root: str) -> str | None:
    """Return the name that a lookup reads of a root, as `a` of `params.a`; None for another lookup."""
    if not isinstance(node.node, nodes.Name) or node.node.name != root:
        return None
    if isinstance(node, nodes.Getattr):
        return node.attr
    constant = node.arg.value if isinstance(node.arg, nodes.Const) else None
    return constant if isinstance(constant, str) else None


def mentions(tree: nodes.Node, root: str) -> bool:
    """Return whether a tree reads a root name at all."""
    if isinstance(tree, nodes.Name):
        return bool(tree.name == root)
    return any(node.name == root for node in tree.find_all(nodes.Name))


def _parse(text: str) -> list[nodes.Node]:
    try:
        return _PARSER.parse(text).body
    except TemplateSyntaxError as error:
        raise _syntax_fault(error, text) from None
    except RecursionError:
        raise TemplateFault(
            "CS510", 0, "the expression is nested too deeply", "write a simpler expression"
        ) from None


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
