"""What several actions repeat is extracted into a connection: fewer lines, every comment, the same bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from callsheet import Workspace
from callsheet.language.schema_check import schema
from support.accounts import ENVIRONMENTS, account, files_of
from support.forms import examples
from support.generated import written
from support.workspaces import Callsheet, Folder

ONE = """\
# The newsletter, by its own template.
apiVersion: callsheet/v1
kind: Action
metadata:
  name: newsletter
  title: {en: Newsletter}
  owner: team-crm
  labels: {vendor: braze, channel: email}
spec:
  request:
    method: POST
    url: "https://{{ values.host }}/messages/send" # not /v2
    headers: {X-Version: "3", X-Own: one}
    payload: {to: "{{ params.user }}"}
  authentication: {type: bearer, token: {secret: "env:BRAZE_KEY"}}
  parameters:
    user: {type: string, label: User}
  limits:
    timeout: 8s
    retries: 2
"""
OTHER = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: reminder, title: {en: Reminder}, owner: team-crm, labels: {vendor: braze, channel: push}}
spec:
  # Braze answers slowly at night.
  limits: {timeout: 8s, retries: 0}
  request:
    method: POST
    url: https://{{ values.host }}/messages/{{ params.kind }}/send
    headers: {X-Version: "3"}
    payload: {to: "{{ params.user }}"}
  authentication:
    type: bearer
    token: {secret: "env:BRAZE_KEY"}
  parameters:
    user: {type: string, label: User}
    kind: {type: string}
"""
EXTRACTED = """\
# The newsletter, by its own template.
apiVersion: callsheet/v1
kind: Action
metadata:
  name: newsletter
  title: {en: Newsletter}
  labels: {channel: email}
spec:
  connection: braze
  request:
    method: POST
    path: "/send" # not /v2
    headers: {X-Own: one}
    payload: {to: "{{ params.user }}"}
  parameters:
    user: {type: string, label: User}
  limits:
    retries: 2
"""
CONNECTION = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: braze, owner: team-crm, labels: {vendor: braze}}
spec:
  url: https://{{ values.host }}/messages
  headers: {X-Version: "3"}
  authentication: {type: bearer, token: {secret: 'env:BRAZE_KEY'}}
  limits: {timeout: 8s}
"""
LATER = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: later, title: {en: Later}}
spec:
  connection: braze
  request: {method: POST, path: /later, payload: {to: "{{ params.list }}"}}
  parameters: {list: {type: string}}
"""


@pytest.fixture
def two(empty: Folder) -> Folder:
    """Two actions that say mostly the same."""
    for file, text in {"one.yaml": ONE, "other.yaml": OTHER, "environments.yaml": ENVIRONMENTS}.items():
        empty.write(file, text)
    return empty


def compiled(folder: Folder) -> dict[str, dict[str, str]]:
    """Return what every object compiles to, in every environment."""
    found = Workspace(folder.path).compile()
    assert found.errors == []
    return {name: {it: one.canonical for it, one in there.items()} for name, there in found.by_environment.items()}  # fmt: skip


def contents(folder: Folder) -> dict[str, str]:
    return {one.name: one.read_text() for one in folder.path.rglob("*.yaml")}


def test_what_two_actions_share_is_said_once_and_comments_stay(two: Folder, callsheet: Callsheet) -> None:
    before = compiled(two)
    outcome = callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    assert (outcome.code, outcome.err) == (0, "")
    after = contents(two)
    assert after["one.yaml"] == EXTRACTED
    assert after["braze.yaml"] == CONNECTION
    assert "# Braze answers slowly at night.\n  limits: {retries: 0}\n" in after["other.yaml"]
    assert "path: /{{ params.kind }}/send" in after["other.yaml"]
    assert compiled(two) == before


def test_a_later_action_is_not_asked_for_what_only_the_payloads_of_the_others_read(
    two: Folder, callsheet: Callsheet
) -> None:
    assert callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path).code == 0
    two.write("later.yaml", LATER)
    outcome = callsheet("render", "later", "--params", "list=all", "-e", "local", "-C", two.path)
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.parametrize("own", ['X-User: "{{ params.user }}"', "X-User: \"{{ params['user'] | upper }}\""])
def test_a_parameter_that_the_connection_reads_itself_is_declared_by_it(
    two: Folder, callsheet: Callsheet, own: str
) -> None:
    for file, text in {"one.yaml": ONE, "other.yaml": OTHER}.items():
        two.write(file, text.replace('headers: {X-Version: "3"', f'headers: {{X-Version: "3", {own}'))
    before = compiled(two)
    assert callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path).code == 0
    assert "  parameters: {user: {type: string, label: User}}\n" in contents(two)["braze.yaml"]
    assert "user: {type" not in contents(two)["one.yaml"]
    assert compiled(two) == before
    two.write("later.yaml", LATER)
    assert Workspace(two.path).compile().errors == []


def test_a_second_run_finds_nothing_to_extract(two: Folder, callsheet: Callsheet) -> None:
    callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    before = contents(two)
    outcome = callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    assert (outcome.code, outcome.out) == (0, "There is nothing to extract.\n")
    assert contents(two) == before


def test_a_dry_run_shows_the_files_and_writes_nothing(two: Folder, callsheet: Callsheet) -> None:
    before = contents(two)
    outcome = callsheet(
        "extract", "connection", "braze", "--select", "label:vendor=braze", "--dry-run", "-C", two.path
    )
    assert outcome.out == (
        "would write braze.yaml (8 lines)\n"
        "would change one.yaml: 20 -> 18 lines\n"
        "would change other.yaml: 17 -> 14 lines\n"
        "3 more lines in 3 files; every action compiles to the same bytes.\n"
    )
    assert contents(two) == before


def test_the_result_is_one_json_document_by_its_schema(two: Folder, callsheet: Callsheet) -> None:
    two.write("one.yaml", ONE.replace("  owner: team-crm\n", "  owner: team-crm  # on call\n"))
    two.write("third.yaml", OTHER.replace("reminder", "third").replace("  request:", "  connection: own\n  request:").replace("url: https://{{ values.host }}", "path: "))  # fmt: skip
    two.write("own.yaml", "apiVersion: callsheet/v1\nkind: Connection\nmetadata: {name: own}\nspec: {url: \"https://own.example.com\"}\n")  # fmt: skip
    arguments = ("extract", "connection", "braze", "--select", "*", "-C", two.path, "-o", "json")
    before = contents(two)
    shown = json.loads(callsheet(*arguments, "--dry-run").out)
    assert contents(two) == before
    done = json.loads(callsheet(*arguments, "-q").out)
    assert shown == {**done, "written": False}
    Draft202012Validator(schema("extract")).validate(done)
    assert done == {
        "name": "braze",
        "written": True,
        "connection": {"file": "braze.yaml", "lines": 8},
        "shortened": [
            {
                "file": "one.yaml",
                "before": 20,
                "after": 19,
                "kept": [{"path": "metadata.owner", "reason": "it contains a comment"}],
            },
            {"file": "other.yaml", "before": 17, "after": 14, "kept": []},
        ],
        "left": [{"name": "third", "reason": "it has the connection `own`"}],
        "fewer": -4,
        "files": ["one.yaml", "other.yaml", "braze.yaml"],
    }
    again = json.loads(callsheet(*arguments).out)
    Draft202012Validator(schema("extract")).validate(again)
    assert (again["connection"], again["files"]) == (None, [])


def test_a_format_that_cannot_show_it_is_refused_before_anything_is_written(
    two: Folder, callsheet: Callsheet
) -> None:
    before = contents(two)
    arguments = ("extract", "connection", "braze", "--select", "*", "-C", two.path)
    assert callsheet(*arguments, "-o", "sarif").err.startswith(
        "error CS921: the format sarif cannot show the result of this command"
    )
    assert "there is no output format 'jsn' (did you mean `json`?)" in " ".join(callsheet(*arguments, "-o", "jsn").err.split())  # fmt: skip
    assert contents(two) == before


def test_a_field_whose_comment_would_be_lost_stays_and_says_so(two: Folder, callsheet: Callsheet) -> None:
    two.write("one.yaml", ONE.replace("  owner: team-crm\n", "  owner: team-crm  # on call\n"))
    before = compiled(two)
    outcome = callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    assert "  metadata.owner stays: it contains a comment\n" in outcome.out
    assert "owner: team-crm  # on call\n" in contents(two)["one.yaml"]
    assert compiled(two) == before


def test_an_anchor_that_is_used_elsewhere_leaves_its_action_as_it_is(
    two: Folder, callsheet: Callsheet
) -> None:
    text = ONE.replace("owner: team-crm", "owner: &team team-crm").replace("X-Own: one", "X-Own: *team")
    two.write("one.yaml", text)
    two.write("third.yaml", OTHER.replace("reminder", "third"))
    outcome = callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    assert "left newsletter as it is: its file cannot be rewritten: " in outcome.out
    after = contents(two)
    assert after["one.yaml"] == text
    assert all("connection: braze\n" in after[one] for one in ("other.yaml", "third.yaml"))


def test_an_action_joins_a_connection_whose_fields_it_says_and_no_other_one(
    two: Folder, callsheet: Callsheet
) -> None:
    callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    two.write("late.yaml", OTHER.replace("reminder", "late"))
    two.write(
        "unlike.yaml", OTHER.replace("reminder", "unlike").replace('X-Version: "3"', 'X-Version: "4"')
    )
    before = compiled(two)
    outcome = callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    assert "changed late.yaml: 17 -> 14 lines\n" in outcome.out
    assert "left unlike as it is: it does not say what the connection does: `request.headers.X-Version`" in " ".join(outcome.out.split())  # fmt: skip
    assert compiled(two) == before


def test_overlays_still_reach_the_fields_that_a_connection_says_now(
    two: Folder, callsheet: Callsheet
) -> None:
    overlays = """  overlays:
    newsletter: {request: {url: "https://eu.example.com/send", headers: {X-Version: {$remove: true}}}}
    "rem*": {limits: {timeout: 2s}, authentication: {type: none}}
"""
    two.write("environments.yaml", ENVIRONMENTS + f"---\n{ENVIRONMENTS.split('---')[1].replace('{extends: base, target: {type: sqlite, path: .callsheet/local.db}}', '').replace('local', 'eu').replace('spec: ', 'spec:')}  extends: base\n  target: {{type: sqlite, path: .callsheet/eu.db}}\n{overlays}")  # fmt: skip
    before = compiled(two)
    sent = json.loads(before["eu"]["Action/newsletter"])["request"]
    assert (sent["url"], sent["headers"]) == ("https://eu.example.com/send", {"X-Own": "one"})
    outcome = callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    assert outcome.code == 0
    assert compiled(two) == before


def test_where_the_bytes_would_differ_nothing_is_written(two: Folder, callsheet: Callsheet) -> None:
    # An overlay of this name waits for the connection.
    two.write(
        "environments.yaml",
        ENVIRONMENTS.replace(
            "{extends: base, target: {type: sqlite, path: .callsheet/local.db}}",
            "{extends: base, target: {type: sqlite, path: .callsheet/local.db}, "
            "overlays: [{name: brazen, spec: {limits: {timeout: 1s}}}]}",
        ),
    )
    before = contents(two)
    outcome = callsheet("extract", "connection", "brazen", "--select", "*", "-C", two.path)
    assert outcome.code == 1
    assert "CS949" in outcome.err
    assert "Action/newsletter would not compile to the same in local" in outcome.err
    assert contents(two) == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("braze", "--select", "newsleter"), 1, "CS335: `newsleter` names nothing (did you mean `newsletter`?)"),
        (("braze", "--select", "label:vendor=brase"), 1, "`label:vendor=brase` names nothing (did you mean `label:vendor=braze`?)"),
        (("braze", "--select", "lable:vendor=braze"), 1, "there is no form `lable:` (did you mean `label:`?)"),
        (("braze", "--select", "*", "--exclude", "owner:team-crm"), 1, "CS336: `--select * --exclude owner:team-crm` selects nothing of kind Action"),
        (("not a name", "--select", "*"), 2, "'not a name' is not a valid name"),
        (("braze", "--select", "*", "--out", "/elsewhere/braze.yaml"), 2, "is not the path of a YAML file in the workspace"),
        (("braze",), 2, "name the actions with --select"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_the_reason(
    arguments: tuple[str, ...], code: int, message: str, two: Folder, callsheet: Callsheet
) -> None:
    before = contents(two)
    outcome = callsheet("extract", "connection", *arguments, "-C", two.path)
    assert outcome.code == code
    assert message in " ".join(outcome.err.split())
    assert contents(two) == before


@pytest.mark.parametrize(
    "words",
    [
        ("--select", "owner:team-crm"),
        ("--select", "path:./", "--exclude", "third"),
        ("--exclude", "label:channel=sms"),
        ("--select", "kind:Action", "--exclude", "third"),
    ],
)
def test_what_is_extracted_is_selected_as_everywhere(
    words: tuple[str, ...], two: Folder, callsheet: Callsheet
) -> None:
    third = OTHER.replace("reminder", "third").replace("team-crm", "team-sms").replace("push", "sms")
    two.write("third.yaml", third)
    outcome = callsheet("extract", "connection", "braze", *words, "-C", two.path)
    assert (outcome.code, outcome.err) == (0, "")
    after = contents(two)
    assert (after["one.yaml"], after["third.yaml"]) == (EXTRACTED, third)


SET = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: campaigns}
spec:
  items:
    - {key: c1, team: red}
    - {key: c2, team: blue}
  template:
    metadata: {name: "mail_{{ item.key }}", owner: team-crm, labels: {vendor: braze, team: "{{ item.team }}"}}
    spec:
      # By its own template.
      request:
        method: POST
        url: https://{{ values.host }}/messages/{{ item.key }}/send
        headers: {X-Version: "3", X-Team: "{{ item.team }}"}
        payload: {to: "{{ params.user }}"}
      authentication: {type: bearer, token: {secret: "env:BRAZE_KEY"}}
      parameters:
        user: {type: string, label: User}
      limits: {timeout: 8s}  # slow at night
"""
SHORT_SET = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: campaigns}
spec:
  items:
    - {key: c1, team: red}
    - {key: c2, team: blue}
  template:
    metadata: {name: "mail_{{ item.key }}", labels: {team: "{{ item.team }}"}}
    spec:
      connection: braze
      # By its own template.
      request:
        method: POST
        path: /{{ item.key }}/send
        headers: {X-Team: "{{ item.team }}"}
        payload: {to: "{{ params.user }}"}
      parameters:
        user: {type: string, label: User}
      limits: {timeout: 8s}  # slow at night
"""


def test_the_template_of_a_set_shares_a_connection_with_files(two: Folder, callsheet: Callsheet) -> None:
    two.write("set.yaml", SET)
    before = compiled(two)
    outcome = callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    assert (outcome.code, outcome.err) == (0, "")
    assert "changed set.yaml: 20 -> 20 lines\n" in outcome.out
    assert "  spec.template.spec.limits stays: it contains a comment\n" in outcome.out
    after = contents(two)
    assert after["set.yaml"] == SHORT_SET
    assert (after["one.yaml"], after["braze.yaml"]) == (EXTRACTED, CONNECTION)
    assert compiled(two) == before
    again = callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    assert again.out == "There is nothing to extract.\n"
    assert contents(two) == after


def test_a_set_and_an_action_of_one_file_are_both_extracted(empty: Folder, callsheet: Callsheet) -> None:
    empty.write("environments.yaml", ENVIRONMENTS)
    empty.write("all.yaml", f"{OTHER}---\n{SET}")
    before = compiled(empty)
    outcome = callsheet("extract", "connection", "braze", "--select", "path:all.yaml", "-C", empty.path)
    assert (outcome.code, outcome.err) == (0, "")
    assert contents(empty)["all.yaml"].count("connection: braze\n") == 2
    assert SHORT_SET in contents(empty)["all.yaml"]
    assert compiled(empty) == before


def test_a_set_alone_says_its_account_in_a_connection_and_what_a_row_fills_in_stays(
    empty: Folder, callsheet: Callsheet
) -> None:
    empty.write("environments.yaml", ENVIRONMENTS)
    empty.write("set.yaml", SET.replace("https://{{ values.host }}/messages", "https://{{ item.team }}.example.com"))  # fmt: skip
    before = compiled(empty)
    outcome = callsheet("extract", "connection", "braze", "--select", "set:campaigns", "-C", empty.path)
    assert (outcome.code, outcome.err) == (0, "")
    written = contents(empty)["braze.yaml"]
    assert "item" not in written
    assert "url" not in written
    assert "X-Version" in written
    assert compiled(empty) == before


def test_a_set_of_which_not_every_row_is_selected_stays_and_says_so(
    two: Folder, callsheet: Callsheet
) -> None:
    two.write("set.yaml", SET)
    outcome = callsheet("extract", "connection", "braze", "--select", "*", "--exclude", "mail_c2", "-C", two.path)  # fmt: skip
    assert outcome.code == 0
    assert "left mail_c1 as it is: it is a row of ActionSet/campaigns, of which not every row is selected\n" in outcome.out  # fmt: skip
    after = contents(two)
    assert (after["set.yaml"], after["one.yaml"]) == (SET, EXTRACTED)


def test_a_set_that_has_a_connection_or_says_something_else_is_left_with_the_reason(
    two: Folder, callsheet: Callsheet
) -> None:
    assert callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path).code == 0
    two.write("set.yaml", SET.replace('X-Version: "3"', 'X-Version: "4"'))
    two.write("other.yaml", SET.replace("campaigns", "offers").replace("mail_", "offer_").replace("    spec:\n", "    spec:\n      connection: own\n").replace("url: https://{{ values.host }}", "path: "))  # fmt: skip
    two.write("own.yaml", "apiVersion: callsheet/v1\nkind: Connection\nmetadata: {name: own}\nspec: {url: \"https://own.example.com\"}\n")  # fmt: skip
    outcome = callsheet("extract", "connection", "braze", "--select", "*", "-C", two.path)
    lines = outcome.out.splitlines()
    assert "left ActionSet/offers as it is: it has the connection `own`" in lines
    assert "left ActionSet/campaigns as it is: it does not say what the connection does: `request.headers.X-Version`" in lines  # fmt: skip


def test_nothing_in_common_is_no_connection(samples: Folder, callsheet: Callsheet) -> None:
    before = contents(samples)
    outcome = callsheet("extract", "connection", "all", "--select", "*", "-C", samples.path)
    assert outcome.out.startswith("There is nothing to extract.\n")
    assert contents(samples) == before


def test_two_actions_of_one_sample_share_a_connection(samples: Folder, callsheet: Callsheet) -> None:
    assert callsheet("new", "birthday", "--from", "vonage", "-C", samples.path).code == 0
    before = compiled(samples)
    arguments = ("extract", "connection", "vonage", "--select", "vonage_sms", "--select", "birth*")
    outcome = callsheet(*arguments, "-C", samples.path)
    assert outcome.code == 0
    written = (samples.path / "vonage" / "vonage.yaml").read_text()
    assert "url: https://api.nexmo.com/v1/messages\n" in written
    assert compiled(samples) == before


def test_generated_actions_are_said_in_fewer_lines(empty: Folder) -> None:
    empty.write("environments.yaml", ENVIRONMENTS.rsplit("---", 1)[0])
    actions = examples(60, 200)
    for file, text in files_of(account(7, actions, ("braze",)), 7).items():
        empty.write(file, text)
    before, text = compiled(empty), contents(empty)
    workspace = Workspace(empty.path)
    found = workspace.extract("shared", ["*"])
    assert (found.file, len(found.shortened), found.left) == ("braze/shared.yaml", actions, [])
    workspace.write(found)
    assert workspace.extract("shared", ["*"]).texts == {}
    fewer = found.fewer
    lines = sum(len(one.splitlines()) for one in text.values())
    left = sum(len(one.splitlines()) for one in contents(empty).values())
    assert lines - left == fewer
    assert fewer > lines / 8
    assert compiled(empty) == before
    comments = [line for one in text.values() for line in one.splitlines() if "#" in line]
    assert sorted(comments) == sorted(
        line for one in contents(empty).values() for line in one.splitlines() if "#" in line
    )


@settings(
    max_examples=examples(4, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6), number=st.integers(1, 6))
def test_any_actions_compile_to_the_same_afterwards(seed: int, number: int, empty: Folder) -> None:
    for old in empty.path.rglob("*.yaml"):
        old.unlink()
    empty.write("environments.yaml", ENVIRONMENTS)
    documents = account(seed, number)
    files = files_of(documents, seed)
    files["set.yaml"] = written(as_set(documents[0]), None)
    for file, text in files.items():
        empty.write(file, text)
    before = compiled(empty)
    workspace = Workspace(empty.path, cache=False)
    found = workspace.extract("common", ["*"])
    workspace.write(found)
    assert compiled(empty) == before
    after = contents(empty)
    assert ("connection: common" in after["set.yaml"]) == bool(found.texts)
    again = workspace.extract("common", ["*"])
    assert again.texts == {}
    workspace.write(again)
    assert contents(empty) == after


def as_set(document: dict[str, Any]) -> dict[str, Any]:
    """Return a set whose rows say what an action says, each with a name of its own."""
    metadata = {**document["metadata"], "name": "row_{{ item.key }}"}
    return {
        "apiVersion": "callsheet/v1",
        "kind": "ActionSet",
        "metadata": {"name": "rows"},
        "spec": {
            "items": [{"key": "a"}, {"key": "b"}],
            "template": {"metadata": metadata, "spec": document["spec"]},
        },
    }
