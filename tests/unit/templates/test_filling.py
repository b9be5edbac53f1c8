"""Filling a compiled payload: what goes with `$whenEmpty`, by its definition, for any payload."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.templates.absence import may_be_absent
from callsheet.templates.filling import SlotFiller
from callsheet.templates.scope import ABSENT
from support.forms import examples

NAMES = ("a", "b", "c")
DECLARED = {name: {"type": "string", "optional": True} for name in NAMES}

_leaves = st.one_of(
    st.sampled_from(NAMES).map(lambda name: {"$param": name}),
    st.sampled_from(NAMES).map(lambda name: {"$param": name, "filters": ["upper"]}),
    st.sampled_from(["x", 1, None, True]),
)
_keys = st.sampled_from(["k", "l", "m"])


def _mappings(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    plain = st.dictionaries(_keys, inner, max_size=3)
    own = plain.map(lambda fields: {"$literal": {"$set": 1, **fields}})
    return st.one_of(
        plain,
        own,
        st.one_of(plain, own).map(lambda fields: {"$whenEmpty": "drop", **fields}),
        st.lists(inner, max_size=3),
    )


_payloads = st.recursive(_leaves, _mappings, max_leaves=12)


def _values_in(node: Any, values: dict[str, str]) -> bool:
    """Return whether a parameter below a node has a value."""
    if isinstance(node, list):
        return any(_values_in(one, values) for one in node)
    if not isinstance(node, dict):
        return False
    if "$param" in node:
        return node["$param"] in values
    return any(_values_in(one, values) for one in node.values())


def _expected(node: Any, values: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [one for it in node if (one := _expected(it, values)) is not ABSENT]
    if not isinstance(node, dict):
        return node
    if "$param" in node:
        value = values.get(node["$param"], ABSENT)
        return value.upper() if isinstance(value, str) and "filters" in node else value
    if "$whenEmpty" in node and not _values_in(node, values):
        return ABSENT
    fields = node.get("$literal", {key: one for key, one in node.items() if key != "$whenEmpty"})
    return {key: one for key, it in fields.items() if (one := _expected(it, values)) is not ABSENT}


@settings(max_examples=examples(60, 2_000))
@given(_payloads, st.dictionaries(st.sampled_from(NAMES), st.text("xyz", min_size=1, max_size=3)))
def test_a_mapping_goes_just_where_no_parameter_in_it_has_a_value(
    payload: Any, values: dict[str, str]
) -> None:
    filled = SlotFiller(DECLARED, dict(values), lambda reference: reference).fill(payload)
    assert filled == _expected(payload, values)
    assert "$whenEmpty" not in repr(filled)


def test_which_slots_may_have_no_value() -> None:
    declared: dict[str, dict[str, Any]] = {
        "free": {"type": "string", "optional": True},
        "null": {"type": "string", "optional": True, "whenMissing": None},
        "must": {"type": "string"},
    }
    found = {
        str(slot): may_be_absent(slot, declared)
        for slot in (
            {"$param": "free"},
            {"$param": "free", "filters": ["lower"]},
            {"$param": "free", "filters": [{"filter": "default", "args": ["x"]}]},
            {"$param": "null"},
            {"$param": "must"},
            {"$concat": ["x", {"$param": "free"}]},
            {"$expr": "(params.free if params.must else none)", "params": ["free", "must"]},
            {"$expr": "(params.must if params.must else params.free)", "params": ["must", "free"]},
        )
    }
    assert list(found.values()) == [True, True, False, False, False, False, True, False]
