"""Rows of sets in findings and reviews: which row changed, how many rows have a finding, and what hides in one."""

from __future__ import annotations

import json

import pytest

from support.workspaces import ENVIRONMENT, Callsheet, Folder, findings

SET = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: campaigns}
spec:
  itemsFile: FILE
  template:
    metadata: {name: "mail_{{ item.key }}", title: {en: "{{ item.title }}", fr: "{{ item.title }}"}}
    spec:
      request:
        method: POST
        url: "https://{{ values.host }}/campaigns/{{ item.campaign }}"
        payload: {text: "For {{ item.title }}", fixed: 1}
"""
ROWS = "key,campaign,title\nc01,c-1,Spring\nc02,c-2,Summer\nc03,c-3,Autumn\n"


def write(folder: Folder, *, rows: str = ROWS, file: str = "rows.csv", text: str = SET) -> None:
    folder.write("rows.csv", rows)
    folder.write("set.yaml", text.replace("FILE", file))
    folder.write("local.yaml", ENVIRONMENT)


def test_a_row_that_changed_is_named_with_its_line(empty: Folder, callsheet: Callsheet) -> None:
    write(empty)
    empty.commit()
    write(empty, rows=ROWS.replace("Summer", "Winter"))
    outcome = callsheet("diff", "--base", "HEAD", "-C", empty.path)
    assert outcome.out == (
        "~ Action/mail_c02  [compatible]  in local\n"
        "    payload field `text` changed, by `title` of row 2 (constant-changed)\n"
        '      - "For Summer"\n'
        '      + "For Winter"\n'
        "      rows.csv:3:1\n"
        "    title.en changed, by `title` of row 2 (title-changed)\n"
        '      - "Summer"\n'
        '      + "Winter"\n'
        "      rows.csv:3:1\n"
        "    title.fr changed, by `title` of row 2 (title-changed)\n"
        '      - "Summer"\n'
        '      + "Winter"\n'
        "      rows.csv:3:1\n"
        "\n"
        "1 change since HEAD.\n"
    )


def test_a_change_of_the_template_stays_at_its_line_where_a_row_changed_too(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty)
    empty.commit()
    write(empty, rows=ROWS.replace("c-2", "c-9"), text=SET.replace("fixed: 1", "fixed: 2"))
    answer = json.loads(callsheet("diff", "--base", "HEAD", "-C", empty.path, "-o", "json").out)
    change = next(one for one in answer["changes"] if one["address"] == "Action/mail_c02")
    found = {one["words"]: (one["file"], one["line"]) for one in change["diff"]}
    assert found == {
        "payload field `fixed` changed": ("set.yaml", 12),
        "URL changed, by `campaign` of row 2": ("rows.csv", 3),
    }


def test_a_finding_says_how_many_rows_have_it(empty: Folder, callsheet: Callsheet) -> None:
    rows = "key,campaign,title\n" + "".join(f"k{n},c,T{n}\n" for n in range(40))
    write(empty, rows=rows, text=SET.replace("values.host", "values.hosst"))
    (found,) = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert [(one["file"], one["line"], one["message"]) for one in found["related"]] == [
        ("rows.csv", 2, "with this row"),
        ("rows.csv", 3, "with this row"),
        ("rows.csv", 4, "with this row, and 37 more rows"),
    ]
    shown = callsheet("validate", "-C", empty.path).out
    assert "rows.csv:4:1: with this row, and 37 more rows" in shown


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Spr\x07ing", "a control character (U+0007)"),
        ("Spring\x1b[31m", "a control character (U+001B)"),
        ("Spring\x85", "a control character (U+0085)"),
        ("Spr\u200bing", "ZERO WIDTH SPACE (U+200B)"),
        ("Spr\u202eing", "RIGHT-TO-LEFT OVERRIDE (U+202E)"),
    ],
)
def test_a_character_that_nobody_sees_is_found_at_its_row(
    empty: Folder, callsheet: Callsheet, value: str, name: str
) -> None:
    write(empty, rows=ROWS.replace("Spring", value))
    found = [one for one in findings(empty, callsheet) if one["code"] == "CS346"]
    assert [(one["file"], one["line"], one["severity"]) for one in found] == [("rows.csv", 2, "warning")]
    assert found[0]["message"] == f"the field `title` contains {name}, which nobody sees"


@pytest.mark.parametrize(
    "value", ['"two\nlines"', '"a\tb"', "👩\u200d💻", "\u0646\u0645\u06cc\u200c\u062e\u0648"]
)
def test_what_a_text_needs_is_no_finding(empty: Folder, callsheet: Callsheet, value: str) -> None:
    write(empty, rows=ROWS.replace("Spring", value))
    assert findings(empty, callsheet) == []


@pytest.mark.parametrize("file", ["./rows.csv", "deep/../rows.csv", ".//rows.csv"])
def test_a_file_of_rows_may_be_named_from_here(empty: Folder, callsheet: Callsheet, file: str) -> None:
    write(empty, file=file)
    assert findings(empty, callsheet) == []
    write(empty, file=file, rows=ROWS.replace("Spring", "=1+1"))
    assert [(one["code"], one["file"], one["line"]) for one in findings(empty, callsheet)] == [
        ("CS328", "rows.csv", 2)
    ]


@pytest.mark.parametrize("file", ["./push.json.j2", "deep/../push.json.j2"])
def test_a_template_file_may_be_named_from_here(empty: Folder, callsheet: Callsheet, file: str) -> None:
    write(empty)
    payload = '        payload: {text: "For {{ item.title }}", fixed: 1}\n'
    assert payload in SET
    write(empty, text=SET.replace(payload, f"        payloadFile: {file}\n"))
    empty.write("push.json.j2", '{"text": {{ item.title }}}')
    assert findings(empty, callsheet) == []
    empty.write("push.json.j2", '{"text": {{ item.titel }}}')
    (found,) = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert (found["code"], found["file"], found["line"]) == ("CS502", "push.json.j2", 1)


def test_a_contract_may_be_named_from_here(empty: Folder, callsheet: Callsheet) -> None:
    write(
        empty,
        text=SET.replace(
            "      request:\n", "      contract: {openapi: ./api.yaml, operation: send}\n      request:\n"
        ),
    )
    empty.write(
        "api.yaml",
        'openapi: 3.0.3\ninfo: {title: Mail, version: "1"}\nservers: [{url: "https://api.example.com"}]\n'
        "paths: {\"/campaigns/{id}\": {post: {operationId: send, responses: {'200': {description: ok}},"
        " requestBody: {content: {application/json: {schema: {type: object, required: [user]}}}}}}}\n",
    )
    found = findings(empty, callsheet)
    assert [one["code"] for one in found] == ["CS454"]
    assert found[0]["related"][0]["file"] == "api.yaml"


FRAGMENT = """\
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: customer}
spec:
  parameters: {id: {type: strin, label: Id}}
  payload: {id: "{{ params.id }}"}
"""
CONNECTION = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: vendor}
spec: {url: "https://api.example.com", limits: {timeout: soon}}
"""
PUSH = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: push, title: {en: Push, fr: Push}}
spec:
  connection: vendor
  request: {method: POST, path: /a, payload: {$fragment: customer}}
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("kind: Fragment", "kind: Fragmet"),
        ("{name: customer}", "{nam: customer}"),
        ("{name: customer}", "{}"),
        ("apiVersion: callsheet/v1\nkind: Fragment", "apiVersion: callsheet/v9\nkind: Fragment"),
    ],
)
def test_a_document_that_is_broken_at_its_head_is_the_only_error(
    empty: Folder, callsheet: Callsheet, right: str, wrong: str
) -> None:
    fragment = FRAGMENT.replace("strin,", "string,")
    assert right in fragment
    # What is not there at all stays an error of its own.
    named = wrong if "{}" not in wrong else "{}  # customer"
    empty.write("fragment.yaml", fragment.replace(right, named))
    empty.write("vendor.yaml", CONNECTION.replace("soon", "8s"))
    empty.write("push.yaml", PUSH)
    empty.write("local.yaml", ENVIRONMENT)
    for _ in range(2):
        found = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
        assert {one["file"] for one in found} == {"fragment.yaml"}
    empty.write("push.yaml", PUSH.replace("$fragment: customer", "$fragment: other"))
    assert "CS329" in [one["code"] for one in findings(empty, callsheet)]


@pytest.mark.parametrize("arguments", [("validate",), ("render", "push"), ("test",), ("plan",)])
def test_what_is_named_and_not_valid_is_the_only_error_also_from_the_cache(
    empty: Folder, callsheet: Callsheet, arguments: tuple[str, ...]
) -> None:
    empty.write("fragment.yaml", FRAGMENT)
    empty.write("vendor.yaml", CONNECTION)
    empty.write("push.yaml", PUSH)
    empty.write("local.yaml", ENVIRONMENT)
    for _ in range(2):
        outcome = callsheet(*arguments, "-C", empty.path)
        assert outcome.code == 1
        shown = outcome.out + outcome.err
        assert "CS206" in shown, shown
        assert "CS329" not in shown
        assert "CS322" not in shown
