"""What changed, in the terms of an action, with impact and reason."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.compiling import canonical_text
from callsheet.language.difference import heaviest
from callsheet.planning.field_changes import differences
from callsheet.planning.personal_data import personal_data

BASE: dict[str, Any] = {
    "name": "a",
    "title": {"en": "A", "fr": "A"},
    "owner": "team",
    "labels": {"channel": "push"},
    "protect": True,
    "request": {
        "method": "POST",
        "url": {"$concat": ["https://a.example/v1/", {"$param": "id"}]},
        "headers": {"X-A": "1", "X-K": {"secret": "env:K"}},
        "query": {"q": 1},
        "payload": {
            "constant": 1,
            "slot": {"$param": "id"},
            "k": {"$secret": "env:K"},
            "list": [1, 2],
            "t": {"$literal": {"$odd": 1}},
        },
    },
    "authentication": {"type": "bearer", "token": {"secret": "env:T"}},
    "parameters": {
        "id": {"type": "string", "maxLength": 10, "label": "Id"},
        "mail": {"type": "string", "sensitivity": "email", "optional": True},
        "list": {"type": "array", "items": "string", "enum": [["a"]]},
        "share": {"type": "number", "multipleOf": 0.5, "optional": True},
    },
    "responses": {"success": {"payload": {"id": 1, "more": {"a": "b"}}}},
    "limits": {"timeout": "10s", "retries": 3, "rate": "10 per 1s"},
}
GONE = object()


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    value = copy.deepcopy(BASE)
    for path, new in changes:
        *way, last = path.split("/")
        inner: Any = value
        for part in way:
            inner = inner[int(part) if isinstance(inner, list) else part]
        key: Any = int(last) if isinstance(inner, list) else last
        if new is GONE:
            del inner[key]
        elif isinstance(inner, list) and key == len(inner):
            inner.append(new)
        else:
            inner[key] = new
    return value


CASES = [
    ("title/en", "B", "cosmetic", "title-changed", "title.en changed"),
    ("owner", "other", "cosmetic", "owner-changed", "owner changed"),
    ("description", "new", "cosmetic", "description-changed", "description added"),
    ("labels/channel", GONE, "cosmetic", "labels-changed", "labels.channel removed"),
    ("name", "b", "breaking", "action-renamed", "renamed from `a` to `b`"),
    ("protect", GONE, "sensitive", "protection-removed", "protection removed"),
    ("request/method", "PUT", "breaking", "method-changed", "method changed from POST to PUT"),
    ("request/url", "https://a.example/v2", "compatible", "url-changed", "URL changed"),
    ("request/url", "http://a.example/v1", "sensitive", "https-to-http", "the call goes over http instead of https"),
    ("request/url", "https://b.example/", "sensitive", "new-host", "host changed from a.example to b.example"),
    ("request/headers/X-A", "2", "compatible", "header-changed", "header `X-A` changed"),
    ("request/headers/X-T", "2", "compatible", "header-changed", "header `X-T` added"),
    ("request/headers", GONE, "compatible", "header-changed", "headers removed"),
    ("request/headers/X-K", {"secret": "env:L"}, "sensitive", "secret-changed", "header `X-K` changed"),
    ("request/query/q", 2, "compatible", "query-changed", "query parameter `q` changed"),
    ("request/query", GONE, "compatible", "query-changed", "query removed"),
    ("request/payload/constant", 2, "compatible", "constant-changed", "payload field `constant` changed"),
    ("request/payload/constant", GONE, "compatible", "payload-field-removed", "payload field `constant` removed"),
    ("request/payload/new", 1, "compatible", "payload-field-added", "payload field `new` added"),
    ("request/payload/list/2", 3, "compatible", "payload-field-added", "payload field `list[2]` added"),
    ("request/payload/slot", {"$param": "mail"}, "compatible", "mapping-changed", "payload field `slot` changed"),
    ("request/payload/k", {"$secret": "env:L"}, "sensitive", "secret-changed", "payload field `k` changed"),
    ("request/payload/t/$literal/$odd", 2, "compatible", "constant-changed", "payload field `t.$odd` changed"),
    ("request/payload", GONE, "compatible", "payload-field-removed", "payload removed"),
    ("authentication/type", "none", "sensitive", "authentication-changed", "authentication changed from bearer to none"),
    ("authentication/token", {"secret": "env:U"}, "sensitive", "secret-changed", "secret of `authentication.token` changed from env:T to env:U"),
    ("authentication/token", GONE, "sensitive", "authentication-changed", "`authentication.token` removed"),
    ("parameters/id", GONE, "breaking", "parameter-removed", "parameter `id` removed"),
    ("parameters/n", {"type": "string"}, "breaking", "parameter-required", "parameter `n` added, required"),
    ("parameters/n", {"type": "string", "optional": True}, "compatible", "parameter-added", "parameter `n` added, optional"),
    ("parameters/id/type", "integer", "breaking", "parameter-retyped", "parameter `id` changed its type from string to integer"),
    ("parameters/id/optional", True, "compatible", "parameter-optional", "parameter `id` became optional"),
    ("parameters/mail/optional", GONE, "breaking", "parameter-required", "parameter `mail` became required"),
    ("parameters/id/label", "ID", "cosmetic", "parameter-described", "label of parameter `id` changed"),
    ("parameters/mail/sensitivity", GONE, "sensitive", "sensitivity-changed", "sensitivity of parameter `mail` removed"),
    ("parameters/mail/whenMissing", None, "compatible", "parameter-changed", "parameter `mail`, when missing, added"),
    ("parameters/id/journey", "@event{Order.id}", "compatible", "parameter-changed", "source of parameter `id` in journeys added"),
    ("parameters/id/maxLength", 20, "compatible", "parameter-widened", "`maxLength` of parameter `id` changed"),
    ("parameters/id/maxLength", 5, "breaking", "parameter-narrowed", "`maxLength` of parameter `id` changed"),
    ("parameters/id/maxLength", GONE, "compatible", "parameter-widened", "`maxLength` of parameter `id` removed"),
    ("parameters/id/minLength", 5, "breaking", "parameter-narrowed", "`minLength` of parameter `id` added"),
    ("parameters/mail/multipleOf", 5, "breaking", "parameter-narrowed", "`multipleOf` of parameter `mail` added"),
    ("parameters/share/multipleOf", 0.25, "compatible", "parameter-widened", "`multipleOf` of parameter `share` changed"),
    ("parameters/share/multipleOf", 1, "breaking", "parameter-narrowed", "`multipleOf` of parameter `share` changed"),
    ("responses/success/payload/id", GONE, "breaking", "response-field-removed", "response field `success.payload.id` removed"),
    ("responses/success/payload/id", "1", "breaking", "response-field-retyped", "response field `success.payload.id` changed"),
    ("responses/success/payload/id", 2, "cosmetic", "response-example-changed", "response field `success.payload.id` changed"),
    ("responses/success/payload/x", 2, "compatible", "response-field-added", "response field `success.payload.x` added"),
    ("limits/timeout", "5s", "compatible", "limit-lowered", "`limits.timeout` changed"),
    ("limits/timeout", "1m", "sensitive", "limit-raised", "`limits.timeout` changed"),
    ("limits/retries", 4, "sensitive", "limit-raised", "`limits.retries` changed"),
    ("limits/rate", "5 per 1s", "compatible", "limit-lowered", "`limits.rate` changed"),
    ("limits/rate", GONE, "sensitive", "limit-raised", "`limits.rate` removed"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "new", "impact", "reason", "words"), CASES)
def test_one_change_has_its_words_impact_and_reason(
    path: str, new: Any, impact: str, reason: str, words: str
) -> None:
    found = differences(BASE, changed((path, new)))
    assert (impact, reason, words) in [(one.impact, one.reason, one.words) for one in found]
    assert all(one.reason == reason or one.reason == "new-personal-data" for one in found)


def test_whole_sections_that_come_or_go() -> None:
    bare = changed(("parameters", GONE))
    (one,) = differences(bare, changed(("parameters", {"n": {"type": "string", "optional": True}})))
    assert (one.impact, one.words) == ("compatible", "parameters added, all optional")
    (one,) = differences(bare, changed(("parameters", {"n": {"type": "string"}})))
    assert (one.impact, one.reason) == ("breaking", "parameter-required")
    (one,) = differences(BASE, bare)
    assert (one.impact, one.reason) == ("breaking", "parameter-removed")
    (one,) = differences(changed(("protect", GONE)), BASE)
    assert (one.impact, one.reason) == ("compatible", "protection-added")
    (one,) = differences({**BASE, "new": 1}, BASE)
    assert (one.impact, one.reason, one.operation) == ("compatible", "field-changed", "remove")


def test_personal_data_that_newly_leaves_is_named_with_its_host() -> None:
    found = differences(BASE, changed(("request/payload/slot", {"$param": "mail"})))
    assert "personal data (`mail`: email) newly leaves for a.example" in [one.words for one in found]
    sends = changed(("request/payload/slot", {"$expr": "params.mail ~ 1", "params": ["mail"]}))
    assert personal_data(sends) == {"mail": "email"}
    moved = copy.deepcopy(sends)
    moved["request"]["url"] = "https://b.example/"
    assert "personal data (`mail`: email) newly leaves for b.example" in [
        one.words for one in differences(sends, moved)
    ]


def test_a_template_is_compared_from_inside() -> None:
    template = {"$template": {"text": "a\nb", "names": {"values": {"x": 1}}, "params": []}}
    before = changed(("request/payload", template))
    after = copy.deepcopy(before)
    after["request"]["payload"]["$template"]["names"]["values"]["x"] = 2
    (one,) = differences(before, after)
    assert (one.words, one.reason) == (
        "payload: `values.x`, which the template reads, changed",
        "template-changed",
    )
    after = copy.deepcopy(before)
    after["request"]["payload"]["$template"]["text"] = "a\nc"
    (one,) = differences(before, after)
    assert (one.words, one.before, one.after) == ("payload: template text changed", "a\nb", "a\nc")


def test_several_changes_and_the_heaviest_impact() -> None:
    found = differences(
        BASE, changed(("title/en", "B"), ("parameters/id", GONE), ("request/payload/constant", 2))
    )
    assert [one.pointer for one in found] == ["/parameters/id", "/request/payload/constant", "/title/en"]
    assert heaviest([one.impact for one in found]) == "breaking"
    assert heaviest([]) == "cosmetic"


JSON = st.recursive(st.none() | st.booleans() | st.integers(0, 9) | st.text("ab$", max_size=3),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~$", max_size=3), inner, max_size=3),
                    max_leaves=8)  # fmt: skip


@given(JSON, JSON)
def test_equal_payloads_have_no_difference_and_others_have_one(one: Any, other: Any) -> None:
    before, after = changed(("request/payload", {"p": one})), changed(("request/payload", {"p": other}))
    assert differences(before, copy.deepcopy(before)) == []
    assert bool(differences(before, after)) == (canonical_text(one) != canonical_text(other))
