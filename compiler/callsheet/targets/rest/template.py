"""One leaf of a Target's body: how it is made of an action, and what is read back from it.

A leaf is a constant; one field of the action, as `{{ action.request.url }}`, with constant text around it
or with `| tojson`; a list made of a mapping (`$each`, `$item`); or a value chosen by another (`$choose`,
`$from`, `$else`). The last two go one way: they are compared, and not read backwards.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from callsheet.language.difference import NOTHING
from callsheet.language.target import one_field
from callsheet.language.when_empty import WHEN_EMPTY, is_droppable, members

KeyPath = tuple[str, ...]


def get(value: Any, path: KeyPath) -> Any:
    """Return the value at a path; NOTHING where there is none."""
    for part in path:
        if not isinstance(value, Mapping) or part not in value:
            return NOTHING
        value = value[part]
    return value


def put(value: dict[str, Any], path: KeyPath, leaf: Any) -> None:
    """Put a value at a path, making what is missing of it."""
    for part in path[:-1]:
        inner = value.get(part)
        if not isinstance(inner, dict):
            inner = value[part] = {}
        value = inner
    value[path[-1]] = leaf


def at(value: Any, dotted: str) -> Any:
    """Return the value at a dotted path; None where there is none."""
    found = get(value, tuple(dotted.split("."))) if dotted else value
    return None if found is NOTHING else found


class BodyField(Struct, frozen=True):
    """A text with one field of the action in it.

    Attributes:
        path: in the action; empty for the whole of it.
        before: the constant text in front.
        after: the constant text after it.
        as_text: is it its JSON?

    """

    root: str
    path: KeyPath
    before: str = ""
    after: str = ""
    as_text: bool = False

    @property
    def bare(self) -> bool:
        """Whether the value is the whole leaf, so that it keeps its type."""
        return not (self.before or self.after)

    def make(self, scope: Mapping[str, Any]) -> Any:
        """Return what it is for what its scope contains."""
        value = get(scope.get(self.root), self.path)
        if value is NOTHING or (self.bare and not self.as_text):
            return value
        plain = isinstance(value, str) and not self.as_text
        text = value if plain else json.dumps(value, sort_keys=True, ensure_ascii=False)
        return f"{self.before}{text}{self.after}"

    def back(self, value: Any) -> Any:
        """Return the field's value of a leaf; NOTHING where it cannot be read."""
        if not self.bare or self.as_text:
            if not isinstance(value, str) or len(value) < len(self.before) + len(self.after):
                return NOTHING
            if not (value.startswith(self.before) and value.endswith(self.after)):
                return NOTHING
            value = value[len(self.before) : len(value) - len(self.after)]
        if self.as_text:
            try:
                return json.loads(value)
            except (ValueError, RecursionError):
                return NOTHING
        return value


def field_of(leaf: Any) -> BodyField | None:
    """Read a leaf as a text with one field; None for a constant, and for what contains more than one."""
    if not isinstance(leaf, str):
        return None
    return _field_of_text(leaf)


@functools.lru_cache(maxsize=1024)  # each leaf is made for each object
def _field_of_text(leaf: str) -> BodyField | None:
    one = one_field(leaf)
    if one is None:
        return None
    path = tuple(one[2].strip(".").split(".")) if one[2] else ()
    return BodyField(one[1], path, leaf[: one.start()], leaf[one.end() :], one[3] is not None)


class Exact(Struct, frozen=True):
    """A value of the action within what is made of a leaf: the service keeps it as it is, or it is another.

    What is around it is the Target document's own: there a service may add, and write "nothing" in its way.
    """

    value: Any


def marked(leaf: Any, scope: Mapping[str, Any]) -> Any:
    """Return what a leaf makes of a scope, with each value of the action marked; what lacks is NOTHING."""
    if isinstance(leaf, Mapping):
        if "$each" in leaf:
            return _each(leaf, scope)
        if "$choose" in leaf:
            return _choose(leaf, scope)
        return {key: marked(one, scope) for key, one in leaf.items()}
    if isinstance(leaf, list):
        return [one for one in (marked(it, scope) for it in leaf) if bare(one) is not NOTHING]
    field = field_of(leaf)
    return leaf if field is None else Exact(field.make(scope))


def bare(value: Any) -> Any:
    """Return what is sent of marked values: NOTHING where nothing is, and no member that is NOTHING."""
    if isinstance(value, Exact):
        return value.value
    if isinstance(value, Mapping):
        found = {key: bare(one) for key, one in value.items()}
        return {key: one for key, one in found.items() if one is not NOTHING}
    return [bare(one) for one in value] if isinstance(value, list) else value


def each_exact(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return marked values with each value of the action changed."""
    if isinstance(value, Exact):
        return value if value.value is NOTHING else Exact(change(value.value))
    if isinstance(value, Mapping):
        return {key: each_exact(one, change) for key, one in value.items()}
    return [each_exact(one, change) for one in value] if isinstance(value, list) else value


def _each(leaf: Mapping[str, Any], scope: Mapping[str, Any]) -> list[Any]:
    members = _looked_up(leaf["$each"], scope)
    if not isinstance(members, Mapping):
        return []
    scopes = [{**scope, "key": key, "item": one} for key, one in sorted(members.items())]
    return [marked(leaf["$item"], one) for one in scopes]


def _choose(leaf: Mapping[str, Any], scope: Mapping[str, Any]) -> Any:
    value = _looked_up(leaf["$choose"], scope)
    key = value if isinstance(value, str) else json.dumps(None if value is NOTHING else value)
    return leaf["$from"].get(key, leaf.get("$else", NOTHING))


def _looked_up(dotted: str, scope: Mapping[str, Any]) -> Any:
    root, _, rest = dotted.partition(".")
    return get(scope.get(root), tuple(rest.split(".")) if rest else ())


def with_slots(value: Any, write: Callable[[str], str] | None) -> Any:
    """Write the slots of a compiled value as a service's own templates do.

    Raises:
        ValueError: for a slot with a filter or an expression, which they cannot say.

    """
    if write is None:
        return value
    if isinstance(value, list):
        return [with_slots(one, write) for one in value]
    if not isinstance(value, Mapping):
        return value
    if "$param" in value:
        if value.get("filters"):
            raise ValueError(f"the filter of `{value['$param']}`")
        return write(value["$param"])
    if "$concat" in value:
        return "".join(str(with_slots(one, write)) for one in value["$concat"])
    if set(value) == {"secret"}:
        raise ValueError(f"the secret {value['secret']}")
    if "$expr" in value or "$template" in value or "$secret" in value:
        raise ValueError(str(next(iter(value.values())))[:60])
    if is_droppable(value):
        raise ValueError(f"`{WHEN_EMPTY}: drop`")
    return {key: with_slots(one, write) for key, one in members(value).items()}
