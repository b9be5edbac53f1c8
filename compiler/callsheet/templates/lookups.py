"""Names and their members: what a lookup leads to, and what is wrong with one that leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import nodes

from callsheet.templates.faults import TemplateFault
from callsheet.templates.residual import Residual, residual_of
from callsheet.templates.scope import ABSENT, Missing, Scope
from callsheet.templates.values import type_name
from callsheet.words import meant, near, nearest


def named(node: nodes.Name, scope: Scope) -> Any:
    """Return what a root name stands for."""
    if node.name in scope.names:
        return scope.names[node.name]
    if node.name == "params":
        if scope.params is None:
            return Residual("params", ())
        return scope.params
    raise TemplateFault(
        "CS503",
        node.lineno - 1,
        f"`{node.name}` is not a name that templates know" + nearest(node.name, [*scope.names, "params"]),
        "templates read `values.…`, `env.name`, `action.name` and `params.…`",
    )


def member(node: nodes.Getattr | nodes.Getitem, base: Any, key: Any, scope: Scope) -> Any:
    """Return a member of a mapping or a list, a parameter, or what is left of a lookup in one."""
    offset = _root(node).lineno - 1
    if _is_params(node.node, scope):
        return _parameter(key, offset, scope)
    if isinstance(base, Residual):
        if base.text == "params":
            return _parameter(key, offset, scope)
        return residual_of("{}[{}]", base, key)
    if base is ABSENT or isinstance(base, Missing):
        return base
    if isinstance(base, dict):
        if key in base:
            return base[key]
        if isinstance(node.node, nodes.Name) and node.node.name == "params":
            raise _undeclared(key, base, offset)
        return Missing(_dotted(node), offset, nearest(str(key), [str(one) for one in base]))
    if isinstance(base, list) and isinstance(key, int) and not isinstance(key, bool):
        return base[key] if -len(base) <= key < len(base) else Missing(_dotted(node), offset)
    raise TemplateFault(
        "CS502",
        offset,
        f"`{_dotted(node)}` is not defined: its parent is {type_name(base)}",
        "correct its name",
    )


def _is_params(node: nodes.Node, scope: Scope) -> bool:
    return isinstance(node, nodes.Name) and node.name == "params" and "params" not in scope.names


def _parameter(name: Any, offset: int, scope: Scope) -> Any:
    if name not in scope.types:
        suggested = near(str(name), scope.types)
        raise TemplateFault(
            "CS306",
            offset,
            f"the parameter `{name}` is not declared{meant(suggested)}",
            "declare it under `spec.parameters`, or correct its name",
            suggested=suggested,
        )
    if scope.params is None:
        return Residual(f"params.{name}", (name,), slot=(name, ()))
    return scope.params.get(name, ABSENT)


def _undeclared(name: Any, declared: Mapping[str, Any], offset: int) -> TemplateFault:
    suggested = near(str(name), declared)
    return TemplateFault(
        "CS306",
        offset,
        f"the parameter `{name}` is not declared by the fragment{meant(suggested)}",
        "declare it under the `spec.parameters` of the fragment, or correct its name",
        suggested=suggested,
    )


def _root(node: nodes.Node) -> nodes.Node:
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node


def _dotted(node: nodes.Node) -> str:
    """Write a lookup as people write it: `values.firebase.project`."""
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        key = node.arg.value if isinstance(node.arg, nodes.Const) else "…"
        return f"{_dotted(node.node)}.{key}" if isinstance(key, str) else f"{_dotted(node.node)}[{key}]"
    return node.name if isinstance(node, nodes.Name) else "…"
