"""Connections: said once, and every field, finding and change leads back to the line that says it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from syrupy.assertion import SnapshotAssertion

from callsheet import Workspace
from callsheet.language.schema_check import schema
from support.workspaces import Callsheet, Folder

CONNECTION = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: braze, owner: team-crm, labels: {vendor: braze}}
spec:
  url: "https://{{ values.host }}"
  headers: {X-Version: "3"}
  query: {app: shop}
  authentication: {type: bearer, token: {secret: "env:BRAZE_KEY"}}
  limits: {timeout: 8s, retries: 2}
  parameters:
    user: {type: string, label: User, sensitivity: customer-id}
  responses: {success: {payload: {message: success}}}
"""
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: newsletter, title: {en: Newsletter}}
spec:
  connection: braze
  request:
    method: POST
    path: /messages/{{ params.channel }}
    payload: {external_user_ids: ["{{ params.user }}"]}
  parameters:
    channel: {type: string}
"""
ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {host: rest.iad-01.braze.com}
  target: {type: sqlite, path: .callsheet/local.db}
"""
WHOLE = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: newsletter, title: {en: Newsletter}, owner: team-crm, labels: {vendor: braze}}
spec:
  request:
    method: POST
    url: "https://{{ values.host }}/messages/{{ params.channel }}"
    headers: {X-Version: "3"}
    query: {app: shop}
    payload: {external_user_ids: ["{{ params.user }}"]}
  authentication: {type: bearer, token: {secret: "env:BRAZE_KEY"}}
  limits: {timeout: 8s, retries: 2}
  parameters:
    user: {type: string, label: User, sensitivity: customer-id}
    channel: {type: string}
  responses: {success: {payload: {message: success}}}
"""
FILES = {"braze.yaml": CONNECTION, "newsletter.yaml": ACTION, "local.yaml": ENVIRONMENT}


def write(folder: Folder, *changes: tuple[str, str, str], **added: str) -> None:
    """Write the workspace with changes: of a file, a text in it, and another one in its place."""
    files = dict(FILES)
    for file, old, new in changes:
        assert old in files[file], f"{file} has no {old!r}"
        files[file] = files[file].replace(old, new, 1)
    for file, text in {**files, **{f"{name}.yaml": text for name, text in added.items()}}.items():
        folder.write(file, text)


def findings(folder: Folder, callsheet: Callsheet) -> list[tuple[str, str, int, str]]:
    outcome = callsheet("validate", "-C", folder.path, "-o", "json")
    assert "Traceback" not in outcome.err
    return [
        (one["code"], one["file"], one["line"], one["message"])
        for one in json.loads(outcome.out)["diagnostics"]
    ]


def compiled(folder: Folder, callsheet: Callsheet, environment: str = "local") -> dict[str, Any]:
    outcome = callsheet("render", "newsletter", "-C", folder.path, "-e", environment, "-o", "json")
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)["actions"][0]
    return found


def test_an_action_over_its_connection_is_what_the_whole_of_it_in_one_file_is(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty)
    assert findings(empty, callsheet) == []
    found = compiled(empty, callsheet)
    (empty.path / "braze.yaml").unlink()
    empty.write("newsletter.yaml", WHOLE)
    assert compiled(empty, callsheet) == found
    assert findings(empty, callsheet) == []


@pytest.mark.parametrize(
    ("written", "path", "value"),
    [
        ("  limits: {retries: 0}\n", ("limits",), {"timeout": "8s", "retries": 0}),
        (
            '  authentication: {type: basic, username: u, password: {secret: "env:P"}}\n',
            ("authentication",),
            {"type": "basic", "username": "u", "password": {"secret": "env:P"}},
        ),
        (
            '  authentication: {type: bearer, token: {secret: "env:OTHER"}}\n',
            ("authentication", "token"),
            {"secret": "env:OTHER"},
        ),
        (
            "  responses: {success: {payload: {id: 1}}}\n",
            ("responses", "success", "payload"),
            {"message": "success", "id": 1},
        ),
    ],
)
def test_an_action_wins_over_its_connection_field_by_field(
    empty: Folder, callsheet: Callsheet, written: str, path: tuple[str, ...], value: object
) -> None:
    write(empty, ("newsletter.yaml", "  parameters:\n", f"{written}  parameters:\n"))
    found: Any = compiled(empty, callsheet)
    for part in path:
        found = found[part]
    assert found == value


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://a.example", "/b", "https://a.example/b"),
        ("https://a.example/", "/b", "https://a.example/b"),
        ("https://a.example/v1", "/b", "https://a.example/v1/b"),
        ("https://a.example/v1/", "/b/", "https://a.example/v1/b/"),
        ("https://a.example/v1", "?b=1", "https://a.example/v1?b=1"),
        ("https://{{ values.host }}/{{ env.name }}", "/b", "https://rest.iad-01.braze.com/local/b"),
    ],
)
def test_a_path_follows_the_url_of_the_connection(
    empty: Folder, callsheet: Callsheet, base: str, path: str, url: str
) -> None:
    write(
        empty,
        ("braze.yaml", "https://{{ values.host }}", base),
        ("newsletter.yaml", "/messages/{{ params.channel }}", f'"{path}"'),
        ("newsletter.yaml", '["{{ params.user }}"]', '["{{ params.user }}", "{{ params.channel }}"]'),
    )
    assert compiled(empty, callsheet)["request"]["url"] == url


def test_a_url_of_its_own_is_the_whole_of_it_and_no_path_is_the_base(
    empty: Folder, callsheet: Callsheet
) -> None:
    payload = ("newsletter.yaml", '["{{ params.user }}"]', '["{{ params.user }}", "{{ params.channel }}"]')
    path = "    path: /messages/{{ params.channel }}\n"
    write(empty, ("newsletter.yaml", path, "    url: https://other.example/x\n"), payload)
    assert compiled(empty, callsheet)["request"]["url"] == "https://other.example/x"
    write(empty, ("newsletter.yaml", path, ""), payload)
    assert compiled(empty, callsheet)["request"]["url"] == "https://rest.iad-01.braze.com"


# Which layer wins: the overlays of an environment are over both, the action's own last.
@pytest.mark.parametrize(
    ("overlays", "path", "value"),
    [
        ("{braze: {limits: {retries: 1}}}", ("limits",), {"timeout": "8s", "retries": 1}),
        ("{newsletter: {limits: {retries: 1}}}", ("limits",), {"timeout": "8s", "retries": 1}),
        (
            "{braze: {limits: {retries: 1, timeout: 3s}}, newsletter: {limits: {retries: 4}}}",
            ("limits",),
            {"timeout": "3s", "retries": 4},
        ),
        (
            "{newsletter: {limits: {retries: 4}}, braze: {limits: {retries: 1, timeout: 3s}}}",
            ("limits",),
            {"timeout": "3s", "retries": 4},
        ),
        (
            "{braze: {headers: {X-Version: {$remove: true}, X-More: m}}}",
            ("request", "headers"),
            {"X-More": "m"},
        ),
        ("{braze: {query: {$remove: true}}}", ("request", "query"), None),
        (
            '{braze: {url: "https://sandbox.{{ values.host }}/v2/"}}',
            ("request", "url"),
            {"$concat": ["https://sandbox.rest.iad-01.braze.com/v2/messages/", {"$param": "channel"}]},
        ),
        (
            "{newsletter: {request: {path: /other}}}",
            ("request", "url"),
            "https://rest.iad-01.braze.com/other",
        ),
        (
            "{newsletter: {request: {url: https://else.example/y}}}",
            ("request", "url"),
            "https://else.example/y",
        ),
        ("{braze: {authentication: {type: none}}}", ("authentication",), {"type": "none"}),
    ],
)
def test_overlays_reach_a_connection_and_lie_over_action_and_connection(
    empty: Folder, callsheet: Callsheet, overlays: str, path: tuple[str | int, ...], value: object
) -> None:
    write(
        empty,
        ("local.yaml", "spec:\n", f"spec:\n  overlays: {overlays}\n"),
        ("newsletter.yaml", '["{{ params.user }}"]', '["{{ params.user }}", "{{ params.channel }}"]'),
    )
    assert [one for one in findings(empty, callsheet) if one[0] != "CS307"] == []
    found: Any = compiled(empty, callsheet)
    for part in path:
        found = found.get(part) if isinstance(found, dict) else found[part]
    assert found == value


CONNECTION_IS = [
    # what is changed: file, text, other text; then what is found: code, file, line, and words of the message
    ("an unknown connection", ("newsletter.yaml", "connection: braze", "connection: brase"),
     ("CS322", "newsletter.yaml", 5, "there is no connection `brase` (did you mean `braze`?)")),
    ("a path and a url", ("newsletter.yaml", "    path: /", "    url: https://a.example\n    path: /"),
     ("CS210", "newsletter.yaml", 8, "`spec.request.url` is not allowed here")),
    ("a path without a connection", ("newsletter.yaml", "  connection: braze\n", ""),
     ("CS210", "newsletter.yaml", 7, "`spec.request.path` is not allowed here")),
    ("a path that is none", ("newsletter.yaml", "path: /messages", "path: messages"),
     ("CS207", "newsletter.yaml", 8, "`spec.request.path` does not begin with `/` or `?`")),
    ("a base with a query", ("braze.yaml", "values.host }}", "values.host }}?a=1"),
     ("CS207", "braze.yaml", 5, "`spec.url` does not have the form ^[^?#]*$")),
    ("a misspelt field of a connection", ("braze.yaml", "  limits:", "  limit:"),
     ("CS203", "braze.yaml", 9, "`spec` has no field `limit` (did you mean `limits`?)")),
    ("a payload in a connection", ("braze.yaml", "  limits:", "  payload: {}\n  limits:"),
     ("CS203", "braze.yaml", 9, "`spec` has no field `payload`")),
    ("an unknown value in the base", ("braze.yaml", "values.host", "values.hots"),
     ("CS502", "braze.yaml", 5, "`values.hots` is not defined (did you mean `host`?) (in local)")),
    ("an unknown parameter in the path", ("newsletter.yaml", "params.channel", "params.chanel"),
     ("CS306", "newsletter.yaml", 8, "the parameter `chanel` is not declared (did you mean `channel`?)")),
    ("an unknown parameter in a header", ("braze.yaml", 'X-Version: "3"', 'X-Version: "{{ params.vresion }}"'),
     ("CS306", "braze.yaml", 6, "the parameter `vresion` is not declared")),
    ("a filter that is none in the query", ("braze.yaml", "app: shop", 'app: "{{ values.host | uper }}"'),
     ("CS505", "braze.yaml", 7, "there is no filter `uper`")),
    ("a secret in clear", ("braze.yaml", '{secret: "env:BRAZE_KEY"}', "hunter2hunter2"),
     ("CS601", "braze.yaml", 8, "`token` is written as plain text")),
    ("a scheme that is none", ("braze.yaml", "env:BRAZE_KEY", "enc:BRAZE_KEY"),
     ("CS602", "braze.yaml", 8, "the scheme `enc` of the secret is unknown (did you mean `env`?)")),
    ("a secret's name that is none", ("braze.yaml", "env:BRAZE_KEY", "env:BRAZE KEY"),
     ("CS603", "braze.yaml", 8, "")),
    ("a timeout of zero", ("braze.yaml", "timeout: 8s", "timeout: 0s"),
     ("CS420", "braze.yaml", 9, "the timeout is zero")),
    ("a bad duration", ("braze.yaml", "timeout: 8s", "timeout: 8 s"), ("CS207", "braze.yaml", 9, "")),
    ("plain http", ("braze.yaml", "https://", "http://"), ("CS407", "braze.yaml", 5, "the call is sent over plain http")),
    ("no host", ("braze.yaml", "https://{{ values.host }}", "https:///x"), ("CS401", "braze.yaml", 5, "the URL is not absolute")),
    ("a segment that leads up, in the path", ("newsletter.yaml", "/messages/{{", "/../messages/{{"), ("CS422", "newsletter.yaml", 8, "")),
    ("a header with a line break", ("braze.yaml", 'X-Version: "3"', 'X-Version: "3\\n4"'), ("CS410", "braze.yaml", 6, "")),
    ("a header twice", ("newsletter.yaml", "    method: POST", "    headers: {x-version: a}\n    method: POST"),
     ("CS411", "newsletter.yaml", 7, "")),
    ("a constraint of another type", ("newsletter.yaml", "channel: {type: string}", "channel: {type: string}\n    user: {minimum: 3}"),
     ("CS2", "newsletter.yaml", 12, "")),
    ("an overlay of a connection that is none", ("local.yaml", "spec:\n", "spec:\n  overlays: {brazr: {limits: {retries: 1}}}\n"),
     ("CS305", "local.yaml", 5, "there is no action `brazr` (did you mean `braze`?)")),
    ("a field that is none in an overlay of a connection", ("local.yaml", "spec:\n", "spec:\n  overlays: {braze: {limits: {retires: 1}}}\n"),
     ("CS203", "local.yaml", 5, "`spec.limits` has no field `retires` (did you mean `retries`?)")),
    ("a payload in an overlay of a connection", ("local.yaml", "spec:\n", "spec:\n  overlays: {braze: {path: /x}}\n"),
     ("CS203", "local.yaml", 5, "")),
    ("an unknown value in an overlay of a connection", ("local.yaml", "spec:\n", 'spec:\n  overlays:\n    braze:\n      url: "https://{{ values.hots }}"\n'),
     ("CS502", "local.yaml", 7, "`values.hots` is not defined (did you mean `host`?) (in local, for `newsletter`)")),
    ("a removal of what is not there", ("local.yaml", "spec:\n", "spec:\n  overlays:\n    braze:\n      headers: {X-Vers: {$remove: true}}\n"),
     ("CS320", "local.yaml", 7, "there is no `headers.X-Vers` to take away")),
    ("a null in an overlay of a connection", ("local.yaml", "spec:\n", "spec:\n  overlays:\n    braze:\n      headers: null\n"),
     ("CS320", "local.yaml", 7, "null is not allowed in `spec.request.headers`, and takes no field away")),
    ("a number that loses its form", ("braze.yaml", "app: shop", "app: 1.10"), ("CS421", "braze.yaml", 7, "")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"), [one[1:] for one in CONNECTION_IS], ids=[one[0] for one in CONNECTION_IS]
)
def test_what_is_wrong_is_found_where_it_is_written(
    empty: Folder, callsheet: Callsheet, change: tuple[str, str, str], expected: tuple[str, str, int, str]
) -> None:
    write(empty, change)
    found = findings(empty, callsheet)
    code, file, line, words = expected
    assert any(one[0].startswith(code) and one[1:3] == (file, line) and words in one[3] for one in found), (
        found
    )
    assert len([one for one in found if one[0] != "CS307"]) == 1, found


NAMES = [f"newsletter{number:02}" for number in range(40)]


@pytest.fixture
def forty(empty: Folder, callsheet: Callsheet) -> Folder:
    """Forty actions of one connection, committed and applied."""
    write(empty)
    (empty.path / "newsletter.yaml").unlink()
    for name in NAMES:
        empty.write(f"{name}.yaml", ACTION.replace("newsletter", name))
    empty.git("init", "-q")
    empty.commit("forty")
    assert callsheet("apply", "-C", empty.path, "-e", "local", "--yes").code == 0
    return empty


def test_one_header_of_a_connection_is_one_change_in_forty_actions(
    forty: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    write(forty, ("braze.yaml", 'X-Version: "3"', 'X-Version: "4"'))
    (forty.path / "newsletter.yaml").unlink()
    assert callsheet("diff", "--base", "HEAD", "-C", forty.path).out == snapshot
    assert callsheet("diff", "--base", "HEAD", "-C", forty.path, "-o", "markdown").out == snapshot
    found = json.loads(callsheet("diff", "--base", "HEAD", "-C", forty.path, "-o", "json").out)
    assert len(found["changes"]) == 40
    assert found["shared"] == [
        {
            "document": "Connection/braze",
            "name": "headers.X-Version",
            "before": "3",
            "after": "4",
            "file": "braze.yaml",
            "line": 6,
            "column": 13,
            "environments": ["local"],
            "addresses": [f"Action/{name}" for name in NAMES],
        }
    ]


def test_a_line_of_a_connection_that_is_wrong_for_some_actions_names_them(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, ("braze.yaml", "  parameters:\n    user:", "  parameters:\n    other:"))
    text = (empty.path / "newsletter.yaml").read_text()
    own = text.replace("    channel:", "    user: {type: string}\n    channel:")
    header = (empty.path / "braze.yaml").read_text()
    empty.write("braze.yaml", header.replace('X-Version: "3"', 'X-User: "{{ params.user }}"'))
    empty.write("newsletter.yaml", own)
    for name in ("a", "b"):
        empty.write(f"{name}.yaml", text.replace("newsletter", name).replace("{{ params.user }}", "all"))
    (found,) = [one for one in findings(empty, callsheet) if one[0] == "CS306"]
    assert found[1:3] == ("braze.yaml", 6)
    assert found[3] == "the parameter `user` is not declared (for `a` and 1 more)"
    empty.write("newsletter.yaml", text.replace("{{ params.user }}", "all"))
    (found,) = [one for one in findings(empty, callsheet) if one[0] == "CS306"]
    assert found[3] == "the parameter `user` is not declared", "it is wrong for all of them"


def test_guards_count_each_action_that_a_connection_changes(forty: Folder, callsheet: Callsheet) -> None:
    write(forty, ("braze.yaml", 'X-Version: "3"', 'X-Version: "4"'))
    (forty.path / "newsletter.yaml").unlink()
    outcome = callsheet("plan", "-C", forty.path, "-e", "local")
    assert "Guard max-update broken: 40 of 40 would be updated" in outcome.out
    assert "Plan in local: 40 to update, 0 unchanged." in outcome.out
    assert outcome.out.count("      braze.yaml:6:13\n") == 40


def test_a_quiet_plan_reports_in_one_line_that_a_guard_stops_it(
    forty: Folder, callsheet: Callsheet
) -> None:
    write(forty, ("braze.yaml", 'X-Version: "3"', 'X-Version: "4"'))
    (forty.path / "newsletter.yaml").unlink()
    where = ("-C", forty.path, "-e", "local", "-q", "--out", forty.path / "plan.json")
    outcome = callsheet("plan", *where)
    assert (outcome.code, outcome.out, outcome.err) == (
        0,
        "",
        "callsheet: apply will refuse the plan: max-update: 40 of 40 would be updated; the limit is 30%\n",
    )
    accepted = callsheet("plan", *where, "--accept", "max-update")
    assert (accepted.code, accepted.out, accepted.err) == (0, "", "")


def test_the_address_of_a_joined_url_is_explained_with_both_of_its_lines(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty)
    at = ("render", "newsletter", "-C", empty.path, "--explain")
    (line,) = [one for one in callsheet(*at).out.splitlines() if " request.url " in one]
    assert line.split()[-4:] == ["Connection/braze", "braze.yaml:5", "and", "newsletter.yaml:8"]
    answer = json.loads(callsheet(*at, "-o", "json").out)
    Draft202012Validator(schema("render")).validate(answer)
    (url,) = [one for one in answer["fields"]["newsletter"] if one["path"] == "/request/url"]
    assert (url["file"], url["line"], url["also"]) == (
        "braze.yaml",
        5,
        {"file": "newsletter.yaml", "line": 8},
    )


def test_personal_data_of_a_connection_is_one_row_for_forty_actions(
    forty: Folder, callsheet: Callsheet
) -> None:
    write(forty, ("braze.yaml", "{app: shop}", '{app: shop, mail: "{{ params.mail }}"}'),
          ("braze.yaml", "  parameters:\n", "  parameters:\n    mail: {type: string, sensitivity: email}\n"))  # fmt: skip
    (forty.path / "newsletter.yaml").unlink()
    outcome = callsheet("diff", "--base", "HEAD", "-C", forty.path, "-o", "markdown")
    assert outcome.out.count("| email |") == 1
    assert "Action/newsletter00" in outcome.out


def test_an_action_that_changes_itself_too_is_counted_and_its_own_change_is_shown_by_itself(
    forty: Folder, callsheet: Callsheet
) -> None:
    write(forty, ("braze.yaml", "retries: 2", "retries: 3"))
    (forty.path / "newsletter.yaml").unlink()
    own = forty.path / "newsletter07.yaml"
    own.write_text(own.read_text().replace("POST", "PUT"))
    found = callsheet("diff", "--base", "HEAD", "-C", forty.path).out
    assert "~ Connection/braze limits.retries  [sensitive]  changes 40 actions  in local" in found
    assert found.count("limits.retries") == 2, "the field, and what it means for all of them"
    (own,) = found.split("~ Action/")[1:]
    assert own == (
        "newsletter07  [breaking]  owner team-crm  in local\n"
        "    method changed from POST to PUT (method-changed)\n"
        "      newsletter07.yaml:7:5\n"
        "\n40 changes since HEAD.\n"
    )


@pytest.mark.cached
def test_a_second_run_takes_what_is_known_and_a_changed_connection_is_seen(
    forty: Folder, callsheet: Callsheet
) -> None:
    assert callsheet("plan", "-C", forty.path, "-e", "local").out.startswith("Nothing to do")
    assert Workspace(forty.path, cache=True).compile().computed == 0
    write(forty, ("braze.yaml", "timeout: 8s", "timeout: 9s"))
    (forty.path / "newsletter.yaml").unlink()
    assert "40 to update" in callsheet("plan", "-C", forty.path, "-e", "local").out
    (forty.path / "braze.yaml").unlink()
    assert callsheet("validate", "-v", "-C", forty.path).out.count("error CS322") == 40
    write(forty)
    (forty.path / "newsletter.yaml").unlink()
    assert callsheet("plan", "-C", forty.path, "-e", "local").out.startswith("Nothing to do")


def test_a_connection_with_an_error_is_reported_once_and_nothing_is_planned(
    forty: Folder, callsheet: Callsheet
) -> None:
    write(forty, ("braze.yaml", "retries: 2", "retries: many"))
    (forty.path / "newsletter.yaml").unlink()
    assert [(one[0], one[1], one[2]) for one in findings(forty, callsheet)] == [("CS205", "braze.yaml", 9)]
    outcome = callsheet("plan", "-C", forty.path, "-e", "local")
    assert (outcome.code, outcome.out) == (1, "")
    (forty.path / "braze.yaml").write_text("kind: Connection\n- x")
    assert {one[0] for one in findings(forty, callsheet)} == {"CS110"}


def test_a_connection_of_the_name_of_an_action_is_refused(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, ("newsletter.yaml", "name: newsletter", "name: braze"))
    found = findings(empty, callsheet)
    assert [one[0] for one in found] == ["CS301"]
    assert "shares a name space with the" in found[0][3]


def test_a_contract_is_named_by_the_connection_and_its_operation_by_the_action(
    empty: Folder, callsheet: Callsheet
) -> None:
    empty.write("api.json", json.dumps(DESCRIPTION))
    write(
        empty,
        ("braze.yaml", "  limits:", "  contract: {openapi: api.json}\n  limits:"),
        ("newsletter.yaml", "  parameters:\n", "  contract: {operation: send}\n  parameters:\n"),
        ("newsletter.yaml", "/messages/{{ params.channel }}", "/messages/send"),
        ("newsletter.yaml", '["{{ params.user }}"]', '["{{ params.user }}", "{{ params.channel }}"]'),
    )
    assert [(one[0], one[1], one[2]) for one in findings(empty, callsheet)] == [
        ("CS454", "newsletter.yaml", 9)
    ]
    text = (empty.path / "newsletter.yaml").read_text()
    (empty.path / "newsletter.yaml").write_text(text.replace("operation: send", "operation: sned"))
    assert [one[:3] for one in findings(empty, callsheet)] == [("CS451", "newsletter.yaml", 10)]
    (empty.path / "api.json").unlink()
    assert [one[:3] for one in findings(empty, callsheet)] == [("CS450", "braze.yaml", 9)]


DESCRIPTION = {
    "openapi": "3.0.3",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "https://rest.iad-01.braze.com"}],
    "paths": {
        "/messages/send": {
            "post": {
                "operationId": "send",
                "responses": {"200": {"description": "ok"}},
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"external_user_ids": {"type": "string"}},
                            }
                        }
                    }
                },
            }
        }
    },
}


def _unused(folder: Folder, callsheet: Callsheet) -> list[tuple[str, str, int, str]]:
    return [one for one in findings(folder, callsheet) if one[0] == "CS307"]


def test_a_parameter_that_a_connection_requires_in_vain_is_a_finding_at_the_action(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, ("newsletter.yaml", "{{ params.user }}", "all"))
    words = "the connection requires the parameter `user`, which is never used here"
    for _ in range(2):  # also from the cache
        assert _unused(empty, callsheet) == [("CS307", "newsletter.yaml", 5, words)]
    text = (empty.path / "braze.yaml").read_text()
    empty.write("braze.yaml", text.replace("{type: string, label: User", "{type: string, optional: true"))
    assert _unused(empty, callsheet) == []


def test_a_connection_that_reads_its_parameter_itself_requires_it_of_nobody_in_vain(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(
        empty,
        ("newsletter.yaml", "{{ params.user }}", "all"),
        ("braze.yaml", '{X-Version: "3"}', '{X-User: "{{ params.user }}"}'),
    )
    assert _unused(empty, callsheet) == []


def test_what_a_set_never_uses_is_found_once_at_its_template(empty: Folder, callsheet: Callsheet) -> None:
    write(empty)
    empty.write(
        "set.yaml",
        "apiVersion: callsheet/v1\nkind: ActionSet\nmetadata: {name: mails}\nspec:\n"
        "  items: [{key: a}, {key: b}]\n"
        '  template:\n    metadata: {name: "mail_{{ item.key }}", title: {en: Mail}}\n    spec:\n'
        "      connection: braze\n"
        '      request: {method: POST, path: "/{{ item.key }}", payload: {a: 1}}\n'
        "      parameters: {own: {type: string}}\n",
    )
    found = {(one[1], one[2], one[3].split("`")[1]) for one in _unused(empty, callsheet)}
    assert found == {("set.yaml", 9, "user"), ("set.yaml", 11, "own")}
    assert len(_unused(empty, callsheet)) == 2
