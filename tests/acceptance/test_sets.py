"""Sets: one template and rows, each an action like any other, whose findings name template and row."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.workspaces import ENVIRONMENT, Callsheet, Folder, findings

SET = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: campaigns}
spec:
  items:
    - {key: c01, campaign: c-1, title: Spring}
    - {key: c02, campaign: c-2, title: Summer}
  template:
    metadata: {name: "mail_{{ item.key }}", title: {en: "{{ item.title }} campaign"}, owner: team-crm}
    spec:
      request:
        method: POST
        url: "https://{{ values.host }}/campaigns/{{ item.campaign }}"
        payload: {user: "{{ params.user }}", text: "For {{ item.title }}, {{ params.user }}"}
      parameters:
        user: {type: string, label: "User of {{ item.title }}"}
"""
ROWS = """\
    - {key: c01, campaign: c-1, title: Spring}
    - {key: c02, campaign: c-2, title: Summer}
"""
CSV = "key,campaign,title\nc01,c-1,Spring\nc02,c-2,Summer\n"


def write(
    folder: Folder, *changes: tuple[str, str], rows: str | None = None, file: str = "rows.csv"
) -> None:
    """Write the set with changes; with `rows`, they are in a file."""
    text = SET
    if rows is not None:
        folder.write(file, rows)
        text = text.replace(f"  items:\n{ROWS}", f"  itemsFile: {file}\n")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    folder.write("set.yaml", text)
    folder.write("local.yaml", ENVIRONMENT)


def rendered(folder: Folder, callsheet: Callsheet) -> dict[str, Any]:
    outcome = callsheet("render", "-C", folder.path, "-e", "local", "-o", "json")
    assert outcome.code == 0, outcome.err
    return {one["name"]: one for one in json.loads(outcome.out)["actions"]}


@pytest.mark.parametrize(
    ("rows", "file"),
    [
        (None, ""),
        (CSV, "rows.csv"),
        ("\ufeff" + CSV.replace("\n", "\r\n"), "rows.csv"),
        ('key,campaign,title\n"c01","c-1",Spring\n\nc02,c-2,"Summer"', "deep/rows.csv"),
        ("- {key: c01, campaign: c-1, title: Spring}\n- {key: c02, campaign: c-2, title: Summer}\n", "rows.yaml"),
        ('[{"key": "c01", "campaign": "c-1", "title": "Spring"}, {"key": "c02", "campaign": "c-2", "title": "Summer"}]', "rows.json"),
    ],
)  # fmt: skip
def test_each_row_is_an_action_wherever_the_rows_are(
    empty: Folder, callsheet: Callsheet, rows: str | None, file: str
) -> None:
    write(empty, rows=rows, file=file)
    assert findings(empty, callsheet) == []
    found = rendered(empty, callsheet)
    assert list(found) == ["mail_c01", "mail_c02"]
    assert found["mail_c02"] == {
        "name": "mail_c02",
        "title": {"en": "Summer campaign"},
        "owner": "team-crm",
        "authentication": {"type": "none"},
        "parameters": {"user": {"type": "string", "label": "User of Summer"}},
        "request": {
            "method": "POST",
            "url": "https://api.example.com/campaigns/c-2",
            "payload": {
                "user": {"$param": "user"},
                "text": {"$concat": ["For Summer, ", {"$param": "user"}]},
            },
        },
    }


def test_a_row_that_goes_is_a_deletion_and_one_with_another_name_a_rename(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty)
    assert callsheet("apply", "-C", empty.path, "-e", "local", "--yes").code == 0
    write(empty, ("    - {key: c01, campaign: c-1, title: Spring}\n", ""))
    plan = callsheet("plan", "-C", empty.path, "-e", "local").out
    assert "- Action/mail_c01  [breaking]" in plan
    assert "1 to delete, 1 unchanged" in plan
    renamed = (
        "{key: c02, campaign: c-2, title: Summer}",
        "{key: c03, campaign: c-2, title: Summer, was: mail_c02}",
    )
    lifecycle = (
        "      parameters:\n",
        '      lifecycle: {renamedFrom: "{{ item.was | default(none, true) }}"}\n      parameters:\n',
    )
    write(empty, renamed, lifecycle)
    assert findings(empty, callsheet) == []
    plan = callsheet("plan", "-C", empty.path, "-e", "local").out
    assert "Plan in local: 1 to rename, 1 unchanged." in plan


def test_what_a_row_says_is_data_and_never_a_template(empty: Folder, callsheet: Callsheet) -> None:
    row = '{key: c02, campaign: c-2, title: "{{ params.user }}{{ values.host }}"}'
    write(empty, ("{key: c02, campaign: c-2, title: Summer}", row))
    found = rendered(empty, callsheet)["mail_c02"]
    assert found["title"] == {"en": "{{ params.user }}{{ values.host }} campaign"}
    assert found["request"]["payload"]["text"] == {
        "$concat": ["For {{ params.user }}{{ values.host }}, ", {"$param": "user"}]
    }


def test_an_action_of_a_set_is_listed_tested_overlaid_and_selected_like_any_other(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, ("      parameters:\n", CASES))
    empty.write(
        "local.yaml",
        ENVIRONMENT + "  overlays: {mail_c01: {limits: {retries: 3}}}\n  select: {names: [mail_c01]}\n",
    )
    assert findings(empty, callsheet) == []
    assert list(rendered(empty, callsheet)) == ["mail_c01"]
    assert rendered(empty, callsheet)["mail_c01"]["limits"] == {"retries": 3}
    listed = json.loads(callsheet("list", "-C", empty.path, "-o", "json").out)["actions"]
    assert [(one["name"], one["file"], one["line"]) for one in listed] == [
        ("mail_c01", "set.yaml", 6), ("mail_c02", "set.yaml", 7),
    ]  # fmt: skip
    assert callsheet("test", "-C", empty.path, "-e", "local").code == 0


CASES = """\
      tests:
        - name: one
          params: {user: u}
          expect: {url: "https://api.example.com/campaigns/{{ item.campaign }}", method: POST}
          match: partial
      parameters:
"""


def test_the_cases_of_a_set_are_not_rewritten(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, ("      parameters:\n", CASES.replace("method: POST", "method: PUT")))
    before = (empty.path / "set.yaml").read_text()
    outcome = callsheet("test", "-C", empty.path, "--update")
    assert outcome.code == 1
    assert "error CS937: the cases of `mail_c01` are those of a set" in outcome.err
    assert (empty.path / "set.yaml").read_text() == before


FOUND = [
    # what is changed; then code, file, line, words of the message, and the lines of the rows
    ("a field that the row lacks", ("item.title }} campaign", "item.titel }} campaign"),
     ("CS502", 9, "`item.titel` is not defined (did you mean `title`?)", (6, 7))),
    ("a field that the row lacks, in the payload", ("For {{ item.title", "For {{ item.titel"),
     ("CS502", 14, "`item.titel` is not defined (did you mean `title`?) (in local)", (6, 7))),
    ("an unknown value", ("values.host", "values.hots"), ("CS502", 13, "`values.hots` is not defined", (6, 7))),
    ("an unknown parameter", ("text: \"For {{ item.title }}, {{ params.user", "text: \"For {{ item.title }}, {{ params.usr"),
     ("CS306", 14, "the parameter `usr` is not declared", (6, 7))),
    ("an unknown field", ("method: POST", "methode: POST"), ("CS203", 12, "has no field `methode`", (6, 7))),
    ("a wrong value", ("method: POST", "method: POSTS"), ("CS206", 12, "", (6, 7))),
    ("a name that is none", ("mail_{{ item.key }}", "mail-{{ item.key }}"), ("CS212", 9, "the row 2 makes `mail-c02` of the name", (7,))),
    ("a syntax error", ("{{ item.title }} campaign", "{{ item.title campaign"), ("CS501", 9, "", (6, 7))),
    ("a statement", ("{{ item.title }} campaign", "{% if item.title %}"), ("CS5", 9, "", (6, 7))),
    ("a parameter in the title", ("{{ item.title }} campaign", "{{ item.title }} {{ params.user }}"), ("CS502", 9, "`params.user` is not known here", (6, 7))),
    ("a connection that is none", ("      request:", "      connection: \"{{ item.key }}\"\n      request:"),
     ("CS322", 11, "there is no connection `c02`", (7,))),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [one[1:] for one in FOUND], ids=[one[0] for one in FOUND])
def test_a_finding_names_the_line_of_the_template_and_the_row(
    empty: Folder,
    callsheet: Callsheet,
    change: tuple[str, str],
    expected: tuple[str, int, str, tuple[int, ...]],
) -> None:
    write(empty, change)
    found = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    code, line, words, rows = expected
    assert found[-1]["code"].startswith(code), found
    assert (found[-1]["file"], found[-1]["line"]) == ("set.yaml", line), found
    assert words in found[-1]["message"]
    related = [(one["file"], one["line"]) for one in found[-1]["related"]]
    assert related == [("set.yaml", row) for row in rows]


ROWS_FOUND = [
    ("other separators", "key;campaign;title\nc01;c-1;Spring\n", ("CS327", 1, "the fields are separated by `;`, not by commas")),
    ("tabs", "key\tcampaign\nc01\tc-1\n", ("CS327", 1, "the fields are separated by a tab, not by commas")),
    ("a short row", "key,campaign,title\nc01,c-1,Spring\nc02,c-2\n", ("CS327", 3, "the row has 2 fields, and the first line names 3")),
    ("a long row", "key,campaign,title\nc01,c-1,Spring,x\n", ("CS327", 2, "the row has 4 fields, and the first line names 3")),
    ("a field twice", "key,campaign,title,key\nc01,c-1,Spring,x\n", ("CS327", 1, "the field `key` is there twice")),
    ("a name that is none", "key,campaign,the title\nc01,c-1,Spring\n", ("CS327", 1, "`the title` cannot be the name of a field")),
    ("a field without a name", "key,campaign,\nc01,c-1,Spring\n", ("CS327", 1, "a field has no name")),
    ("an open quote", 'key,campaign,title\nc01,c-1,Spring\nc02,c-2,"Spring\nc03,c-3,x\n', ("CS327", 3, "the file of rows is not CSV: a quote is not closed")),
    ("text after a quote", 'key,campaign,title\nc01,c-1,Spring\nc02,"c"-2,Spring\n', ("CS327", 3, "the file of rows is not CSV: ',' expected after '\"'")),
    ("nothing", "", ("CS327", 1, "the file of rows is empty")),
    ("no rows", "key,campaign,title\n", ("CS327", 1, "there are no rows, and so no actions of the set")),
    ("a formula", "key,campaign,title\nc01,c-1,=1+1\n", ("CS328", 2, "the field `title` begins as a formula does")),
    ("a sign before a word", "key,campaign,title\nc01,c-1,-cmd\n", ("CS328", 2, "the field `title` begins as a formula does")),
    ("two of one name", CSV.replace("c02", "c01"), ("CS326", 3, "the rows 1 and 2 both make an action `mail_c01`")),
    ("a field that nobody reads", CSV.replace("title", "titel", 1).replace("campaign,titel", "campaign,title,nobody").replace("g\n", "g,1\n").replace("r\n", "r,1\n"),
     ("CS325", 1, "the template never reads the field `nobody`")),
    ("a credential", CSV.replace("Spring", "xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"), ("CS601", 2, "this line looks like it contains a credential")),
    ("too many", "key,campaign,title\n" + "".join(f"c{n},c,t\n" for n in range(10_001)), ("CS327", 10_002, "there are more rows than the 10,000 that one set can have")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "expected"), [one[1:] for one in ROWS_FOUND], ids=[one[0] for one in ROWS_FOUND]
)
def test_what_is_wrong_with_rows_is_found_in_their_file(
    empty: Folder, callsheet: Callsheet, rows: str, expected: tuple[str, int, str]
) -> None:
    write(empty, rows=rows)
    found = findings(empty, callsheet)
    assert [(one["code"], one["file"], one["line"]) for one in found] == [
        (expected[0], "rows.csv", expected[1])
    ]
    assert expected[2] in found[0]["message"]


def test_lines_of_commas_only_are_no_rows(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, rows=CSV + ",,\n\n,,\n")
    with_them = json.loads(callsheet("list", "-C", empty.path, "-o", "json").out)
    write(empty, rows=CSV)
    assert json.loads(callsheet("list", "-C", empty.path, "-o", "json").out) == with_them


@pytest.mark.parametrize("value", ["-5", "+33612345678", "- and so on", "a=b", "-1.5"])
def test_a_number_with_a_sign_is_no_formula(empty: Folder, callsheet: Callsheet, value: str) -> None:
    write(empty, rows=CSV.replace("Spring", value))
    assert findings(empty, callsheet) == []


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("none.csv", "there is no such file"),
        ("../rows.csv", "its path leads out of the workspace"),
        (".rows.csv", "a dotfile is not read"),
        ("/etc/passwd", "its path leads out of the workspace"),
    ],
)
def test_rows_that_cannot_be_read_are_found_at_the_name_of_their_file(
    empty: Folder, callsheet: Callsheet, file: str, words: str
) -> None:
    (empty.path / ".rows.csv").write_text(CSV)
    write(empty, rows=CSV)
    text = (empty.path / "set.yaml").read_text()
    empty.write("set.yaml", text.replace("itemsFile: rows.csv", f"itemsFile: {file}"))
    found = findings(empty, callsheet)
    assert [(one["code"], one["file"], one["line"]) for one in found] == [("CS327", "set.yaml", 5)]
    assert words in found[0]["message"]


@pytest.mark.parametrize("text", ["[]\n", "a: 1\n", "- 1\n- 2\n", "- {a: 1}\n---\n- {a: 2}\n", ""])
def test_a_yaml_file_of_rows_is_a_list_of_mappings(empty: Folder, callsheet: Callsheet, text: str) -> None:
    write(empty, rows=text, file="rows.yaml")
    assert [(one["code"], one["file"]) for one in findings(empty, callsheet)] == [("CS327", "rows.yaml")]


def test_a_file_of_rows_that_changes_is_seen_at_once(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, rows=CSV)
    assert callsheet("apply", "-C", empty.path, "-e", "local", "--yes").code == 0
    empty.write("rows.csv", CSV.replace("c-2", "c-3"))
    plan = callsheet("plan", "-C", empty.path, "-e", "local").out
    assert "~ Action/mail_c02" in plan
    assert "1 to update, 1 unchanged" in plan


def test_a_name_that_another_file_has_too_is_found(empty: Folder, callsheet: Callsheet) -> None:
    write(empty)
    empty.write("other.yaml", OTHER)
    found = findings(empty, callsheet)
    assert [one["code"] for one in found] == ["CS301"]
    places = {
        (found[0]["file"], found[0]["line"]),
        *((one["file"], one["line"]) for one in found[0]["related"]),
    }
    assert places == {("other.yaml", 3), ("set.yaml", 7)}


OTHER = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: mail_c02, title: {en: x, fr: x}}
spec: {request: {method: POST, url: "https://a.example", payload: {}}}
"""


def test_a_line_of_the_template_is_one_change_in_all_actions(empty: Folder, callsheet: Callsheet) -> None:
    write(empty)
    empty.git("init", "-q")
    empty.commit("set")
    write(empty, ("method: POST", "method: PUT"))
    assert callsheet("diff", "--base", "HEAD", "-C", empty.path).out == (
        "~ ActionSet/campaigns spec.request.method  [breaking]  changes 2 actions  in local\n"
        '    - "POST"\n'
        '    + "PUT"\n'
        "    set.yaml:12:9\n"
        "    Action/mail_c01, Action/mail_c02\n"
        "    method changed from POST to PUT (method-changed), 2 actions\n"
        "\n"
        "2 changes since HEAD.\n"
    )
    write(empty, ("method: POST", "method: PUT"), ("title: Summer", "title: Autumn"))
    found = json.loads(callsheet("diff", "--base", "HEAD", "-C", empty.path, "-o", "json").out)
    assert [(one["document"], len(one["addresses"])) for one in found["shared"]] == [
        ("ActionSet/campaigns", 2)
    ]
    assert len(found["changes"]) == 2


def test_each_field_is_shown_with_the_document_that_writes_it(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, ("      request:\n", "      connection: shop\n      request:\n"))
    empty.write("shop.yaml", SHOP)
    empty.write("local.yaml", ENVIRONMENT + "  overlays: {shop: {limits: {retries: 1}}}\n")
    outcome = callsheet("render", "mail_c02", "-C", empty.path, "-e", "local", "--explain")
    fields = {line.split()[0]: line.split()[-4:] for line in outcome.out.splitlines()[1:]}
    assert fields["labels.vendor"][-2:] == ["Connection/shop", "shop.yaml:3"]
    assert fields["limits.timeout"][-2:] == ["Connection/shop", "shop.yaml:4"]
    assert fields["limits.retries"][-2:] == ["Environment/local", "local.yaml:7"]
    assert fields["title.en"] == ["ActionSet/campaigns", "set.yaml:9", "with", "set.yaml:7"]
    found = json.loads(callsheet("render", "mail_c02", "-C", empty.path, "--explain", "-o", "json").out)
    assert found["fields"]["mail_c02"][0] == {
        "path": "/authentication/type", "value": "none", "document": "ActionSet/campaigns",
        "file": "set.yaml", "line": 11, "column": 7, "row": {"file": "set.yaml", "line": 7},
    }  # fmt: skip


SHOP = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: shop, labels: {vendor: shop}}
spec: {limits: {timeout: 3s}}
"""


def test_a_set_that_names_a_file_of_documents_hides_none_of_them(
    empty: Folder, callsheet: Callsheet
) -> None:
    for named in ("set.yaml", "local.yaml", "other.yaml"):
        write(empty, (f"  items:\n{ROWS}", f"  itemsFile: {named}\n"))
        empty.write("other.yaml", OTHER)
        empty.write(
            "set.yaml", (empty.path / "set.yaml").read_text() + "---\n" + OTHER.replace("mail_c02", "kept")
        )
        found = findings(empty, callsheet)
        assert {one["code"] for one in found if one["severity"] == "error"} == {"CS327"}
        assert callsheet("plan", "-C", empty.path, "-e", "local").code == 1


def test_a_new_column_that_is_empty_leaves_a_row_as_it_was(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, ("      request:\n", "      connection: shop\n      request:\n"), rows=CSV)
    empty.write("shop.yaml", SHOP)
    empty.git("init", "-q")
    empty.commit("set")
    empty.write("shop.yaml", SHOP.replace("3s", "4s"))
    lifecycle = '      lifecycle: {renamedFrom: "{{ item.was | default(none, true) }}"}\n      request:\n'
    write(
        empty,
        ("      request:\n", "      connection: shop\n" + lifecycle),
        rows=CSV.replace("title\n", "title,was\n").replace("g\n", "g,\n").replace("r\n", "r,\n"),
    )
    assert [one["code"] for one in findings(empty, callsheet)] == []
    shown = callsheet("diff", "--base", "HEAD", "-C", empty.path).out
    assert shown.startswith("~ Connection/shop limits.timeout  [")
    assert "changes 2 actions" in shown
    assert "~ Action/" not in shown
