"""The page for a new action in a real Chromium: starts, form, findings, and the YAML that the compiler takes."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from callsheet.documents import FolderSource, read_documents
from callsheet.documents.parsed import MAX_DEPTH
from callsheet.documents.reading import parse
from callsheet.importing import starts
from callsheet.language.schema_check import schema
from callsheet.reporting.catalog.new_data import host_of
from callsheet.reporting.catalog.new_french import in_french
from callsheet.reporting.catalog.new_words import new_words_in
from support.browser import Watched, as_written, browser, watched
from support.workspaces import Callsheet, Folder

__all__ = ["browser", "watched"]
Opening = Callable[..., Watched]
ORDERS = """\
openapi: 3.0.3
info: {title: "Orders </script><img src=x onerror=alert(1)>", version: "1"}
servers: [{url: https://api.example.com/v1}]
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post:
      operationId: updateOrder
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [email, amount]
              properties:
                email: {type: string, format: email}
                amount: {type: number, minimum: 0.5}
      responses: {"200": {description: ok, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}}
    get:
      operationId: readOrder
      responses: {"200": {description: ok}}
  /upload:
    post:
      operationId: upload
      requestBody: {content: {multipart/form-data: {schema: {type: object}}}}
      responses: {"200": {description: ok}}
"""


def written(callsheet: Callsheet, workspace: Folder, out: Path, *more: str) -> Path:
    outcome = callsheet("catalog", "-C", workspace.path, "--out", out, *more)
    assert outcome.code == 0, outcome.err
    return out / "new.html"


def opened(watched: Opening, page: Path, width: int = 1280, **context: Any) -> Watched:
    return watched(page.as_uri(), width, **context)


def yaml_of(one: Watched) -> str:
    return str(one.page.locator("pre.yaml").text_content())


def findings(one: Watched) -> list[str]:
    """Return the findings of the form."""
    return [it.split("\n")[0].strip() for it in as_written(one.page.locator(".judged > ul > li"))]


def start(one: Watched, label: str, operation: str = "") -> None:
    one.page.select_option("select[name=start]", label=label)
    if operation:
        one.page.locator("select[name=operation]").wait_for()
        one.page.select_option("select[name=operation]", label=operation)


def starts_in(one: Watched) -> list[tuple[str, str]]:
    """Return everything that the page lets one start from, but for a curl line."""
    found = []
    for label in one.page.locator("select[name=start] option").all_inner_texts():
        if label == "a curl line":
            continue
        start(one, label)
        operations = one.page.locator("select[name=operation]")
        if one.page.locator("option:checked").first.evaluate("it => it.parentElement.label") == "Contracts":
            operations.wait_for()
        listed = operations.locator("option").all_inner_texts() if operations.is_visible() else []
        found += [(label, it) for it in listed[1:]] or [(label, "")]
    return found


def test_every_start_is_taken_by_the_compiler_as_the_page_says(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    samples.write("orders.yaml", ORDERS)
    one = opened(watched, written(callsheet, samples, tmp_path / "site"))
    found = starts_in(one)
    assert len(found) == 1 + 8 + 2 + 2
    before = {
        (it["code"], it["file"], it["message"])
        for it in json.loads(callsheet("validate", "-C", samples.path, "-o", "json").out)["diagnostics"]
    }
    for label, operation in found:
        start(one, label, operation)
        assert findings(one) == []
        said = as_written(one.page.locator(".judged details li"))
        path = one.page.inner_text("h2 .path")
        folder = tmp_path / "try" / "actions"
        shutil.copytree(samples.path, folder, ignore=shutil.ignore_patterns(".callsheet"))
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(yaml_of(one), "utf-8")
        for needed in one.page.locator(".needed details").all():
            needed.locator("summary").click()
            (folder / needed.locator("code").inner_text()).write_text(
                needed.locator("pre").text_content(), "utf-8"
            )
        assert callsheet("fmt", "--check", folder / path).code == 0, label
        after = json.loads(callsheet("validate", "-C", folder, "-o", "json").out)["diagnostics"]
        new = [it for it in after if (it["code"], it["file"], it["message"]) not in before]
        assert {f"{it['code']} {it['message']}" for it in new} == {it.split("\n")[0] for it in said}, label
        shutil.rmtree(tmp_path / "try")
    assert one.said == []


def test_an_operation_is_what_the_compiler_imports(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    workspace.write("orders.yaml", ORDERS)
    one = opened(watched, written(callsheet, workspace, tmp_path / "site"))
    start(one, "orders.yaml · Orders </script><img src=x onerror=alert(1)>", "updateOrder (POST)")
    name = one.page.input_value("[id='at/metadata/name']")
    assert "upload the operation takes no JSON body" in one.page.locator(".noted").text_content()
    shown = parse(yaml_of(one), "a.yaml")[0][0].value
    asked = ("import", workspace.path / "orders.yaml", "--operation", "updateOrder", "--name", name)
    assert callsheet(*asked, "-C", workspace.path).code == 0
    imported = parse((workspace.path / f"{name}.yaml").read_text("utf-8"), "a.yaml")[0][0].value
    assert shown == imported
    assert one.said == []


def compare_refusals(one: Watched, folder: Path) -> None:
    """Compare what the page says of JSON that only a browser takes with what the compiler says of the file."""
    payload = "[id='at/spec/request/payload']"
    head = "apiVersion: callsheet/v1\nkind: Action\nspec:\n  request:\n    payload: "
    found = []
    for text in (
        '{"a": 1, "b": {"a": 2, "a": 3}}',
        '{"a": 1, "\\u0061": 2}',
        '{"a": 1e400}',
        *("[" * depth + "]" * depth for depth in range(MAX_DEPTH - 5, MAX_DEPTH + 2)),
        "[" * 50_000 + "]" * 50_000,
        '{"a": "{\\"b\\": 1, \\"b\\": 1e400}", "b": [{"b": 1}, {"b": 1}]}',
    ):
        one.page.fill(payload, text)
        (folder / "payload.yaml").write_text(f"{head}{text}\n", "utf-8")
        _, problems, _ = read_documents(FolderSource(folder), "payload.yaml")
        said = [it.splitlines()[0] for it in findings(one)]
        assert said == [f"{it.code} {it.message}" for it in problems], text[:80]
        found += [it.code for it in problems]
        assert "Infinity" not in yaml_of(one)
    assert {*found} == {"CS112", "CS113", "CS123"}


def test_the_form_says_what_the_compiler_says_beside_the_field(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    one = opened(watched, written(callsheet, samples, tmp_path / "site"))
    page = one.page
    needed = page.locator("label:has(.needed-mark)")
    assert [it.split()[0] for it in needed.all_inner_texts()] == ["Name", "Method", "URL"]
    page.fill("[id='at/metadata/name']", "push-now")
    assert findings(one) == ["CS212 `metadata.name` is not a name"]
    assert page.locator("[id='at/metadata/name']").get_attribute("aria-invalid") == "true"
    assert "CS212" in page.inner_text("[id='at/metadata/name:said']")
    assert page.locator("button[name=download]").is_disabled()
    page.fill("[id='at/metadata/name']", "firebase_push")
    assert findings(one) == ["The workspace has something of this name already: choose another name."]
    assert page.locator("button[name=download]").is_disabled()
    page.fill("[id='at/metadata/name']", "push_now")
    page.fill("[id='at/spec/request/url']", "")
    assert findings(one) == ["CS204 `spec.request` lacks `url`"]
    page.fill("[id='at/spec/request/url']", "https://api.example.com/v1")
    page.fill("[id='at/spec/request/payload']", '{"a": ')
    assert findings(one) == ["This is not JSON: the last valid value is kept."]
    page.fill("[id='at/spec/request/payload']", '{"a": 9007199254740993}')
    assert findings(one) == ["A number has more digits than JSON keeps: write it as a string."]
    compare_refusals(one, tmp_path)
    page.fill("[id='at/spec/request/payload']", '{"a": [1, 1.0, "1", null], "yes": "no"}')
    assert findings(one) == []
    page.locator("[id='at/spec/authentication']").click()
    page.select_option("[id='at/spec/authentication/type']", label="bearer")
    assert findings(one) == ["CS204 `spec.authentication` lacks `token`"]
    page.fill("[id='at/spec/authentication/token']", "env:TOKEN")
    page.locator("[id='at/spec/limits']").click()
    page.fill("[id='at/spec/limits/retries']", "11")
    page.fill("[id='at/spec/limits/timeout']", "10 seconds")
    assert sorted(findings(one)) == [
        "CS207 `spec.limits.timeout` does not have the form ^[0-9]{1,9}(ms|s|m|h)$",
        "CS209 `spec.limits.retries` does not satisfy maximum 10",
    ]
    page.fill("[id='at/spec/limits/retries']", "2")
    page.fill("[id='at/spec/limits/timeout']", "10s")
    assert findings(one) == []
    assert yaml_of(one).splitlines() == [
        "apiVersion: callsheet/v1",
        "kind: Action",
        "metadata:",
        "  name: push_now",
        "spec:",
        "  request:",
        "    method: POST",
        "    url: https://api.example.com/v1",
        "    payload:",
        '      a: [1, 1.0, "1", null]',
        '      "yes": "no"',
        "  authentication:",
        "    type: bearer",
        "    token: {secret: env:TOKEN}",
        "  limits: {timeout: 10s, retries: 2}",
    ]
    assert one.said == []


def test_the_form_is_filled_in_by_keyboard(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    one = opened(watched, written(callsheet, samples, tmp_path / "site"))
    page = one.page
    page.locator("[id='at/spec/parameters']").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("email")
    page.keyboard.press("Enter")
    # The parameter that was added is where the keyboard goes on.
    assert page.evaluate("document.activeElement.id") == "at/spec/parameters/email"
    assert parse(yaml_of(one), "a")[0][0].value["spec"]["parameters"] == {"email": {"type": "string"}}
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "at/spec/parameters/email/label/en"
    page.keyboard.type("E-mail")
    page.get_by_role("button", name="Remove email").focus()
    page.keyboard.press("Space")
    assert "parameters" not in parse(yaml_of(one), "a")[0][0].value["spec"]
    assert one.said == []


def test_the_file_is_downloaded_copied_and_opened_at_the_host(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    from playwright.sync_api import expect

    base = "https://github.com/we/it/blob/main/actions"
    one = opened(watched, written(callsheet, samples, tmp_path / "site", "--link-base", base))
    page = one.page
    start(one, "vonage · SMS through Vonage")
    with page.expect_download() as held:
        page.click("button[name=download]")
    assert held.value.suggested_filename == "new_vonage.yaml"
    assert held.value.path().read_text("utf-8") == yaml_of(one)
    page.click("button[name=copy]")
    expect(page.locator(".done")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == yaml_of(one)
    link = urlsplit(page.locator("a.host").get_attribute("href"))
    assert f"{link.scheme}://{link.netloc}{link.path}" == "https://github.com/we/it/new/main/actions"
    assert parse_qs(link.query) == {"filename": ["vonage/new_vonage.yaml"], "value": [yaml_of(one)]}
    page.fill("[id='at/spec/request/payload']", json.dumps({"a": "x" * 9_000}))
    link = urlsplit(page.locator("a.host").get_attribute("href"))
    assert parse_qs(link.query) == {"filename": ["vonage/new_vonage.yaml"]}
    assert "too long for a link" in page.inner_text(".link")
    assert one.said == []


def test_the_file_is_opened_at_gitlab_with_a_word_of_caution(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    base = "https://gitlab.com/a/b/-/blob/main/actions"
    one = opened(watched, written(callsheet, workspace, tmp_path / "site", "--link-base", base))
    link = urlsplit(one.page.locator("a.host").get_attribute("href"))
    assert link.path == "/a/b/-/new/main/actions"
    assert parse_qs(link.query) == {"file_name": ["new_action.yaml"], "content": [yaml_of(one)]}
    assert one.page.inner_text("a.host") == "New file on GitLab"
    assert "copy the YAML first" in one.page.inner_text(".link")
    assert one.said == []


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://github.com/we/it/blob/main/actions/", "https://github.com/we/it/new/main/actions"),
        (
            "https://github.example.com/we/it/tree/feature/x",
            "https://github.example.com/we/it/new/feature/x",
        ),
        ("https://gitlab.com/a/b/c/-/blob/main/actions", "https://gitlab.com/a/b/c/-/new/main/actions"),
        ("https://git.example.com/browse/actions", None),
        ("", None),
        ("https://github.com/we/it", None),
    ],
)
def test_the_page_of_a_new_file_is_that_of_the_host(base: str, url: str | None) -> None:
    found = host_of(base)
    assert (found and found["url"]) == url
    assert found is None or found["kind"] == ("GitLab" if "/-/" in base else "GitHub")


def test_a_curl_line_is_read_or_left_to_the_compiler(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    one = opened(watched, written(callsheet, workspace, tmp_path / "site"))
    line = 'curl https://api.example.com/v1/mail -H \'Authorization: Bearer Hunter2\' -d \'{"to": "ada@example.com", "n": 1}\''
    start(one, "a curl line")
    one.page.fill("textarea[name=curl]", line)
    one.page.click("button[name=read]")
    assert "Hunter2" not in yaml_of(one)
    assert one.page.input_value("textarea[name=curl]") == ""
    assert one.page.inner_text(".noted") == (
        "Read. Its credentials were left out: set the secrets where the action is sent."
    )
    assert findings(one) == []
    name = one.page.input_value("[id='at/metadata/name']")
    assert callsheet("import", "curl", line, "-C", workspace.path).code == 0
    text = (workspace.path / f"{name}.yaml").read_text("utf-8")
    imported = parse(text, "a.yaml")[0][0].value
    assert parse(yaml_of(one), "a.yaml")[0][0].value == imported
    for note in (it for it in text.splitlines() if it.startswith("# ")):
        assert note in yaml_of(one)
    one.page.fill("textarea[name=curl]", "curl https://api.example.com/$ID | jq .")
    one.page.click("button[name=read]")
    assert "What it cannot read: $" in one.page.inner_text(".noted")
    assert (
        one.page.inner_text(".noted pre")
        == "callsheet import curl 'curl https://api.example.com/$ID | jq .'"
    )
    for line, part in (
        ("curl --proxy http://p.example https://a.example/", "--proxy"),
        ("curl https://a.example/ | jq .", "|"),
        ("curl https://a.example/ -d @body.json", "--data"),
        ("curl https://a.example/ -H 'Authorization: Digest x'", "-H Authorization"),
        ("curl https://a.example/ -d 'a=1'", "-d"),
        ("wget https://a.example/", "wget"),
    ):
        one.page.fill("textarea[name=curl]", line)
        one.page.click("button[name=read]")
        assert one.page.inner_text(".noted .warning code") == part
        command = one.page.inner_text(".noted pre")
        assert shlex.split(command) == ["callsheet", "import", "curl", line]
    assert parse(yaml_of(one), "a.yaml")[0][0].value == imported
    assert one.said == []


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("page", "choice"), [("new", "firebase · "), ("fr/new", "orders.yaml"), ("new", "a curl line")]
)
def test_the_page_is_accessible_and_fits(
    page: str, choice: str, samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    import axe_playwright_python

    (axe,) = Path(axe_playwright_python.__file__).parent.rglob("axe*.js")
    samples.write("orders.yaml", ORDERS)
    written(
        callsheet, samples, tmp_path / "site", "--link-base", "https://gitlab.com/a/b/-/blob/main/actions"
    )
    for width, scheme in ((320, "light"), (1280, "dark"), (2560, "light")):
        one = opened(watched, tmp_path / "site" / f"{page}.html", width, color_scheme=scheme)
        label = next(
            it
            for it in one.page.locator("select[name=start] option").all_inner_texts()
            if it.startswith(choice)
        )
        start(one, label, "updateOrder (POST)" if choice == "orders.yaml" else "")
        one.page.fill("[id='at/metadata/name']", "not a name")
        one.page.evaluate("document.querySelectorAll('.fields details').forEach(it => { it.open = true; })")
        assert not one.overflows(), width
        assert one.said == []
        if width == 2560:
            continue
        one.page.evaluate(axe.read_text("utf-8"))
        found: Any = one.page.evaluate("axe.run({preload: false})")
        assert len(found["passes"]) > 15
        assert [(it["id"], it["nodes"][0]["html"]) for it in found["violations"]] == []
        assert one.said == []


def test_the_page_is_read_without_a_script_in_forced_colours_and_printed(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    page = written(callsheet, workspace, tmp_path / "site")
    plain = opened(watched, page, java_script_enabled=False)
    assert plain.page.locator("form").is_hidden()
    assert "callsheet new NAME --from SAMPLE" in plain.page.inner_text("main")
    one = opened(watched, page, forced_colors="active")
    assert one.page.locator("[id='at/metadata/name']").is_visible()
    one.page.emulate_media(media="print")
    assert one.page.locator("pre.yaml").is_visible()
    assert one.page.locator("[id='at/metadata/name']").is_hidden()
    assert one.said == []


def test_hostile_texts_are_shown_as_they_are(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    hostile = "</script><img src=x onerror=document.title=1>\u202eevil\u2066"
    workspace.write(
        "connection.yaml",
        "apiVersion: callsheet/v1\nkind: Connection\nmetadata: {name: account, title: "
        + json.dumps(hostile)
        + "}\nspec: {url: https://api.example.com}\n",
    )
    workspace.write("orders.yaml", ORDERS.replace("readOrder", '"</script><img src=x onerror=alert(1)>"'))
    one = opened(watched, written(callsheet, workspace, tmp_path / "site"), 320)
    for label, operation in starts_in(one):
        start(one, label, operation)
        assert findings(one) == []
        assert parse(yaml_of(one), "a.yaml")[1] == []
        assert "\u202e" not in yaml_of(one)
        # Nor does it turn anything around where it is shown: the page says that it is there.
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", one.page.inner_text("body"))
        assert "\\u202eevil" in one.page.inner_text("select[name=start]")
        assert not one.overflows()
    one.page.fill("[id='at/metadata/title/en']", hostile)
    assert parse(yaml_of(one), "a.yaml")[0][0].value["metadata"]["title"]["en"] == hostile
    assert one.page.title() == "New action · callsheet"
    assert one.said == []


def test_what_there_is_not_and_what_cannot_be_read_is_said(
    empty: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    one = opened(watched, written(callsheet, empty, tmp_path / "empty"))
    assert one.page.locator("optgroup").count() == 1
    assert yaml_of(one).startswith("apiVersion: callsheet/v1\n")
    start(one, "firebase · Push through Firebase")
    assert "values.firebase.project" in one.page.inner_text(".judged")
    assert one.page.locator("a.host").is_hidden()
    empty.write("broken.yaml", "openapi: 3.0.3\npaths: [\n")
    empty.write("none.json", '{"openapi": "3.0.3", "info": {"title": "None"}, "paths": {}}')
    other = opened(watched, written(callsheet, empty, tmp_path / "other"))
    start(other, "broken.yaml")
    assert "It cannot be read: the contract broken.yaml cannot be read" in other.page.inner_text(".noted")
    start(other, "none.json · None")
    assert "None of its operations can be an action." in other.page.inner_text(".noted")
    assert one.said == other.said == []


def test_many_contracts_and_operations_are_bounded(
    empty: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starts, "MOST_IN_ALL", 150)
    paths = {f"/p{number}": {"get": {"responses": {"200": {"description": "ok"}}}} for number in range(210)}
    description = {
        "openapi": "3.0.3",
        "info": {"title": "Many"},
        "servers": [{"url": "https://api.example.com"}],
    }
    empty.write("a.json", json.dumps({**description, "paths": paths}))
    for number in range(100):
        empty.write(f"b{number}.json", json.dumps({**description, "paths": {"/": paths["/p1"]}}))
    one = opened(watched, written(callsheet, empty, tmp_path / "site"))
    assert one.page.locator("optgroup[label=Contracts] option").count() == 101
    start(one, "a.json · Many")
    one.page.locator("select[name=operation]").wait_for()
    assert one.page.locator("select[name=operation] option").count() == 151
    assert "Operations that are not on this page: 60." in one.page.inner_text(".noted")
    assert "callsheet import openapi a.json --operation ID" in one.page.inner_text(".noted")
    start(one, "b9.json · Many")
    assert "Operations that are not on this page: 1." in one.page.inner_text(".noted")
    assert one.said == []


def test_the_form_is_whole_in_french() -> None:
    root = schema("action")
    missing: set[str] = set()

    def walk(node: dict[str, Any], key: str | None = None) -> None:
        while "$ref" in node:
            node = {
                **root["$defs"][node["$ref"].rpartition("/")[2]],
                **{k: v for k, v in node.items() if k != "$ref"},
            }
        if "const" in node or key == "secret":
            return
        if key is not None and key not in in_french()["labels"]:
            missing.add(key)
        if "description" in node and node["description"] not in in_french()["helps"]:
            missing.add(node["description"])
        for name, one in node.get("properties", {}).items():
            walk(one, name)
        if isinstance(more := node.get("additionalProperties"), dict):
            walk(more)

    walk(root["properties"]["metadata"])
    walk(root["properties"]["spec"])
    assert missing == set()
    assert new_words_in("en").keys() == new_words_in("fr").keys()
    assert len({*new_words_in("fr").values()} & {*new_words_in("en").values()}) < 4


def test_no_secret_of_a_description_is_on_the_page(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    canary = "sk_live_c4n4ryc4n4ryc4n4ry12345678"
    workspace.write(
        "orders.yaml",
        ORDERS.replace("type: string, format: email", f"type: string, enum: [{canary}]").replace(
            "Orders </script>", f"{canary} </script>"
        ),
    )
    workspace.write(
        "connection.yaml",
        f"apiVersion: callsheet/v1\nkind: Connection\nmetadata: {{name: account, title: {canary}}}\n"
        "spec: {url: https://api.example.com}\n",
    )
    written(callsheet, workspace, tmp_path / "site")
    for one in (tmp_path / "site").rglob("*.*"):
        assert canary not in one.read_text("utf-8"), one
    assert "readOrder" in (tmp_path / "site" / "new" / "1.js").read_text("utf-8")
