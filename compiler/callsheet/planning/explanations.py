"""The words, the impact and the reason code of a change, by the field in which it is.

One function for each section of a compiled action, and one table that finds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from callsheet.documents import Path
from callsheet.language.difference import NOTHING, Impact
from callsheet.language.urls import host_of, url_text
from callsheet.outbound.durations import Duration, Rate
from callsheet.templates.slots import parameters_read

Explanation = tuple[str, Impact, str]


def explain(path: Path, old: Any, new: Any, before: dict[str, Any], after: dict[str, Any]) -> Explanation:
    """Return the words, the impact and the reason code of one change.

    `old` and `new` are the values at `path`, or `NOTHING`; `before` and `after` the whole actions.
    """
    if not path:
        # Only what somebody broke by hand at the target is a slot, or a reference, as a whole.
        return "it changed as a whole: it is no action any more", "breaking", "field-changed"
    chosen = _BY_SECTION.get(str(path[0]))
    if path[0] == "request" and len(path) > 1:
        chosen = _BY_REQUEST_FIELD.get(str(path[1]), chosen)
    if chosen is None:
        return f"{_dotted(path)} {_verb(old, new)}", "compatible", "field-changed"
    try:
        return chosen(path, old, new, before, after)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        # What somebody broke by hand at the target has no shape that words could rely on.
        return f"{_dotted(path)} {_verb(old, new)}", "breaking", "field-changed"


def _text(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return f"{_dotted(path)} {_verb(old, new)}", "cosmetic", f"{path[0]}-changed"


def _name(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    return f"renamed from `{old}` to `{new}`", "breaking", "action-renamed"


def _method(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    return f"method changed from {old} to {new}", "breaking", "method-changed"


def _url(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    was, now = url_text(old), url_text(new)
    moved = host_of(old) != host_of(new)
    if was.startswith("https:") and now.startswith("http:"):
        where = f", and to the host {host_of(new)} instead of {host_of(old)}" if moved else ""
        return f"the call goes over http instead of https{where}", "sensitive", "https-to-http"
    if moved:
        return f"host changed from {host_of(old)} to {host_of(new)}", "sensitive", "new-host"
    if _port_of(was) != _port_of(now):
        ports = [_port_of(one) or "the usual one" for one in (was, now)]
        words = f"port of {host_of(new)} changed from {ports[0]} to {ports[1]}"
        return words, "sensitive", "new-host"
    return "URL changed", "compatible", "url-changed"


def _port_of(url: str) -> str:
    """Return the port of a URL as its text says it; the usual one of its scheme need not be said."""
    scheme, _, rest = url.partition("://")
    authority = re.split("[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].rpartition("]")[2]
    port = authority.rpartition(":")[2] if ":" in authority else ""
    return "" if port == {"https": "443", "http": "80"}.get(scheme.lower()) else port


def _header(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if len(path) < 3:
        return f"headers {_verb(old, new)}", "compatible", "header-changed"
    words = f"header `{path[2]}` {_verb(old, new)}"
    if _is_reference(old) or _is_reference(new):
        return words, "sensitive", "secret-changed"
    return words, "compatible", "header-changed"


def _query(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if len(path) < 3:
        return f"query {_verb(old, new)}", "compatible", "query-changed"
    return f"query parameter `{path[2]}` {_verb(old, new)}", "compatible", "query-changed"


def _payload(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if "$template" in path:
        inside = _dotted(path[path.index("$template") + 1 :]).removeprefix("names.")
        what = "template text" if inside == "text" else f"`{inside}`, which the template reads,"
        return f"payload: {what} {_verb(old, new)}", "compatible", "template-changed"
    words = (
        f"payload field `{_dotted(path[2:])}` {_verb(old, new)}"
        if path[2:]
        else f"payload {_verb(old, new)}"
    )
    if _is_reference(old) or _is_reference(new):
        return words, "sensitive", "secret-changed"
    if new is NOTHING:
        return words, "compatible", "payload-field-removed"
    if old is NOTHING:
        return words, "compatible", "payload-field-added"
    constant = not (_is_slot(old) or _is_slot(new))
    return words, "compatible", "constant-changed" if constant else "mapping-changed"


def _authentication(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if path[1:] == ("type",):
        return f"authentication changed from {old} to {new}", "sensitive", "authentication-changed"
    if _is_reference(old) and _is_reference(new):
        words = f"secret of `{_dotted(path)}` changed from {old['secret']} to {new['secret']}"
        return words, "sensitive", "secret-changed"
    return f"`{_dotted(path)}` {_verb(old, new)}", "sensitive", "authentication-changed"


def _parameter(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if len(path) == 1:
        required = [name for name, one in _fields(new).items() if not one.get("optional")]
        if old is NOTHING and not required:
            return "parameters added, all optional", "compatible", "parameter-added"
        reason = "parameter-required" if old is NOTHING else "parameter-removed"
        return f"parameters {_verb(old, new)}", "breaking", reason
    name = path[1]
    if len(path) == 2 and new is NOTHING:
        return f"parameter `{name}` removed", "breaking", "parameter-removed"
    if len(path) == 2 and old is NOTHING:
        if new.get("optional"):
            return f"parameter `{name}` added, optional", "compatible", "parameter-added"
        return f"parameter `{name}` added, required", "breaking", "parameter-required"
    return _parameter_field(str(name), path[2:], old, new)


def _parameter_field(name: str, path: Path, old: Any, new: Any) -> Explanation:
    field = str(path[0]) if path else ""
    match field:
        case "type" | "items":
            return (
                f"parameter `{name}` changed its type from {old} to {new}",
                "breaking",
                "parameter-retyped",
            )
        case "optional":
            if new is True:
                return f"parameter `{name}` became optional", "compatible", "parameter-optional"
            return f"parameter `{name}` became required", "breaking", "parameter-required"
        case "label" | "description" | "example":
            return (
                f"{field} of parameter `{name}` {_verb(old, new)}",
                "cosmetic",
                "parameter-described",
            )
        case "sensitivity":
            words = f"sensitivity of parameter `{name}` {_verb(old, new)}"
            return words, "sensitive", "sensitivity-changed"
        case "whenMissing":
            return (
                f"parameter `{name}`, when missing, {_verb(old, new)}",
                "compatible",
                "parameter-changed",
            )
        case _:
            return _constraint(name, field, old, new)


def _constraint(name: str, field: str, old: Any, new: Any) -> Explanation:
    words = f"`{field}` of parameter `{name}` {_verb(old, new)}"
    if new is NOTHING:
        return words, "compatible", "parameter-widened"
    numbers = isinstance(old, int | float) and isinstance(new, int | float)
    wider = numbers and (new < old if field.startswith("min") else new > old)
    if wider:
        return words, "compatible", "parameter-widened"
    return words, "breaking", "parameter-narrowed"


def _response(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    words = f"response field `{_dotted(path[1:])}` {_verb(old, new)}"
    if new is NOTHING:
        return words, "breaking", "response-field-removed"
    if old is NOTHING:
        return words, "compatible", "response-field-added"
    if type(old) is not type(new):
        return words, "breaking", "response-field-retyped"
    return words, "cosmetic", "response-example-changed"


def _limit(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    words = f"`{_dotted(path)}` {_verb(old, new)}"
    was, now = _amount(old), _amount(new)
    if was is not None and now is not None and now < was:
        return words, "compatible", "limit-lowered"
    return words, "sensitive", "limit-raised"


def _protect(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    if new is NOTHING:
        return "protection removed", "sensitive", "protection-removed"
    return "protected against deletion", "compatible", "protection-added"


def _content(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if len(path) == 2:
        words = f"language `{path[1]}` {_verb(old, new)}"
        if new is NOTHING:
            return words, "breaking", "language-removed"
        return words, "compatible", "language-added"
    words = (
        f"`{path[2]}` in `{path[1]}` {_verb(old, new)}" if len(path) > 2 else f"content {_verb(old, new)}"
    )
    return words, "compatible", "content-changed"


def _channel(path: Path, old: Any, new: Any, *_: Any) -> Explanation:  # noqa: ARG001
    return f"channel changed from {old} to {new}", "breaking", "channel-changed"


def _via(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    words = f"delivery: `{_dotted(path)}` {_verb(old, new)}"
    if _is_reference(old) or _is_reference(new):
        return words, "sensitive", "secret-changed"
    mapped = len(path) > 1 and path[1] in ("parameters", "content")
    return (words, "compatible", "mapping-changed") if mapped else (words, "sensitive", "delivery-changed")


def _endpoint(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return f"endpoint: `{_dotted(path)}` {_verb(old, new)}", "sensitive", "endpoint-changed"


def _capping(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return _limit(path, old, new)


def _at_target(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    if old is NOTHING and len(path) == 1:
        return f"at the target: {_told(new)}", "compatible", "target-changed"
    return f"at the target: `{_dotted(path[1:])}` {_verb(old, new)}", "compatible", "target-changed"


def _told(value: Any) -> str:
    pairs = value.items() if isinstance(value, dict) else ()
    return ", ".join(f"{name} {one}" for name, one in pairs if isinstance(one, str)) or "it is another"


def _sender(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return f"`{_dotted(path)}` {_verb(old, new)}", "sensitive", "sender-changed"


def _recipient(path: Path, old: Any, new: Any, *_: Any) -> Explanation:
    return f"`{_dotted(path)}` {_verb(old, new)}", "sensitive", "recipient-changed"


_Explain = Callable[..., Explanation]
_BY_SECTION: dict[str, _Explain] = {
    "name": _name,
    "title": _text,
    "description": _text,
    "owner": _text,
    "labels": _text,
    "authentication": _authentication,
    "parameters": _parameter,
    "responses": _response,
    "limits": _limit,
    "protect": _protect,
    "content": _content,
    "channel": _channel,
    "url": _endpoint,
    "methods": _endpoint,
    "capping": _capping,
    "throttling": _capping,
    "atTarget": _at_target,
    "via": _via,
    "from": _sender,
    "replyTo": _sender,
    "to": _recipient,
}
_BY_REQUEST_FIELD: dict[str, _Explain] = {
    "method": _method,
    "url": _url,
    "headers": _header,
    "query": _query,
    "payload": _payload,
}


def _fields(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _verb(old: Any, new: Any) -> str:
    if old is NOTHING:
        return "added"
    return "removed" if new is NOTHING else "changed"


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        if part != "$literal":
            text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and ("secret" in value or "$secret" in value)


def _is_slot(value: Any) -> bool:
    return any(True for _ in parameters_read(value))


def _amount(value: Any) -> float | None:
    """Return a limit as a number: retries, seconds, or calls per second; None for what is not a limit."""
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    try:
        if " per " not in value:
            return Duration.read(value).seconds
        rate = Rate.read(value)
    except ValueError:
        return None  # somebody wrote it at the target
    return rate.per_second if rate.period.milliseconds else None
