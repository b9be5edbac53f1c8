"""What a review reports once: a shared line, its place, and every action that changes with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from callsheet.language.schema_check import schema
from support.workspaces import Callsheet, Folder

FRAGMENT = """\
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: customer}
spec:
  parameters: {id: {type: string}}
  payload:
    id: "{{ params.id }}"
"""
CONNECTION = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: vendor}
spec:
  url: "https://{{ values.host }}"
  limits: {retries: 1}
"""
SET = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: campaigns}
spec:
  itemsFile: rows.csv
  template:
    metadata: {name: "mail_{{ item.key }}", title: {en: "{{ item.title }}", fr: "{{ item.title }}"}}
    spec:
      connection: vendor
      request:
        method: POST
        path: /send
        payload: {to: {$fragment: customer}, text: "For {{ item.title }}"}
"""
ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {host: a.example.com}
  target: {type: sqlite, path: .callsheet/local.db}
"""
ROWS = "key,title\n" + "".join(f"c{number},T{number}\n" for number in range(1, 7))


@pytest.fixture
def six(empty: Folder) -> Folder:
    """Six rows of one set, committed."""
    files = {
        "fragment.yaml": FRAGMENT,
        "vendor.yaml": CONNECTION,
        "set.yaml": SET,
        "local.yaml": ENVIRONMENT,
    }
    for file, text in {**files, "rows.csv": ROWS}.items():
        empty.write(file, text)
    empty.commit()
    return empty


def difference(folder: Folder, callsheet: Callsheet) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        callsheet("diff", "--base", "HEAD", "-C", folder.path, "-o", "json").out
    )
    Draft202012Validator(schema("diff")).validate(found)
    return found


def test_an_action_whose_row_changed_too_is_counted_and_shows_only_what_is_its_own(
    six: Folder, callsheet: Callsheet
) -> None:
    six.write("fragment.yaml", FRAGMENT + "    kind: person\n")
    six.write("rows.csv", ROWS.replace("T3", "New"))
    text = callsheet("diff", "--base", "HEAD", "-C", six.path).out
    assert text == (
        "~ Fragment/customer payload.kind  [compatible]  changes 6 actions  in local\n"
        '    + "person"\n'
        "    fragment.yaml:8:5\n"
        "    Action/mail_c1, Action/mail_c2, Action/mail_c3, Action/mail_c4,\n"
        "      Action/mail_c5, Action/mail_c6\n"
        "\n"
        "~ Action/mail_c3  [compatible]  in local\n"
        "    payload field `text` changed, by `title` of row 3 (constant-changed)\n"
        '      - "For T3"\n'
        '      + "For New"\n'
        "      rows.csv:4:1\n"
        "    title.en changed, by `title` of row 3 (title-changed)\n"
        '      - "T3"\n'
        '      + "New"\n'
        "      rows.csv:4:1\n"
        "    title.fr changed, by `title` of row 3 (title-changed)\n"
        '      - "T3"\n'
        '      + "New"\n'
        "      rows.csv:4:1\n"
        "\n"
        "6 changes since HEAD.\n"
    )
    for form in ("markdown", "html"):
        page = callsheet("diff", "--base", "HEAD", "-C", six.path, "-o", form).out
        assert "changes 6 actions" in page
        assert "fragment.yaml" in page.split("For example")[0]
        assert page.count("`kind`") <= 2, "the example shows it, and nothing else does"


@pytest.mark.parametrize(
    ("file", "old", "new", "said", "place"),
    [
        ("vendor.yaml", "{retries: 1}", "{retries: 2}", ("Connection/vendor", "limits.retries"), ("vendor.yaml", 6, 12)),
        ("vendor.yaml", "{name: vendor}", "{name: vendor, owner: crm}", ("Connection/vendor", "owner"), ("vendor.yaml", 3, 26)),
        ("vendor.yaml", "  limits: {retries: 1}\n", "", ("Connection/vendor", "limits"), ("vendor.yaml", 5, 3)),
        ("set.yaml", "path: /send", "path: /sent", ("ActionSet/campaigns", "spec.request.path"), ("set.yaml", 12, 9)),
        ("local.yaml", "a.example", "b.example", (None, "host"), ("local.yaml", 5, 12)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("row", ["T3", "New"])
def test_what_is_shared_names_its_line_and_counts_all_that_change_with_it(
    six: Folder, callsheet: Callsheet, file: str, old: str, new: str, said: tuple[str | None, str],
    place: tuple[str, int, int], row: str,
) -> None:  # fmt: skip
    six.write(file, (six.path / file).read_text().replace(old, new))
    six.write("rows.csv", ROWS.replace("T3", row))
    found = difference(six, callsheet)
    (one,) = [*found["shared"], *found["values"]]
    assert (one.get("document"), one["name"]) == said
    assert (one["file"], one["line"], one["column"]) == place
    assert len(one["addresses"]) == 6
    text = callsheet("diff", "--base", "HEAD", "-C", six.path).out
    assert text.count("~ Action/") == (row == "New")
    assert "changes 6 actions" in text


def test_an_action_that_changed_by_itself_and_not_with_the_others_is_not_counted(
    six: Folder, callsheet: Callsheet
) -> None:
    own = (
        SET.replace("name: campaigns", "name: other")
        .replace("mail_", "post_")
        .replace("rows.csv", "other.csv")
    )
    six.write("other.csv", "key,title\nc1,A\n")
    six.write(
        "other.yaml",
        own.replace("        path: /send\n", "        path: /send\n        headers: {X-A: a}\n"),
    )
    six.commit()
    six.write("vendor.yaml", CONNECTION + '  headers: {X-A: "1"}\n')
    six.write("other.csv", "key,title\nc1,B\n")
    (one,) = difference(six, callsheet)["shared"]
    assert one["addresses"] == [f"Action/mail_c{number}" for number in range(1, 7)]
    assert "~ Action/post_c1" in callsheet("diff", "--base", "HEAD", "-C", six.path).out


def test_an_action_with_a_value_of_its_own_is_not_counted_where_another_shared_line_changed_it(
    six: Folder, callsheet: Callsheet
) -> None:
    own = {
        "apiVersion": "callsheet/v1",
        "kind": "Action",
        "metadata": {"name": "apart", "title": {"en": "Apart"}},
        "spec": {
            "connection": "vendor",
            "request": {"method": "POST", "path": "/send", "payload": {"to": {"$fragment": "customer"}}},
            "limits": {"retries": 5},
        },
    }
    six.write("apart.json", json.dumps(own))
    six.commit()
    six.write("vendor.yaml", CONNECTION.replace("retries: 1", "retries: 2"))
    six.write("fragment.yaml", FRAGMENT + "    kind: person\n")
    found = {one["document"]: one["addresses"] for one in difference(six, callsheet)["shared"]}
    assert len(found["Fragment/customer"]) == 7
    assert found["Connection/vendor"] == [f"Action/mail_c{number}" for number in range(1, 7)]
