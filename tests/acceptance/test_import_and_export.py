"""`callsheet import` from OpenAPI, HTTPie, Insomnia and pasted payloads; and back again: `send --curl`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callsheet.calling.exports import export
from callsheet.calling.model import NO_PAYLOAD
from callsheet.calling.request import build_request
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import MemorySource
from callsheet.errors import CallsheetError
from callsheet.importing import ImportFault
from callsheet.importing.action_text import action_text
from callsheet.importing.curl import read_curl
from callsheet.importing.files import read_file
from callsheet.importing.httpie import read_httpie
from support.forms import examples
from support.service import Service
from support.workspaces import ENVIRONMENT, Callsheet, Folder

SHARED = Path(__file__).parents[3] / "shared" / "reference" / "vendors"


def compiled(text: str) -> dict[str, Any]:
    found = compile_workspace(MemorySource({"a.yaml": text.encode(), "e.yaml": ENVIRONMENT.encode()}))
    assert [(one.code, one.message) for one in found.errors] == [], text
    return found.by_environment["local"]["Action/example"].content


def by_its_test(text: str) -> Any:
    """Give the request of an imported action by its own test case."""
    case = yaml.safe_load(text)["spec"]["tests"][0]
    request = build_request(compiled(text), case["params"])
    assert request.url == case["expect"]["url"]
    return request


# -- there and back -------------------------------------------------------------------------------

AUTHENTICATIONS = [
    {"type": "none"},
    {"type": "bearer", "token": {"secret": "env:API_TOKEN"}},
    {"type": "basic", "username": {"secret": "env:API_USER"}, "password": {"secret": "env:API_PASSWORD"}},
    {"type": "apiKey", "name": "X-Api-Key", "in": "header", "value": {"secret": "env:API_KEY"}},
    {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "scheme": "Key",
        "value": {"secret": "env:API_KEY"},
    },
    {"type": "apiKey", "name": "access_token", "in": "query", "value": {"secret": "env:API_KEY"}},
]
TEXT = st.text(st.characters(exclude_categories=("Cs", "Co", "Cc", "Cn")), max_size=12)
LEAF = TEXT | st.integers(-1000, 1000) | st.booleans() | st.none() | st.just({"secret": "env:FIELD_SECRET"})
JSON = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.from_regex("[a-z]{1,6}", fullmatch=True), inner, max_size=3)
    ),
)


def sent(action: dict[str, Any], request: Any) -> tuple[Any, ...]:
    """Give what leaves, references for secrets, wherever the action writes them."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers.pop("content-type", None)
    found, url = action["authentication"], request.url
    match found["type"]:
        case "bearer":
            headers["authorization"] = ("Bearer", found["token"])
        case "basic":
            headers["authorization"] = (found["username"], found["password"])
        case "apiKey" if found["in"] == "header":
            headers[found["name"].lower()] = (found.get("scheme"), found["value"])
        case "apiKey":
            url += f"{'&' if '?' in url else '?'}{found['name']}={found['value']['secret']}"
    payload = None if request.payload is NO_PAYLOAD else request.payload
    parts = urlsplit(url)
    return request.method, url.partition("?")[0], sorted(parse_qsl(parts.query, True)), headers, payload


@settings(max_examples=examples(50, 200), deadline=None)
@given(
    st.sampled_from(["POST", "PUT", "PATCH"]),
    st.dictionaries(st.from_regex("[a-z]{1,6}", fullmatch=True), JSON, max_size=4),
    st.lists(TEXT, max_size=2),
    st.dictionaries(st.from_regex("[a-z]{1,6}", fullmatch=True), TEXT.filter(bool), max_size=2),
    st.from_regex(r"[ -~]{0,20}", fullmatch=True).map(str.strip),
    st.sampled_from(AUTHENTICATIONS),
    st.sampled_from(["curl", "httpie", "har"]),
)
@example(
    "POST",
    {"a": "'$HOME' \"${X}\" `id` \\"},
    ["a'b$c"],
    {"q": "x&y='1'"},
    'it\'s $5 \\ "quoted"',
    AUTHENTICATIONS[1],
    "curl",
)
@example("PUT", {}, [], {}, "", AUTHENTICATIONS[2], "httpie")
@example("PUT", {}, [], {}, "=x", AUTHENTICATIONS[2], "httpie")
@example("PUT", {}, [], {}, "a\\\\:", AUTHENTICATIONS[2], "httpie")
def test_what_is_exported_is_imported_as_the_same_request(
    method: str, payload: Any, path: list[str], query: dict[str, str], header: str,
    authentication: dict[str, Any], form: str,
) -> None:  # fmt: skip
    if any(
        word in json.dumps([payload, query]).lower() for word in ("passw", 'secret": "s', "token", "key")
    ):
        return
    if form == "har" and (authentication["type"] != "none" or "secret" in json.dumps(payload)):
        return  # a HAR file has no variables: what stands for a secret is a text there
    action = {
        "name": "example",
        "request": {
            "method": method,
            "url": "https://api.example.com/v1",
            "headers": {"Content-Type": "application/json", **({"X-Note": header} if header else {})},
            "query": query,
            "payload": _with_secrets(payload),
        },
        "authentication": authentication,
    }
    if form == "httpie" and re.search(r"\\[=:@;]", header):
        with pytest.raises(CallsheetError, match="HTTPie cannot express the value of the header X-Note"):
            export(action, {}, form)
        return
    text, _ = export(action, {}, form)
    read = {"curl": read_curl, "httpie": read_httpie, "har": lambda it: read_file(it, None)}[form]
    again = compiled(action_text(read(text), "example"))
    before = build_request(action, {})
    parameters = {name: one["example"] for name, one in again.get("parameters", {}).items()}
    assert sent(again, build_request(again, parameters)) == sent(action, before), text


def _with_secrets(value: Any) -> Any:
    """Write references of a payload as a compiled action does."""
    if isinstance(value, dict):
        if set(value) == {"secret"}:
            return {"$secret": value["secret"]}
        return {key: _with_secrets(one) for key, one in value.items()}
    return [_with_secrets(one) for one in value] if isinstance(value, list) else value


EXPORTED = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: example}}
spec:
  request:
    method: POST
    url: {url}/v1/{{{{ params.list }}}}
    query: {{q: "it's $5"}}
    headers: {{X-Note: "=`id` $(id) 'x'", X-Key: {{secret: "env:FIELD"}}}}
    payload: {{text: "{{{{ params.text }}}}", key: {{secret: "env:FIELD"}}}}
  authentication: {{type: basic, username: ada, password: {{secret: "file:/run/pass word"}}}}
  parameters: {{list: {{type: string, example: a}}, text: {{type: string, example: b}}}}
"""
HOSTILE = 'Zoë\'s "$HOME" `id` $(id) \\ \n!%&'


@pytest.mark.parametrize("tool", ["curl", "httpie"])
def test_the_tools_themselves_send_what_callsheet_does(
    workspace: Folder, callsheet: Callsheet, service: Service, tool: str
) -> None:
    program = shutil.which("curl") if tool == "curl" else str(Path(sys.executable).parent / "http")
    if program is None or not Path(program).exists():
        pytest.skip(f"{tool} is not installed")
    workspace.write("environments.yaml", ENVIRONMENT)
    workspace.write("example.yaml", EXPORTED.format(url=service.url))
    outcome = callsheet(
        "send", "example", "-C", workspace.path, f"--{tool}", "-p", "list=a/b 'c'", "-p", f"text={HOSTILE}"
    )
    assert outcome.code == 0, outcome.err
    assert outcome.err == "note: RUN_PASS_WORD is the value of file:/run/pass word\n"
    variables = {"FIELD": "fie$ld", "RUN_PASS_WORD": "pa:ss $w'ord"}
    path = f"{Path(program).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["bash", "-c", outcome.out],
        env={"PATH": path, "HOME": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (seen,) = service.seen
    import base64

    assert (seen.method, seen.path) == ("POST", "/v1/a%2Fb%20%27c%27?q=it%27s%20%245")
    assert json.loads(seen.body) == {"text": HOSTILE, "key": "fie$ld"}
    assert seen.headers["X-Note"] == "=`id` $(id) 'x'"
    assert seen.headers["X-Key"] == "fie$ld"
    assert seen.headers["Authorization"] == "Basic " + base64.b64encode(b"ada:pa:ss $w'ord").decode()


def test_a_har_file_is_one_by_its_schema(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write("environments.yaml", ENVIRONMENT)
    workspace.write("example.yaml", EXPORTED.format(url="https://api.example.com"))
    outcome = callsheet(
        "send",
        "example",
        "-C",
        workspace.path,
        "--har",
        "-p",
        "list=a",
        "-p",
        "text=b",
        "--out",
        workspace.path / "x.har",
    )
    assert outcome.out == ""
    log = json.loads((workspace.path / "x.har").read_text())["log"]
    assert set(log) == {"version", "creator", "entries"}
    (entry,) = log["entries"]
    assert set(entry) == {"startedDateTime", "time", "request", "response", "cache", "timings"}
    assert entry["request"]["postData"]["mimeType"] == "application/json"
    assert "{env:FIELD}" in entry["request"]["postData"]["text"]
    assert entry["request"]["queryString"] == [{"name": "q", "value": "it's $5"}]


def test_a_signature_cannot_be_exported(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write("environments.yaml", ENVIRONMENT)
    text = EXPORTED.format(url="https://api.example.com").split("  authentication")[0]
    text += '  authentication: {type: hmac, key: {secret: "env:K"}, content: "{body}", headers: {X-S: "{signature}"}}\n'
    workspace.write("example.yaml", text + "  parameters: {list: {type: string}, text: {type: string}}\n")
    outcome = callsheet("send", "example", "-C", workspace.path, "--curl", "-p", "list=a", "-p", "text=b")
    assert outcome.err.startswith("error CS967: this action is signed for each request")


# -- variables of a shell ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('curl https://api.example.com -H "Authorization: Bearer $API_TOKEN"', {"secret": "env:API_TOKEN"}),
        (
            'curl https://api.example.com -H "Authorization: Bearer ${API_TOKEN}"',
            {"secret": "env:API_TOKEN"},
        ),
        ("curl https://api.example.com -H 'Authorization: Bearer '$API_TOKEN", {"secret": "env:API_TOKEN"}),
        # Within single quotes a shell fills in nothing.
        (
            "curl https://api.example.com -H 'Authorization: Bearer $API_TOKEN'",
            {"secret": "env:EXAMPLE_TOKEN"},
        ),
        (
            'curl https://api.example.com -H "Authorization: Bearer \\$API_TOKEN"',
            {"secret": "env:EXAMPLE_TOKEN"},
        ),
    ],
)
def test_a_variable_keeps_its_name(line: str, found: dict[str, str]) -> None:
    assert compiled(action_text(read_curl(line), "example"))["authentication"]["token"] == found


def test_a_dollar_before_a_quote_is_a_dollar() -> None:
    line = "curl https://api.example.com -H 'X-Price: 5 $' -H 'X-Other: 6' -d '{\"text\": \"$\"}'"
    request = by_its_test(action_text(read_curl(line), "example"))
    assert request.headers == {"X-Price": "5 $", "X-Other": "6", "Content-Type": "application/json"}
    assert request.payload == {"text": "$"}


# -- HTTPie -----------------------------------------------------------------------------------------

HTTPIE: dict[str, tuple[str, str, Any]] = {
    "http POST https://api.example.com/v1 title=Hi n:=1 ok:=true list:='[1, 2]'": (
        "POST", "https://api.example.com/v1", {"title": "Hi", "n": 1, "ok": True, "list": [1, 2]}),
    "https api.example.com/v1 q==a\\ b page==2": ("GET", "https://api.example.com/v1?q=a+b&page=2", None),
    "http PUT api.example.com X-Team:crm 'message[title]=Hi' 'message[n]:=2'": (
        "PUT", "http://api.example.com/", {"message": {"title": "Hi", "n": 2}}),
    "http -v --json https://api.example.com a=b=c": ("POST", "https://api.example.com/", {"a": "b=c"}),
    "http --print=hb https://api.example.com --raw '{\"a\": [1]}'": ("POST", "https://api.example.com/", {"a": [1]}),
    "http --timeout 5 DELETE https://api.example.com/3": ("DELETE", "https://api.example.com/3", None),
    "http https://api.example.com 'a\\:b=c'": ("POST", "https://api.example.com/", {"a:b": "c"}),
    # As HTTPie 3.2.4 prints them with --offline.
    "http POST https://api.example.com a=1 a=2": ("POST", "https://api.example.com/", {"a": "2"}),
    "http https://api.example.com a[]=1 a[]:=2 'b[1]=x'": ("POST", "https://api.example.com/", {"a": ["1", 2], "b": [None, "x"]}),
    "http https://api.example.com 'a[0][b]=c' 'a[0][d]=e'": ("POST", "https://api.example.com/", {"a": [{"b": "c", "d": "e"}]}),
    "http https://api.example.com '[]=1' '[]:={}'": ("POST", "https://api.example.com/", ["1", {}]),
    "http https://api.example.com 'a\\[b\\]=c'": ("POST", "https://api.example.com/", {"a[b]": "c"}),
    "http :3000/x a=b": ("POST", "http://localhost:3000/x", {"a": "b"}),
    "http :/x": ("GET", "http://localhost/x", None),
    "https ://example.com": ("GET", "https://example.com/", None),
    "http localhost": ("GET", "http://localhost/", None),
    "http --default-scheme=https example.com": ("GET", "https://example.com/", None),
    "http -o out.json --download -q -S example.com a=b": ("POST", "http://example.com/", {"a": "b"}),
}  # fmt: skip

JSON_HEADERS = {"Accept": "application/json, */*;q=0.5", "Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("line", "headers", "notes"),
    [
        ("http POST https://api.example.com a=b", JSON_HEADERS, []),
        ("http -j GET https://api.example.com", JSON_HEADERS, []),
        ("http https://api.example.com", {}, []),
        ("http https://api.example.com Accept: a=b", {"Content-Type": "application/json"}, []),
        ("http https://api.example.com 'Accept:*/*' a=b", {"Content-Type": "application/json"}, []),
        ("http https://api.example.com Accept:text/plain a=b", {**JSON_HEADERS, "Accept": "text/plain"}, []),
        ("http https://api.example.com X-A: 'X-B;' X-C:1", {"X-B": "", "X-C": "1"}, []),
        ("http https://api.example.com Content-Type: a=b", {"Accept": JSON_HEADERS["Accept"]},
         ["the header Content-Type is sent: a payload of an action has one"]),
        ("http --verify=no --timeout 3 https://api.example.com", {},
         ["the option --verify was left out: an action has its own way"]),
    ],
)  # fmt: skip
def test_headers_of_an_httpie_line_are_those_that_httpie_sends(
    line: str, headers: dict[str, str], notes: list[str]
) -> None:
    found = read_httpie(line)
    assert (dict(found.headers), found.notes) == (headers, notes)


@pytest.mark.parametrize("line", HTTPIE)
def test_an_httpie_line_becomes_the_same_request(line: str) -> None:
    method, url, payload = HTTPIE[line]
    request = by_its_test(action_text(read_httpie(line), "example"))
    assert (request.method, request.url.rstrip("/")) == (method, url.rstrip("/"))
    assert payload is None or request.payload == payload


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("curl https://a.example", "this is not an HTTPie command"),
        ("http -f POST https://a.example a=b", "a form is not JSON"),
        ("http https://a.example a@/etc/passwd", "`a` reads a file"),
        ("http https://a.example a:=@x.json", "`a` reads a file"),
        ("http https://a.example a:=x", "the data is not JSON"),
        ("http https://a.example --cert=x", "the option --cert is not known"),
        ("http https://a.example word", "`word` is not an item of a request"),
        ("http POST", "the line calls no URL"),
        ("http https://a.example 'a[b=c'", "`a[b` is not the name of a field"),
        ("http https://a.example 'a[5000]=c'", "`a[5000]` is too far in its list"),
        ("http POST https://a.example a=1 a[b]=2", "`a[b]` is within a value of another kind"),
        (
            "http -A digest -a u:s3cr3t https://a.example",
            "a login by digest is made of what the service answers first",
        ),
        ("http --raw '{}' https://a.example b=3", "the line has a body and fields of one"),
        ("http -zs3cr3t https://a.example", "the option -z is not known"),
        ("http https://a.example $K==1", "a key of the query is a variable"),
        ("http https://a.example && sh", "the line continues after httpie, with `&&`"),
        ("http https://a.example a=$(id)", "the line runs another command"),
        ("http https://a.example 'a", "a quote of the httpie line is not closed"),
    ],
)
def test_what_is_no_httpie_call_with_json(line: str, words: str) -> None:
    with pytest.raises(ImportFault) as refused:
        read_httpie(line)
    assert refused.value.message == words


@pytest.mark.parametrize(
    "option",
    ["-a ada:s3cr3tvalue", "-A bearer -a s3cr3tvalue", "X-Api-Key:s3cr3tvalue", "password=s3cr3tvalue"],
)
def test_no_credential_of_an_httpie_line_is_written(option: str) -> None:
    text = action_text(read_httpie(f"http POST https://api.example.com {option}"), "example")
    assert "s3cr3tvalue" not in text
    assert "env:EXAMPLE_" in text


# -- files ------------------------------------------------------------------------------------------

INSOMNIA = {
    "_type": "export", "__export_format": 4,
    "resources": [
        {"_type": "environment", "data": {"host": "api.example.com", "n": 1}},
        {"_type": "request_group", "name": "folder"},
        {
            "_type": "request", "name": "Send", "method": "POST", "url": "https://{{ _.host }}/v1",
            "headers": [{"name": "X-Team", "value": "crm"}, {"name": "X-Off", "value": "1", "disabled": True}],
            "parameters": [{"name": "page", "value": "a b"}],
            "authentication": {"type": "bearer", "token": "s3cr3tvalue"},
            "body": {"mimeType": "application/json", "text": '{"title": "{{ _.unknown }}"}'},
        },
        {"_type": "request", "name": "Form", "method": "POST", "url": "https://x.example", "body": {"params": [{"name": "a"}]}},
    ],
}  # fmt: skip


def test_an_insomnia_export() -> None:
    text = action_text(read_file(json.dumps(INSOMNIA), "Send"), "example")
    assert "s3cr3tvalue" not in text
    request = by_its_test(text)
    assert (request.method, request.url) == ("POST", "https://api.example.com/v1?page=a%20b")
    assert request.headers["X-Team"] == "crm"
    # What the export does not say is a parameter.
    assert request.payload == {"title": "unknown"}
    assert compiled(text)["request"]["payload"] == {"title": {"$param": "unknown"}}
    with pytest.raises(ImportFault, match="the body is a form"):
        read_file(json.dumps(INSOMNIA), "Form")


def test_a_postman_collection_with_variables() -> None:
    collection = {
        "variable": [{"key": "base", "value": "https://api.example.com"}, {"key": "key", "value": "s3cr3tvalue", "type": "secret"}],
        "item": [{"name": "send", "request": {"method": "POST", "url": {"raw": "{{base}}/v1"}, "header": [{"key": "X-Api-Key", "value": "{{key}}"}]}}],
    }  # fmt: skip
    text = action_text(read_file(json.dumps(collection), None), "example")
    assert "s3cr3tvalue" not in text
    assert by_its_test(text).url == "https://api.example.com/v1"


PASTED = {
    "channel": "push",
    "title": {"toBeMapped": True, "dataType": "string", "label": "Title of the push"},
    "when": {"toBeMapped": True, "dataType": "dateTime", "label": "When"},
    "badge": {"toBeMapped": True, "dataType": "integer"},
    "price": {"toBeMapped": True, "dataType": "decimal"},
    "day": {"toBeMapped": True, "dataType": "dateOnly"},
    "tags": {"toBeMapped": True, "dataType": "listString", "label": "Tags"},
    "person": {"email": {"toBeMapped": True, "dataType": "string", "label": "Adresse"}, "vip": True},
    "other": {"toBeMapped": False},
}


def test_a_payload_that_was_pasted_from_the_journey_tool() -> None:
    text = action_text(read_file(json.dumps(PASTED), None), "example")
    found = compiled(text)
    assert {name: one["type"] for name, one in found["parameters"].items()} == {
        "title": "string", "when": "datetime", "badge": "integer", "price": "number", "day": "date", "tags": "array",
        "email": "string",
    }  # fmt: skip
    assert found["parameters"]["title"]["label"] == {"en": "Title of the push"}
    assert found["request"]["payload"]["person"] == {"email": {"$param": "email"}, "vip": True}
    assert found["request"]["payload"]["other"] == {"toBeMapped": False}
    assert by_its_test(text).payload["tags"] == ["text"]


# -- OpenAPI ----------------------------------------------------------------------------------------

DESCRIPTION = """\
openapi: 3.0.3
info: {title: Shop, version: "1"}
servers: [{url: "https://api.example.com/v1"}]
security: [{key: []}]
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Api-Key}}
  schemas:
    Person: {type: object, required: [email], properties: {email: {type: string, example: ada@example.com}, age: {type: integer}}}
paths:
  /lists/{list_id}/send:
    post:
      operationId: send
      parameters:
        - {name: list_id, in: path, required: true, schema: {type: string}}
        - {name: mode, in: query, required: true, schema: {type: string, enum: [fast, slow]}}
        - {name: page, in: query, schema: {type: integer}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [to, kind, text, count]
              properties:
                to: {$ref: "#/components/schemas/Person"}
                kind: {type: string, enum: [email, sms]}
                text: {type: string, minLength: 3, maxLength: 20}
                count: {type: integer, minimum: 2}
                more: {type: string}
      responses: {"202": {description: ok}}
  /form:
    post: {operationId: form, requestBody: {content: {multipart/form-data: {}}}, responses: {}}
"""


def test_an_operation_becomes_an_action_with_its_contract(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write("environments.yaml", ENVIRONMENT)
    workspace.write("shop/api.yaml", DESCRIPTION)
    at = ("-C", workspace.path)
    outcome = callsheet(
        "import", workspace.path / "shop" / "api.yaml", "--operation", "send", "--name", "imported", *at
    )
    assert outcome.code == 0, outcome.err
    text = (workspace.path / "imported.yaml").read_text()
    spec = yaml.safe_load(text)["spec"]
    assert spec["contract"] == {"openapi": "shop/api.yaml", "operation": "send"}
    assert spec["request"]["url"] == "https://api.example.com/v1/lists/{{ params.list_id }}/send"
    assert spec["request"]["query"] == {"mode": "fast"}
    secret = {"secret": "env:IMPORTED_X_API_KEY"}
    key = {"type": "apiKey", "name": "X-Api-Key", "in": "header", "value": secret}
    assert spec["authentication"] == key
    assert spec["request"]["payload"] == {
        "to": {"email": "{{ params.email }}"}, "kind": "email", "text": "{{ params.text }}", "count": "{{ params.count }}",
    }  # fmt: skip
    assert spec["parameters"]["text"]["maxLength"] == 20
    assert spec["parameters"]["email"]["sensitivity"] == "email"
    assert callsheet("validate", *at).out == "Valid: 3 documents.\n"
    assert callsheet("test", "imported", *at).code == 0
    # The emulator and `send` take it as it is.
    wrong = callsheet("import", workspace.path / "shop" / "api.yaml", "--operation", "sent", *at)
    assert wrong.err.startswith(
        "error CS938: there is no operation `sent` in the contract (did you mean `send`?)"
    )
    form = callsheet("import", workspace.path / "shop" / "api.yaml", "--operation", "form", *at)
    assert form.err.startswith("error CS938: the operation takes no JSON body\n")


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the vendors' descriptions (../shared/reference/vendors) are absent"
)
@pytest.mark.parametrize(
    ("file", "operation"),
    [
        ("sendgrid/tsg_mail_v3.json", "SendMail"),
        ("whatsapp/business-messaging-api_v23.0.yaml", "POST /{Version}/{Phone-Number-ID}/messages"),
    ],
)
def test_operations_of_the_vendors_own_descriptions(
    workspace: Folder, callsheet: Callsheet, file: str, operation: str
) -> None:
    workspace.write("environments.yaml", ENVIRONMENT)
    target = workspace.path / Path(file).name
    shutil.copy(SHARED / file, target)
    outcome = callsheet(
        "import", target, "--operation", operation, "--name", "imported", "-C", workspace.path
    )
    assert outcome.code == 0, outcome.err
    checked = callsheet("validate", "-C", workspace.path)
    assert checked.code == 0, checked.out
    assert callsheet("test", "imported", "-C", workspace.path, "--no-generated").code == 0


# -- what exists already ----------------------------------------------------------------------------


def test_check_compares_with_what_exists(samples: Folder, callsheet: Callsheet) -> None:
    line = (
        "curl -X POST https://api.nexmo.com/v1/messages -H 'Content-Type: application/json' -u a:b"
        """ -d '{"message_type": "text", "channel": "sms", "to": "1", "from": "Shop", "text": "Hi"}'"""
    )
    at = ("-C", samples.path)
    assert callsheet("import", "curl", line, "--check", *at).out == "vonage_sms: makes this request\n"
    other = callsheet(
        "import", "curl", line.replace('"sms"', '"mms"').replace(" POST", " PUT"), "--check", *at
    )
    assert (other.code, other.out) == (
        1,
        (
            "vonage_sms: makes another request\n"
            "  it calls with PUT, and the action with POST\n"
            "  `channel` differs from what the action sends\n"
        ),
    )
    elsewhere = callsheet("import", "curl", "curl https://api.example.com", "--check", *at)
    assert elsewhere.err == (
        "error CS925: no action calls api.example.com\nhelp: leave out --check to create it\n"
    )
    named = callsheet(
        "import", "curl", "curl https://api.example.com", "--check", "--name", "vonage_sms", *at
    )
    assert "it calls https://api.example.com, and the action https://api.nexmo.com/v1/messages" in named.out
    assert not (samples.path / "example.yaml").exists()


def test_a_description_may_be_larger_than_a_file_of_actions(
    workspace: Folder, callsheet: Callsheet
) -> None:
    filler = "".join(f"# {'x' * 100}\n" for _ in range(12_000))
    workspace.write("environments.yaml", ENVIRONMENT)
    workspace.write("api.yaml", DESCRIPTION + filler)
    workspace.write("large.yaml", "apiVersion: callsheet/v1\nkind: Policy\n" + filler)
    outcome = callsheet("validate", "-C", workspace.path)
    assert "api.yaml" not in outcome.out
    assert outcome.out.startswith("large.yaml:1:1: error CS103\n")


def test_variables_of_an_httpie_line_are_parameters(workspace: Folder, callsheet: Callsheet) -> None:
    line = 'http POST https://a.example/$ID a="$FOO" b="x $FOO" v=="a$U" X-U:"r-$RID" Authorization:"Bearer $TOKEN"'
    outcome = callsheet("import", "httpie", line, "-C", workspace.path, "--name", "line")
    assert outcome.code == 0, outcome.err
    text = (workspace.path / "line.yaml").read_text()
    for written in (
        "/{{ params.id }}",
        "a: '{{ params.foo }}'",
        "b: x {{ params.foo }}",
        "v: a{{ params.u }}",
        "r-{{ params.rid }}",
    ):
        assert written in text, text
    assert "secret: env:TOKEN" in text
    assert callsheet("test", "line", "-C", workspace.path).code == 0


def test_a_variable_of_the_shell_is_a_number_where_httpie_reads_json() -> None:
    found = read_httpie('http POST https://api.example.com n:=$N s="$N" l:=\'[1, 2]\' o:="{\\"a\\": $M}"')
    assert {name: one.fields for name, one in found.slots.items()} == {
        "n": {"type": "number"},
        "m": {"type": "number"},
    }
    assert found.payload["l"] == [1, 2]
    assert (found.payload["n"], found.payload["o"]["a"]) == (found.slots["n"], found.slots["m"])
