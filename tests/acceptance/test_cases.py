"""`callsheet test`: parameters in, exact request out, and the cases that nobody has to write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from junitparser import JUnitXml
from syrupy.assertion import SnapshotAssertion

from callsheet import Workspace
from support.workspaces import ENVIRONMENT, Callsheet, Folder

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: greet}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/{{ params.list }}
    headers: {X-Name: "{{ params.name }}"}
    query: {lang: en}
    payload: {hello: "{{ params.name }}", n: 1, deep: {flag: true, list: [1, 2]}}
  parameters:
    name: {type: string, example: Ada}
    list: {type: string, example: news, pattern: "^[a-z]+$"}
  tests:
    # what people see
    - name: a greeting
      params: {name: Ada, list: news}
      expect:
        method: POST
        url: https://api.example.com/v1/news?lang=en   # with the language
        query: {lang: en}
        headers: {X-Name: Ada}
        payload:
          hello: Ada  # by name
          n: 1
          deep: {flag: true, list: [1, 2]}
    - name: only a part
      match: partial
      params: {name: Zoe, list: news}
      expect: {payload: {deep: {flag: true}}}
    - name: a list that is none
      params: {name: Ada, list: NEWS}
      expect: {error: does not have the declared form}
"""


@pytest.fixture
def greet(workspace: Folder) -> Folder:
    (workspace.path / "example.yaml").unlink()
    workspace.write("greet.yaml", ACTION)
    return workspace


def test_declared_cases_pass(greet: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("test", "-C", greet.path, "--no-generated")
    assert (outcome.code, outcome.out) == (0, "greet ...\n\n3 cases passed.\n")


def test_what_differs_is_told_at_its_place(
    greet: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    greet.write(
        "greet.yaml",
        ACTION.replace("n: 1, deep: {flag: true, list: [1, 2]}", 'm: 2, deep: {flag: 1, list: [1, "2"]}'),
    )
    outcome = callsheet("test", "-C", greet.path, "--no-generated")
    assert outcome.code == 1
    assert outcome.out == snapshot


def test_an_error_that_is_expected_and_does_not_come(greet: Folder, callsheet: Callsheet) -> None:
    greet.write("greet.yaml", ACTION.replace("list: NEWS", "list: news"))
    out = callsheet("test", "-C", greet.path, "--no-generated").out
    assert "expected an error with 'does not have the declared form', and the request was" in " ".join(
        out.split()
    )


def test_generated_cases_find_a_header_that_a_parameter_could_break(
    greet: Folder, callsheet: Callsheet
) -> None:
    outcome = callsheet("test", "-C", greet.path)
    assert outcome.code == 1
    assert (
        "generated: name is a line break\n  the header `X-Name` would contain a line break\n" in outcome.out
    )
    # What the parameter declares keeps it out, and then nothing fails.
    greet.write(
        "greet.yaml",
        ACTION.replace("name: {type: string,", 'name: {type: string, pattern: "^[A-Za-zë]+$",'),
    )
    outcome = callsheet("test", "-C", greet.path)
    assert outcome.code == 0, outcome.out


def test_cases_are_chosen_by_words_names_and_environment(greet: Folder, callsheet: Callsheet) -> None:
    greet.write("second.yaml", ENVIRONMENT.replace("local", "second"))
    at = ("-C", greet.path, "--no-generated")
    assert callsheet("test", *at).out.endswith("6 cases passed.\n")
    assert callsheet("test", *at, "-e", "local").out.endswith("3 cases passed.\n")
    assert callsheet("test", *at, "-k", "GREET part").out.endswith("2 cases passed.\n")
    assert callsheet("test", "greet", *at).code == 0
    for words, message in {
        "nothing like it": "no test case has `nothing` in its action or its name\n",
        "geet": "no test case has `geet` in its action or its name (did you mean `greet`?)\n",
        "greet prat": "no test case has `prat` in its action or its name (did you mean `part`?)\n",
        "greeting part": "no test case has all of these words: `greeting part`\n",
    }.items():
        outcome = callsheet("test", *at, "-k", words)
        assert (words, outcome.code, outcome.out) == (words, 1, "")
        assert outcome.err.startswith(f"error CS350: {message}")
    assert callsheet("test", "gret", *at).err.startswith(
        "error CS925: there is no action `gret` (did you mean"
    )


def test_update_writes_what_was_made_and_keeps_every_comment(greet: Folder, callsheet: Callsheet) -> None:
    changed = ACTION.replace(
        'payload: {hello: "{{ params.name }}", n: 1', 'payload: {hello: "Dear {{ params.name }}", m: 2'
    )
    changed = changed.replace("query: {lang: en}\n    payload", "query: {lang: fr}\n    payload")
    file = greet.write("greet.yaml", changed)
    outcome = callsheet("test", "-C", greet.path, "--no-generated", "--update")
    assert (outcome.code, outcome.err) == (0, "updated greet.yaml\n")
    text = file.read_text()
    for comment in ("# what people see", "# with the language"):
        assert comment in text
    assert 'url: "https://api.example.com/v1/news?lang=fr"   # with the language\n' in text
    assert callsheet("test", "-C", greet.path, "--no-generated").out.endswith("3 cases passed.\n")
    again = file.read_text()
    callsheet("test", "-C", greet.path, "--no-generated", "--update")
    assert file.read_text() == again


NOTHING_EXPECTED = ACTION[: ACTION.index("  tests:")]
FIRST_CASES = {
    "block": "  tests:\n    # what people see\n    - name: one\n      params: {name: Ada, list: news}  # the usual\n",
    "flow": "  tests: [{name: one, params: {name: Ada, list: news}}]  # the usual\n",
    "before another": "  tests:\n    - params: {name: Ada, list: news}\n      name: one  # the usual\n\n    - name: two\n      params: {name: Ada, list: news}\n      expect: {method: POST}\n",
}


@pytest.mark.parametrize("form", FIRST_CASES)
def test_update_starts_from_nothing(greet: Folder, callsheet: Callsheet, form: str) -> None:
    file = greet.write("greet.yaml", NOTHING_EXPECTED + FIRST_CASES[form])
    at = ("-C", greet.path, "--no-generated")
    assert callsheet("validate", "-C", greet.path).code == 0
    before = callsheet("test", *at)
    assert before.code == 1
    assert "there is no `expect`: run `callsheet test --update` to write the" in before.out
    assert "1 case failed" in before.out
    assert json.loads(callsheet("test", *at, "-o", "json").out)["summary"]["failed"] == 1
    assert callsheet("test", *at, "--update").code == 0
    text = file.read_text()
    assert text.startswith(NOTHING_EXPECTED)
    assert "# the usual" in text
    made = next(
        one
        for one in Workspace(greet.path).compile().actions["greet"].spec["tests"]
        if one["name"] == "one"
    )
    assert made["expect"] == {
        "method": "POST",
        "url": "https://api.example.com/v1/news?lang=en",
        "headers": {"X-Name": "Ada"},
        "payload": {"hello": "Ada", "n": 1, "deep": {"flag": True, "list": [1, 2]}},
    }
    again = file.read_text()
    assert callsheet("test", *at, "--update").code == 0
    assert file.read_text() == again


def test_a_case_that_makes_no_request_stays_without_expectation(
    greet: Folder, callsheet: Callsheet
) -> None:
    case = "  tests:\n    - name: one\n      params: {name: Ada, list: NEWS}\n"
    file = greet.write("greet.yaml", NOTHING_EXPECTED + case)
    outcome = callsheet("test", "-C", greet.path, "--no-generated", "--update")
    assert outcome.code == 1
    assert "there is no `expect`, and no request can be built: " in outcome.out
    assert file.read_text() == NOTHING_EXPECTED + case


def test_update_does_not_start_between_environments(greet: Folder, callsheet: Callsheet) -> None:
    greet.write("second.yaml", ENVIRONMENT.replace("local", "second").replace("api.ex", "b.ex"))
    text = NOTHING_EXPECTED.replace("https://api.example.com", "https://{{ values.host }}")
    file = greet.write("greet.yaml", text + FIRST_CASES["flow"])
    outcome = callsheet("test", "-C", greet.path, "--no-generated", "--update")
    assert outcome.err.startswith(
        "error CS937: the case 'one' of `greet` differs between local and second\n"
    )
    assert file.read_text() == text + FIRST_CASES["flow"]
    assert callsheet("test", "-C", greet.path, "--no-generated", "--update", "-e", "local").code == 0


@pytest.mark.parametrize("number", ["1.0e+22", "1.0e-7", "-2.5e+30", "0.1"])
def test_a_number_that_is_written_reads_as_the_same(
    greet: Folder, callsheet: Callsheet, number: str
) -> None:
    changed = ACTION.replace("n: 1, deep", f"n: {number}, deep")
    greet.write("greet.yaml", changed)
    assert callsheet("test", "-C", greet.path, "--no-generated", "--update").code == 0
    assert callsheet("test", "-C", greet.path, "--no-generated").code == 0
    assert Workspace(greet.path).compile().actions["greet"].spec["tests"][0]["expect"]["payload"][
        "n"
    ] == float(number)


def test_update_does_not_guess_between_environments(greet: Folder, callsheet: Callsheet) -> None:
    greet.write(
        "second.yaml", ENVIRONMENT.replace("local", "second").replace("api.example.com", "b.example.com")
    )
    text = ACTION.replace(
        "https://api.example.com/v1/{{ params.list }}", "https://{{ values.host }}/v1/{{ params.list }}"
    )
    file = greet.write(
        "greet.yaml", text.replace("url: https://api.example.com/v1/news", "url: https://x.example.com/")
    )
    outcome = callsheet("test", "-C", greet.path, "--no-generated", "--update")
    assert outcome.code == 1
    assert outcome.err.startswith(
        "error CS937: the case 'a greeting' of `greet` differs between local and second\n"
    )
    assert "x.example.com" in file.read_text()


def test_results_for_programs_and_for_ci(greet: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    import jsonschema

    greet.write("greet.yaml", ACTION.replace("n: 1, deep", "n: 2, deep"))
    outcome = callsheet("test", "-C", greet.path, "-o", "json", "--junit", tmp_path / "junit.xml")
    record = json.loads(outcome.out)
    from callsheet.language.schema_check import schema

    jsonschema.Draft202012Validator(schema("test")).validate(record)
    (first, *_) = [one for one in record["cases"] if one["outcome"] == "failed"]
    assert first["mismatches"] == [{"path": "/payload/n", "expected": 1, "actual": 2}]
    assert (first["file"], first["line"]) == ("greet.yaml", 16)
    (suite,) = JUnitXml.fromfile(str(tmp_path / "junit.xml"))
    assert suite.failures == record["summary"]["failed"] > 0


def test_the_samples_pass_with_all_that_is_generated(samples: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("test", "-C", samples.path)
    assert outcome.code == 0, outcome.out
    assert outcome.out.startswith("adobe_io_event .. and ")


def test_update_writes_every_action_of_a_file(greet: Folder, callsheet: Callsheet) -> None:
    one = NOTHING_EXPECTED + FIRST_CASES["block"]
    (greet.path / "greet.yaml").unlink()
    file = greet.write(
        "both.yaml",
        f"{one}---\n{one.replace('name: greet', 'name: other')}---\n{ACTION.replace('name: greet', 'name: third').replace('n: 1, deep', 'm: 1, deep')}",
    )
    at = ("-C", greet.path, "--no-generated")
    assert callsheet("test", *at, "--update").err == "updated both.yaml\n"
    assert callsheet("test", *at).code == 0
    assert file.read_text().count("# the usual") == 2


def test_update_takes_true_and_one_for_two_values(greet: Folder, callsheet: Callsheet) -> None:
    greet.write(
        "second.yaml", ENVIRONMENT.replace("local", "second").replace("values: {", "values: {n: true, ")
    )
    greet.write("environments.yaml", ENVIRONMENT.replace("values: {", "values: {n: 1, "))
    greet.write(
        "greet.yaml", NOTHING_EXPECTED.replace("n: 1,", 'n: "{{ values.n }}",') + FIRST_CASES["flow"]
    )
    outcome = callsheet("test", "-C", greet.path, "--no-generated", "--update")
    assert outcome.err.startswith("error CS937: the case 'one' of `greet` differs"), outcome.err


def test_a_case_for_an_environment_in_which_it_never_runs_is_a_finding(
    workspace: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    workspace.write("base.yaml", BASE)
    workspace.write("environments.yaml", ENVIRONMENT.replace("spec:\n", "spec:\n  extends: base\n", 1))
    action = (workspace.path / "example.yaml").read_text()
    case = "  tests:\n  - {{name: t, environment: {}, params: {{title: Hi}}, expect: {{method: GET}}}}\n"
    found = []
    for name in ("locl", "base"):
        workspace.write("example.yaml", action + case.format(name))
        outcome = callsheet("validate", "-C", workspace.path)
        assert callsheet("validate", "--strict", "-C", workspace.path).code == 1
        found.append(outcome.out)
    assert "\n".join(found) == snapshot
    # What the file of an environment has wrong is said once, and there.
    workspace.write("example.yaml", action + case.format("staging"))
    for broken in (
        "kind: [Environment\nname: staging\n",
        STAGING.replace("target", "traget"),
        STAGING.replace("ment\n", "mnt\n"),
    ):
        workspace.write("staging.yaml", broken)
        assert "CS353" not in callsheet("validate", "-C", workspace.path).out, broken
    workspace.write("staging.yaml", STAGING)
    assert "CS353" not in callsheet("validate", "-C", workspace.path).out


BASE = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: base}
spec: {values: {a: 1}}
"""
STAGING = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: staging}
spec: {target: {type: sqlite, path: .callsheet/staging.db}}
"""
