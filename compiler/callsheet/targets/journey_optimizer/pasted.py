"""An expression that a journey holds × the one that callsheet generates → whether they are the same.

Both are read as tokens in brackets. Blanks, the kind of quotation marks, quotes around a plain name in a
reference and parentheses around one operand mean nothing. A placeholder of the generated one stands for one
operand, the same wherever it is repeated; for nothing, an empty text, null and another placeholder it does
not. Each token is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from callsheet.targets.journey_optimizer.lowering.references import CLOSING, OPENING

MAX_DEPTH = 100
"""Of brackets; the screen's own expressions have fewer."""
_TOKEN = re.compile(
    rf"\s*({OPENING}[^{CLOSING}]*{CLOSING}|'[^']*'|\"[^\"]*\"|`[^`]*`|@\w*|\d+\.\d+|\w+|[=!<>]=|\S)"
)
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NAME = re.compile(r"\w+")
_PAIRS = {"(": ")", "{": "}", "[": "]"}
_QUOTES = ("'", '"', "`")
_NO_OPERANDS = frozenset(("and", "else", "has", "if", "is", "not", "null", "or", "then"))


class _Group(Struct, frozen=True):
    """What is between two brackets."""

    opening: str
    inner: _Nodes


_Nodes = tuple["str | _Group", ...]


def is_pasted(generated: str, held: str) -> bool:
    """Return whether a journey holds what was generated, with a source for each placeholder."""
    ours, theirs = _tokens(generated), _tokens(held)
    if has_placeholder(held):
        return False
    wanted, found = _nodes(ours), _nodes(theirs)
    return ours == theirs if wanted is None or found is None else _Match().all(wanted, found)


def has_placeholder(held: str) -> bool:
    """Return whether an expression still has a placeholder, outside of its texts."""
    return any(one[0] in (OPENING, CLOSING) for one in _tokens(held))


def _tokens(text: str) -> list[str]:
    """Return the tokens of an expression, its texts with one kind of quotation marks.

    The marks are no part of a text, and no text contains its own: they cannot be escaped.
    """
    found = _TOKEN.findall(text)
    return [f"'{one[1:-1]}'" if len(one) > 1 and one[0] in _QUOTES else one for one in found]


def _nodes(tokens: Sequence[str]) -> _Nodes | None:
    """Return tokens by their brackets; None where those do not match, or are too many."""
    stack: list[list[str | _Group]] = [[]]
    opened: list[str] = []
    for token in tokens:
        if token in _PAIRS:
            opened.append(token)
            stack.append([])
        elif token in _PAIRS.values():
            if not opened or _PAIRS[opened[-1]] != token:
                return None
            inner = stack.pop()
            stack[-1] += _grouped(opened.pop(), inner, stack[-1])
        else:
            stack[-1].append(token)
        if len(stack) > MAX_DEPTH:
            return None
    return None if opened else tuple(stack[0])


def _grouped(opening: str, inner: list[str | _Group], before: Sequence[str | _Group]) -> _Nodes:
    """Return a group in one form: a reference with plain names, no parentheses around one operand."""
    if opening == "{":
        inner = [name for at, one in enumerate(inner) for name in _plain(one, at, inner)]
    nodes = tuple(inner)
    if opening == "(" and not _is_call(before) and _is_operand(nodes):
        return nodes
    return (_Group(opening, nodes),)


def _is_operand(nodes: _Nodes) -> bool:
    return bool(nodes) and (
        _operand(nodes, 0) == len(nodes) or (len(nodes) == 1 and _is_placeholder(nodes[0]))
    )


def _is_call(before: Sequence[str | _Group]) -> bool:
    """Return whether parentheses after these tokens are those of a function."""
    if not before or isinstance(before[-1], _Group):
        return False
    return _NAME.fullmatch(before[-1]) is not None and before[-1] not in _NO_OPERANDS


def _plain(node: str | _Group, at: int, nodes: Sequence[str | _Group]) -> list[str | _Group]:
    """Return a name of a reference without the quotes that it does not need."""
    if isinstance(node, str) and node[0] == "'" and (at == 0 or nodes[at - 1] == "."):
        name = node[1:-1]
        if _PLAIN_NAME.fullmatch(name):
            return [*_TOKEN.findall(name)]
    return [node]


class _Match:
    """One comparison, and what its placeholders stand for."""

    def __init__(self) -> None:
        self.sources: dict[str, _Nodes] = {}

    def all(self, wanted: _Nodes, found: _Nodes) -> bool:
        """Compare two lists of nodes, from the first to the last."""
        wanted = _without_parentheses(wanted)
        if not (len(wanted) == 1 and _is_placeholder(wanted[0])):
            found = _without_parentheses(found)
        at = 0
        for node in wanted:
            if isinstance(node, str) and _is_placeholder(node):
                end = _operand(found, at)
                if not self._stands_for(node, found[at:end]):
                    return False
                at = end
                continue
            if at >= len(found) or not self._one(node, found[at]):
                return False
            at += 1
        return at == len(found)

    def _one(self, wanted: str | _Group, found: str | _Group) -> bool:
        if isinstance(wanted, _Group) and isinstance(found, _Group):
            if wanted.opening != found.opening:
                return False
            theirs, ours = _arguments(found.inner), _arguments(wanted.inner)
            return len(ours) == len(theirs) and all(map(self.all, ours, theirs))
        return wanted == found

    def _stands_for(self, placeholder: str, source: _Nodes) -> bool:
        source = _without_parentheses(source)
        if not source or source == ("''",):
            return False
        return self.sources.setdefault(placeholder, source) == source


def _without_parentheses(nodes: _Nodes) -> _Nodes:
    """Return what is in the parentheses that are around the whole of it."""
    while len(nodes) == 1 and isinstance(nodes[0], _Group) and nodes[0].opening == "(":
        nodes = nodes[0].inner
    return nodes


def _arguments(nodes: _Nodes) -> list[_Nodes]:
    """Return the parts of a group, which commas separate."""
    parts: list[_Nodes] = []
    start = 0
    for at, one in enumerate(nodes):
        if one == ",":
            parts.append(nodes[start:at])
            start = at + 1
    return [*parts, nodes[start:]]


def _is_placeholder(node: str | _Group) -> bool:
    return isinstance(node, str) and node[0] == OPENING and node[-1] == CLOSING


def _operand(nodes: _Nodes, at: int) -> int:
    """Return where the operand that begins at `at` ends: there, where there is none."""
    if at >= len(nodes):
        return at
    first, end = nodes[at], at + 1
    if isinstance(first, str):
        if first == "-" and end < len(nodes) and str(nodes[end])[0].isdigit():
            end += 1
        elif first[0] in "@#":
            if end >= len(nodes) or not _is_group(nodes[end], "{"):
                return at
            end += 1
        elif _NAME.fullmatch(first) and first not in _NO_OPERANDS:
            end += end < len(nodes) and _is_group(nodes[end], "(")
        elif first[0] != "'" and not first[0].isdigit():
            return at
    while end + 1 < len(nodes) and nodes[end] == "." and _NAME.fullmatch(str(nodes[end + 1])):
        end += 2
        end += end < len(nodes) and _is_group(nodes[end], "(")
    return end


def _is_group(node: str | _Group, opening: str) -> bool:
    return isinstance(node, _Group) and node.opening == opening
