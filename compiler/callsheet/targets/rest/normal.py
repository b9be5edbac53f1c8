"""Does a service hold what was sent? A value of the action as JSON; around it, what the Target allows.

The Target document leaves to the service what its `body` does not write, and what `normalised` names.
Inside a value of the action nothing is left: a member that is added there, or `""` that becomes null, is a
change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callsheet.documents import among, equal
from callsheet.language.difference import NOTHING
from callsheet.targets.rest.template import Exact, bare

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""How services say that nothing is there."""


def same(sent: Any, now: Any, rules: Sequence[str] = ()) -> bool:
    """Return whether a service stores what was sent.

    Args:
        sent: what was sent, with its values of the action marked; NOTHING where nothing was.
        now: what is there; NOTHING where nothing is.
        rules: what does not count: `case`, `whitespace`, `slash` (at the end), `order` (of a list),
            `number` (1, 1.0 and "1"), `json` (how a JSON text is laid out), `empty` (null, "", [] and {}
            are nothing).

    """
    for rule in rules:
        sent, now = _RULES[rule](sent), _RULES[rule](now)
    return _holds(sent, now)


def is_empty(value: Any) -> bool:
    """Return whether a value is one of those by which services say that nothing is there."""
    return value is NOTHING or among(value, EMPTY)


def _holds(sent: Any, now: Any) -> bool:
    if isinstance(sent, Exact):
        return _holds_exactly(sent.value, now)
    if is_empty(bare(sent)) or is_empty(now):
        return is_empty(bare(sent)) and is_empty(now)
    if isinstance(sent, Mapping) and isinstance(now, Mapping):
        return all(_holds(one, now.get(key, NOTHING)) for key, one in sent.items())
    if isinstance(sent, list) and isinstance(now, list):
        return len(sent) == len(now) and all(map(_holds, sent, now))
    return equal(sent, now)


def _holds_exactly(value: Any, now: Any) -> bool:
    if value is NOTHING:
        return is_empty(now)  # a field that was not sent is shown as a service shows "nothing"
    return equal(value, None if now is NOTHING else now)


def _on_texts(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    def through(value: Any) -> Any:
        if isinstance(value, Exact):
            return Exact(through(value.value))
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [through(one) for one in value]
        return {key: through(one) for key, one in value.items()} if isinstance(value, dict) else value

    return through


def _ordered(value: Any) -> Any:
    if isinstance(value, Exact):
        return Exact(_ordered(value.value))
    if not isinstance(value, list):
        return value
    return sorted(value, key=lambda one: json.dumps(bare(one), sort_keys=True))


def _number(value: Any) -> Any:
    if isinstance(value, Exact):
        return Exact(_number(value.value))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    try:
        return float(value)
    except (ValueError, OverflowError):
        return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _without_empty(value: Any) -> Any:
    if isinstance(value, Exact):
        return Exact(_without_empty(value.value))
    if isinstance(value, list):
        value = [_without_empty(one) for one in value]
    elif isinstance(value, dict):
        found = {key: _without_empty(one) for key, one in value.items()}
        value = {key: one for key, one in found.items() if not is_empty(bare(one))}
    return None if is_empty(bare(value)) else value


_RULES: dict[str, Callable[[Any], Any]] = {
    "case": _on_texts(str.casefold),
    "whitespace": _on_texts(str.strip),
    "slash": _on_texts(lambda text: text.rstrip("/")),
    "order": _ordered,
    "number": _number,
    "json": _on_texts(_parsed),
    "empty": _without_empty,
}
