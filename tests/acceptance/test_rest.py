"""A REST service as target, described by a document: the main job, every fault, and what is never lost or done twice."""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.targets.rest.client import ServiceClient
from support.collection import TOKEN, Collection, collecting
from support.hooks import ACTIONS, ENVIRONMENT, PAGING, prepared, settled
from support.workspaces import Callsheet, Folder


def paged(folder: Folder, paging: str) -> None:
    folder.write("environments.yaml", ENVIRONMENT.replace("items: data", f"items: data{PAGING[paging]}"))


@pytest.mark.parametrize("paging", PAGING)
def test_the_main_job_on_a_service(
    hooks: Folder, callsheet: Callsheet, collection: Collection, paging: str
) -> None:
    paged(hooks, paging)
    collection.paging = paging
    at = ("-C", hooks.path)
    for number in range(6):
        hooks.action(f"a{number}")
    assert "7 to create" in callsheet("plan", *at).out
    assert collection.objects == {}
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert collection.names() == ["a0", "a1", "a2", "a3", "a4", "a5", "example"]
    one = next(it for it in collection.objects.values() if it["name"] == "a0")
    compiled = Workspace(hooks.path).compile().by_environment["local"]["Action/a0"].content
    assert (one["kind"], one["target"]["url"], json.loads(one["definition"])) == (
        "callsheet",
        compiled["request"]["url"],
        compiled,
    )
    # What the service adds is no drift.
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    assert callsheet("drift", *at).out == "No drift in local.\n"
    hooks.action("a0", constant="other")
    (hooks.path / "a1.yaml").unlink()
    hooks.rename("a2", "b2")
    ids = {it["name"]: it["id"] for it in collection.objects.values()}
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    after = {it["name"]: it["id"] for it in collection.objects.values()}
    assert (after["a0"], after["b2"]) == (ids["a0"], ids["a2"])
    assert "a1" not in after
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0


def test_what_somebody_changes_there_is_drift_and_what_is_theirs_is_left_alone(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    at = ("-C", hooks.path)
    hooks.action("one")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    one = next(it for it in collection.objects.values() if it["name"] == "one")
    for change in (
        {"kind": "other"},
        {"target": {"url": "https://elsewhere.example.com/"}},
        {"definition": one["definition"].replace("POST", "PUT")},
    ):
        kept = dict(one)
        collection.objects[one["id"]] = {**one, **change}
        assert "Action/one" in callsheet("drift", *at).out
        collection.objects[one["id"]] = kept
    assert callsheet("drift", *at).out == "No drift in local.\n"
    collection.objects["theirs"] = {"id": "theirs", "title": "not ours"}
    assert "Object/theirs" in callsheet("drift", *at).out
    (hooks.path / "one.yaml").unlink()
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert "theirs" in collection.objects
    collection.objects["copy"] = {
        **next(it for it in collection.objects.values() if it.get("name") == "example"),
        "id": "copy",
    }
    assert callsheet("plan", *at).err.startswith(
        "error CS874: two objects of the service are Action/example:"
    )


@pytest.mark.one_in(3)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("fault", ["before", "after", "500", "429", "html"])
@pytest.mark.parametrize("keys", [True, False])
def test_one_fault_is_retried_where_that_is_safe_and_settled_where_it_is_not(
    hooks: Folder, callsheet: Callsheet, collection: Collection, action: str, fault: str, keys: bool
) -> None:
    if not keys:
        hooks.write("environments.yaml", ENVIRONMENT.replace("  idempotencyHeader: Idempotency-Key\n", ""))
    prepared(hooks, callsheet, action)
    collection.faults = [fault]
    outcome = callsheet("apply", "-C", hooks.path, "--yes", "-q")
    safe = keys or action != "create" or fault == "429"
    if safe:
        assert outcome.code == 0, outcome.err
    else:
        assert outcome.err.startswith("error CS871: it is unknown whether the service did it: ")
    settled(hooks, callsheet, collection)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("fault", ["before", "after", "500"])
def test_a_service_that_stays_broken_loses_nothing(
    hooks: Folder, callsheet: Callsheet, collection: Collection, action: str, fault: str
) -> None:
    prepared(hooks, callsheet, action)
    collection.faults = [fault] * 3
    outcome = callsheet("apply", "-C", hooks.path, "--yes", "-q")
    assert outcome.err.startswith("error CS871: it is unknown whether the service did it: ")
    settled(hooks, callsheet, collection)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_crash_between_the_answer_and_the_record_is_settled(
    hooks: Folder,
    callsheet: Callsheet,
    collection: Collection,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
) -> None:
    from callsheet.ledger.tables import RelationalLedger

    class Crashed(BaseException):
        pass

    def crash(*_: object) -> None:
        raise Crashed

    prepared(hooks, callsheet, action)
    with monkeypatch.context() as patched:
        patched.setattr(RelationalLedger, "settle", crash)
        with pytest.raises(Crashed):
            Workspace(hooks.path).apply(Workspace(hooks.path).plan())
    before = len(collection.objects)
    settled(hooks, callsheet, collection)
    assert len(collection.objects) == before


def test_what_the_service_refuses_is_told_without_a_secret(
    hooks: Folder, callsheet: Callsheet, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("-C", hooks.path)
    for name in ("one", "two"):
        hooks.action(name)
    collection.faults = ["", "refuse"]
    outcome = callsheet("apply", *at, "--yes")
    assert outcome.code == 1
    assert 'the service answered 422: {"error": "no (secret)"}' in outcome.out + outcome.err
    assert TOKEN not in outcome.out + outcome.err
    assert "Plan in local: 1 to create, 2 unchanged." in callsheet("plan", *at).out
    collection.faults = ["refuse"]
    kept = callsheet("apply", *at, "--yes", "--keep-going")
    assert kept.code == 1
    settled(hooks, callsheet, collection)
    monkeypatch.setenv("HOOKS_TOKEN", "another-token-here")
    refused = callsheet("plan", *at)
    assert refused.err == (
        "error CS872: the service refuses the credentials: 401\nhelp: see `authentication` of the Target, and its secrets\n"
    )


def test_a_step_that_the_service_keeps_otherwise_is_not_done_and_the_next_plan_brings_it_on(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    at = ("-C", hooks.path)
    collection.faults = ["lie"]
    outcome = callsheet("apply", *at, "--yes", "-q")
    assert (outcome.code, outcome.err) == (
        1,
        (
            "error CS876: the target kept other values than were sent in 1 object: 0 steps done, 0 left\n"
            "  Action/example: the service accepted it, but stored something else than was sent: kind\n"
            "help: the next plan shows what is kept there; where it means the same, say so under `normalised` of the"
            " Target\n"
        ),
    )
    [record] = Workspace(hooks.path).history("local").applies
    assert [(one.outcome, one.error) for one in record.steps] == [
        ("failed", "the service accepted it, but stored something else than was sent: kind")
    ]
    # It is callsheet's own, and no drift: nothing needs to be accepted.
    assert callsheet("drift", *at).out == "No drift in local.\n"
    shown = callsheet("plan", *at, "--detailed-exitcode")
    assert (shown.code, "kind" in shown.out, "1 to update" in shown.out) == (2, True, True)
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    settled(hooks, callsheet, collection)


@pytest.mark.parametrize(
    ("faults", "paging", "words"),
    [
        (
            ["html"],
            "none",
            "there is no list of objects at data of its answer: it begins with '<html>sign in</html>'",
        ),
        (["404"], "none", "it answered 404"),
        (["500"] * 3, "none", "it answered 500"),
        (["429"] * 3, "none", "it answered 429"),
        (["cut"] * 3, "none", "it does not answer (RemoteProtocolError)"),
        (["change"] * 9, "page", "its list changes while it is read"),
    ],
)
def test_a_service_that_cannot_be_read_is_never_empty(
    hooks: Folder, callsheet: Callsheet, collection: Collection, faults: list[str], paging: str, words: str
) -> None:
    at = ("-C", hooks.path)
    for name in ("one", "two", "three"):
        hooks.action(name)
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    paged(hooks, paging)
    collection.paging = paging
    collection.list_faults = list(faults)
    outcome = callsheet("plan", *at)
    assert outcome.err.startswith(f"error CS873: the service cannot be read: {words}"), outcome.err
    collection.list_faults = []
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0


def test_a_link_to_another_host_is_not_followed(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    paged(hooks, "link")
    collection.paging = "link"
    collection.list_faults = ["elsewhere"]
    assert callsheet("plan", "-C", hooks.path).err.startswith(
        "error CS873: the service links to another scheme, host or port\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("collection: hooks", "collection: hoks", "CS807"),
        ('url: {secret: "env:HOOKS_URL"}', "url: https://hooks.example.com/", "CS804"),
        ("  ledger: {type: sqlite, path: .callsheet/local.db}\n", "", "CS805"),
        ('name: "{{ action.name }}"', 'name: "{{ action.name }} {{ action.owner }}"', "CS808"),
        ('name: "{{ action.name }}"', 'name: "{{ params.name }}"', "CS808"),
        ('name: "{{ action.name }}"', "name: {$choose: action.name, $from: {a: b}}", "CS809"),
        (
            'name: "{{ action.name }}", kind: callsheet, target: {url: "{{ action.request.url }}"}, definition: "{{ action | tojson }}"',
            "kind: callsheet",
            "CS809",
        ),
        ("  id: id\n", "  id: id\n  ifMatch: {header: ETag}\n", "CS809"),
        ("items: data", "items: data, complete: false", "CS809"),
        ("items: data", "items: data, paging: {type: next}", "CS204"),
        ('name: "{{ action.name }}"', 'name: "{{ action.name | upper }}"', "CS808"),
        ("  id: id\n", "", "CS204"),
        ("{path: /hooks}", "{path: hooks}", "CS207"),
        ("limits: {retries: 2", "limits: {retries: 20", "CS209"),
    ],
)
def test_a_target_that_is_wrong_is_told_at_its_line(
    hooks: Folder, callsheet: Callsheet, old: str, new: str, code: str
) -> None:
    assert old in ENVIRONMENT
    hooks.write("environments.yaml", ENVIRONMENT.replace(old, new))
    found = json.loads(callsheet("validate", "-C", hooks.path, "-o", "json").out)["diagnostics"]
    assert code in {one["code"] for one in found}, found
    assert all(one["file"] == "environments.yaml" for one in found)


def test_a_body_that_loses_something_is_told_before_anything_is_planned(
    hooks: Folder, callsheet: Callsheet, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks.write("environments.yaml", ENVIRONMENT.replace(', definition: "{{ action | tojson }}"', ""))
    outcome = callsheet("plan", "-C", hooks.path)
    assert outcome.err.startswith("error CS875: the body of the Target `hooks` loses authentication, ")
    assert collection.calls == []
    hooks.write("environments.yaml", ENVIRONMENT)
    for url in ("hooks.example.com", "http://hooks.example.com/", "ftp://localhost/"):
        monkeypatch.setenv("HOOKS_URL", url)
        assert callsheet("plan", "-C", hooks.path).err.startswith(
            "error CS870: the URL of the service that env:HOOKS_URL holds is not an https URL\n"
        )
    monkeypatch.delenv("HOOKS_URL")
    assert callsheet("plan", "-C", hooks.path).err.startswith("error CS606")


def test_a_plan_for_another_service_is_refused_and_the_url_is_in_none(
    hooks: Folder,
    callsheet: Callsheet,
    collection: Collection,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    at = ("-C", hooks.path)
    assert callsheet("plan", *at, "--out", tmp_path / "plan.json").code == 0
    assert str(collection.port) not in (tmp_path / "plan.json").read_text()
    with collecting() as other:
        monkeypatch.setenv("HOOKS_URL", other.url)
        assert callsheet("apply", tmp_path / "plan.json", *at).err.startswith("error CS915")
        assert other.objects == {}


def test_many_steps_are_done_side_by_side_and_each_is_settled_by_itself(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    at = ("-C", hooks.path)
    for number in range(40):
        hooks.action(f"a{number:02}")
    for number, faults in enumerate((["refuse"], ["after"], ["429"], ["before"], ["refuse"], ["500"])):
        collection.faults_of[f"a{number:02}"] = faults
    outcome = callsheet("apply", *at, "--yes", "--keep-going")
    assert outcome.code == 1
    assert outcome.err.count("the service answered 422") == 2
    assert len(collection.objects) == 39
    record = json.loads(callsheet("history", "show", "1", *at, "-o", "json").out)["applies"][0]
    assert sorted(one["outcome"] for one in record["steps"]) == ["done"] * 39 + ["failed"] * 2
    settled(hooks, callsheet, collection)
    # One of them is unknown: the others of its time are recorded, and the rest is left for the next run.
    hooks.write("environments.yaml", ENVIRONMENT.replace("  idempotencyHeader: Idempotency-Key\n", ""))
    for number in range(40, 60):
        hooks.action(f"a{number:02}")
    collection.faults = ["", "", "after"]
    assert "\nerror CS871: it is unknown" in callsheet("apply", *at, "--yes").err
    assert len(collection.objects) < 61
    settled(hooks, callsheet, collection)
    assert len(collection.objects) == 61


@pytest.mark.parametrize("lost", ["after", "before", "500"])
def test_a_refusal_behind_a_lost_answer_says_nothing_of_the_first_call(
    hooks: Folder, callsheet: Callsheet, collection: Collection, lost: str
) -> None:
    collection.faults_of["example"] = [lost, "refuse"]
    told = callsheet("apply", "-C", hooks.path, "--yes", "-q").err
    assert "error CS871: it is unknown whether the service did it: " in told
    assert ", and then it answered 422\n" in told
    assert len(collection.objects) == (lost == "after")
    settled(hooks, callsheet, collection)


def test_a_service_that_goes_away_behind_a_lost_answer_leaves_it_open(
    hooks: Folder, callsheet: Callsheet, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lost = ServiceClient._once, []

    def once(self: ServiceClient, request: Any) -> Any:
        if lost:
            return None, "ConnectError"
        answer = real(self, request)
        if request.method == "POST":
            lost.append(answer)
            return None, "RemoteProtocolError"
        return answer

    monkeypatch.setattr(ServiceClient, "_once", once)
    told = callsheet("apply", "-C", hooks.path, "--yes", "-q").err
    assert told.startswith(
        "error CS871: it is unknown whether the service did it: it does not answer (RemoteProtocolError)\n"
    )
    monkeypatch.setattr(ServiceClient, "_once", real)
    assert len(collection.objects) == 1
    settled(hooks, callsheet, collection)


def test_the_rate_is_kept_and_calls_are_made_side_by_side(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    hooks.write("environments.yaml", ENVIRONMENT.replace("limits: {", "limits: {rate: 20 per 250ms, "))
    for number in range(79):
        hooks.action(f"a{number:02}")
    collection.latency = 0.02
    assert callsheet("apply", "-C", hooks.path, "--yes", "-q").code == 0
    assert len(collection.objects) == 80
    assert collection.most_at_once > 1
    # A call is on its way for a while, on a busy machine for a long one: the time between two arrivals is
    # not that between two sendings, but most are near it.
    windows = [
        later - first for first, later in zip(collection.arrivals, collection.arrivals[20:], strict=False)
    ]
    assert len(windows) > 60
    assert statistics.median(windows) > 0.2


def test_deletions_come_before_creations(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    at = ("-C", hooks.path)
    for number in range(5):
        hooks.action(f"a{number}")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    for number in range(5):
        (hooks.path / f"a{number}.yaml").unlink()
        hooks.action(f"b{number}")
    collection.calls.clear()
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    methods = [one.split()[0] for one in collection.calls if not one.startswith("GET")]
    assert methods == ["DELETE"] * 5 + ["POST"] * 5


def test_the_rate_is_kept_by_all_calls_together(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    hooks.write(
        "environments.yaml",
        ENVIRONMENT.replace("limits: {retries: 2,", "limits: {rate: 10 per 300ms, retries: 2,"),
    )
    for number in range(24):
        hooks.action(f"a{number:02}")
    begin = time.monotonic()
    assert callsheet("apply", "-C", hooks.path, "--yes", "-q").code == 0
    # 25 writes and the readings before them: no more than 10 in any 300 ms.
    assert time.monotonic() - begin > (len(collection.calls) // 10 - 1) * 0.3
