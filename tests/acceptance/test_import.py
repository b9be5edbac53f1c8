"""`callsheet import`: what people have becomes an action that validates, and makes the very same request."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.calling.cases import declared_cases, run_case
from callsheet.calling.request import build_request
from callsheet.compiling import Compiled
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import MemorySource
from callsheet.importing import ImportFault
from callsheet.importing.action_text import action_text
from callsheet.importing.curl import read_curl
from callsheet.importing.files import read_file
from support.forms import examples
from support.workspaces import ENVIRONMENT, Callsheet, Folder

URL = "https://api.example.com/v1/send"
BODY = '{"a": 1}'


def compiled_of(text: str) -> Compiled:
    """Compile an imported action, alone."""
    source = MemorySource({"a.yaml": text.encode(), "e.yaml": ENVIRONMENT.encode()})
    found = compile_workspace(source)
    assert [(one.code, one.message) for one in found.errors] == [], text
    return found


def imported(line: str) -> tuple[Any, str]:
    """Import a line; gives the request by its own test case, and the action's text."""
    text = action_text(read_curl(line), "example")
    found = compiled_of(text)
    action, content = found.actions["example"], found.by_environment["local"]["Action/example"].content
    ((index, case),) = declared_cases(action, "local")
    result = run_case(action, content, "local", index, case)
    assert result.outcome == "passed", (result.mismatches, result.message, text)
    return result.request, text


LINES: dict[str, tuple[str, str, Any]] = {
    # line → method, URL, payload
    f"curl {URL}": ("GET", URL, None),
    f"curl -X GET {URL}": ("GET", URL, None),
    f"curl -XPOST {URL} -d '{BODY}'": ("POST", URL, {"a": 1}),
    f"curl --request POST --url {URL} --data '{BODY}'": ("POST", URL, {"a": 1}),
    f"curl --request=PUT --url={URL} --data-raw='{BODY}'": ("PUT", URL, {"a": 1}),
    f"curl -s -S -X PATCH {URL} --data-binary '{BODY}'": ("PATCH", URL, {"a": 1}),
    f"curl -sSX POST {URL} -d '{BODY}'": ("POST", URL, {"a": 1}),
    f"curl -sd '{BODY}' {URL}": ("POST", URL, {"a": 1}),
    f"curl --json '{BODY}' {URL}": ("POST", URL, {"a": 1}),
    f"curl -X DELETE {URL}/3": ("DELETE", f"{URL}/3", None),
    f"$ curl {URL}": ("GET", URL, None),
    f"/usr/bin/curl {URL}": ("GET", URL, None),
    f"curl.exe {URL}": ("GET", URL, None),
    f"curl '{URL}?a=1&b=two'": ("GET", f"{URL}?a=1&b=two", None),
    f"curl -G {URL} -d a=1 -d b=2": ("GET", f"{URL}?a=1&b=2", None),
    f"curl '{URL}?x=a%20b'": ("GET", f"{URL}?x=a%20b", None),
    "curl api.example.com/v1": ("GET", "https://api.example.com/v1", None),
    f"curl -X POST \\\n  {URL} \\\n  -H 'Content-Type: application/json' \\\n  -d '{BODY}'": ("POST", URL, {"a": 1}),
    f"curl -X POST ^\n  {URL} ^\n  -d {shlex.quote(BODY)}": ("POST", URL, {"a": 1}),
    f"curl {URL} -d '{{\n  \"a\": [1, 2],\n  \"b\": {{\"c\": null}}\n}}'": ("POST", URL, {"a": [1, 2], "b": {"c": None}}),
    f'curl {URL} -d "{{\\"a\\": 1}}"': ("POST", URL, {"a": 1}),
    f"curl {URL} -d $'{{\"a\": \"it\\'s\\\\u0021\"}}'": ("POST", URL, {"a": "it's!"}),
    f"curl {URL} --data-raw $'{{\"a\": \"tab\\\\tx\"}}'": ("POST", URL, {"a": "tab\tx"}),
    f"curl {URL} -d '{{\"a\": \"it'\\''s\"}}'": ("POST", URL, {"a": "it's"}),
    f"curl {URL} -d '{{\"a\": \"$HOME `id` $(id)\"}}'": ("POST", URL, {"a": "$HOME `id` $(id)"}),
    f"curl {URL} -d '{{\"a\": \"{{{{ 7 * 7 }}}}\"}}'": ("POST", URL, {"a": "{{ 7 * 7 }}"}),
    f"curl {URL} -d '{{\"a\": \"{{% raw %}}\", \"b\": \"{{# x #}}\"}}'": ("POST", URL, {"a": "{% raw %}", "b": "{# x #}"}),
    f"curl {URL} -d '{{\"a\": \"no\", \"b\": \"2026-11-25\", \"c\": \"1:20\", \"d\": \"0x1F\"}}'": (
        "POST", URL, {"a": "no", "b": "2026-11-25", "c": "1:20", "d": "0x1F"}),
    f"curl {URL} -d '{{\"a\": true, \"b\": false, \"c\": 1.5, \"d\": -3}}'": ("POST", URL, {"a": True, "b": False, "c": 1.5, "d": -3}),
    f"curl {URL} -d '[1, {{\"a\": []}}]'": ("POST", URL, [1, {"a": []}]),
    f"curl {URL} -d '{{\"a\": \"雪 🙂\"}}'": ("POST", URL, {"a": "雪 🙂"}),
    f"curl {URL} -d '{{\"a\": \"| & ; < >\"}}'": ("POST", URL, {"a": "| & ; < >"}),
    f"curl -k -L --compressed -v -i -f {URL}": ("GET", URL, None),
    f"curl -m 10 --retry 3 --connect-timeout 2 -o /dev/null -w '%{{http_code}}' {URL}": ("GET", URL, None),
    f"curl -A agent -e https://x.example -b 'a=b' {URL}": ("GET", URL, None),
    f"curl -H 'Accept: application/json' -H 'X-Team: crm' {URL}": ("GET", URL, None),
    f"curl -H'X-Team: crm' {URL}": ("GET", URL, None),
    f"curl -H 'X-Empty:' -H 'Host: x' -H 'Content-Length: 3' {URL}": ("GET", URL, None),
    f"curl {URL} -d '{{\"to\": \"ada@example.com\", \"from\": \"shop@example.com\"}}'": (
        "POST", URL, {"to": "ada@example.com", "from": "shop@example.com"}),
    f"curl {URL} -d '{{\"users\": [{{\"email\": \"a@b.co\"}}, {{\"email\": \"c@d.co\"}}]}}'": (
        "POST", URL, {"users": [{"email": "a@b.co"}, {"email": "c@d.co"}]}),
    f"curl {URL} -d '{{\"phone\": \"+33 6 12 34 56 78\", \"firstName\": \"Ada\", \"ip\": \"192.0.2.1\"}}'": (
        "POST", URL, {"phone": "+33 6 12 34 56 78", "firstName": "Ada", "ip": "192.0.2.1"}),
    f"curl {URL} -d '{{\"message\": {{\"token\": \"abc\", \"notification\": {{\"title\": \"Hi\", \"body\": \"x\"}}}}}}'": (
        "POST", URL, {"message": {"token": "abc", "notification": {"title": "Hi", "body": "x"}}}),
    f"curl {URL} -d '{{\"text\": \"\"}}'": ("POST", URL, {"text": ""}),
    f"curl {URL} -d '{{\"a\": \"line\\nbreak\"}}'": ("POST", URL, {"a": "line\nbreak"}),
    f"curl {URL} -d '{{}}'": ("POST", URL, {}),
    f"curl http://localhost:8080/v1 -d '{BODY}'": ("POST", "http://localhost:8080/v1", {"a": 1}),
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_curl_line_becomes_the_same_request(line: str) -> None:
    method, url, payload = LINES[line]
    request, text = imported(line)
    assert (request.method, request.url) == (method, url), text
    if payload is not None:
        assert request.payload == payload


SECRETS = {
    "a bearer": (f"curl -H 'Authorization: Bearer s3cr3tvalue' {URL}", "{'secret': 'env:EXAMPLE_TOKEN'}"),
    "a bearer by option": (f"curl --oauth2-bearer s3cr3tvalue {URL}", "env:EXAMPLE_TOKEN"),
    "a user": (f"curl -u ada:s3cr3tvalue {URL}", "env:EXAMPLE_PASSWORD"),
    "a user in the URL": ("curl https://ada:s3cr3tvalue@api.example.com/v1", "env:EXAMPLE_PASSWORD"),
    "basic, encoded": (f"curl -H 'Authorization: Basic YWRhOnMzY3IzdHZhbHVl' {URL}", "env:EXAMPLE_PASSWORD"),
    "a key after Basic": (f"curl -H 'Authorization: Basic s3cr3tvalue' {URL}", "'value': {'secret': 'env:EXAMPLE_KEY'}, 'in': 'header', 'scheme': 'Basic'"),
    "a key in a header": (f"curl -H 'X-Api-Key: s3cr3tvalue' {URL}", "env:EXAMPLE_X_API_KEY"),
    "a scheme of their own": (f"curl -H 'Authorization: Key s3cr3tvalue' {URL}", "'value': {'secret': 'env:EXAMPLE_KEY'}, 'in': 'header', 'scheme': 'Key'"),
    "a key in the query": (f"curl '{URL}?access_token=s3cr3tvalue'", "env:EXAMPLE_ACCESS_TOKEN"),
    "a key in the payload": (f"curl {URL} -d '{{\"api_key\": \"s3cr3tvalue\"}}'", "env:EXAMPLE_API_KEY"),
    "a password in the payload": (f"curl {URL} -d '{{\"u\": {{\"password\": \"s3cr3tvalue\"}}}}'", "env:EXAMPLE_PASSWORD"),
    "what looks like one": (f"curl {URL} -d '{{\"a\": \"AKIAIOSFODNN7EXAMPLE\"}}'", "env:EXAMPLE_A"),
    "a cookie": (f"curl -b 'session=s3cr3tvalue' {URL}", "the cookie was ignored"),
    "a bearer and a key": (
        f"curl -H 'Authorization: Bearer s3cr3tvalue' '{URL}?key=s3cr3tvalue'", "'Authorization': {'secret': 'env:EXAMPLE_AUTHORIZATION'}"),
}  # fmt: skip


@pytest.mark.parametrize("case", SECRETS)
def test_no_credential_is_ever_written(case: str) -> None:
    line, reference = SECRETS[case]
    _, text = imported(line)
    for secret in ("s3cr3tvalue", "czNjcjN0dmFsdWU", "AKIAIOSFODNN7EXAMPLE"):
        assert secret not in text
    assert reference in text or reference in str(yaml.safe_load(text))


REFUSED = {
    "": "this is not a curl command",
    "wget https://x.example": "this is not a curl command",
    "curl": "the line calls no URL",
    f"curl {URL} -d 'unclosed": "a quote of the curl line is not closed",
    f"curl {URL} && rm -rf /": "the line continues after curl, with `&&`",
    f"curl {URL}; id": "the line continues after curl, with `;`",
    f'curl {URL} -H "X: $(id)"': "the line runs another command",
    f'curl {URL} -H "X: `id`"': "the line runs another command",
    f"curl {URL} -d @/etc/passwd": "-d reads a file, which may be anywhere",
    f"curl {URL} --data-binary @body.json": "--data-binary reads a file, which may be anywhere",
    f"curl {URL} -H @headers": "-H reads a file",
    f"curl --unix-socket /var/run/docker.sock {URL}": "--unix-socket cannot be imported: it calls a socket",
    f"curl -F file=@x {URL}": "-F cannot be imported: a form with files is not JSON",
    f"curl -d 'a=1&b=2' {URL}": "the data is not JSON",
    f"curl --data-urlencode a=1 {URL}": "--data-urlencode cannot be imported: a form is not JSON",
    f"curl -K config {URL}": "-K cannot be imported: it reads a configuration file",
    f"curl {URL} {URL}": "the line calls two URLs",
    f"curl {URL} --next {URL}": "--next cannot be imported: it makes several calls",
    "curl file:///etc/passwd": "only http and https can be called",
    f"curl {URL} --no-such-option": "the option --no-such-option is not known",
    f"curl {URL} -H": "-H has no value",
    "curl " + "x" * 300_000: "the curl line is longer than 256 KiB",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_no_one_call_with_json_is_refused_with_its_reason(line: str) -> None:
    with pytest.raises(ImportFault) as caught:
        read_curl(line)
    assert caught.value.message.startswith(REFUSED[line])
    assert caught.value.code == "CS938"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(
        st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.from_regex(r"[a-z][a-zA-Z_]{0,9}", fullmatch=True), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "08",
        "0o17",
        "1_000",
        "1:20",
        "NO",
        "~",
        ".inf",
        "2026-11-25",
        "1e3",
        "-",
        "",
        " a",
        "a: b",
        "a #b",
        "\x85",
        "\u2028",
    ],
)
def test_a_text_that_yaml_could_take_for_something_else_stays_one(text: str) -> None:
    request, _ = imported(f"curl {URL} -d {shlex.quote(json.dumps({'a': text, text or 'empty': 1}))}")
    assert request.payload == {"a": text, text or "empty": 1}


@settings(max_examples=examples(37, 150), deadline=None)
@given(
    st.dictionaries(st.from_regex(r"[a-z][a-zA-Z_]{0,9}", fullmatch=True), JSON, max_size=4),
    st.sampled_from(["POST", "PUT", "PATCH"]),
    st.booleans(),
)
def test_whatever_payload_is_written_as_curl_comes_back_the_same(
    payload: Any, method: str, pretty: bool
) -> None:
    if any(word in json.dumps(payload).lower() for word in ("passw", "secret", "key", "token")):
        return
    body = json.dumps(payload, ensure_ascii=False, indent=2 if pretty else None)
    request, _ = imported(f"curl -X {method} {URL} -d {shlex.quote(body)}")
    assert (request.method, request.payload) == (method, payload)


# -- files ------------------------------------------------------------------------------------

HAR = {
    "log": {
        "entries": [
            {"request": {"method": "GET", "url": "https://x.example/", "headers": []}},
            {
                "request": {
                    "method": "POST", "url": URL,
                    "headers": [
                        {"name": ":authority", "value": "x"}, {"name": "Authorization", "value": "Bearer s3cr3tvalue"},
                        {"name": "Content-Type", "value": "application/json"}, {"name": "Cookie", "value": "s3cr3tvalue"},
                    ],
                    "postData": {"text": '{"title": "Hi"}'},
                }
            },
        ]
    }
}  # fmt: skip
POSTMAN = {
    "info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
    "item": [
        {"name": "folder", "item": [{"name": "send", "request": {
            "method": "POST", "url": {"raw": URL}, "header": [{"key": "X-Off", "value": "1", "disabled": True}],
            "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "s3cr3tvalue"}]},
            "body": {"mode": "raw", "raw": '{"title": "Hi"}'}}}]},
        {"name": "form", "request": {"method": "POST", "url": URL, "body": {"mode": "urlencoded", "urlencoded": [{"key": "a"}]}}},
    ],
}  # fmt: skip


def test_a_har_file_and_a_postman_collection() -> None:
    for value, wanted in ((HAR, "/v1/send"), (POSTMAN, "folder/send")):
        text = action_text(read_file(json.dumps(value), wanted), "example")
        assert "s3cr3tvalue" not in text
        found = compiled_of(text).by_environment["local"]["Action/example"].content
        request = build_request(found, {"title": "Hi"})
        assert (request.method, request.url, request.payload) == ("POST", URL, {"title": "Hi"})
        assert found["authentication"]["type"] == "bearer"
    with pytest.raises(ImportFault, match="the file contains 2 requests, and 2 of them match"):
        read_file(json.dumps(HAR), None)
    with pytest.raises(ImportFault, match="the body is a form"):
        read_file(json.dumps(POSTMAN), "form")
    with pytest.raises(ImportFault, match="the file is not JSON"):
        read_file("<html>", None)


def test_a_payload_alone_has_a_placeholder_for_its_url() -> None:
    text = action_text(read_file('{"to": "ada@example.com"}', None), "example")
    assert text.startswith("# the URL is a placeholder: write the real one\n")
    assert compiled_of(text).by_environment["local"]


# -- from a curl line to an applied action ----------------------------------------------------


def test_from_a_curl_line_to_a_tested_planned_and_applied_action_in_five_commands(
    tmp_path: Path, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    line = (
        "curl -X POST https://api.example.com/v1/messages -H 'Authorization: Bearer s3cr3tvalue' "
        """-d '{"to": "ada@example.com", "text": "Hello", "priority": 1}'"""
    )
    assert callsheet("init", "shop").code == 0
    made = callsheet("import", "curl", line, "-C", "shop")
    assert made.out == (
        "wrote shop/example_messages.yaml\n"
        "Its credentials were left out; set EXAMPLE_MESSAGES_TOKEN where it is sent.\n"
        "Next: callsheet test example_messages\n"
    )
    assert callsheet("test", "example_messages", "-C", "shop").code == 0
    assert "+ Action/example_messages" in callsheet("plan", "-C", "shop").out
    assert callsheet("apply", "-C", "shop", "--yes", "-q").code == 0
    assert "s3cr3tvalue" not in (tmp_path / "shop" / "example_messages.yaml").read_text()
    again = callsheet("import", "curl", line, "-C", "shop")
    assert again.err.startswith("error CS929: shop/example_messages.yaml already exists\n")


def test_a_method_that_no_action_has() -> None:
    with pytest.raises(ImportFault, match="an action cannot use the method HEAD"):
        action_text(read_curl(f"curl -I {URL}"), "example")


def test_bad_usage_of_import(workspace: Folder, callsheet: Callsheet) -> None:
    at = ("-C", workspace.path)
    assert "nowhere.har cannot be read" in callsheet("import", "nowhere.har", *at).err
    assert callsheet("import", "curl", "curl -d @x https://a.example", *at).err.startswith(
        "error CS938: -d reads a file"
    )
    assert "is not a valid name" in callsheet("import", "curl", f"curl {URL}", "--name", "no name", *at).err
