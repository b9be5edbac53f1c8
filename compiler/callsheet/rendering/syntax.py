"""A template's text → a syntax tree whose nodes know their offset, checked against an allow-list.

Jinja2 parses; nothing is compiled or executed. Its tokens carry line numbers only, so here they carry
the offset in the text instead: a node's `lineno` is 1 + the offset of its token, and every finding can
point at the very character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    """What is wrong with a template: code of the catalog, offset in the text, words."""

    def __init__(self, code: str, offset: int, message: str, help: str) -> None:
        super().__init__(message)
        self.code = code
        self.offset = offset
        self.message = message
        self.help = help


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
    """Tell whether a text holds anything to evaluate."""
    return "{{" in text or "{%" in text or "{#" in text


@dataclass(frozen=True, slots=True)
class Leaf:
    """A parsed leaf.

    Attributes:
        parts: texts, and expressions between them.
        params: the parameters that the expressions read.

    """

    parts: tuple[nodes.Expr | str, ...]
    params: tuple[str, ...]


@lru_cache(maxsize=20_000)
def parse_leaf(text: str) -> Leaf:
    """Parse a leaf.

    Raises:
        TemplateFault: CS501 for a syntax error, CS504 for what the language does not have,
            CS511 for a statement.

    """
    parts: list[nodes.Expr | str] = []
    params: dict[str, None] = {}
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
                check_allowed(part, EXPRESSION_NODES, params)
                parts.append(part)
    return Leaf(tuple(parts), tuple(params))


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
    """Give the name that a lookup reads of a root, as `a` of `params.a`; None for another lookup."""
    if not isinstance(node.node, nodes.Name) or node.node.name != root:
        return None
    if isinstance(node, nodes.Getattr):
        return node.attr
    constant = node.arg.value if isinstance(node.arg, nodes.Const) else None
    return constant if isinstance(constant, str) else None


def mentions(tree: nodes.Node, root: str) -> bool:
    """Tell whether a tree reads a root name at all."""
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
