"""The page for a new action says of credentials what the compiler says, and offers the workspace's connections."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import expect

from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import MemorySource
from callsheet.documents.reading import parse
from callsheet.documents.yaml_text import block_text
from callsheet.language.secret_patterns import _detectors, secret_kind
from callsheet.reporting.catalog.new_data import known_of_secrets
from support import forms
from support.browser import Watched, any_browser, as_written, browser, watched
from support.firefox import firefox
from support.scripts import evaluated
from support.workspaces import ENVIRONMENT, Callsheet, Folder

__all__ = ["any_browser", "browser", "firefox", "watched"]
Opening = Callable[..., Watched]
SCRIPTS = ("request.js", "yaml.js", "credentials.js", "schema.js", "secrets.js", "new-fields.js")
CODES = ("CS601", "CS607", "CS602", "CS603")
STRIPE = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
TEXTS = (
    "a", "", "users", "hunter2hunter2", "Basic plan", "Basic YWRhOmxvdmVsYWNl", "Bearer abc", "bearer abc def", "{{ params.a }}", STRIPE, f"key={STRIPE}!", "x" * 1_190 + STRIPE,
    "https://ada:lovelace1@api.example.com/", "AKIAIOSFODNN7EXAMPLE", "ghp_" + "c4n4ry" * 6, "xoxb-123456789012-abcdefghijkl", "SG." + "a1" * 11 + "." + "b2" * 21 + "c", "sk-abc", "abc123" * 5,
    '{"password": "hunter2"}', 'mutation { login(password: "hunter2") }', '{\\"pin\\": 1, \\"apiKey\\": 4711}', "user=ada&password=x%20y", "a=b", "Server=x;User Id=y;Password=z;", "a=b; token=c", "https://a.example/api_key=b1/x",
    "X-Api-Key: abc\nAccept: b", "a: b\npassword = hunter2", "password: none", "Password: see your mail", "<a><password x='y'>hunter2</password></a>", "<b>password</b>", 'login(password: \"\"\"hunter2\"\"\")',
    "https://a.example/x;jsessionid=A1", "https://a.example/?a=b;token=c", "https://a.example/?to=https%3A%2F%2Fb.example%2F%3Ftoken%3Dc1", "https://a.example/?to=https%3A%2F%2Fb.example%2F%ff",
    "https://hooks.zapier.com/hooks/catch/1/a", "https://a.example/apikey/p4bcdef0123456/x", "https://a.example/?token=b1", "https://a.example/?token={{ params.a }}", "https://a.example:8/?pageToken=b", 'password: ""', "it's = 'x'", '{"password": "{{ params.a }}"}', "0a1b2c3d" * 4,
    "cXyZ12345678901234567A:APA91b" + "x1" * 67, "Bearer 0123456789abcdef0123456789", "https://a.example/?api_key=abcdef0123456789", "-----BEGIN RSA PRIVATE KEY-----", "4711-public-beta",
)  # fmt: skip
NAMES = (
    "X-Api-Key", "Accept", "X-Request-Id", "Authorization", "Idempotency-Key", "X-Session", "X-Auth-Token", "key", "code", "sig", "page_token", "password", "clientSecret", "secretary", "passwordHint",
    "auth", "token", "secrets", "mot_de_passe", "Passwort", "X-Signature", "Postman-Token", "X-Key-Name", "Value", "user", "pass", "email", "X-Author", "smtp_pass", "pwd2", "api_key_value", "connectionString", "密码", "cvv", "consumer_key", "signature", "fid", "value", "pass", "access_token", "sessionId", "jwt", "title", STRIPE, "email",
)  # fmt: skip
REFERENCES = ("env:TOKEN", "env:my token", "hunter2hunter2", "enc:TOKEN", "fil:TOKEN", "file:/run/secret", "env:", STRIPE, "env:9", "ENV:TOKEN")  # fmt: skip


def leaf(chance: Random) -> Any:
    if chance.random() < 0.2:
        return {"secret": chance.choice(REFERENCES)}
    return chance.choice((*TEXTS, 1, True, None))


def payload(chance: Random, depth: int = 0) -> Any:
    if chance.random() < 0.1:
        return {
            chance.choice(("key", "Name", "label", "header", "type")): chance.choice(NAMES),
            chance.choice(("value", "Val", "data", "text", "content")): leaf(chance),
        }
    if depth < 3 and chance.random() < 0.4:
        return {chance.choice(NAMES): payload(chance, depth + 1) for _ in range(chance.randint(1, 3))}
    if depth < 3 and chance.random() < 0.1:
        return [payload(chance, depth + 1) for _ in range(2)]
    return leaf(chance)


def document(chance: Random) -> dict[str, Any]:
    """Return an action that is well formed, and in which a credential may be anywhere."""
    fields = {chance.choice(NAMES): payload(chance) for _ in range(3)}
    url = chance.choice(("https://api.example.com", "https://hook.eu1.make.com/abc"))
    request: dict[str, Any] = {"method": "POST", "url": url, "payload": fields}
    for part in ("headers", "query"):
        if chance.random() < 0.6:
            request[part] = {chance.choice(NAMES): leaf(chance) for _ in range(2)}
    spec: dict[str, Any] = {"request": request, "parameters": {"a": {"type": "string"}}}
    if chance.random() < 0.6:
        token = chance.choice(({"secret": chance.choice(REFERENCES)}, chance.choice(TEXTS)))
        scheme = chance.choice(("bearer", "basic"))
        other = {"token": token} if scheme == "bearer" else {"username": "ada", "password": token}
        spec["authentication"] = {"type": scheme, **other}
    title = {"en": chance.choice(("A call", STRIPE))}
    return {
        "apiVersion": "callsheet/v1",
        "kind": "Action",
        "metadata": {"name": "call", "title": title},
        "spec": spec,
    }


def found_by_compiler(one: dict[str, Any], codes: tuple[str, ...]) -> list[str]:
    tree = {"call.yaml": block_text(one).encode(), "local.yaml": ENVIRONMENT.encode()}
    found = compile_workspace(MemorySource(tree)).diagnostics
    return sorted(f"{it.severity} {it.code} {it.message} | {it.help}" for it in found if it.code in codes)


def found_by_page(browser: Any, some: list[dict[str, Any]], codes: tuple[str, ...]) -> list[list[str]]:
    compute = """(documents, known) => {
        const secrets = new Secrets(JSON.parse(known));
        return parsed(documents).value.map(one => [...secrets.findings(one)].map(it => [it.code,
          `${it.severity || "error"} ${it.code} ${it.message} | ${it.help}`]));
    }"""
    found = evaluated(browser, SCRIPTS, compute, json.dumps(some), json.dumps(known_of_secrets()))
    return [sorted(text for code, text in one if code in codes) for one in found]


@pytest.mark.parametrize("seed", range(1 if not forms.LONG else 20))
def test_credentials_are_found_as_the_compiler_finds_them(seed: int, any_browser: Any) -> None:
    chance = Random(seed)
    some = [document(chance) for _ in range(150)]
    every: set[str] = set()
    for one, shown in zip(some, found_by_page(any_browser, some, CODES[:2]), strict=True):
        assert shown == found_by_compiler(one, CODES[:2]), json.dumps(one)
        every |= {it.split()[1] for it in shown}
    assert every == {"CS601", "CS607"}


def test_references_are_judged_as_the_compiler_judges_them(any_browser: Any) -> None:
    # In what compiles: where nothing else is wrong.
    some: list[dict[str, Any]] = []
    for reference in REFERENCES[:-3]:
        held = {"secret": reference}
        for spec in (
            {"request": {"payload": {"a": {"b": [held, {"secret": "plain", "other": held}]}}}},
            {
                "request": {"headers": {"X-Api-Key": held}},
                "authentication": {"type": "bearer", "token": held},
            },
            {"request": {"url": {**held, "host": "api.example.com"}}},
            {"authentication": {"type": "basic", "username": held, "password": {"secret": "env:A"}}},
        ):
            request = {"method": "POST", "url": "https://api.example.com", **spec.get("request", {})}
            metadata = {"name": "call", "title": {"en": "Call"}}
            whole = {"metadata": metadata, "spec": {**spec, "request": request}}
            some.append({"apiVersion": "callsheet/v1", "kind": "Action", **whole})
    every: set[str] = set()
    for one, shown in zip(some, found_by_page(any_browser, some, CODES[2:]), strict=True):
        assert shown == found_by_compiler(one, CODES[2:]), json.dumps(one)
        every |= {it.split()[1] for it in shown}
    assert every == {"CS602", "CS603"}


def test_each_kind_of_credential_is_one_on_the_page(any_browser: Any) -> None:
    samples = [*TEXTS, *(f"a {it} b" for it in TEXTS)]
    samples += [
        f"{name}={'a1b2c3d4' * 8}" for name in ("cloudant_key", "softlayer_api_key", "ibm_cloud_iam_key")
    ]
    compute = "(texts, known) => JSON.parse(texts).map(one => new Secrets(JSON.parse(known)).kindOf(one))"
    shown = evaluated(any_browser, SCRIPTS, compute, json.dumps(samples), json.dumps(known_of_secrets()))
    assert shown == [*map(secret_kind, samples)]
    assert len({*shown}) > 10
    named = {kind for kind, _, _ in known_of_secrets()["kinds"]}
    assert named > {str(one.secret_type) for one in _detectors()}


def written(callsheet: Callsheet, workspace: Folder, out: Path, *more: str) -> Path:
    outcome = callsheet("catalog", "-C", workspace.path, "--out", out, *more)
    assert outcome.code == 0, outcome.err
    return out / "new.html"


def findings(one: Watched) -> list[str]:
    return [it.split("\n")[0].strip() for it in as_written(one.page.locator(".judged > ul > li"))]


def yaml_of(one: Watched) -> Any:
    return parse(str(one.page.locator("pre.yaml").text_content()), "a.yaml")[0][0].value


def test_a_credential_in_clear_is_refused_beside_its_field_until_it_is_gone(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    base = "https://github.com/we/it/blob/main/actions"
    one = watched(written(callsheet, workspace, tmp_path / "site", "--link-base", base).as_uri(), 1280)
    page = one.page
    assert findings(one) == []
    page.fill("[id='at/metadata/title/en']", f"Call {STRIPE}")
    assert findings(one) == ["CS601 this looks like a credential (API Token)"]
    assert page.inner_text("[id='at/metadata/title/en:said']") == (
        "CS601 this looks like a credential (API Token)"
    )
    # Nothing of it is repeated, and no link carries it in its address.
    assert STRIPE not in page.inner_text(".judged")
    expect(page.locator("a.host")).to_be_hidden()
    page.fill("[id='at/metadata/title/en']", "Call")
    assert findings(one) == []
    expect(page.locator("[id='at/metadata/title/en:said']")).to_be_empty()
    expect(page.locator("a.host")).to_be_visible()
    page.fill("[id='at/spec/request/payload']", '{"password": "lovelace"}')
    assert findings(one) == [
        "CS607 `password` is written as plain text, and its name is that of a credential"
    ]
    expect(page.locator("a.host")).to_be_hidden()
    assert page.locator("[id='at/spec/request/payload']").get_attribute("aria-invalid") is None
    page.fill("[id='at/spec/request/payload']", "{}")
    page.locator("[id='at/spec/authentication']").click()
    page.select_option("[id='at/spec/authentication/type']", label="bearer")
    page.fill("[id='at/spec/authentication/token']", "hunter2hunter2")
    assert findings(one) == ["CS603 the reference to a secret is malformed"]
    page.fill("[id='at/spec/authentication/token']", "enc:TOKEN")
    assert findings(one) == ["CS602 the scheme `enc` of the secret is unknown (did you mean `env`?)"]
    page.fill("[id='at/spec/authentication/token']", "env:TOKEN")
    page.select_option("[id='at/spec/authentication/type']", label="basic")
    page.select_option(
        "div:has(> [id='at/spec/authentication/password']) select", label="text that is not secret"
    )
    page.fill("[id='at/spec/authentication/password']", "lovelace")
    assert "CS601 `password` is written as plain text" in findings(one)
    assert one.said == []


@pytest.mark.parametrize("severity", ["error", "warning", "off"])
def test_a_finding_is_as_grave_as_the_workspace_takes_it(
    severity: str, workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    settings = f"apiVersion: callsheet/v1\nkind: Workspace\nmetadata: {{name: w}}\nspec: {{severity: {{CS607: {severity}}}}}\n"
    workspace.write("callsheet.yaml", settings)
    base = "https://github.com/we/it/blob/main/actions"
    one = watched(written(callsheet, workspace, tmp_path / "site", "--link-base", base).as_uri(), 1280)
    one.page.fill("[id='at/metadata/name']", "sold")
    one.page.fill("[id='at/spec/request/payload']", '{"password": "lovelace"}')
    workspace.write("sold.yaml", one.page.locator("pre.yaml").text_content() or "")
    checked = json.loads(callsheet("validate", "-C", workspace.path, "-o", "json").out)
    said = [it for it in checked["diagnostics"] if it["code"] == "CS607"]
    assert [it["severity"] for it in said] == ([] if severity == "off" else [severity])
    assert findings(one) == [f"CS607 {it['message']}" for it in said]
    for it in one.page.locator(".judged > ul > li").all():
        assert it.get_attribute("class") == severity
        assert it.locator("code").all_inner_texts()[0] == "password"
    # What the workspace takes for no credential may be in an address.
    expect(one.page.locator("a.host")).to_be_visible(visible=severity == "off")
    assert one.said == []


def test_what_was_said_of_a_start_is_marked_after_an_edit_and_back_without_it(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    one = watched(written(callsheet, samples, tmp_path / "site").as_uri(), 1280)
    title, fresh = "[id='at/metadata/title/en']", "The compiler has no finding about this start."
    one.page.select_option("select[name=start]", label="firebase · Push through Firebase")
    said = one.page.locator(".judged")
    before, value = said.inner_text(), one.page.input_value(title)
    one.page.fill(title, "Another")
    edited = said.inner_text()
    assert "before you changed it" in edited or fresh in edited
    one.page.fill(title, value)
    assert said.inner_text() == before
    assert one.said == []


def test_values_that_nothing_reads_any_more_are_not_asked_for(
    empty: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    one = watched(written(callsheet, empty, tmp_path / "site").as_uri(), 1280)
    one.page.select_option("select[name=start]", label="firebase · Push through Firebase")
    assert "values.firebase.project" in one.page.inner_text(".judged")
    url = one.page.input_value("[id='at/spec/request/url']")
    assert "values.firebase.project" in url
    one.page.fill("[id='at/spec/request/url']", "https://api.example.com")
    assert "values.firebase.project" not in one.page.inner_text(".judged")
    assert one.said == []


CONNECTION = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: %s, title: {en: "Orders <b>"}}
spec: {url: https://api.example.com}
"""


@pytest.mark.parametrize("page", ["new", "fr/new"])
def test_a_connection_of_the_workspace_is_chosen(
    page: str, workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    for name in ("orders", "returns"):
        workspace.write(f"{name}.yaml", CONNECTION % name)
    written(callsheet, workspace, tmp_path / "site")
    one = watched((tmp_path / "site" / f"{page}.html").as_uri(), 1280)
    field = one.page.locator("select[id='at/spec/connection']")
    assert field.locator("option").all_inner_texts()[1:] == ["orders · Orders <b>", "returns · Orders <b>"]
    field.focus()
    field.select_option("returns")
    expect(one.page.locator("[id='at/spec/connection']")).to_be_focused()
    one.page.fill("[id='at/spec/request/url']", "")
    assert findings(one) == []
    assert yaml_of(one)["spec"]["connection"] == "returns"
    name = yaml_of(one)["metadata"]["name"]
    workspace.write(f"{name}.yaml", str(one.page.locator("pre.yaml").text_content()))
    checked = callsheet("validate", "-C", workspace.path, "-o", "json")
    assert checked.code == 0, checked.out
    field.select_option("")
    assert "connection" not in yaml_of(one)["spec"]
    assert one.said == []


def test_a_connection_that_a_start_brings_is_kept_and_without_any_it_is_written(
    empty: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    one = watched(written(callsheet, empty, tmp_path / "site").as_uri(), 1280)
    assert one.page.locator("input[id='at/spec/connection']").count() == 1
    empty.write("orders.yaml", CONNECTION % "orders")
    other = watched(written(callsheet, empty, tmp_path / "other").as_uri(), 1280)
    label = next(
        it
        for it in other.page.locator("optgroup[label=Samples] option").all_inner_texts()
        if it.startswith("facebook")
    )
    other.page.select_option("select[name=start]", label=label)
    named = yaml_of(other)["spec"].get("connection", "")
    field = other.page.locator("select[id='at/spec/connection']")
    assert field.input_value() == named
    offered = field.locator("option").evaluate_all("some => some.map(one => one.value)")
    assert offered == [*dict.fromkeys(["", "orders", named])]
    assert one.said == other.said == []
