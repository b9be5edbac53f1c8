"""The one rule by which documents are merged over each other.

Mappings are merged key by key, at every depth. Everything else (a text, a number, a list, null)
replaces what was there. A key that only one side has is kept, in the order of the lower side first;
`{$remove: true}` takes away what is below it.
Two fields exclude what they do not mix with: an authentication of another type replaces the whole of the
one below, and a request has the `url` or the `path` that was written last.
"""

from __future__ import annotations

from typing import Any

from callsheet.documents import Path


def merged(under: Any, over: Any) -> Any:
    """Return `over` merged over `under`; neither is changed."""
    if not isinstance(over, dict):
        return over
    result = dict(under) if isinstance(under, dict) else {}
    for key, value in over.items():
        if is_removal(value):
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def is_removal(value: Any) -> bool:
    """Return whether a value takes away what is below it: `{$remove: true}`."""
    return isinstance(value, dict) and value.get("$remove") is True and len(value) == 1


def merged_spec(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a spec merged over those of another one; neither is changed."""
    result: dict[str, Any] = merged(under, over)
    if "authentication" in over:
        result["authentication"] = _authentication(under.get("authentication"), over["authentication"])
    if isinstance(over.get("request"), dict) and isinstance(result.get("request"), dict):
        for written, excluded in (("url", "path"), ("path", "url")):
            if written in over["request"] and excluded not in over["request"]:
                result["request"].pop(excluded, None)
    return result


def _authentication(under: Any, over: Any) -> Any:
    """Return an authentication merged over another one of its type; one of another type replaces it."""
    kind = over.get("type") if isinstance(over, dict) else None
    if kind is not None and isinstance(under, dict) and under.get("type") != kind:
        return over
    return merged(under, over)


def value_in(value: Any, path: Path) -> Any:
    """Return the value at a path that the document `holds`."""
    for part in path:
        value = value[part]
    return value


def holds(value: Any, path: Path) -> bool:
    """Return whether a document has a value at `path`."""
    for part in path:
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            value = value[part]  # type: ignore[index]
        else:
            return False
    return True
