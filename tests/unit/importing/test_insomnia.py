"""What Insomnia sends (`insomnia-send-request` 3.6, against a recorder): URLs, headers, authentication, bodies."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.importing.insomnia import insomnia_collection
from callsheet.importing.model import Imported

AT = "https://api.example.com/v1"
OAUTH2 = {
    "type": "oauth2",
    "grantType": "client_credentials",
    "accessTokenUrl": "https://id.example.com/token",
    "clientId": "c",
    "clientSecret": "s3cr3t-of-c",
}

LEFT_OUT = "was left out: write `authentication` by hand"


def read(request: dict[str, Any], data: dict[str, Any] | None = None) -> Imported:
    """Return the request of an export with one."""
    workspace = {"_id": "w", "_type": "workspace", "name": "w"}
    base = {"_id": "e", "_type": "environment", "parentId": "w", "data": data or {}}
    node = {"_id": "r", "_type": "request", "parentId": "w", "name": "one", "method": "POST", "url": AT}
    value = {"_type": "export", "__export_format": 4, "resources": [workspace, base, {**node, **request}]}
    return insomnia_collection(value, None).requests[0].read()


@pytest.mark.parametrize(
    ("query", "encoded", "as_it_is"),
    [
        ("a=%20", "a=%20", "a=%20"),
        ("a=%2520", "a=%20", "a=%2520"),
        ("a=x%26y", "a=x%26y", "a=x%26y"),
        ("a=%FF", "a=%FF", "a=%FF"),
        ("a=50%", "a=50%", "a=50%"),
        ("=b&a=1&&", "a=1", "=b&a=1&&"),
    ],
)
def test_a_query_in_the_url_is_decoded_once_where_it_is_encoded(
    query: str, encoded: str, as_it_is: str
) -> None:
    assert read({"url": f"{AT}?{query}"}).url == f"{AT}?{encoded}"
    assert read({"url": f"{AT}?{query}", "settingEncodeUrl": False}).url == f"{AT}?{as_it_is}"


@pytest.mark.parametrize(
    ("path", "encoded", "as_it_is"),
    [
        ("a'b", "a%27b", "a'b"),
        ("a[1]", "a%5B1%5D", "a[1]"),
        ("a(b)!*@$+,;=", "a(b)!*@$+,;=", "a(b)!*@$+,;="),
        ("a%zz%20", "a%25zz%20", "a%zz%20"),
        ("a\\b", "a/b", "a%5Cb"),
        ("a|b", "a%7Cb", "a%7Cb"),
    ],
)
def test_a_path_is_encoded_as_insomnia_does_it(path: str, encoded: str, as_it_is: str) -> None:
    assert read({"url": f"{AT}/{path}"}).url == f"{AT}/{encoded}"
    assert read({"url": f"{AT}/{path}", "settingEncodeUrl": False}).url == f"{AT}/{as_it_is}"


@pytest.mark.parametrize(
    ("request_", "notes"),
    [
        (
            {"url": f"{AT}/a|b", "settingEncodeUrl": False},
            ["`|` in the path is percent-encoded: the tool sends it as it is"],
        ),
        ({"url": f"{AT}/a|b"}, []),
        (
            {"headers": [{"name": "X-A"}, {"name": "X-B", "disabled": True}]},
            ["the header X-A has no value: it is sent empty, and the tool sends `undefined`"],
        ),
        (
            {"authentication": {"type": "basic", "username": "é", "password": "é", "useISO88591": True}},
            ["name and password are sent as UTF-8: the tool sends them as ISO-8859-1"],
        ),
        (
            {
                "body": {"text": '{"a": 1} // one'},
                "headers": [{"name": "Content-Type", "value": "application/json"}],
            },
            ["the comments in the body were left out: the tool sends them"],
        ),
        (
            {"authentication": {**OAUTH2, "tokenPrefix": "Token"}},
            [f"its authentication, oauth2, token without Bearer, {LEFT_OUT}"],
        ),
        (
            {"authentication": {**OAUTH2, "audience": "a", "resource": "r"}},
            ["what the tool also sends to the token endpoint was left out: audience, resource"],
        ),
        ({"authentication": {**OAUTH2, "tokenPrefix": "Bearer"}}, []),
    ],
)
def test_what_no_action_sends_is_noted(request_: dict[str, Any], notes: list[str]) -> None:
    assert read(request_).notes == notes


@pytest.mark.parametrize(("inside", "expected"), [(True, "form"), (False, None)])
def test_a_client_authenticates_where_insomnia_does_it(inside: bool, expected: str | None) -> None:
    found = read({"authentication": {**OAUTH2, "credentialsInBody": inside}})
    assert (found.authentication or {}).get("clientAuthentication") == expected


def test_a_value_with_a_backslash_is_one_of_the_path_too() -> None:
    assert read({"url": f"{AT}/{{{{ _.it }}}}"}, {"it": "a\\b"}).url == f"{AT}/a/b"
