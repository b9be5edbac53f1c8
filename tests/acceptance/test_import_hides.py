"""Nothing that an import says or names quotes a credential: notes, refusals, choices, titles, file names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet.importing.hiding import hidden
from support.workspaces import Callsheet, Folder

CANARY = "8Kq3vN7xZz0bLm2Rt5Yw"
TELEGRAM = f"bot7463528190:AAHk-xYz_{CANARY}"
URLS = {
    "a query": f"https://api.trello.com/1/cards?key={CANARY}&token=T{CANARY}",
    "a login": f"https://ada:{CANARY}@api.example.com/orders/",
    "a user": f"https://{CANARY}@api.example.com/orders/",
    "a webhook": f"https://hooks.slack.com/services/T00/B00/{CANARY}",
    "a bot": f"https://api.telegram.org/{TELEGRAM}/getMe",
    "a connector": f"https://acme.webhook.office.com/webhookb2/{CANARY}@{CANARY}/IncomingWebhook/{CANARY}/{CANARY}",
    "a key in the path": f"https://api.example.com/key/{CANARY}/orders",
    "a URL in a query": f"https://api.example.com/login?next=https%3A%2F%2Fada%3A{CANARY}%40example.com%2F",
    "a fragment": f"https://api.example.com/login#access_token={CANARY}",
}
CASES = ("--all", "--request nope", "", "--request nope*", "--request 1", "--check --request 1")


def har(*urls: str) -> dict[str, Any]:
    bodies = ["{}", "no JSON", ""]
    entries = [
        {
            "request": {
                "method": "POST" if text else "GET",
                "url": url,
                "headers": [{"name": "Cookie", "value": f"a={CANARY}"}],
                **({"postData": {"mimeType": "application/json", "text": text}} if text else {}),
            }
        }
        for url in urls
        for text in bodies
    ]
    return {"log": {"version": "1.2", "entries": entries}}


def postman(*urls: str, name: str = "") -> dict[str, Any]:
    cookie = [{"key": "Cookie", "value": f"a={CANARY}"}]
    body = {"mode": "raw", "raw": "no JSON"}
    items = [
        {"name": name or url, "request": {"method": "POST", "url": url, "header": cookie, **more}}
        for url in urls
        for more in ({}, {"body": body})
    ]
    return {"info": {"name": "Shop"}, "item": items}


def insomnia(*urls: str) -> dict[str, Any]:
    requests = [
        {"_id": f"r{index}", "_type": "request", "name": url, "method": "POST", "url": url, "body": more}
        for index, (url, more) in enumerate(
            (url, more)
            for url in urls
            for more in ({}, {"mimeType": "application/json", "text": "no JSON"})
        )
    ]
    return {"_type": "export", "__export_format": 4, "resources": requests}


def bruno(*urls: str) -> dict[str, Any]:
    items = [
        {"type": "http-request", "name": url, "request": {"method": "POST", "url": url, "body": more}}
        for url in urls
        for more in ({"mode": "none"}, {"mode": "json", "json": "no JSON"})
    ]
    return {"version": "1", "name": "Shop", "items": items}


FORMATS = {"har": har, "postman": postman, "insomnia": insomnia, "bruno": bruno}


def everything(workspace: Folder, callsheet: Callsheet, value: Any, *arguments: str) -> str:
    """Import a file, and return what was shown with the names and the texts of all files."""
    file = workspace.path.parent / "requests.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    outcome = callsheet("import", file, *arguments, "-C", workspace.path)
    assert "CS999" not in outcome.err
    files = sorted(workspace.path.rglob("*.yaml"))
    return "\n".join(
        (
            outcome.out,
            outcome.err,
            *(f"{one.relative_to(workspace.path)}\n{one.read_text()}" for one in files),
        )
    )


@pytest.mark.parametrize("arguments", CASES)
@pytest.mark.parametrize("kind", FORMATS)
def test_no_message_name_or_file_quotes_a_credential_of_a_url(
    workspace: Folder, callsheet: Callsheet, kind: str, arguments: str
) -> None:
    shown = everything(workspace, callsheet, FORMATS[kind](*URLS.values()), *arguments.split())
    assert CANARY.lower() not in shown.lower()
    assert "7463528190" not in shown


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("url", URLS)
def test_one_request_by_itself_quotes_no_credential(
    workspace: Folder, callsheet: Callsheet, kind: str, url: str
) -> None:
    value = FORMATS[kind](URLS[url])
    assert CANARY.lower() not in everything(workspace, callsheet, value, "--all").lower()


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize(
    "more", [(), ("-d", "no JSON"), ("-b", "a=b", "--wrong"), ("-H", "Authorization: Bearer x1y2z3x1y2")]
)
@pytest.mark.parametrize("tool", ["curl", "http"])
def test_a_line_quotes_no_credential(
    workspace: Folder, callsheet: Callsheet, url: str, more: tuple[str, ...], tool: str
) -> None:
    line = " ".join(f"'{one}'" if " " in one or "?" in one else one for one in (tool, *more, URLS[url]))
    source = "curl" if tool == "curl" else "httpie"
    outcome = callsheet("import", source, line, "-C", workspace.path)
    files = [f"{one.name}\n{one.read_text()}" for one in workspace.path.rglob("*.yaml")]
    assert CANARY.lower() not in "\n".join((outcome.out, outcome.err, *files)).lower()


def test_refusals_and_choices_name_requests_without_their_credentials(
    workspace: Folder, callsheet: Callsheet
) -> None:
    shown = everything(workspace, callsheet, har(URLS["a query"], URLS["a login"]), "--all")
    assert (
        "https://api.trello.com/1/cards?key=(hidden)&token=(hidden) (2) is not imported: the body is not JSON\n"
        in shown
    )
    file = workspace.path.parent / "requests.json"
    chosen = callsheet("import", file, "-C", workspace.path)
    assert (
        "choose one with --request: 1 (POST https://api.trello.com/1/cards?key=(hidden)&token="
        in chosen.err
    )
    assert "4 (POST https://(hidden)@api.example.com/orders/)" in chosen.err


@pytest.mark.parametrize(
    ("name", "title", "file"),
    [
        (f"token={CANARY}", "token=(hidden)", "shop_token.yaml"),
        (f"Send https://ada:{CANARY}@example.com/x", "Shop post x", "shop_post_x.yaml"),
        (f"Get /{TELEGRAM}/getMe", "Get /(hidden)/getMe", "shop_get_get_me.yaml"),
        (f"Authorization: Bearer {CANARY}", "Authorization: Bearer (hidden)", "shop_authorization_bearer.yaml"),
    ],
)  # fmt: skip
def test_the_name_of_a_request_becomes_a_title_and_a_file_without_its_credential(
    workspace: Folder, callsheet: Callsheet, name: str, title: str, file: str
) -> None:
    collection = postman("https://api.example.com/x", name=name)
    shown = everything(workspace, callsheet, collection, "--all")
    assert CANARY.lower() not in shown.lower()
    assert title in shown
    assert file in {one.name for one in workspace.path.rglob("*.yaml")}


def test_the_token_of_a_request_is_hidden_in_its_title_too(workspace: Folder, callsheet: Callsheet) -> None:
    collection = postman("https://api.example.com/x", name=f"Orders of {CANARY}")
    collection["item"][0]["request"]["header"] = [{"key": "X-Api-Key", "value": CANARY}]
    shown = everything(workspace, callsheet, collection, "--all")
    assert "Orders of (hidden)" in shown


@pytest.mark.parametrize(
    ("url", "name"),
    [("a bot", "telegram_getme"), ("a connector", "office"), ("a webhook", "slack_services")],
)
def test_a_name_is_made_of_no_segment_that_is_a_credential(
    workspace: Folder, callsheet: Callsheet, url: str, name: str
) -> None:
    outcome = callsheet("import", "curl", f"curl -d {{}} '{URLS[url]}'", "-C", workspace.path)
    assert outcome.out.splitlines()[0].endswith(f"/{name}.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "write NAME=/pointer for a value of the payload, NAME=query:KEY for one of the query",
        "SHOP_AUTHORIZATION is the whole header Authorization: `Basic`, a space and `name:password` in base64",
        "its authentication, digest, was left out: write `authentication` by hand",
        "https://user.example.com/orders?page=2&sort=key is not imported: the body is a form",
        "ada@example.com: the header X-Token was left out",
    ],
)
def test_what_is_no_credential_is_shown(text: str) -> None:
    assert hidden(text) == text


@pytest.mark.parametrize("url", URLS.values())
def test_what_is_hidden_stays_as_it_is(url: str) -> None:
    once = hidden(f"1 (GET {url}), {url}: left")
    assert CANARY not in once
    assert hidden(once) == once
