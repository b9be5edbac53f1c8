"""What cannot be imported says why, in the words of what was imported."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from support.request_collections import entry
from support.workspaces import Callsheet, Folder, Outcome

URL = "https://api.example.com/v1"
WAY_OUT = "help: name a HAR file, a Postman or Bruno collection, an Insomnia export, or a payload"
DEEPER = "  what is in more than 50 folders was left out"


def imported(text: str, workspace: Folder, callsheet: Callsheet, *options: Any) -> Outcome:
    file = workspace.path.parent / "file.json"
    file.write_text(text, encoding="utf-8")
    return callsheet("import", file, *options, "-C", workspace.path)


def deep(request: Any, key: str) -> list[Any]:
    """Return a request in 60 folders."""
    found = [request]
    for number in range(60):
        found = [{"name": f"f{number}", key: found}]
    return found


NOTHING: dict[str, tuple[Any, str, list[str]]] = {
    "an empty archive": ({"log": {"entries": []}}, "a HAR file", []),
    "an empty collection": ({"info": {"name": "x"}, "item": []}, "a Postman collection", []),
    "a deep collection": (
        {"info": {"name": "x"}, "item": deep({"name": "r", "request": URL}, "item")},
        "a Postman collection",
        [DEEPER],
    ),
    "a deep collection of Bruno": (
        {"name": "x", "version": "1", "items": deep({"name": "r", "request": {"url": URL}}, "items")},
        "a Bruno collection",
        [DEEPER],
    ),
    "a deep export of Insomnia": (
        {
            "type": "collection.insomnia.rest/5.0",
            "name": "x",
            "collection": deep({"name": "r", "url": URL}, "children"),
        },
        "an Insomnia export",
        [DEEPER],
    ),
    "a folder alone": (
        {"item": [{"name": "x", "item": [5]}]},
        "a Postman collection",
        ["  1 item of the collection left out: neither a request nor a folder"],
    ),
}


@pytest.mark.parametrize("options", [(), ("--all",)])
@pytest.mark.parametrize("case", NOTHING)
def test_a_file_without_a_request_says_what_was_left_out(
    case: str, options: tuple[str, ...], workspace: Folder, callsheet: Callsheet
) -> None:
    value, kind, details = NOTHING[case]
    outcome = imported(json.dumps(value), workspace, callsheet, *options)
    said = [f"error CS938: the file is {kind} without a request", *details, WAY_OUT]
    assert (outcome.code, outcome.err.splitlines()) == (1, said)


@pytest.mark.parametrize("options", [(), ("--all",), ("--request", "one")])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"info": {"name": "x"},\n "item": [{"name": "on', ": line 2, unterminated string starting at"),
        ('{"item": [}', ": line 1, expecting value"),
        ('{"item": ' + "[" * 100_000, ": it nests too deeply"),
    ],
)
def test_a_file_that_was_cut_off_is_no_contract(
    text: str, reason: str, options: tuple[str, ...], workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = imported(text, workspace, callsheet, *options)
    assert outcome.err.splitlines() == [f"error CS938: the file is not JSON{reason}", WAY_OUT]


def posted(kind: str, media: str) -> str:
    if kind == "har":
        call = entry("POST", URL, {"a": 1})
        call["request"]["headers"] = [{"name": "content-type", "value": media}]
        return json.dumps({"log": {"entries": [call]}})
    header = [{"key": "Content-Type", "value": media}]
    request = {"url": URL, "method": "POST", "header": header, "body": {"mode": "raw", "raw": '{"a": 1}'}}
    return json.dumps({"item": [{"name": "one", "request": request}]})


@pytest.mark.parametrize("kind", ["har", "postman"])
def test_json_that_is_sent_as_something_else_is_named(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    reason = "its body is JSON that is sent as text/plain: an action sends JSON as JSON"
    text = posted(kind, "text/plain;charset=UTF-8")
    assert imported(text, workspace, callsheet).err.splitlines() == [
        f"error CS938: {reason}",
        "help: where the service takes application/json too, change the Content-Type first",
    ]
    listed = imported(text, workspace, callsheet, "--all").err.splitlines()
    assert listed[1] == f"  {URL if kind == 'har' else 'one'}: {reason}"
    assert (
        imported(posted(kind, "application/vnd.api+json"), workspace, callsheet, "--name", "it").code == 0
    )


def test_a_line_of_curl_that_sends_json_as_text_is_named(callsheet: Callsheet, workspace: Folder) -> None:
    line = f"curl {URL} -H 'Content-Type: text/plain' -d '{{\"a\": 1}}'"
    outcome = callsheet("import", "curl", line, "-C", workspace.path)
    assert "its body is JSON that is sent as text/plain" in outcome.err


@pytest.mark.parametrize(
    ("wanted", "path"),
    [("Send#1", "/v1/a"), ("Send#2", "/v1/b"), ("F/Send", "/v1/c"), ("F/Twice#2", "/v1/e")],
)
def test_requests_of_one_name_are_chosen_by_their_numbers(
    wanted: str, path: str, workspace: Folder, callsheet: Callsheet
) -> None:
    def item(name: str, last: str) -> dict[str, Any]:
        return {"name": name, "request": {"url": f"{URL}/{last}"}}

    inner = [item("Send", "c"), item("Twice", "d"), item("Twice", "e")]
    text = json.dumps({"item": [item("Send", "a"), item("Send", "b"), {"name": "F", "item": inner}]})
    ambiguous = imported(text, workspace, callsheet, "--request", "Send")
    assert ambiguous.err.splitlines() == [
        "error CS938: the file contains 5 requests, and 2 of them match",
        "help: choose one with --request: Send#1, Send#2",
    ]
    assert imported(text, workspace, callsheet, "--request", wanted, "--name", "it").code == 0
    compiled = Workspace(workspace.path).compile().by_environment["local"]["Action/it"]
    assert compiled.content["request"]["url"] == f"https://api.example.com{path}"
    several = imported(
        text, workspace, callsheet, "--request", "Send#2", "--request", "F/Twice#1", "--dry-run"
    )
    assert "would write 3 files for 2 actions" in several.out
