"""What Bruno takes from folders and blocks, as `bru` 4.1 sends it."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.importing.bruno import bruno_collection
from callsheet.importing.bruno_language import collection_of_file
from callsheet.importing.model import Imported

AT = "https://api.example.com/v1"
TOKEN = {
    "grantType": "client_credentials",
    "accessTokenUrl": "https://id.example.com/token",
    "clientId": "c",
}


def read(request: dict[str, Any], root: Any = None, folder: Any = None) -> Imported:
    """Return a request within a folder of a collection."""
    inner = {"name": "f", "root": {"request": folder or {}}}
    item = {"name": "one", "request": {"method": "POST", "url": AT, **request}}
    value = {
        "name": "B", "version": "1", "root": {"request": root or {}}, "items": [{**inner, "items": [item]}],
    }  # fmt: skip
    return bruno_collection(value, None).requests[0].read()


def header(name: str, held: str, *, enabled: bool = True) -> dict[str, Any]:
    return {"name": name, "value": held, "enabled": enabled}


def test_of_headers_of_one_name_the_innermost_is_sent_and_one_that_is_off_hides_none() -> None:
    root = {"headers": [header("X-A", "root"), header("X-B", "root")]}
    folder = {"headers": [header("x-a", "folder"), header("X-C", "folder")]}
    own = {"headers": [header("X-B", "own"), header("X-C", "own", enabled=False)]}
    found = read(own, root, folder)
    assert (found.headers, found.notes) == ([("x-a", "folder"), ("X-B", "own"), ("X-C", "folder")], [])


def test_a_folder_without_an_authentication_leaves_that_of_the_collection() -> None:
    root = {"auth": {"mode": "basic", "basic": {"username": "ada", "password": "s3cr3t-pw"}}}
    found = read({"auth": {"mode": "inherit"}}, root, {"auth": {"mode": "none"}})
    assert found.user == ("ada", "s3cr3t-pw")
    assert read({"auth": {"mode": "none"}}, root, {"auth": {"mode": "none"}}).user is None


LEFT_OUT = "was left out: write `authentication` by hand"
AUDIENCE = [header("audience", "a"), header("off", "a", enabled=False)]


@pytest.mark.parametrize(
    ("held", "notes"),
    [
        ({"tokenPlacement": "url"}, [f"its authentication, oauth2, token in the query, {LEFT_OUT}"]),
        ({"tokenHeaderPrefix": "Token"}, [f"its authentication, oauth2, token without Bearer, {LEFT_OUT}"]),
        ({"tokenHeaderPrefix": "Bearer"}, []),
        (
            {"additionalParameters": {"token": AUDIENCE}},
            ["what the tool also sends to the token endpoint was left out: audience"],
        ),
    ],
)
def test_of_oauth2_what_no_action_sends_is_named(held: dict[str, Any], notes: list[str]) -> None:
    assert read({"auth": {"mode": "oauth2", "oauth2": {**TOKEN, **held}}}).notes == notes


@pytest.mark.parametrize(
    ("placed", "expected"), [("body", "form"), ("basic_auth_header", None), (None, None)]
)
def test_a_client_authenticates_where_bruno_does_it(placed: str | None, expected: str | None) -> None:
    more = {} if placed is None else {"credentialsPlacement": placed}
    found = read({"auth": {"mode": "oauth2", "oauth2": {**TOKEN, **more}}})
    assert (found.authentication or {}).get("clientAuthentication") == expected


LEFT = "the grant password of its OAuth 2.0 was left out: set the secret of its token by hand"


def test_another_token_is_in_the_query_or_after_another_word() -> None:
    token = {**TOKEN, "grantType": "password"}
    found = read(
        {"auth": {"mode": "oauth2", "oauth2": {**token, "tokenPlacement": "url", "tokenQueryKey": "t"}}}
    )
    assert [(found.authentication or {})[key] for key in ("type", "name", "in")] == ["apiKey", "t", "query"]
    assert found.notes == [LEFT]
    found = read({"auth": {"mode": "oauth2", "oauth2": {**token, "tokenHeaderPrefix": "Token"}}})
    assert found.headers == [("Authorization", "Token token")]
    assert found.notes == [LEFT]


def test_a_query_of_graphql_always_has_variables() -> None:
    body = {"mode": "graphql", "graphql": {"query": "{ a }", "variables": ""}}
    assert read({"body": body}).payload == {"query": "{ a }", "variables": {}}


def test_blanks_are_part_of_the_name_of_a_variable_and_not_of_its_value() -> None:
    known = {"vars": {"req": [{"name": "a", "value": " x "}]}}
    body = {"mode": "json", "json": '{"known": "{{a}}", "other": "{{ a }}"}'}
    found = read({"body": body}, known)
    assert found.values == {"a": "x"}
    assert found.payload["known"] == "\ue004a\ue005"
    assert found.payload["other"].name == "a_2"


@pytest.mark.parametrize(
    ("settings", "expected"), [("settings {\n  encodeUrl: true\n}", "a=%2520"), ("", "a=%20")]
)
def test_a_file_of_one_request_says_whether_its_url_is_encoded(settings: str, expected: str) -> None:
    text = f"meta {{\n  name: one\n}}\n\nget {{\n  url: {AT}?a=%20\n}}\n\n{settings}\n"
    assert bruno_collection(collection_of_file(text), None).requests[0].read().url == f"{AT}?{expected}"
