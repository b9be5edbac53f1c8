"""What of Jinja2's syntax trees the template language has, and which names a tree reads."""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import nodes

from callsheet.templates.faults import TemplateFault
from callsheet.templates.fragment_calls import call_of, check_call

EXPRESSION_NODES: tuple[type[nodes.Node], ...] = (
    nodes.Add,
    nodes.And,
    nodes.Call,
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

STATEMENT_WORDS: dict[type[nodes.Node], str] = {
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
    **STATEMENT_WORDS,
    nodes.Pow: "the operator `**`",
    nodes.Slice: "a slice",
}


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
    if isinstance(node, nodes.Call):
        check_call(node)
        if nodes.For not in allowed:
            message = "only a template file names a fragment by a call"
            do = f"in `payload`, write `{{$fragment: {call_of(node)[0]}}}`"
            raise TemplateFault("CS504", node.node.lineno - 1, message, do)
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
