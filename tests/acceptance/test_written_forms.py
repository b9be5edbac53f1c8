"""A number that becomes a text and loses its written form is a warning, with the fix."""

from __future__ import annotations

import json

import pytest

from support.workspaces import Callsheet, Folder

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: push, title: {en: A}, owner: t}
spec:
  request:
    method: POST
    url: URL
    headers: {X-Version: HEADER}
    query: {v: QUERY}
    payload: {field: PAYLOAD}
"""
ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {n: NUMBER, deep: [{n: NUMBER}]}
  target: {type: sqlite, path: .callsheet/local.db}
"""
PLAIN = {"URL": "https://api.example.com/v1", "HEADER": "a", "QUERY": "b", "PAYLOAD": "c"}
LOST = {
    "60.0": "60",
    "3.10": "3.1",
    "+49": "49",
    "1.5e+3": "1500",
    ".5": "0.5",
    "5.": "5",
    "0x1F": "31",
    "-0": "0",
}
KEPT = ("60", "3.1", "49", "0.5", "-7", '"3.10"', "'+49'", "true", "abc", "1.0.0")
IN_TEXT = {
    "in a URL": ("URL", '"https://api.example.com/v{{ values.n }}"'),
    "in a header": ("HEADER", '"{{ values.n }}"'),
    "in a part of a header": ("HEADER", '"v{{ values.n }}"'),
    "in the query": ("QUERY", '"{{ values.n }}"'),
    "in a text of the payload": ("PAYLOAD", '"at {{ values.n }}"'),
    "joined": ("PAYLOAD", "\"{{ 'v' ~ values.n }}\""),
    "made a text": ("PAYLOAD", '"{{ values.n | string }}"'),
    "with a default": ("PAYLOAD", '"at {{ values.n | default(1) }}"'),
    "by a condition": ("PAYLOAD", "\"at {{ values.n if env.name == 'local' else 1 }}\""),
}
NOT_IN_TEXT = {
    "a number": ("PAYLOAD", '"{{ values.n }}"'),
    "a number in a list": ("PAYLOAD", '["{{ values.n }}"]'),
    "calculated": ("PAYLOAD", '"at {{ values.n + 1 }}"'),
    "compared": ("PAYLOAD", "\"at {{ 'a' if values.n else 'b' }}\""),
    "rounded": ("PAYLOAD", '"at {{ values.n | round }}"'),
    "as JSON writes it": ("PAYLOAD", '"{{ values.n | tojson }}"'),
}


def write(folder: Folder, number: str, place: str, text: str) -> None:
    action = ACTION
    for name, plain in {**PLAIN, place: text}.items():
        action = action.replace(name, plain)
    folder.write("push.yaml", action)
    folder.write("environments.yaml", ENVIRONMENT.replace("NUMBER", number))


def findings(folder: Folder, callsheet: Callsheet) -> list[tuple[str, str, int, int, str]]:
    found = json.loads(callsheet("validate", "-C", folder.path, "-o", "json").out)["diagnostics"]
    assert all(one["severity"] == "warning" for one in found)
    return [(one["code"], one["file"], one["line"], one["column"], one["message"]) for one in found]


@pytest.mark.parametrize("place", IN_TEXT)
def test_a_value_that_loses_its_form_in_a_text(empty: Folder, callsheet: Callsheet, place: str) -> None:
    for written, shown in LOST.items():
        write(empty, written, *IN_TEXT[place])
        message = f"`{written}` is a number, and becomes `{shown}` in a string"
        assert findings(empty, callsheet) == [("CS421", "environments.yaml", 5, 15, message)]
        write(empty, f'"{written}"', *IN_TEXT[place])
        assert findings(empty, callsheet) == []


@pytest.mark.parametrize("place", NOT_IN_TEXT)
def test_what_stays_a_number_is_not_concerned(empty: Folder, callsheet: Callsheet, place: str) -> None:
    write(empty, "3.10", *NOT_IN_TEXT[place])
    assert findings(empty, callsheet) == []


def test_what_is_written_as_it_will_be_is_not_concerned(empty: Folder, callsheet: Callsheet) -> None:
    for number in KEPT:
        write(empty, number, *IN_TEXT["in a URL"])
        assert findings(empty, callsheet) == [], number


def test_a_constant_of_the_query_becomes_a_text(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, "1", "QUERY", "3.10")
    assert [one[:4] for one in findings(empty, callsheet)] == [("CS421", "push.yaml", 9, 16)]
    write(empty, "1", "QUERY", "1")
    assert findings(empty, callsheet) == []
    text = (empty.path / "environments.yaml").read_text()
    empty.write("environments.yaml", text + "  overlays: {push: {request: {query: {v: 60.0}}}}\n")
    assert [one[:3] for one in findings(empty, callsheet)] == [("CS421", "environments.yaml", 7)]


def test_it_is_reported_once_and_at_the_environment_that_wrote_it(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, "3.10", "PAYLOAD", '["{{ values.n }}.", "v{{ values.n }}", "at {{ values.deep[0].n }}"]')
    (empty.path / "second.yaml").write_text(
        (empty.path / "push.yaml").read_text().replace("name: push", "name: second")
    )
    base = ENVIRONMENT.replace("NUMBER", "3.10").replace("local", "base").partition("  target")[0]
    own = ENVIRONMENT.replace("  values: {n: NUMBER, deep: [{n: NUMBER}]}", "  extends: base")
    empty.write("environments.yaml", f"{base}---\n{own}")
    found = findings(empty, callsheet)
    assert [one[:4] for one in found] == [
        ("CS421", "environments.yaml", 5, 15),
        ("CS421", "environments.yaml", 5, 32),
    ]


def test_an_alias_is_not_read_as_a_number(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, "1", *IN_TEXT["in a URL"])
    text = ENVIRONMENT.replace("n: NUMBER, deep: [{n: NUMBER}]", "m: &m 3.10, n: *m")
    empty.write("environments.yaml", text)
    assert findings(empty, callsheet) == []
