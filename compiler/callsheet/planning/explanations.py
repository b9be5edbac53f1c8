"""The words, the impact and the reason code of a change, by the field in which it is.

One function for each section of a compiled action, and one table that finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callsheet.documents import Path
from callsheet.language.difference import NOTHING
from callsheet.planning.explained_interface import explain_limit, explain_parameter, explain_response
from callsheet.planning.explained_request import (
    explain_authentication,
    explain_header,
    explain_method,
    explain_payload,
    explain_query,
    explain_url,
)
from callsheet.planning.explained_values import (
    Explanation,
    dotted,
    is_reference,
    verb,
)
from callsheet.planning.relayed import relay_words
from callsheet.targets.journey_optimizer.lowering.relay_hosts import relay_host


def explain(
    path: Path, old: Any, new: Any, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Explanation:
    """Return the words, the impact and the reason code of one change.

    `old` and `new` are the values at `path`, or `NOTHING`; `before` and `after` the whole actions.
    """
    if not path:
        # Only what was broken by hand at the target is a slot, or a reference, as a whole.
        return "the whole object changed: it is no longer an action", "breaking", "field-changed"
    chosen = _BY_SECTION.get(str(path[0]))
    if path[0] == "request" and len(path) > 1:
        chosen = _BY_REQUEST_FIELD.get(str(path[1]), chosen)
    if chosen is None:
        return f"{dotted(path)} {verb(old, new)}", "compatible", "field-changed"
    try:
        return chosen(path, old, new, before, after)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        # What was broken by hand at the target has no shape that words could rely on.
        return f"{dotted(path)} {verb(old, new)}", "breaking", "field-changed"


def _text(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return f"{dotted(path)} {verb(old, new)}", "cosmetic", f"{path[0]}-changed"


def _name(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    return f"renamed from `{old}` to `{new}`", "breaking", "action-renamed"


def _protect(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    if new is NOTHING:
        return "protection removed", "sensitive", "protection-removed"
    return "protected against deletion", "compatible", "protection-added"


def _content(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if len(path) == 2:
        words = f"language `{path[1]}` {verb(old, new)}"
        if new is NOTHING:
            return words, "breaking", "language-removed"
        return words, "compatible", "language-added"
    words = f"`{path[2]}` in `{path[1]}` {verb(old, new)}" if len(path) > 2 else f"content {verb(old, new)}"
    return words, "compatible", "content-changed"


def _channel(path: Path, old: Any, new: Any, before: Any, after: Any) -> Explanation:
    del before
    if "request" in after:
        return f"{dotted(path)} {verb(old, new)}", "compatible", "channel-changed"
    return f"channel changed from {old} to {new}", "breaking", "channel-changed"


def _marketing_action(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    if old is NOTHING:
        return f"consent for `{new}` is required", "sensitive", "marketing-action-added"
    if new is NOTHING:
        return f"consent for `{old}` is no longer required", "sensitive", "marketing-action-removed"
    return (
        f"the consent that is required is `{new}`, and was `{old}`",
        "sensitive",
        "marketing-action-changed",
    )


def _via(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    words = f"delivery: `{dotted(path)}` {verb(old, new)}"
    if is_reference(old) or is_reference(new):
        return words, "sensitive", "secret-changed"
    mapped = len(path) > 1 and path[1] in ("parameters", "content")
    return (words, "compatible", "mapping-changed") if mapped else (words, "sensitive", "delivery-changed")


def _endpoint(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return f"endpoint: `{dotted(path)}` {verb(old, new)}", "sensitive", "endpoint-changed"


def _capping(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return explain_limit(path, old, new)


def _at_target(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if old is NOTHING and len(path) == 1:
        return f"at the target: {_told(new)}", "compatible", "target-changed"
    return f"at the target: `{dotted(path[1:])}` {verb(old, new)}", "compatible", "target-changed"


def _told(value: Any) -> str:
    pairs = value.items() if isinstance(value, dict) else ()
    return ", ".join(f"{name} {one}" for name, one in pairs if isinstance(one, str)) or "it is another"


def _sender(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return f"`{dotted(path)}` {verb(old, new)}", "sensitive", "sender-changed"


def _recipient(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return f"`{dotted(path)}` {verb(old, new)}", "sensitive", "recipient-changed"


def _relay(path: Path, old: Any, new: Any, before: Any, after: Any) -> Explanation:
    if len(path) > 1:
        if path[1] == "key":
            return f"key of the relay {verb(old, new)}", "sensitive", "secret-changed"
        return f"the relay is at {new}, and was at {old}", "sensitive", "relay-moved"
    if new is NOTHING:
        words = f"the journey makes the call itself, and no longer the relay at {relay_host(before)}"
        return words, "sensitive", "relay-removed"
    return relay_words(after), "sensitive", "by-relay"


_Explain = Callable[..., Explanation]
_BY_SECTION: dict[str, _Explain] = {
    "name": _name,
    "title": _text,
    "description": _text,
    "owner": _text,
    "labels": _text,
    "authentication": explain_authentication,
    "parameters": explain_parameter,
    "responses": explain_response,
    "limits": explain_limit,
    "protect": _protect,
    "content": _content,
    "channel": _channel,
    "url": _endpoint,
    "methods": _endpoint,
    "capping": _capping,
    "throttling": _capping,
    "atTarget": _at_target,
    "marketingAction": _marketing_action,
    "relay": _relay,
    "via": _via,
    "from": _sender,
    "replyTo": _sender,
    "to": _recipient,
}
_BY_REQUEST_FIELD: dict[str, _Explain] = {
    "method": explain_method,
    "url": explain_url,
    "headers": explain_header,
    "query": explain_query,
    "payload": explain_payload,
}
