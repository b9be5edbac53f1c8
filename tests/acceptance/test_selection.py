"""`--select` and `--exclude`: what a command is about, and what a plan of a part does and leaves alone."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from callsheet import CallsheetError, Workspace
from callsheet.language.schema_check import schema
from callsheet.planning.planfile import read_plan, with_digest, write_plan
from support.workspaces import ENVIRONMENT, Callsheet, Folder, Outcome

HEAD = "apiVersion: callsheet/v1\n"

CONNECTION = (
    HEAD
    + """\
kind: Connection
metadata: {name: braze, owner: team-braze, labels: {vendor: braze}}
spec:
  url: https://rest.braze.example
  headers: {X-Version: "3"}
"""
)

FRAGMENT = (
    HEAD
    + """\
kind: Fragment
metadata: {name: receiver}
spec:
  parameters: {user: {type: string, label: {en: User, fr: Client}, example: u-1}}
  payload: {id: "{{ params.user }}"}
"""
)

SET = (
    HEAD
    + """\
kind: ActionSet
metadata: {name: campaigns}
spec:
  itemsFile: rows/campaigns.csv
  template:
    metadata: {name: "braze_{{ item.key }}", title: {en: "{{ item.title }}", fr: Envoi}}
    spec:
      connection: braze
      request:
        method: POST
        path: /send
        payload: {campaign: "{{ item.key }}", to: {$fragment: receiver}}
"""
)

ROWS = "key,title\nspring,Spring\nsummer,Summer\n"

SMS = (
    HEAD
    + """\
kind: Message
metadata: {name: shipped, title: {en: Shipped, fr: Livraison}, owner: team-a}
spec:
  channel: sms
  via: {action: sms, parameters: {phone: "{{ params.phone }}"}}
  parameters:
    phone: {type: string, example: "33612345678", sensitivity: phone}
  content:
    en: {text: Hello}
    fr: {text: Bonjour}
"""
)

GATEWAY = (
    HEAD
    + """\
kind: Action
metadata: {name: sms, title: {en: SMS, fr: SMS}, owner: team-a, labels: {channel: sms}}
spec:
  request:
    method: POST
    url: https://sms.example/send
    payload: {text: "{{ params.text }}", to: "{{ params.phone }}"}
  parameters:
    text: {type: string, example: Hi}
    phone: {type: string, example: "33612345678", sensitivity: phone}
"""
)

FILES = {
    "environments.yaml": ENVIRONMENT,
    "braze/connection.yaml": CONNECTION,
    "braze/receiver.yaml": FRAGMENT,
    "braze/campaigns.yaml": SET,
    "rows/campaigns.csv": ROWS,
    "sms/gateway.yaml": GATEWAY,
    "sms/shipped.yaml": SMS,
}


@pytest.fixture
def several(empty: Folder) -> Folder:
    """A workspace with a set of two actions, one more action, a message, and an action of its own."""
    for name, text in FILES.items():
        empty.write(name, text)
    empty.action("push")
    return empty


ALL = ["braze_spring", "braze_summer", "push", "shipped", "sms"]
BRAZE = ["braze_spring", "braze_summer"]


def rendered(folder: Folder, select: list[str], exclude: list[str] | None = None) -> list[str]:
    found = Workspace(folder.path).render(select=select, exclude=exclude or [])
    return [one["name"] for one in found.actions]


def test_each_form_names_objects(several: Folder) -> None:
    opened = Workspace(several.path)
    for word, names in {
        "push": ["push"],
        "Action/push": ["push"],
        "p*": ["push"],
        "braze_s?????": BRAZE,
        "label:vendor=braze": BRAZE,
        "label:vendor": BRAZE,
        "label:channel=*": ["push", "shipped", "sms"],
        "kind:Message": ["shipped"],
        "kind:message": ["shipped"],
        "owner:team-braze": BRAZE,
        "owner:team-*": ALL,
        "path:sms/": ["shipped", "sms"],
        "path:./sms": ["shipped", "sms"],
        "path:sms/gateway.yaml": ["sms"],
        "path:rows/": BRAZE,
        "path:.": ALL,
        "path:*.yaml": ALL,
        "connection:braze": BRAZE,
        "set:campaigns": BRAZE,
        "fragment:receiver": BRAZE,
    }.items():
        assert (word, [one["name"] for one in opened.render(select=word).actions]) == (word, names)
        if names != ALL:
            others = [one["name"] for one in opened.render(exclude=word).actions]
            assert (word, others) == (word, [one for one in ALL if one not in names])


def test_words_are_joined_and_exclusions_are_taken_away(several: Folder, callsheet: Callsheet) -> None:
    assert rendered(several, ["push", "label:vendor=braze"], ["*_spring"]) == ["braze_summer", "push"]
    assert rendered(several, [], ["path:sms/", "push"]) == BRAZE
    named = Workspace(several.path).render(["sms"], select="push").actions
    assert [one["name"] for one in named] == ["push", "sms"]
    every = callsheet("render", "--all", "-o", "json", "--exclude", "b*", "-C", several.path)
    (local,) = json.loads(every.out)["environments"]
    assert [one["name"] for one in local["actions"]] == ["push", "sms"]


UNKNOWN = {
    "psh": "`psh` names nothing (did you mean `push`?)",
    "label:vendor=braz": "`label:vendor=braz` names nothing (did you mean `label:vendor=braze`?)",
    "lable:vendor": "there is no form `lable:` (did you mean `label:`?)",
    "path:smss/": "`path:smss/` names nothing (did you mean `path:sms/`?)",
    "connection:brase": "`connection:brase` names nothing (did you mean `connection:braze`?)",
    "set:campaign": "`set:campaign` names nothing (did you mean `set:campaigns`?)",
    "kind:Actoin": "`kind:Actoin` names nothing (did you mean `kind:Action`?)",
    "kind:Environment": "`kind:Environment` names nothing",
    "owner:": "`owner:` names nothing: its value is missing",
    "": "`` names nothing: its value is missing",
    "zz*": "`zz*` names nothing",
}


def test_a_word_that_names_nothing_is_an_error_and_says_what_is_near(several: Folder) -> None:
    opened = Workspace(several.path)
    for word, message in UNKNOWN.items():
        for asked in ({"select": ["push", word]}, {"exclude": word}):
            with pytest.raises(CallsheetError) as found:
                opened.validate(**asked)
            assert (found.value.code, found.value.message) == ("CS335", message)


def test_a_word_that_names_nothing_is_an_error_in_every_command(
    several: Folder, callsheet: Callsheet
) -> None:
    for verb in ("validate", "render", "test", "plan", "diff", "drift", "apply"):
        found = callsheet(verb, "--select", "push", "--select", "psh", "-C", several.path)
        assert (found.code, found.out) == (1, "")
        assert found.err.startswith(
            "error CS335: `psh` names nothing (did you mean `push`?)\nhelp: write a name or a pattern"
        )


def test_a_selection_that_selects_nothing_is_an_error(several: Folder, callsheet: Callsheet) -> None:
    at = ("-C", several.path)
    for verb in ("validate", "render", "test", "plan", "diff", "drift"):
        found = callsheet(verb, "--select", "push", "--exclude", "p*", *at)
        assert found.code == 1
        assert "error CS336: `--select push --exclude p*` selects nothing" in found.err
    found = callsheet("test", "--select", "kind:Message", *at)
    assert "error CS336: `--select kind:Message` selects nothing of kind Action\n" in found.err
    # What is there, and not deployed in this environment, is no typo.
    several.write(
        "other.yaml",
        ENVIRONMENT.replace("name: local", "name: other")
        .replace("spec:\n", "spec:\n  select: {names: [push]}\n")
        .replace("local.db", "other.db"),
    )
    found = callsheet("plan", "-e", "other", "--select", "sms", *at)
    assert "error CS336: `--select sms` selects nothing in other\n" in found.err


def test_a_word_may_name_what_could_not_be_read(several: Folder, callsheet: Callsheet) -> None:
    several.write("broken.yaml", HEAD + "kind: Action\nmetadata: {name: broken\n")
    found = callsheet("validate", "--select", "broken", "-C", several.path)
    assert found.code == 1
    assert "broken.yaml:4:1: error CS1" in found.err
    assert "error CS335: `broken` names nothing" in found.err
    # What was not read may have the label as well; a name is only one thing.
    found = callsheet("validate", "--select", "label:channel=push", "-C", several.path)
    assert (found.code, "broken.yaml:4:1: error CS1" in found.out) == (1, True)
    for verb in ("test", "render"):
        found = callsheet(verb, "--select", "label:channel=push", "-C", several.path)
        assert (found.code, "broken.yaml:4:1: error CS1" in found.err) == (1, True)
        assert callsheet(verb, "--select", "push", "-C", several.path).code == 0


# -- validate, test, render -----------------------------------------------------------------------


def test_findings_are_those_of_what_is_selected(several: Folder, callsheet: Callsheet) -> None:
    push = several.path / "push.yaml"
    push.write_text(push.read_text().replace("params.title", "params.titel"))
    at = ("-C", several.path)
    assert callsheet("validate", *at).code == 1
    found = callsheet("validate", "--exclude", "push", *at)
    assert (found.code, found.out) == (0, "Valid: 4 selected definitions.\n")
    found = callsheet("validate", "--select", "push", *at)
    assert found.code == 1
    assert "push.yaml:8:" in found.out
    assert "CS306" in found.out
    # An error of another action stops only what takes the whole workspace.
    assert callsheet("test", *at).code == 1
    assert callsheet("test", "--exclude", "push", *at).code == 0
    assert callsheet("render", "--select", "path:sms/", *at).code == 0
    assert "error CS924" in callsheet("render", "--select", "*s*", *at).err


def test_the_finding_of_a_delivering_action_is_one_of_its_message(
    several: Folder, callsheet: Callsheet
) -> None:
    gateway = several.path / "sms/gateway.yaml"
    gateway.write_text(gateway.read_text().replace("params.text", "params.txt"))
    found = callsheet("validate", "--select", "shipped", "-C", several.path)
    assert "sms/gateway.yaml:8:" in found.out


def cases(outcome: Outcome) -> set[str]:
    return {one["action"] for one in json.loads(outcome.out)["cases"]}


def test_only_what_has_changed_is_tested(several: Folder, callsheet: Callsheet) -> None:
    run = ("test", "--select", "changed:HEAD", "-o", "json", "-C", several.path)
    several.commit("one")
    # That nothing has changed is an answer.
    assert callsheet(*run).code == 0
    assert cases(callsheet(*run)) == set()

    def edit(file: str, old: str, new: str) -> None:
        text = (several.path / file).read_text()
        assert old in text
        several.write(file, text.replace(old, new))

    edit("sms/gateway.yaml", "spec:\n  request:", "spec:\n  # a comment\n  request:")
    assert cases(callsheet(*run)) == set()
    edit("rows/campaigns.csv", "summer,Summer", "summer,Sun")
    assert cases(callsheet(*run)) == {"braze_summer"}
    edit("braze/connection.yaml", '"3"', '"4"')
    assert cases(callsheet(*run)) == {"braze_spring", "braze_summer"}
    # What compiles to the same may still say something else: an example, a test case.
    edit("push.yaml", "example: Hi", "example: Hello")
    assert cases(callsheet(*run)) == {"braze_spring", "braze_summer", "push"}
    unknown = callsheet("test", "--select", "changed:nowhere", "-C", several.path)
    assert "error CS923" in unknown.err


@pytest.mark.parametrize("lines", [0, 20_000])
def test_a_changed_contract_changes_its_actions_however_large_it_is(empty: Folder, lines: int) -> None:
    contract = "openapi: 3.0.0\ninfo: {title: x, version: '1'}\npaths: {/v1/send: {post: {operationId: send, requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {'200': {description: ok}}}}}\nservers: [{url: https://api.example.com}]\n"
    contract += f"# {'x' * 60}\n" * lines
    empty.write("environments.yaml", ENVIRONMENT)
    file = empty.action("push")
    file.write_text(
        file.read_text().replace("spec:\n", "spec:\n  contract: {openapi: api/x.yaml, operation: send}\n")
    )
    empty.write("api/x.yaml", contract)
    empty.action("mail")
    empty.commit("one")
    empty.write("api/x.yaml", contract.replace("title: x", "title: y"))
    found = Workspace(empty.path).render(select="changed:HEAD")
    assert [one["name"] for one in found.actions] == ["push"]


# -- plan and apply -------------------------------------------------------------------------------


def planned(folder: Folder, callsheet: Callsheet, *words: str) -> Outcome:
    return callsheet("plan", *words, "--out", folder.path / "plan.json", "-C", folder.path)


def test_a_plan_of_a_part_records_it_and_touches_nothing_else(
    several: Folder, callsheet: Callsheet
) -> None:
    found = planned(several, callsheet, "--select", "connection:braze", "--exclude", "*_summer")
    first, *_, last = found.out.rstrip().split("\n")
    assert first == "Selected: 1 of 5 objects (--select connection:braze --exclude *_summer); the"
    assert last == "Plan in local: 1 to create, 0 unchanged."
    record = json.loads((several.path / "plan.json").read_text())
    Draft202012Validator(schema("plan")).validate(record)
    assert record["selection"] == {
        "select": ["connection:braze"], "exclude": ["*_summer"], "selected": 1, "total": 5,
    }  # fmt: skip
    for form in ("markdown", "html"):
        text = callsheet("plan", "--select", "push", "-o", form, "-C", several.path).out
        assert "Selected: 1 of 5 objects (--select push)" in text.replace("&#40;", "(").replace(
            "&#41;", ")"
        )
    applied = callsheet("apply", several.path / "plan.json", "-C", several.path)
    assert applied.out == "  + Action/braze_spring created\nApply 1 in local: 1 done.\n"
    assert list(Workspace(several.path).deployed()) == ["Action/braze_spring"]
    assert callsheet("apply", "--yes", "-q", "-C", several.path).code == 0
    assert "selection" not in json.loads(callsheet("plan", "-o", "json", "-C", several.path).out)


def test_a_plan_without_a_selection_reads_as_before(several: Folder, callsheet: Callsheet) -> None:
    planned(several, callsheet)
    text = (several.path / "plan.json").read_bytes()
    assert b"selection" not in text
    plan = read_plan(text, "plan.json")
    assert plan.selection is None
    assert write_plan(plan).encode() == text


def test_a_plan_file_is_held_to_its_own_selection(several: Folder, callsheet: Callsheet) -> None:
    at = ("-C", several.path)
    file = several.path / "plan.json"
    planned(several, callsheet, "--select", "push", "--select", "sms")
    assert "the plan has its own selection" in callsheet("apply", file, "--select", "push", *at).err
    # What is not selected may be edited since.
    several.write("rows/campaigns.csv", ROWS.replace("Summer", "Sun"))
    plan = read_plan(file.read_bytes(), "plan.json")
    assert plan.selection is not None
    assert callsheet("apply", file, *at).code == 0
    several.action("push", constant="2")
    several.action("mail")
    planned(several, callsheet, "--select", "push", "--select", "mail")
    wider = read_plan(file.read_bytes(), "plan.json")
    several.write("forged.json", write_plan(with_digest(replace(wider, selection=None))))
    forged = callsheet("apply", several.path / "forged.json", *at)
    assert "error CS954" in forged.err
    assert "implied, and not in the plan: create Action/braze_spring" in forged.err
    several.action("push", constant="3")
    assert "error CS954" in callsheet("apply", file, *at).err


def test_a_plan_of_what_has_changed_names_the_commit(several: Folder, callsheet: Callsheet) -> None:
    first = several.commit("one")
    callsheet("apply", "--yes", "-q", "-C", several.path)
    several.action("push", constant="2")
    several.action("mail")
    several.commit("two")
    found = planned(several, callsheet, "--select", "changed:HEAD~1")
    assert found.out.startswith(f"Selected: 2 of 6 objects (--select changed:{first[:12]})")
    record = json.loads((several.path / "plan.json").read_text())
    assert record["selection"]["select"] == [f"changed:{first}"]
    assert [one["address"] for one in record["changes"]] == ["Action/push", "Action/mail"]
    # The branch moves on, and HEAD~1 is another commit: the plan still means the same.
    several.write("rows/campaigns.csv", ROWS.replace("Summer", "Sun"))
    several.write("README.md", "x\n")
    several.git("add", "README.md")
    several.git("commit", "-q", "-m", "three")
    several.write("rows/campaigns.csv", ROWS)
    assert callsheet("apply", several.path / "plan.json", "-C", several.path).code == 0
    nothing = callsheet("plan", "--select", "changed:HEAD", "-C", several.path)
    assert (nothing.code, nothing.out.rstrip().split("\n")[-1]) == (
        0,
        "Nothing to do in local: 0 unchanged.",
    )


def test_a_plan_file_with_a_word_of_no_form_is_refused(several: Folder, callsheet: Callsheet) -> None:
    planned(several, callsheet, "--select", "push")
    file = several.path / "plan.json"
    plan = read_plan(file.read_bytes(), "plan.json")
    assert plan.selection is not None
    odd = replace(plan, selection=replace(plan.selection, select=("push", "lable:x")))
    file.write_text(write_plan(with_digest(odd)))
    assert "error CS335: there is no form `lable:`" in callsheet("apply", file, "-C", several.path).err


def test_a_plan_of_a_commit_is_held_to_it_also_after_files_were_edited(
    several: Folder, callsheet: Callsheet
) -> None:
    several.commit("one")
    several.action("push", constant="2")
    several.commit("two")
    planned(several, callsheet, "--select", "changed:HEAD~1")
    gateway = several.path / "sms/gateway.yaml"
    gateway.write_text(gateway.read_text().replace("sms.example", "sms2.example"))
    done = callsheet("apply", several.path / "plan.json", "-C", several.path)
    assert done.out == "  + Action/push created\nApply 1 in local: 1 done.\n"


def test_guards_count_what_is_managed_and_not_what_is_selected(empty: Folder, callsheet: Callsheet) -> None:
    guarded = ENVIRONMENT + "  guards: {maxDelete: 10%, minimum: 5}\n"
    empty.write("environments.yaml", guarded)
    for number in range(20):
        empty.action(f"a{number:02}")
    at = ("-C", empty.path)
    callsheet("apply", "--yes", "-q", *at)
    for number in range(3):
        empty.remove(f"a{number:02}")
    assert "Guard max-delete broken: 3 of 20 would be deleted" in callsheet("plan", *at).out
    found = callsheet("plan", "--select", "a00", "--select", "a01", "-o", "json", *at)
    guards = {one["guard"]: one for one in json.loads(found.out)["guards"]}
    assert guards["max-delete"]["verdict"] == "passed"
    assert guards["max-delete"]["message"] == "2 of 20 would be deleted; the limit is 10%"
    done = callsheet("apply", "--yes", "--select", "a00", "--select", "a01", *at)
    assert done.out.rstrip().endswith("Apply 2 in local: 2 done.")
    left = json.loads(callsheet("plan", "-o", "json", *at).out)
    assert [one["address"] for one in left["changes"]] == ["Action/a02"]


def by_hand(folder: Folder, name: str) -> None:
    """Change a deployed action at the target."""
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        connection.execute(
            "UPDATE registry_action SET compiled = replace(compiled, '\"POST\"', '\"PUT\"') WHERE name = ?",
            (name,),
        )


def test_the_drift_of_others_does_not_block_and_is_not_reported(
    several: Folder, callsheet: Callsheet
) -> None:
    at = ("-C", several.path)
    callsheet("apply", "--yes", "-q", *at)
    by_hand(several, "push")
    gateway = several.path / "sms/gateway.yaml"
    gateway.write_text(gateway.read_text().replace("sms.example/send", "sms.example/v2/send"))
    several.action("push", constant="2")
    assert "Guard drift broken" in callsheet("plan", *at).out
    found = planned(several, callsheet, "--select", "sms")
    assert "drift" not in found.out
    assert callsheet("apply", several.path / "plan.json", *at).code == 0
    assert callsheet("drift", "--select", "sms", "--detailed-exitcode", *at).code == 0
    assert callsheet("drift", "--select", "sms", *at).out == (
        "Selected: 1 of 5 objects (--select sms).\n\nNo drift in local.\n"
    )
    drifted = callsheet("drift", "--exclude", "sms", "-o", "json", "--detailed-exitcode", *at)
    assert drifted.code == 2
    record = json.loads(drifted.out)
    Draft202012Validator(schema("drift")).validate(record)
    assert [one["address"] for one in record["drift"]] == ["Action/push"]
    assert record["selection"]["total"] == 5
    refused = callsheet("apply", "--yes", "--select", "push", *at)
    assert "error CS918" in refused.err
    # Only what is selected is written back.
    by_hand(several, "sms")
    assert "PUT" not in gateway.read_text()
    callsheet("drift", "--write", "--select", "push", *at)
    assert "PUT" not in gateway.read_text()
    callsheet("drift", "--write", "--select", "sms", *at)
    assert "PUT" in gateway.read_text()


def test_a_deletion_is_selected_by_what_was_deployed(several: Folder, callsheet: Callsheet) -> None:
    at = ("-C", several.path)
    callsheet("apply", "--yes", "-q", *at)
    several.remove("push")
    several.write("rows/campaigns.csv", "key,title\nspring,Spring\n")

    def deleted(word: str) -> list[str]:
        found = json.loads(callsheet("plan", "--select", word, "-o", "json", *at).out)
        return [one["address"] for one in found["changes"]]

    assert deleted("push") == ["Action/push"]
    assert deleted("label:channel=push") == ["Action/push"]
    assert deleted("owner:team-braze") == ["Action/braze_summer"]
    assert deleted("kind:Action") == ["Action/braze_summer", "Action/push"]
    assert deleted("sms") == []


def test_a_rename_is_not_cut_in_two(several: Folder, callsheet: Callsheet) -> None:
    at = ("-C", several.path)
    callsheet("apply", "--yes", "-q", *at)
    several.commit("one")
    several.rename("push", "alert")
    for command, words, only, other in (
        (("plan",), ("--select", "alert"), "alert", "push"),
        (("plan",), ("--select", "push"), "push", "alert"),
        (("diff", "--base", "HEAD"), ("--exclude", "push"), "alert", "push"),
    ):
        found = callsheet(*command, *words, *at)
        assert found.code == 1
        assert found.err == (
            "error CS337: the selection cuts a rename in two: `push` is renamed to `alert`, and of both"
            f" it selects only `{only}`\nhelp: select `{other}` as well, or neither of them\n"
        )
    # What is written in the file of the new name is about both.
    opened = Workspace(several.path)
    for word in ("label:channel=push", "path:alert.yaml", "changed:HEAD", "owner:team-a"):
        (change,) = opened.plan(select=word).changes
        assert (change.action, change.address) == ("rename", "Action/alert")
    assert opened.plan(select="sms").changes == ()
    done = callsheet("apply", "--yes", "--select", "alert", "--select", "push", *at)
    assert done.out.rstrip().endswith("Apply 2 in local: 1 done.")


def test_a_message_without_its_action_is_planned_and_reported(
    several: Folder, callsheet: Callsheet
) -> None:
    at = ("-C", several.path)
    found = callsheet("plan", "--select", "shipped", *at).out.replace("\n  ", " ")
    assert "Note: Message/shipped needs Action/sms, which is not selected, and not deployed yet" in found
    assert "needs Action/sms" not in callsheet("plan", "--select", "path:sms/", *at).out
    callsheet("apply", "--yes", "-q", "--select", "sms", *at)
    assert "needs Action/sms" not in callsheet("plan", "--select", "shipped", *at).out
    callsheet("apply", "--yes", "-q", *at)
    (several.path / "sms/gateway.yaml").unlink()
    (several.path / "sms/shipped.yaml").unlink()
    found = callsheet("plan", "--select", "sms", *at).out.replace("\n  ", " ")
    assert "Note: Action/sms would be gone, and Message/shipped, which is not selected, still" in found


# -- diff and Python ------------------------------------------------------------------------------


def test_a_comparison_is_limited_too(several: Folder, callsheet: Callsheet) -> None:
    several.commit("one")
    several.action("push", constant="2")
    several.write("braze/connection.yaml", CONNECTION.replace('"3"', '"4"'))
    several.write("environments.yaml", ENVIRONMENT + "  guards: {maxDelete: 90%}\n")
    at = ("-C", several.path)
    found = callsheet("diff", "--base", "HEAD", "--select", "push", "-o", "json", *at)
    record = json.loads(found.out)
    Draft202012Validator(schema("diff")).validate(record)
    assert [one["address"] for one in record["changes"]] == ["Action/push"]
    assert record["selection"] == {"select": ["push"], "exclude": [], "selected": 1, "total": 5}
    # What protects the whole environment stays in the review.
    assert [one["subject"] for one in record["protections"]] == ["Environment/local"]
    text = callsheet("diff", "--base", "HEAD", "--select", "connection:braze", *at).out
    assert text.startswith("Selected: 2 of 5 objects (--select connection:braze).\n\n")
    assert "changes 2 actions" in text
    assert "push" not in text
    deployed = callsheet("diff", "--select", "sms", *at).out
    assert deployed.startswith("Selected: 1 of 5 objects (--select sms).\n\n+ Action/sms")


def test_python_says_it_in_the_same_way(several: Folder) -> None:
    opened = Workspace(several.path)
    plan = opened.plan(select="label:vendor=braze", exclude=["*_summer"])
    assert [one.address for one in plan.changes] == ["Action/braze_spring"]
    assert opened.apply(plan).outcome == "done"
    assert opened.validate(select="push").documents == 1
    assert {one.action for one in opened.test(select="p*").cases} == {"push"}
    assert opened.diff(exclude="kind:Action").grouped()[0][0].address == "Message/shipped"
    assert opened.drift(select="braze_spring").selection is not None
    with pytest.raises(CallsheetError, match="`psh` names nothing"):
        opened.plan(select="psh")


def test_every_word_that_names_nothing_is_said_at_once(samples: Folder, callsheet: Callsheet) -> None:
    words = ["connection:brase", "kind:Acton", "owner:", "psh"]
    outcome = callsheet("validate", "-C", samples.path, *(f"--select={one}" for one in words))
    assert outcome.code == 1
    assert outcome.err.startswith(
        "error CS335: `connection:brase` names nothing (did you mean `connection:braze`?)"
    )
    for word in words:
        assert f"`{word}` names nothing" in outcome.err
