"""What is imported from Insomnia is what Insomnia sends, by its own code for URLs, or a note says what differs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from support.sent_requests import UNKNOWN, Sent, sent_by_action
from support.workspaces import Callsheet, Folder, Outcome

AT = "https://api.example.com/v1"
JSON = {"headers": [{"name": "Content-Type", "value": "application/json"}], "method": "POST"}


def export(request: dict[str, Any], data: Any = None, folder: Any = None) -> dict[str, Any]:
    """Return an export of format 5 with one request, in a folder where one is given."""
    one = {"name": "one", "url": AT, "method": "GET", **request}
    collection = [one] if folder is None else [{"name": "F", "children": [one], **folder}]
    environments = {"name": "Base", "data": data or {}}
    return {
        "type": "collection.insomnia.rest/5.0", "name": "X", "collection": collection, "environments": environments,
    }  # fmt: skip


def imported(workspace: Folder, callsheet: Callsheet, value: Any, *options: str) -> Outcome:
    file = workspace.path.parent / "insomnia.yaml"
    file.write_text(json.dumps(value), encoding="utf-8")
    return callsheet(
        "import", file, *(options or ("--request", "one", "--name", "one")), "-C", workspace.path
    )


def sent(workspace: Folder, name: str = "one") -> Sent:
    """Return what the imported action sends with its own test case."""
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    content: Any = compiled.by_environment["local"][f"Action/{name}"].content
    return sent_by_action(content, compiled.actions[name].spec["tests"][0]["params"], lambda _: UNKNOWN)


def asked(**held: Any) -> dict[str, Any]:
    return {"parameters": [{"name": name, "value": one} for name, one in held.items()]}


@pytest.mark.parametrize(
    ("request_", "data", "query"),
    [
        (asked(a="{{ _.b.c }}"), {"b": {"c": "q r"}}, [("a", "q r")]),
        (asked(a="{{ _.it }}"), {"it": "x&y=z#w"}, [("a", "x&y=z#w")]),
        (asked(a="{{ _.it }}", b="<{{ it }}>"), {"it": True}, [("a", "true"), ("b", "<true>")]),
        (asked(to="+33612345678"), {}, [("to", "+33612345678")]),
        (asked(to="{{ _.it }}"), {"it": "+33612345678"}, [("to", "+33612345678")]),
        (asked(a="50%", b="x%20y", c="1,2"), {}, [("a", "50%"), ("b", "x y"), ("c", "1,2")]),
        ({"url": f"{AT}?to=+336&a=x%2By"}, {}, [("to", "+336"), ("a", "x+y")]),
        ({"url": f"{AT}?to={{{{ _.it }}}}&c=1"}, {"it": "+336&b=2"}, [("to", "+336"), ("b", "2"), ("c", "1")]),
        ({"url": f"{AT}?a=1&&b=2&=x&", **asked(c="3")}, {}, [("a", "1"), ("b", "2"), ("c", "3")]),
        ({"url": f"{AT}?a=1", **asked(a="2")}, {}, [("a", "1"), ("a", "2")]),
        ({"parameters": [{"name": "", "value": "1"}, {"name": "b", "value": ""}]}, {}, [("b", "")]),
        ({"url": f"{AT}?to=a+b", "settings": {"encodeUrl": False}}, {}, [("to", "a b")]),
    ],
)  # fmt: skip
def test_a_query_of_insomnia_leaves_as_insomnia_sends_it(
    workspace: Folder, callsheet: Callsheet, request_: Any, data: Any, query: list[tuple[str, str]]
) -> None:
    assert imported(workspace, callsheet, export(request_, data)).code == 0
    assert sorted(sent(workspace).query) == sorted(query)
    outcome = imported(workspace, callsheet, export(request_, data), "--all", "--name", "all")
    assert outcome.code == 0, outcome.err
    assert sorted(sent(workspace, "all_one").query) == sorted(query)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (f"  {AT}/a b  ", "/v1/a%20b"), (f"{AT}/a|b^c", "/v1/a%7Cb%5Ec"), (f"{AT}/x#y?z=1", "/v1/x"),
        ("api.example.com/v1", "/v1"), ("{{ _.base }}/x:y@z", "/v1/x:y@z"),
    ],
)  # fmt: skip
def test_a_path_of_insomnia_leaves_as_insomnia_sends_it(
    workspace: Folder, callsheet: Callsheet, url: str, path: str
) -> None:
    assert imported(workspace, callsheet, export({"url": url}, {"base": AT})).code == 0
    assert (sent(workspace).host, sent(workspace).path) == ("api.example.com", path)


@pytest.mark.parametrize(
    ("request_", "note"),
    [
        ({"method": "POST", "body": {"text": '{"a": 1}'}},
         "the body is sent as application/json: the tool sends it without a Content-Type"),
        ({**JSON, "body": {"text": '{"a": 1}'}, "scripts": {"preRequest": "insomnia.x()"}},
         "its scripts were left out: nothing is run"),
        ({"afterResponseScript": "x()"}, "its scripts were left out: nothing is run"),
        ({"method": "post"}, "the method is POST, and the tool sends `post`"),
        ({"authentication": {"type": "bearer", "token": ""}},
         "its token is empty in the file: set its secret, or remove it"),
        ({"authentication": {"type": "apikey", "key": "X-K", "value": "", "addTo": "header"}},
         "its key is empty in the file: set its secret, or remove it"),
    ],
)  # fmt: skip
def test_what_no_action_sends_alike_has_a_note(
    workspace: Folder, callsheet: Callsheet, request_: Any, note: str
) -> None:
    outcome = imported(workspace, callsheet, export(request_))
    assert outcome.code == 0
    assert note in outcome.err.splitlines()


def test_the_scripts_of_a_folder_are_said_to_be_left_out(workspace: Folder, callsheet: Callsheet) -> None:
    folder = {"scripts": {"afterResponse": "insomnia.test()"}}
    outcome = imported(workspace, callsheet, export({}, None, folder))
    assert (outcome.code, outcome.err) == (0, "its scripts were left out: nothing is run\n")


@pytest.mark.parametrize(
    "text",
    [
        "---\n{}", "# exported\n{}", '"type": "collection.insomnia.rest/5.0"\n{}', "name: X\n{}",
        "type: spec.insomnia.rest/5.0\nspec: {{contents: {{openapi: 3.0.0}}}}\n{}",
    ],
)  # fmt: skip
def test_an_export_is_known_by_what_it_says(workspace: Folder, callsheet: Callsheet, text: str) -> None:
    own = "" if "insomnia.rest" in text else "type: collection.insomnia.rest/5.0\n"
    file = workspace.path.parent / "export.yaml"
    file.write_text(text.format(f"{own}collection:\n- {{name: one, method: GET, url: '{AT}'}}\n"))
    assert callsheet("import", file, "--request", "one", "--name", "one", "-C", workspace.path).code == 0
    assert (sent(workspace).host, sent(workspace).path) == ("api.example.com", "/v1")


def test_an_export_without_requests_is_named_by_its_kind(workspace: Folder, callsheet: Callsheet) -> None:
    outcome = imported(workspace, callsheet, {"type": "mock.insomnia.rest/5.0", "routes": []})
    assert outcome.code == 1
    assert outcome.err.startswith(
        "error CS938: the file is an export of Insomnia of the kind `mock`, without requests\n"
    )


OTHERS = ["1 gRPC request of the export left out: an action calls by HTTP",
          "1 WebSocket request of the export left out: an action calls by HTTP"]  # fmt: skip
COOKIES = "the cookies of the export were left out: an action has no session"


def test_what_is_none_of_http_is_named(workspace: Folder, callsheet: Callsheet) -> None:
    cookies = [{"key": "s", "value": "c4n4ry"}]
    five = export({})
    five["collection"] += [
        {"name": "g", "meta": {"id": "greq_1"}, "url": "x"},
        {"name": "w", "url": "wss://x/y"},
    ]
    five["cookieJar"] = {"cookies": cookies}
    four = {
        "_type": "export", "__export_format": 4, "resources": [
            {"_id": "w", "_type": "workspace", "name": "X"},
            {"_id": "j", "_type": "cookie_jar", "parentId": "w", "cookies": cookies},
            {"_id": "g", "_type": "grpc_request", "parentId": "w", "name": "g"},
            {"_id": "s", "_type": "websocket_request", "parentId": "w", "name": "s"},
            {"_id": "r", "_type": "request", "parentId": "w", "name": "one", "method": "GET", "url": AT},
        ],
    }  # fmt: skip
    for name, value in (("four", four), ("five", five)):
        outcome = imported(workspace, callsheet, value, "--all", "--name", name)
        assert (outcome.code, outcome.err.splitlines()) == (0, [*OTHERS, COOKIES])
    outcome = imported(workspace, callsheet, four)
    assert (outcome.code, outcome.err.splitlines()) == (0, [COOKIES])


@pytest.mark.parametrize(
    "request_",
    [asked(a="{% uuid 'v4' %}"), asked(**{"{{ _.x[0] }}": "1"}), {"url": f"{AT}/{{# c #}}x"}],
)
def test_a_template_anywhere_is_refused(workspace: Folder, callsheet: Callsheet, request_: Any) -> None:
    outcome = imported(workspace, callsheet, export(request_))
    assert outcome.code == 1
    assert outcome.err.startswith("error CS938: it contains the template `{")
