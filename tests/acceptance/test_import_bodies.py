"""A JSON body is sent as it is written, or it is refused, or a note says in what it differs."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import yaml

from callsheet import Workspace
from callsheet.calling.request import build_request
from support.request_collections import entry
from support.workspaces import Callsheet, Folder, Outcome

URL = "https://api.example.com/v1"


def imported(kind: str, raw: str, workspace: Folder, callsheet: Callsheet, **more: Any) -> Outcome:
    """Import a body by a tool."""
    at = ("--name", "it", "-C", workspace.path)
    if kind == "curl":
        return callsheet("import", "curl", f"curl {URL} --json '{raw}'", *at)
    if kind == "httpie":
        return callsheet("import", "httpie", f"http POST {URL} --raw '{raw}'", *at)
    file = workspace.path.parent / "file.json"
    if kind == "payload":
        file.write_text(raw, encoding="utf-8")
    elif kind == "har":
        call = entry("POST", URL, {})
        call["request"]["postData"]["text"] = raw
        file.write_text(json.dumps({"log": {"entries": [call]}}), encoding="utf-8")
    else:
        body = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
        request = {"url": URL, "method": "POST", "body": body, **more}
        file.write_text(json.dumps({"item": [{"name": "one", "request": request}]}), encoding="utf-8")
    return callsheet("import", file, *at)


@pytest.mark.parametrize("kind", ["curl", "httpie", "payload", "har", "postman"])
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ('{"n": 1e400}', "contains the number 1e400, which no reader of JSON keeps"),
        ('{"n": 1e-400}', "contains the number 1e-400, which no reader of JSON keeps"),
        ('{"n": [NaN]}', "is not JSON: it contains NaN"),
        ('{"n": -Infinity}', "is not JSON: it contains -Infinity"),
        ('{"a": "\\ud83d!"}', "contains half of a surrogate pair, which is no character"),
    ],
)
def test_what_no_json_says_is_refused_by_its_name(
    kind: str, raw: str, reason: str, workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = imported(kind, raw, workspace, callsheet)
    what = {"curl": "the data", "httpie": "the data", "payload": "the payload"}.get(kind, "the body")
    assert outcome.code == 1
    assert outcome.err.splitlines()[0] == f"error CS938: {what} {reason}"
    assert not (workspace.path / "it.yaml").exists()


@pytest.mark.parametrize("kind", ["curl", "httpie", "payload", "har", "postman"])
def test_a_whole_number_that_other_readers_change_is_refused(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = imported(kind, '{"id": 9007199254740993}', workspace, callsheet)
    assert outcome.code == 1
    assert "`9007199254740993` is beyond 2^53 - 1" in outcome.err


@pytest.mark.parametrize("kind", ["payload", "har", "postman"])
def test_a_key_twice_is_sent_as_the_last_one_with_a_note(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = imported(kind, '{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}', workspace, callsheet)
    assert outcome.code == 0
    what = "the payload" if kind == "payload" else "the body"
    assert [one for one in outcome.err.splitlines() if "URL" not in one] == [
        f"{what} has the key `c` twice: the last one is sent",
        f"{what} has the key `a` twice: the last one is sent",
    ]
    spec = yaml.safe_load((workspace.path / "it.yaml").read_text())["spec"]
    assert spec["request"]["payload"] == {"a": 3, "b": {"c": 2}}


def test_digits_that_no_double_keeps_have_a_note(workspace: Folder, callsheet: Callsheet) -> None:
    raw = '{"a": 1.00000000000000000001, "b": 0.1, "c": 1.50, "d": 1e3, "e": 0e5, "f": 0.10000000000000001}'
    outcome = imported("curl", raw, workspace, callsheet)
    assert outcome.err.splitlines() == [
        "the number 1.00000000000000000001 is sent as 1.0: JSON keeps no more digits",
        "the number 0.10000000000000001 is sent as 0.1: JSON keeps no more digits",
    ]


@pytest.mark.parametrize("kind", ["curl", "httpie", "payload", "har", "postman"])
def test_characters_that_are_shown_by_name_are_sent_as_they_are(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    raw = json.dumps({"a": "x\u2028y\u2029z\u0085"}, ensure_ascii=kind == "har")
    assert imported(kind, raw, workspace, callsheet).code == 0
    content: Any = Workspace(workspace.path).compile().by_environment["local"]["Action/it"].content
    assert build_request(content, {}).body == '{"a":"x\u2028y\u2029z\u0085"}'


def test_a_variable_of_a_shell_without_quotes_is_a_number_with_a_note(
    workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = callsheet(
        "import", "curl", f'curl {URL} --json "{{\\"n\\": $N}}"', "--name", "it", "-C", workspace.path
    )
    note = "`$N` has no quotes in the data: it is a number, in place of any JSON of the shell"
    assert (outcome.code, outcome.err) == (0, f"{note}\n")


@pytest.mark.parametrize(
    ("more", "notes"),
    [
        (
            {"certificate": {"name": "c", "key": {"src": "/k"}}},
            ["its client certificate was left out: an action has its own way to the service"],
        ),
        (
            {"proxy": {"host": "proxy.example.com", "port": 8080}},
            ["its proxy was left out: an action has its own way to the service"],
        ),
        ({"proxy": {"host": "proxy.example.com", "disabled": True}, "certificate": {}}, []),
        ({"proxy": None, "certificate": None}, []),
    ],
)
def test_a_proxy_and_a_certificate_of_postman_are_named(
    more: dict[str, Any], notes: list[str], workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = imported("postman", "{}", workspace, callsheet, **more)
    assert (outcome.code, outcome.err.splitlines()) == (0, notes)


def test_a_proxy_and_certificates_of_bruno_are_named(workspace: Folder, callsheet: Callsheet) -> None:
    config = {
        "proxy": {"enabled": True, "hostname": "proxy.example.com"},
        "clientCertificates": {"enabled": True, "certs": [{"domain": "*", "type": "cert"}]},
    }
    items = [{"type": "http", "name": "one", "request": {"url": URL, "method": "GET"}}]
    file = workspace.path.parent / "bruno.json"
    value = {"name": "c", "version": "1", "items": items, "brunoConfig": config}
    file.write_text(json.dumps(value), encoding="utf-8")
    outcome = callsheet("import", file, "--all", "-C", workspace.path)
    assert outcome.code == 0
    assert outcome.err.splitlines() == [
        "its proxy was left out: an action has its own way to the service",
        "its client certificates were left out: an action has its own way to the service",
    ]


@pytest.mark.parametrize(
    ("data", "folders", "sent"),
    [
        ({"k": "a"}, [{"k": "{{ _.k }}b"}, {"k": "{{_.k}}c"}], "abc"),
        ({}, [{"k": "{{ _.k }}b"}, {}], None),
        ({}, [{"k": "{{ _.k }}b"}, {"k": "{{_.k}}c"}], None),
    ],
)
def test_a_variable_of_a_folder_that_reads_itself_has_a_value_outside(
    data: dict[str, str], folders: list[dict[str, str]], sent: str | None, workspace: Folder, callsheet: Callsheet
) -> None:  # fmt: skip
    """Insomnia writes the outer value into it, and without one the text of the template again and again."""
    nodes = [
        {"_id": "w", "_type": "workspace", "name": "S"},
        {"_id": "e", "_type": "environment", "parentId": "w", "name": "Base", "data": data},
        {"_id": "f", "_type": "request_group", "parentId": "w", "name": "F", "environment": folders[0]},
        {"_id": "g", "_type": "request_group", "parentId": "f", "name": "G", "environment": folders[1]},
        {"_id": "r", "_type": "request", "parentId": "g", "name": "one", "url": f"{URL}?k={{{{ _.k }}}}"},
    ]
    file = workspace.path.parent / "insomnia.json"
    export = {"_type": "export", "__export_format": 4, "resources": nodes}
    file.write_text(json.dumps(export), encoding="utf-8")
    outcome = callsheet("import", file, "--name", "it", "-C", workspace.path)
    if sent is None:
        assert outcome.err.startswith("error CS938: its variable `k` refers to itself\n")
    else:
        spec = yaml.safe_load((workspace.path / "it.yaml").read_text())["spec"]
        assert spec["request"]["query"] == {"k": sent}


@pytest.mark.parametrize("kind", ["payload", "har", "postman"])
def test_a_body_that_no_file_can_contain_is_refused_before_it_is_written(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    raw = json.dumps({"list": ["x" * 90] * 100_000})
    begin = time.process_time()
    outcome = imported(kind, raw, workspace, callsheet)
    assert "is longer than 1 MiB, as no file of a workspace is" in outcome.err
    # To write it and read it again took half a minute.
    assert time.process_time() - begin < 5
