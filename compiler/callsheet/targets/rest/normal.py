"""What a service makes of a value without meaning another: that is no drift."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from callsheet.targets.rest.template import ABSENT

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""How services say that nothing is there."""


def same(sent: Any, now: Any, rules: Sequence[str] = ()) -> bool:
    """Say whether a service holds what was sent.

    Args:
        sent: what was sent; ABSENT where nothing was.
        now: what is there; ABSENT where nothing is.
        rules: what does not count: `case`, `whitespace`, `slash` (at the end), `order` (of a list),
            `number` (1, 1.0 and "1"), `json` (how a JSON text is laid out). A mapping may hold more than
            was sent.

    """
    if _is_empty(sent) or _is_empty(now):
        return _is_empty(sent) and _is_empty(now)
    for rule in rules:
        sent, now = _RULES[rule](sent), _RULES[rule](now)
    return _within(sent, now)


def _is_empty(value: Any) -> bool:
    return value is ABSENT or value in EMPTY


def _within(sent: Any, now: Any) -> bool:
    if isinstance(sent, dict) and isinstance(now, dict):
        return all(same(one, now.get(key, ABSENT)) for key, one in sent.items())
    if isinstance(sent, list) and isinstance(now, list):
        return len(sent) == len(now) and all(map(_within, sent, now))
    if isinstance(sent, bool) or isinstance(now, bool):
        return sent is now
    return bool(sent == now)


def _on_texts(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    def through(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [through(one) for one in value]
        return {key: through(one) for key, one in value.items()} if isinstance(value, dict) else value

    return through


def _ordered(value: Any) -> Any:
    return (
        sorted(value, key=lambda one: json.dumps(one, sort_keys=True)) if isinstance(value, list) else value
    )


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


_RULES: dict[str, Callable[[Any], Any]] = {
    "case": _on_texts(str.casefold),
    "whitespace": _on_texts(str.strip),
    "slash": _on_texts(lambda text: text.rstrip("/")),
    "order": _ordered,
    "number": _number,
    "json": _on_texts(_parsed),
}
