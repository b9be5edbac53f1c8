"""A plan shows how the calls went of the actions that it changes: beside the plan, never in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from callsheet.language.schema_check import schema
from support.journeys import ENVIRONMENT
from support.workspaces import Callsheet, Folder, Outcome

PUSH = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: NAME}
spec:
  request: {method: POST, url: "https://push.example.com/v1/send", payload: {text: "{{ params.text }}"}}
  parameters: {text: {type: string, label: Text}}
  limits: {rate: 100 per 1s}
"""
HEAD = "action,endpoint,calls,ok,timeouts,capped,p50_ms,p95_ms,p99_ms,rps_when_busy,peak_rps\n"
RESULT = HEAD + (
    "push,https://push.example.com/v1/send,1000,940,20,10,120,900,1200,30,140\n"
    "sms,https://push.example.com/v1/send,7,7,0,0,10,10,10,1,1\n"
)
FIGURES = (
    "calls until now: 1,000 calls, 6.00 % errors, 2.00 % timeouts, 1.00 % capped; p50 120 ms, p95 900 ms, "
    "p99 1,200 ms slower than 750 ms: Adobe takes it to its slow path, 150,000 calls in 30 s "
    "140 calls in its busiest second, and `limits.rate` allows 100"
)


class Planning:
    def __init__(self, callsheet: Callsheet, folder: Folder) -> None:
        self.callsheet = callsheet
        self.folder = folder
        self.result = folder.path.parent / "result.csv"
        self.result.write_text(RESULT)

    def __call__(self, *arguments: object) -> Outcome:
        return self.callsheet("plan", "-C", self.folder.path, *map(str, arguments))

    def names(self, *names: str) -> None:
        for name in names:
            self.folder.write(f"{name}.yaml", PUSH.replace("NAME", name))

    def environment(self, target: str = "") -> None:
        self.folder.write(
            "environments.yaml", ENVIRONMENT.replace("sandbox: prod", f"sandbox: prod{target}")
        )


@pytest.fixture
def plan(callsheet: Callsheet, empty: Folder) -> Planning:
    found = Planning(callsheet, empty)
    found.names("push", "sms")
    found.environment()
    return found


def confirm(plan: Planning) -> None:
    pack = plan.folder.path.parent / "pack"
    at = ("-C", plan.folder.path)
    assert plan.callsheet("apply", "--yes", "-q", "--pack", str(pack), *at).code == 0
    assert plan.callsheet("confirm", pack, *at).code == 0


def test_a_changed_action_has_its_figures_in_every_format(plan: Planning) -> None:
    out = plan("--metrics", plan.result).out
    assert FIGURES in " ".join(out.split()), out
    assert f"Note: the figures of calls are those of {plan.result}" in " ".join(out.split())
    for form in ("markdown", "html"):
        page = plan("--metrics", plan.result, "-o", form).out
        assert "Calls until now: 1,000 calls, 6.00 % errors, 2.00 % timeouts, 1.00 % capped" in page
    record = json.loads(plan("--metrics", plan.result, "-o", "json").out)
    Draft202012Validator(schema("plan")).validate(record)
    first, second = record["figures"]["changes"]
    assert (first["address"], first["error_rate"], first["peak_per_second"]) == ("Action/push", 6.0, 140)
    assert (second["address"], second["notes"]) == ("Action/sms", [])


def test_figures_are_no_part_of_the_plan(plan: Planning) -> None:
    folder = plan.folder.path.parent
    shown = json.loads(plan("-o", "json", "--out", folder / "without.json").out)
    with_them = json.loads(plan("--metrics", plan.result, "-o", "json", "--out", folder / "with.json").out)
    assert (folder / "with.json").read_bytes() == (folder / "without.json").read_bytes()
    figures = with_them.pop("figures")
    assert with_them == shown
    # What was printed is a plan file too, whatever its figures say.
    forged = folder / "printed.json"
    forged.write_text(json.dumps({**shown, "figures": {**figures, "source": "another"}}))
    assert plan.callsheet("apply", forged, "--pack", folder / "p", "-C", plan.folder.path).code == 0
    assert "figures" not in (folder / "p" / "pack.json").read_text()


def test_only_what_changes_has_figures_and_a_rename_has_those_of_the_old_name(plan: Planning) -> None:
    confirm(plan)
    assert "calls until now" not in plan("--metrics", plan.result).out
    plan.folder.rename("push", "notice")
    file = plan.folder.path / "notice.yaml"
    file.write_text(file.read_text().replace("100 per 1s", "200 per 1s"))
    out = plan("--metrics", plan.result).out
    assert "⇄ Action/push → Action/notice" in out
    assert "1,000 calls, 6.00 % errors" in out
    assert "busiest second" not in out, "the limit after the plan counts"
    assert "7 calls" not in out


def test_an_action_that_is_deleted_shows_what_still_calls_it(plan: Planning) -> None:
    confirm(plan)
    plan.folder.remove("push")
    out = plan("--metrics", plan.result).out
    assert "- Action/push" in out
    assert "1,000 calls" in out


@pytest.mark.parametrize("name", ["result.csv", "result.json"])
def test_the_target_may_name_the_file(plan: Planning, name: str) -> None:
    before = plan().out
    plan.environment(f", metrics: {name}")
    missing = plan().out
    assert f"Note: no figures of calls from {name}: the file is not there yet" in missing
    rows = [{"action": "push", "endpoint": "", "calls": 4, "ok": 4}]
    text = {"result.csv": RESULT, "result.json": json.dumps({"rows": rows})}[name]
    plan.folder.write(name, text)
    found = plan()
    assert found.code == 0, found.err  # and a result is not read as a document
    assert {"result.csv": "1,000 calls, 6.00 %", "result.json": "4 calls, 0.00 %"}[name] in found.out
    assert "calls until now" not in before
    confirm(plan)
    assert "figures" not in plan().out


@pytest.mark.parametrize(
    ("name", "text"), [("../away.csv", None), ("bad.csv", "a,b\n"), ("bad.csv", "\ud800")]
)
def test_what_the_target_names_and_is_no_result_is_said_and_refuses_no_plan(
    plan: Planning, name: str, text: str | None
) -> None:
    plan.environment(f", metrics: {name}")
    if text is not None:
        Path(plan.folder.path / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    outcome = plan()
    assert outcome.code == 0, outcome.err
    assert f"Note: no figures of calls from {name}: the " in outcome.out
    assert plan("--metrics", plan.result).code == 0, "the one that is named comes first"
    assert plan("--metrics", plan.folder.path / "nowhere.csv").code == 2
    plan.result.write_text("a,b\n")
    assert plan("--metrics", plan.result).err.startswith("error CS895: ")


def test_a_burst_that_a_longer_period_allows_is_within_the_limit(plan: Planning) -> None:
    plan.folder.write("push.yaml", PUSH.replace("NAME", "push").replace("100 per 1s", "150 per 10s"))
    out = plan("--metrics", plan.result).out
    assert "busiest second" not in out
    assert "30 calls in a busy second, and `limits.rate` allows 15" in out
