"""The query of a request is sent as the tool sends it, piece by piece; `--check` reads it wherever it is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from callsheet import Workspace
from callsheet.calling.request import build_request
from support.request_collections import entry
from support.workspaces import Callsheet, Folder

URL = "https://api.example.com/v1"


def sent(workspace: Folder) -> str:
    """Return what the imported action sends after its path."""
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    content: Any = compiled.by_environment["local"]["Action/it"].content
    return build_request(content, compiled.actions["it"].spec["tests"][0]["params"], str).url.removeprefix(
        URL
    )


@pytest.mark.parametrize(
    ("line", "query"),
    [
        # Each is what curl 7.88 sends; its escapes are in small letters, which is the same (RFC 3986, section 6.2.2.1).
        (f"curl '{URL}?a=1+2'", "?a=1+2"),
        (f"curl '{URL}?a=1+2&b=%20&c=%2B'", "?a=1+2&b=%20&c=%2B"),
        (f"curl '{URL}?a+b=1'", "?a+b=1"),
        (f"curl '{URL}?a=%FF'", "?a=%FF"),
        (f"curl '{URL}?a=1&&b=2'", "?a=1&&b=2"),
        (f"curl '{URL}?a=1&'", "?a=1&"),
        (f"curl '{URL}?&a=1'", "?&a=1"),
        (f"curl '{URL}?'", "?"),
        (f"curl -G {URL} --data-urlencode 'q=a b+c'", "?q=a+b%2Bc"),
        (f"curl {URL} --url-query 'q=a b+c'", "?q=a+b%2Bc"),
        (f"curl -G {URL} -d a=1+2 -d b", "?a=1+2&b"),
        (f'curl "{URL}?a=1+2&b=$CITY"', "?a=1+2&b=city"),
        # As requests has it, which HTTPie sends with: an empty query is none.
        (f"http {URL} q=='a b+c'", "?q=a+b%2Bc"),
        (f"http '{URL}?a=1+2'", "?a=1+2"),
        (f"http '{URL}?'", ""),
    ],
)
def test_a_query_leaves_as_it_is_written(
    line: str, query: str, workspace: Folder, callsheet: Callsheet
) -> None:
    kind = "curl" if line.startswith("curl") else "httpie"
    outcome = callsheet("import", kind, line, "--name", "it", "-C", workspace.path)
    assert (outcome.code, outcome.err) == (0, "")
    assert sent(workspace) == query
    assert callsheet("test", "it", "-C", workspace.path).code == 0
    checked = callsheet("import", kind, line, "--check", "-C", workspace.path)
    assert checked.out == "it: makes this request\n"


@pytest.mark.parametrize("query", ["?a=1+2", "?", "?a=1&", ""])
def test_a_query_of_an_archive_leaves_as_it_was_recorded(
    query: str, workspace: Folder, callsheet: Callsheet
) -> None:
    file = workspace.path.parent / "calls.har"
    file.write_text(json.dumps({"log": {"entries": [entry("GET", URL + query)]}}), encoding="utf-8")
    assert callsheet("import", file, "--name", "it", "-C", workspace.path).code == 0
    assert sent(workspace) == query


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        # Each is what postman-url-encoder makes of it.
        ("?a=1+2&b=%2B", "?a=1+2&b=%2B"),
        ("?a=1&&b=%FF&", "?a=1&&b=%FF&"),
        ("?", "?"),
        ("?&", "?&"),
        ([], ""),
        ("?a=1+2&b=c d", "?a=1+2&b=c%20d"),
        ([{"key": "a", "value": "1+2"}, {"key": "b", "value": "p q"}], "?a=1+2&b=p%20q"),
    ],
)
def test_a_query_of_postman_leaves_as_postman_encodes_it(
    asked: Any, query: str, workspace: Folder, callsheet: Callsheet
) -> None:
    parts = {"protocol": "https", "host": ["api", "example", "com"], "path": ["v1"], "query": asked}
    request = {"url": URL + asked if isinstance(asked, str) else parts}
    file = workspace.path.parent / "collection.json"
    file.write_text(json.dumps({"item": [{"name": "one", "request": request}]}), encoding="utf-8")
    assert callsheet("import", file, "--name", "it", "-C", workspace.path).code == 0
    assert sent(workspace) == query


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("a=1+2&b=3", []),
        ("a=1%202&b=3", []),
        ("b=3&a=1+2", []),
        ("a=1+2", ["the query parameter b is missing"]),
        ("a=1+2&b=4", ["the query parameter b differs"]),
        ("a=1+2&b=3&b=3", ["the query parameter b differs"]),
        ("a=1+2&b=3&c", ["the query parameter c is one that the action does not send"]),
    ],
)
def test_check_compares_a_query_that_the_url_says(
    asked: str, said: list[str], workspace: Folder, callsheet: Callsheet
) -> None:
    callsheet("import", "curl", f"curl '{URL}?a=1+2&b=3'", "--name", "it", "-C", workspace.path)
    outcome = callsheet("import", "curl", f"curl '{URL}?{asked}'", "--check", "-C", workspace.path)
    assert [one.strip() for one in outcome.out.splitlines()[1:]] == said


def test_the_query_of_one_action_is_not_said_by_its_connection(
    workspace: Folder, callsheet: Callsheet
) -> None:
    item = {"name": "one", "request": {"url": f"{URL}?kind=a&page=2", "header": ["X-Tenant: t"]}}
    file = workspace.path.parent / "collection.json"
    file.write_text(json.dumps({"info": {"name": "shop"}, "item": [item]}), encoding="utf-8")
    assert callsheet("import", file, "--all", "-C", workspace.path).code == 0
    connection = yaml.safe_load((workspace.path / "shop/connection.yaml").read_text())["spec"]
    action = yaml.safe_load((workspace.path / "shop/shop_one.yaml").read_text())["spec"]
    # A later action of this connection would ask for the second page of its own.
    assert "query" not in connection
    assert connection["headers"] == {"X-Tenant": "t"}
    assert action["request"]["query"] == {"kind": "a", "page": "2"}
