"""CS342 and CS343: mappings of a payload that are left out where they are empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.documents import Path, Problem
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.when_empty import WHEN_EMPTY, droppable_in, inside, is_mapping
from callsheet.templates.absence import may_be_absent

declare(
    "CS342",
    "wrong-when-empty",
    """`$whenEmpty` must be `drop`, in a mapping of a payload.

The mapping, also as an item of a list, is then left out of the request where no parameter in it has a
value, whatever constants it has. Without the marker it is sent: as `{}`, or with its constants.

Bad:
    request: {payload: {a: 1, data: {$whenEmpty: dorp, name: "{{ params.name }}"}}}
    parameters: {name: {type: string, optional: true}}
Good:
    request: {payload: {a: 1, data: {$whenEmpty: drop, name: "{{ params.name }}"}}}
    parameters: {name: {type: string, optional: true}}
""",
    adjustable=False,
)


@rule(
    "CS343",
    "when-empty-without-effect",
    on="compiled",
    severity="warning",
    adjustable=True,
    reads=("request.payload", "parameters"),
)
def when_empty_without_effect(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A mapping with `$whenEmpty: drop` should be one that can be empty: its parameters are optional.

    A required parameter, a text around a parameter, a `default(…)` and `whenMissing: null` always have a
    value. What a fragment says may have an effect in other actions, and is no finding.

    Bad:
        request: {payload: {a: 1, data: {$whenEmpty: drop, name: "{{ params.name }}"}}}
        parameters: {name: {type: string}}
    Good:
        request: {payload: {a: 1, data: {$whenEmpty: drop, name: "{{ params.name }}"}}}
        parameters: {name: {type: string, optional: true}}
    """
    root: Path = ("request", "payload")
    declared = compiled.get("parameters", {})
    for path, node in droppable_in(compiled.get("request", {}).get("payload"), root):
        if at.where((*path, WHEN_EMPTY)).document.value["kind"] == "Fragment":
            continue
        leaves = list(_slots(node, path))
        always = next((one for one, slot in leaves if not may_be_absent(slot, declared)), None)
        if leaves and always is None:
            continue
        if always is None:
            message, do = "no parameter is in it", "remove it"
        else:
            shown = ".".join(str(part) for part in always[len(path) :])
            message, do = f"`{shown}` always has a value", "remove it, or make the parameter optional"
        yield at.key((*path, WHEN_EMPTY), f"`{WHEN_EMPTY}: drop` has no effect: {message}", do=do)


def _slots(node: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the leaves below a node that read parameters."""
    if isinstance(node, dict) and not is_mapping(node):
        if "$secret" not in node:
            yield path, node
        return
    for key, one in inside(node):
        yield from _slots(one, (*path, key))
