"""How the calls of the actions went: figures from a saved result of the query."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from callsheet.language.schema_check import schema
from support.workspaces import Callsheet, Folder

CSV = """\
action,endpoint,calls,ok,e4xx,e5xx,timeouts,capped,p50_ms,p95_ms,p99_ms,max_queue_ms,rps_when_busy
firebase_push,https://fcm.googleapis.com/v1/projects/shop/messages:send,1000,940,10,20,20,10,120,340,900,0,12
Send an SMS,https://api.nexmo.com/v1/messages,200,200,0,0,0,0,90,100,110,,2
The mail,https://api.sendgrid.com/v3/mail/send,50,50,0,0,0,0,300,900,1200,,1
,https://nowhere.example.com/x,5,0,0,5,0,0,,,,,
"""
TABLE = """\
action         calls    errors  timeouts  capped     p50     p95       p99
firebase_push  1,000    6.00 %    2.00 %  1.00 %  120 ms  340 ms    900 ms
sendgrid_mail     50    0.00 %    0.00 %  0.00 %  300 ms  900 ms  1,200 ms
vonage_sms       200    0.00 %    0.00 %  0.00 %   90 ms  100 ms    110 ms
(no name)          5  100.00 %    0.00 %  0.00 %       -       -         -
  sendgrid_mail: slower than 750 ms: Adobe takes it to its slow path, 150,000 calls in 30 s

1255 calls of 3 actions in local.
"""


@pytest.fixture
def saved(samples: Folder) -> Path:
    path = samples.path.parent / "result.csv"
    path.write_text(CSV)
    return path


def test_a_saved_result_is_summed_up_by_action(samples: Folder, callsheet: Callsheet, saved: Path) -> None:
    at = ("-C", samples.path, "-e", "local")
    outcome = callsheet("metrics", *at, "--from", saved)
    assert (outcome.code, outcome.out) == (0, TABLE), outcome.err
    only = callsheet("metrics", "vonage_sms", *at, "--from", saved).out
    assert only.endswith("\n200 calls of 1 action in local.\n")
    assert "firebase" not in only


def test_json_gives_the_same_figures_as_csv(samples: Folder, callsheet: Callsheet, saved: Path) -> None:
    at = ("-C", samples.path, "-e", "local")
    head, *lines = CSV.splitlines()
    rows = [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]
    first = json.loads(callsheet("metrics", *at, "--from", saved, "-o", "json").out)
    Draft202012Validator(schema("metrics")).validate(first)
    for written in (json.dumps(rows), json.dumps({"rows": rows}), "\ufeff" + CSV):
        saved.write_text(written)
        assert json.loads(callsheet("metrics", *at, "--from", saved, "-o", "json").out) == first
    assert first["actions"][0]["error_rate"] == 6.0
    assert first["actions"][-1] | {"known": False, "p50_ms": None} == first["actions"][-1]


def test_a_condition_that_holds_fails(samples: Folder, callsheet: Callsheet, saved: Path) -> None:
    at = ("-C", samples.path, "-e", "local", "--from", saved)
    outcome = callsheet("metrics", *at, "--fail-on", "error_rate > 5%", "--fail-on", "p99_ms >= 2s")
    assert outcome.code == 1
    assert "Fails error_rate > 5%: firebase_push, no name\n" in outcome.out
    assert "Fails p99_ms >= 2s" not in outcome.out
    assert callsheet("metrics", "vonage_sms", *at, "--fail-on", "error_rate > 5%").code == 0
    assert callsheet("metrics", *at, "--fail-on", "calls < 60").code == 1
    page = callsheet("metrics", *at, "--fail-on", "error_rate > 5%", "-o", "html").out
    assert '<meter min="0" max="1" value="0.06">6.00 %</meter> 6.00 %' in page
    assert "6.00 %" in callsheet("metrics", *at, "-o", "markdown").out


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("errors > 5", "'errors > 5' is not a condition: write one such as"),
        ("error_rate", "is not a condition"),
        ("error_rate > 5ms", "`error_rate` is not measured in `ms`"),
        ("p95_ms > 5%", "`p95_ms` is not measured in `%`"),
        ("calls > 1e999", "is not a condition"),
    ],
)
def test_what_is_no_condition_is_wrong_usage(
    samples: Folder, callsheet: Callsheet, saved: Path, condition: str, words: str
) -> None:
    outcome = callsheet(
        "metrics", "-C", samples.path, "-e", "local", "--from", saved, "--fail-on", condition
    )
    assert outcome.code == 2
    assert words in " ".join(outcome.err.split())


@pytest.mark.parametrize(
    "text",
    [
        "", "nothing", "a,b\n1,2\n", "[1]", '{"a": 1}', "[{", "[" * 100_000, '"action,calls\n', "action,calls,ok\nx,many,1\n",
        "action,calls,ok\nx,-1,1\n", '[{"action": "x", "calls": true, "ok": 1}]', "action,calls,ok\nx,nan,1\n",
        "action,calls,ok,p95_ms\nx,1,1,slow\n", "action,calls,ok\nx,10,19\n", "action,calls,ok,timeouts\nx,3,1,4\n",
        '[{"action": "x", "calls": 1, "ok": 1, "p50_ms": [1]}]',
    ],
)  # fmt: skip
def test_what_is_no_result_is_refused(
    samples: Folder, callsheet: Callsheet, saved: Path, text: str
) -> None:
    saved.write_text(text)
    outcome = callsheet("metrics", "-C", samples.path, "-e", "local", "--from", saved)
    assert outcome.code == 1
    assert outcome.err.startswith("error CS895: the saved result cannot be read: ")


def test_what_a_result_lacks_is_unknown_and_a_condition_on_it_is_refused(
    samples: Folder, callsheet: Callsheet, saved: Path
) -> None:
    at = ("-C", samples.path, "-e", "local", "--from", saved)
    saved.write_text("action,calls,ok,p95_ms\nfirebase_push,100,90,NULL\n")
    outcome = callsheet("metrics", *at)
    assert "firebase_push    100  10.00 %         -       -    -    -    -\n" in outcome.out
    (found,) = json.loads(callsheet("metrics", *at, "-o", "json").out)["actions"]
    assert (found["timeouts"], found["timeout_rate"], found["error_rate"]) == (None, None, 10.0)
    for condition, column in (
        ("timeout_rate > 1%", "timeouts"),
        ("p99_ms > 10ms", "p99_ms"),
        ("e5xx > 1", "e5xx"),
    ):
        outcome = callsheet("metrics", *at, "--fail-on", condition)
        assert outcome.code == 1
        assert outcome.err.startswith(
            f"error CS895: the saved result cannot be judged by '{condition}': it has no column `{column}`"
        )
    outcome = callsheet("metrics", "firebase_push", "vonage_sms", *at, "--fail-on", "p95_ms > 10ms")
    assert outcome.code == 0
    assert "  firebase_push: `p95_ms` is not known: 'p95_ms > 10ms' could not be judged\n" in outcome.out
    assert "  vonage_sms: no call in the result\n" in outcome.out


def test_a_result_without_rows_and_a_share_for_a_percentage_are_notes(
    samples: Folder, callsheet: Callsheet, saved: Path
) -> None:
    at = ("-C", samples.path, "-e", "local", "--from", saved)
    saved.write_text("action,calls,ok\n")
    outcome = callsheet("metrics", *at, "--fail-on", "error_rate > 0.05")
    assert "Note: the result has no row: no call was measured\n" in outcome.out
    assert "Note: 'error_rate > 0.05' compares with 0.05 %: write `5%` for that share\n" in outcome.out
    found = json.loads(callsheet("metrics", *at, "-o", "json").out)
    Draft202012Validator(schema("metrics")).validate(found)
    assert found["notes"] == ["the result has no row: no call was measured"]
    assert "no call was measured" in callsheet("metrics", *at, "-o", "markdown").out


def test_the_query_is_printed_and_one_of_both_is_asked_for(samples: Folder, callsheet: Callsheet) -> None:
    text = callsheet("metrics", "--sql", "--hours", "48").out
    assert "interval '48' hour" in text
    aliases = {*re.findall(r"AS (\w+)", text), "action", "endpoint"}
    assert {*CSV.splitlines()[0].split(",")} <= aliases
    assert callsheet("metrics", "-C", samples.path, "-e", "local").code == 2
    assert callsheet("metrics", "-C", samples.path, "-e", "local", "--from", "/nowhere.csv").code == 2


def test_a_busy_action_is_compared_with_its_limit(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.action("push")
    file = workspace.path / "push.yaml"
    file.write_text(file.read_text() + "  limits: {rate: 100 per 1s}\n")
    result = workspace.path.parent / "r.json"
    for seen, words in (
        (120, "120 calls in a busy second, and `limits.rate` allows 100"),
        (90, "near the 100"),
        (10, ""),
    ):
        result.write_text(json.dumps([{"action": "push", "calls": 9, "ok": 9, "rps_when_busy": seen}]))
        out = callsheet("metrics", "-C", workspace.path, "--from", result).out
        assert words in out
        assert ("busy second" in out) == bool(words)
