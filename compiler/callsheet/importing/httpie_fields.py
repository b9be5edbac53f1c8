"""The fields of an HTTPie line → one JSON value: `a=1`, `a[b]=2`, `list[]=x`, `list[0][name]=y`.

Source: httpie.io/docs/cli/nested-json. A backslash before a bracket makes it a character of the name.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from callsheet.importing.hiding import hidden
from callsheet.importing.model import ImportFault

_TOKEN = re.compile(r"\\(?P<escaped>[\[\]\\])|(?P<open>\[)|(?P<close>\])|(?P<text>[^\[\]\\]+|\\)")
_MOST = 1_000
"""Items of a list that are made because one after them is set."""
Step = str | int | None
"""A key of an object, an index of a list, or None for one after its last."""


class Fields:
    """The fields that were read.

    Attributes:
        value: the JSON value that they make; None without one.

    """

    def __init__(self) -> None:
        self.value: Any = None

    def set(self, name: str, value: Any) -> None:
        """Set a field; raises ImportFault for a name that is not one, or that is within another kind."""
        steps = list(_steps(name))
        if self.value is None:
            self.value = _empty_for(steps[0])
        node = self.value
        for step, after in itertools.pairwise(steps):
            node = _within(node, step, _empty_for(after), name)
        _put(node, steps[-1], value, name)


def _steps(name: str) -> Iterator[Step]:
    """Yield the steps of a name: its beginning, and each that is between brackets."""
    text, inside, literal, begun = "", False, False, False
    for found in _TOKEN.finditer(name):
        if found["open"] and not inside:
            if text or begun or found.start() > 0:
                if not begun:
                    yield text
                begun = True
            text, inside, literal, begun = "", True, False, True
        elif found["close"] and inside:
            yield int(text) if text.isdecimal() and not literal else text or (None if not literal else "")
            text, inside = "", False
        elif found["open"] or found["close"] or (begun and not inside):
            raise _no_name(name)
        else:
            literal = literal or bool(found["escaped"])
            text += found["escaped"] or found["text"]
    if inside:
        raise _no_name(name)
    if not begun:
        yield text


def _no_name(name: str) -> ImportFault:
    return ImportFault(f"`{hidden(name)[:40]}` is not the name of a field", "write it as JSON: name:='{…}'")


def _empty_for(step: Step) -> Any:
    return {} if isinstance(step, str) else []


def _within(node: Any, step: Step, empty: Any, name: str) -> Any:
    """Return what is at a step, and make it where nothing is there."""
    if isinstance(step, str) and isinstance(node, dict):
        return node.setdefault(step, empty)
    _put(node, step, empty, name, keep=True)
    return node[-1 if step is None else step]


def _put(node: Any, step: Step, value: Any, name: str, *, keep: bool = False) -> None:
    """Write a value at a step; `keep` leaves what is there."""
    if isinstance(step, str) and isinstance(node, dict):
        node[step] = value
        return
    if isinstance(step, str) or not isinstance(node, list):
        raise ImportFault(
            f"`{hidden(name)[:40]}` is within a value of another kind", "write it as JSON: name:='{…}'"
        )
    if step is None:
        node.append(value)
        return
    if step > _MOST:
        raise ImportFault(
            f"`{hidden(name)[:40]}` is too far in its list", "write the list as JSON: name:='[…]'"
        )
    node.extend([None] * (step - len(node) + 1))
    if not keep or node[step] is None:
        node[step] = value
