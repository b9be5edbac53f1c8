"""A secret is found in an answer however the other side spells it, and nothing else is touched."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest

from callsheet.outbound.masking import without_secrets, without_secrets_in_bytes

SECRET = "ab/cd+ef==/gh1234567"


def u(text: str) -> str:
    return "".join(f"\\u{ord(one):04X}" for one in text)


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        SECRET.replace("/", "\\/"),
        SECRET.replace("+", "\\u002B").replace("=", "\\u003d"),
        u(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote(SECRET, safe="").replace("%2F", "%2f"),
        quote(quote(SECRET, safe=""), safe=""),
        "".join(f"%{ord(one):02x}" for one in SECRET),
        "ab\\/cd%2Bef\\u003D&#61;%2fgh1234567",
        SECRET.replace("+", "&#43;").replace("/", "&#x2F;").replace("=", "&equals;"),
        SECRET.replace("+", "&amp;#43;").replace("/", "&amp;sol;"),
        json.dumps(json.dumps({"a": SECRET.replace("/", "\\/")})),
        json.dumps(u(SECRET)),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
        base64.b64encode(f"ada:{SECRET}".encode()).decode(),
        base64.b64encode(f"x:{SECRET}:y".encode()).decode().replace("/", "\\/"),
        quote(base64.b64encode(f"login:{SECRET}!".encode()).decode(), safe=""),
    ],
)
def test_no_spelling_of_a_secret_stays(spelled: str) -> None:
    shown = without_secrets(f'{{"a": "x\\n{spelled}", "b": 1}}', [SECRET])
    assert "(secret)" in shown
    assert "1234567" not in shown
    assert shown.endswith('", "b": 1}')
    for form in (SECRET, spelled):
        assert form not in shown


@pytest.mark.parametrize(
    "secret", ['a%2Fb"c\\d', "pass word&x", "über\U0001f511ß", "<a>&lt;b", "%41%42%43%44"]
)
def test_a_secret_that_looks_escaped_itself_is_found(secret: str) -> None:
    escaped = (
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        quote_plus(secret),
        html.escape(secret),
        json.dumps(quote(secret))[1:-1],
    )
    for one in escaped:
        assert without_secrets(f"[{one}]", [secret]) == "[(secret)]", one


def test_json_that_repeats_a_secret_stays_json() -> None:
    for secret in (SECRET, 'a"b\\c/', "über\U0001f511"):
        for text in (
            json.dumps({"a": f"<{secret}>\n"}),
            '{"a": "<' + u(secret[:-1]) + json.dumps(secret[-1])[1:-1] + '>\\n"}',
        ):
            assert json.loads(without_secrets(text, [secret])) == {"a": "<(secret)>\n"}


def test_what_is_no_secret_stays_as_it_is() -> None:
    text = '{"a": "\\u00e9 %C3%A9 &amp; \\/ \\\\ 100%", "b": "abcdefghijklmnop"}'
    assert without_secrets(text, [SECRET, "abc"]) == text


def test_bytes_that_are_no_text_stay_as_they_are_but_for_secrets() -> None:
    image = bytes(range(256)) * 4
    assert without_secrets_in_bytes(image, [SECRET]) == image
    assert without_secrets_in_bytes(b"\xe9" + SECRET.encode() + b"\xff", [SECRET]) == b"\xe9(secret)\xff"
    for encoding in ("latin-1", "utf-16", "utf-16-be", "utf-32"):
        shown = without_secrets_in_bytes(f"é {SECRET} é".encode(encoding), [SECRET])
        assert SECRET.encode(encoding)[-12:] not in shown
    assert without_secrets_in_bytes("kñ0wn-ß".encode() + b"\xff", ["kñ0wn-ß"]) == b"(secret)\xff"
