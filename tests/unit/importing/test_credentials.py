"""What is a credential, and what only sounds like one: one judgement for every importer."""

from __future__ import annotations

import pytest

from callsheet.importing.credentials import is_hidden_number, is_secret, is_secret_path
from callsheet.language.credential_names import is_credential, judged_path, judged_path_in
from callsheet.language.credential_urls import is_secret_url


@pytest.mark.parametrize(
    "name",
    [
        *("auth", "authToken", "access_key", "refresh_token", "bot_token", "pwd", "X-WSSE", "write_key"),
        *("api_token", "jwt", "session_id", "Authorization", "apikey", "X-Api-Key", "hapikey", "PHPSESSID"),
        *("X-Shopify-Access-Token", "Ocp-Apim-Subscription-Key", "X-Amz-Signature", "sig", "client_secret"),
    ],
)
def test_a_header_or_a_query_parameter_of_this_name_is_a_credential(name: str) -> None:
    assert is_credential(name, "v1")


@pytest.mark.parametrize(
    "name",
    [
        *("Idempotency-Key", "pageToken", "nextPageToken", "sort", "sort_key", "max_tokens", "token_type"),
        *("Postman-Token", "X-MC-Key-Name", "secret_ref", "secretName"),
        *("X-Author", "X-Authority", "boarding_pass", "key_value"),
        *("Content-Type", "public_key", "author", "password_policy", "X-Request-Id", "partitionKey"),
    ],
)
def test_a_name_that_only_sounds_like_one_stays_plain(name: str) -> None:
    assert not is_credential(name, "v1")
    assert not is_secret("v1", (name,))


@pytest.mark.parametrize(
    "text",
    [
        '{"user": "ada", "password": "hunter2"}',
        '{"pin": 1, "apiKey": 4711}',
        r"{\"a\": {\"clientSecret\": \"hunter2\"}}",
        'mutation { login(user: "ada", password: "hunter2") { id } }',
        "{ viewer(apiKey: 'hunter2') { id } }",
        'mutation { add(passwords: ["hunter2"]) }',
        "user=ada&password=hunter2",
        'realm="x", password = "hunter2"',
        'mutation { login(password: """hunter2""") { id } }',
        "Accept: */*\nX-Api-Key: hunter2\n",
        "Authorization: Bearer hunter2",
        "user: ada\npassword: hunter2",
        "export API_KEY=hunter2",
        "Server=x;User Id=ada;Password=hunter2;",
        "user=ada; password=hunter2",
        "<login><password>hunter2</password></login>",
    ],
)
def test_a_text_of_named_values_contains_a_credential(text: str) -> None:
    assert is_secret(text, ("query",))


@pytest.mark.parametrize(
    "text",
    [
        '{"user": "ada", "password": ""}',
        '{"user": "ada", "pageToken": "t1", "sort_key": "name"}',
        "mutation Login($password: String!) { login(password: $password) { id } }",
        '{"password": "{{ params.word }}"}',
        "<input type=\"password\" name='password'>",
        "Your new password: hunter2 is not what we would write",
        "Forgot your password? It's 'easy'",
        "Password: see the mail of yesterday",
        "password: required",
        "<p>password</p>",
        "Hello: world",
        "a=b&c=d&max_tokens=3",
        "a=b; c=d",
        "https://example.com/reset?password_hint=none",
        "YWJjZGVmZ2hpamtsbW5vcA==",
    ],
)
def test_a_text_that_only_speaks_of_credentials_stays_plain(text: str) -> None:
    assert not is_secret(text, ("query",))


def test_a_pair_of_a_name_and_a_value_is_judged_by_the_name() -> None:
    pair = {"name": "password", "value": "hunter2"}
    assert judged_path(("fields", 0, "value"), pair) == ("fields", 0, "password")
    assert judged_path_in(("fields", "0", "value"), {"fields": [pair]}) == ("fields", "0", "password")
    assert judged_path(("fields", 0, "name"), pair) == ("fields", 0, "name")
    assert judged_path(("value",), {"name": "colour", "value": "red"}) == ("value",)
    assert judged_path(("Value",), {"Key": "ApiKey", "Value": "x"}) == ("ApiKey",)
    assert judged_path(("a", "pass"), {"user": "ada", "pass": "x"}) == ("a", "password")
    assert judged_path(("pass",), {"pass": "boarding"}) == ("pass",)


def test_what_is_in_a_secret_is_one_and_what_is_said_of_it_is_none() -> None:
    assert is_secret("v1", ("secrets", "first"))
    assert is_secret("v1", ("password", "value"))
    assert not is_secret("v1", ("secrets", 0, "name"))
    assert not is_secret("v1", ("password_policy", "pattern"))
    assert not is_secret("v1", ("password", "type"))


@pytest.mark.parametrize(
    "key", ["mot_de_passe", "motDePasse", "Passwort", "kennwort", "contraseña", "senha"]
)
def test_a_password_is_one_in_other_languages(key: str) -> None:
    assert is_secret("v1", (key,))


def test_a_signature_is_a_credential_where_it_is_opaque() -> None:
    assert is_secret("9f86d081884c7d659a2feaa0c55ad015", ("signature",))
    assert not is_secret("Best regards, Ada", ("signature",))


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://hooks.zapier.com/hooks/catch/1/abc", True),
        ("HTTPS://Hooks.Slack.com/services/T0/B0/x1", True),
        ("https://ada@api.example.com:8443/c/apikey/p4bcdef0123456789/x", True),
        ("https://api.example.com/?a=b&access_token=c", True),
        ("https://api.example.com/?access_token={{ params.token }}", False),
        ("https://hooks.zapier.com/hooks/catch/1/{{ params.hook }}", False),
        ("https://api.example.com/token/refresh?pageToken=b", False),
        ("https://api.example.com/a;jsessionid=A1/b", True),
        ("https://api.example.com/?a=b;token=c", True),
        ("https://api.example.com/?to=https%3A%2F%2Fb.example%2F%3Ftoken%3Dc", True),
        ("https://api.example.com/?to=https%3A%2F%2Fb.example%2F%3Fpage%3Dc", False),
        ("see https://hooks.zapier.com/hooks/catch/1/abc", False),
    ],
)
def test_a_url_that_a_file_contains_is_judged_as_that_of_an_import(text: str, secret: bool) -> None:
    assert is_secret_url(text) is secret


def test_a_key_is_judged_by_its_value() -> None:
    assert is_credential("key", "AIzaSy4bc")
    assert not is_credential("key", "created_at")
    assert not is_secret("created_at", ("sort", "key"))


@pytest.mark.parametrize(
    "key",
    [
        *("auth", "authToken", "access_key", "refresh_token", "bot_token", "pwd", "write_key", "api_token"),
        *("jwt", "session_id", "Authorization", "apiKey", "my_password", "routing_key", "userToken"),
        *("smtp_pass", "pass_word", "passCode", "pwd2", "api_key_value", "connectionString", "dsn", "cvv"),
        *("appkey", "consumer_key", "ssh_key", "pw", "密码", "пароль", "パスワード"),
    ],
)
def test_a_leaf_of_the_payload_under_this_key_is_a_credential(key: str) -> None:
    assert is_secret("v1", ("nested", key))
    assert is_secret("v1", (key, 0))
    assert is_hidden_number(4711, (key,))
    assert not is_hidden_number(True, (key,))


@pytest.mark.parametrize("key", ["token", "device_token", "deviceToken", "fcmToken", "signature", "title"])
def test_an_address_of_a_device_and_a_text_are_none(key: str) -> None:
    assert not is_secret("v1", ("message", key))


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        ("Bearer abc", True),
        ("Basic YWRhOmJhc2ljU0VDUkVU", True),
        ("Basic plan", False),
        ("Basic Plan", False),
        ("Bearer of good news", False),
        ("https://u:pw1234@h.example.com/", True),
        ("https://h.example.com/?token=t1", True),
        ("https://h.example.com/?pageToken=t1", False),
        ("https://hooks.slack.com/services/T0/B0/x1", True),
    ],
)
def test_a_value_is_judged_under_any_key(value: str, hidden: bool) -> None:
    assert is_secret(value, ("note",)) is hidden


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("https://hooks.slack.com/services/T0/B0/x1", True),
        ("https://discord.com/api/webhooks/1/abc", True),
        ("https://acme.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d", True),
        ("https://api.telegram.org/bot12:AAx/sendMessage", True),
        ("https://api.example.com/c/apikey/p4bcdef0123456789/x", True),
        ("https://api.example.com/token/refresh", False),
        ("https://api.example.com/api_key=hunter2/x", True),
        ("https://api.example.com/x;token=hunter2", True),
        ("https://api.example.com/page_token=hunter2/x", False),
        ("https://api.example.com/v1/keys/12", False),
        ("https://api.example.com/c/0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d/x", False),
        ("https://slack.com/api/chat.postMessage", False),
    ],
)
def test_a_url_is_judged_by_its_path(url: str, hidden: bool) -> None:
    assert is_secret_path(url) is hidden
