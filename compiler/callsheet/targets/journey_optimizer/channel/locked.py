"""What a custom channel locks once it is active: URL, headers, query, authentication, payload's fields.

Source: the reference on deployment, section 8. What a message says is its content, which stays free, as do
name, description, throttling and retries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.documents import equal
from callsheet.targets.journey_optimizer.channel.form import channel_form
from callsheet.targets.journey_optimizer.lowering import Form, LoweredField, custom_action


def locked_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what of an active channel would have to change, by the titles of its screen."""
    try:
        old, new = (channel_form(custom_action(one)) for one in (before, after))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return []  # what is there was broken by hand
    was, now = _locked(old), _locked(new)
    return [name for name in now if not equal(was[name], now[name])]


def _locked(form: Form) -> dict[str, Any]:
    return {
        "URL": form.url,
        "Headers": _pairs(form.headers),
        "Query parameters": _pairs(form.query),
        "Authentication settings": [form.authentication.type, form.authentication.fields],
        "Payload configuration": _types(form.payload),
    }


def _pairs(pairs: Mapping[str, LoweredField]) -> dict[str, Any]:
    """Return names and constants; what is filled in the channel configuration can change there."""
    return {name: [one.kind, None if one.kind == "content" else one.value] for name, one in pairs.items()}


def _types(sample: Any) -> Any:
    if isinstance(sample, Mapping):
        return {key: _types(one) for key, one in sample.items()}
    if isinstance(sample, list):
        return [_types(one) for one in sample[:1]]
    return type(sample).__name__
