"""`fragment('name', parameter=value)` in a template file: which fragments are named, and with what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jinja2 import nodes

from callsheet.templates.faults import TemplateFault
from callsheet.words import nearest

FRAGMENT = "fragment"
_HOW = "write `fragment('name', parameter=value)`"


class FragmentCall(NamedTuple):
    """A fragment that a template file names.

    Attributes:
        name: of the fragment.
        arguments: by the name of its parameter, the expression that is passed.
        offset: of the call in the file.

    """

    name: str
    arguments: dict[str, nodes.Expr]
    offset: int


def call_of(node: nodes.Call) -> tuple[str, dict[str, nodes.Expr]]:
    """Return the name and the arguments of a call that is allowed."""
    return node.args[0].value, {one.key: one.value for one in node.kwargs}  # type: ignore[attr-defined]


def whole_parameter(node: nodes.Expr) -> str | None:
    """Return the parameter of the action that an argument is as a whole; None for another expression."""
    if not isinstance(node, nodes.Getattr | nodes.Getitem):
        return None
    if not isinstance(node.node, nodes.Name) or node.node.name != "params":
        return None
    if isinstance(node, nodes.Getattr):
        return node.attr
    name = node.arg.value if isinstance(node.arg, nodes.Const) else None
    return name if isinstance(name, str) else None


def check_call(node: nodes.Call) -> None:
    """Raise `TemplateFault` for a call of anything but `fragment`, and for one of another shape."""
    name = node.node.name if isinstance(node.node, nodes.Name) else ""
    at = _begin(node.node)
    if name != FRAGMENT:
        raise TemplateFault(
            "CS504",
            at,
            f"a call of a function is not part of the template language{nearest(name, [FRAGMENT])}",
            "use values, parameters, filters and operators: `callsheet explain CS504`",
        )
    first = node.args[0] if len(node.args) == 1 else None
    if not isinstance(first, nodes.Const) or not isinstance(first.value, str):
        raise TemplateFault("CS330", at, "the name of the fragment must be written in quotes, first", _HOW)
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise TemplateFault("CS330", at, "the arguments of a fragment must be named", _HOW)
    keys = [one.key for one in node.kwargs]
    twice = next((one for one in keys if keys.count(one) > 1), None)
    if twice is not None:
        raise TemplateFault("CS330", at, f"`{twice}` is passed twice", "remove one of the two")


def _begin(node: nodes.Node) -> int:
    """Return the offset at which a name, or a lookup in it, begins."""
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node.lineno - 1


def calls_in(tree: Iterable[nodes.Node]) -> Iterator[FragmentCall]:
    """Yield the fragments that a template file names, in the order in which they are written."""
    for one in tree:
        for node in sorted(nodes.Output([one]).find_all(nodes.Call), key=lambda call: call.lineno):
            yield FragmentCall(*call_of(node), node.node.lineno - 1)
