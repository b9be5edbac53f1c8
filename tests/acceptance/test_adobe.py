"""Configurations of endpoints by Adobe's API: the whole life, every fault, and what is never lost or done twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.adobe import ORGANIZATION, SECRET, Adobe
from support.adobe_workspace import ENVIRONMENT, THROTTLING, Do


def said(adobe: Adobe, uid: str = "u1") -> Any:
    return adobe.configs[uid]["deployedConfig"]["services"]["action"]


def test_the_whole_life_of_a_capping(do: Do, adobe: Adobe) -> None:
    plan = do("plan")
    assert plan.code == 0, plan.err
    assert plan.out.startswith("+ EndpointConfig/shop_api  [compatible]  owner team-shop\n")
    assert adobe.configs == {}
    outcome = do("apply", "--yes")
    assert outcome.out == "  + EndpointConfig/shop_api created\nApply 1 in journeys: 1 done.\n", outcome.err
    assert said(adobe) == {"maxHttpConnections": 50, "rating": {"maxCallsCount": 300, "periodInMs": 60_000}}
    assert adobe.changes() == ["POST /endpointConfigs", "POST /endpointConfigs/deploy"]
    # Methods in another order, and what the API adds, are no drift.
    assert do("drift", "--detailed-exitcode").code == 0
    assert do("plan", "--detailed-exitcode").code == 0
    # An update counts when it was taken back and deployed again.
    adobe.calls.clear()
    do.rewrite("300 per 1m", "600 per 1m")
    assert "`capping.action.rate` changed (limit-raised)" in do("plan").out
    assert do.apply().code == 0
    assert adobe.changes() == [
        "PUT /endpointConfigs",
        "POST /endpointConfigs/undeploy",
        "POST /endpointConfigs/deploy",
    ]
    assert said(adobe)["rating"]["maxCallsCount"] == 600
    # A title is ours alone: no call changes anything.
    adobe.calls.clear()
    do.rewrite("title: The shop", "title: The shop's API")
    assert do.apply().code == 0
    assert adobe.changes() == []
    assert do("plan", "--detailed-exitcode").code == 0
    # No connections bound: the API gives -1, and that is no drift.
    do.rewrite("maxConnections: 50, ", "")
    assert do.apply().code == 0
    assert do("drift", "--detailed-exitcode").code == 0
    # A new name is noted.
    adobe.calls.clear()
    do.rewrite("name: shop_api", "name: the_shop")
    do.rewrite("methods: [POST, GET]", "methods: [POST, GET]\n  lifecycle: {renamedFrom: shop_api}")
    assert "⇄ EndpointConfig/shop_api → EndpointConfig/the_shop" in do("plan").out
    assert do.apply().code == 0
    assert (adobe.changes(), set(adobe.configs)) == ([], {"u1"})
    # The way back, as a plan of its own.
    assert do("rollback", "2", "--out", str(do.folder.path.parent / "back.json")).code == 0
    assert do.callsheet("apply", do.folder.path.parent / "back.json", "-C", do.folder.path).code == 0
    assert said(adobe) == {"maxHttpConnections": 50, "rating": {"maxCallsCount": 600, "periodInMs": 60_000}}
    assert do.apply().code == 0
    # And its end.
    do.folder.write("shop.yaml", THROTTLING)
    adobe.calls.clear()
    assert do.apply().code == 0
    assert adobe.changes() == [
        "POST /endpointConfigs/undeploy", "DELETE /endpointConfigs",
        "POST /throttlingConfigs", "POST /throttlingConfigs/deploy",
    ]  # fmt: skip
    assert [one["maxThroughput"] for one in adobe.configs.values()] == [500]
    # Throttling counts as soon as it is written.
    adobe.calls.clear()
    do.rewrite("perSecond: 500", "perSecond: 900")
    assert do.apply().code == 0
    assert adobe.changes() == ["PUT /throttlingConfigs"]
    # Capping in the place of throttling is another collection, under the same name.
    do.rewrite("throttling: {perSecond: 900}", "capping: {action: {maxConnections: 5, rate: 9 per 1s}}")
    assert do.apply().code == 0
    assert [one.get("services") is not None for one in adobe.configs.values()] == [True]
    do.settled(adobe)


def test_what_others_change_is_drift_and_is_written_over_only_when_that_is_accepted(
    do: Do, adobe: Adobe
) -> None:
    do.apply()
    services = {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 9, "periodInMs": 60_000}}}
    adobe.by_hand("u1", services=services)
    # It was changed, and not deployed: what counts did not change yet.
    drift = do("drift", "--detailed-exitcode")
    assert drift.code == 2
    assert "at the target: state updated (target-changed)" in drift.out
    adobe.configs["u1"] |= {
        "state": "deployed",
        "deployedConfig": {**adobe.configs["u1"]["deployedConfig"], "services": services},
    }
    drift = do("drift", "-o", "json")
    (one,) = json.loads(drift.out)["drift"]
    assert [(it["path"], it["before"], it["after"]) for it in one["diff"]] == [
        ("/capping/action/rate", "300 per 1m", "9 per 1m")
    ]
    do.rewrite("300 per 1m", "400 per 1m")
    assert do.apply().err.startswith("error CS918")
    assert do.apply("--accept", "drift").code == 0
    assert said(adobe)["rating"]["maxCallsCount"] == 400
    # Undeployed by hand: it does not count, whatever it says.
    adobe.configs["u1"] = {**adobe.configs["u1"], "state": "updated", "hasBeenDeployed": False}
    assert "updated, and not deployed" in do("drift").out
    assert do.apply("--accept", "drift").code == 0
    # Deleted by hand: it is made again.
    adobe.configs.clear()
    assert "no longer deployed" in do("drift").out
    assert do.apply("--accept", "drift").code == 0
    do.settled(adobe)


def test_what_is_there_already_is_listed_and_taken_over_where_that_is_accepted(
    do: Do, adobe: Adobe
) -> None:
    do.apply()
    # The ledger is lost: the very same configuration is only recorded again.
    (do.folder.path / ".callsheet" / "journeys.db").unlink()
    assert "= EndpointConfig/shop_api" in do("plan").out
    adobe.calls.clear()
    assert do.apply().code == 0
    assert adobe.changes() == []
    do.rewrite("300 per 1m", "500 per 1m")
    assert do.apply().code == 0
    assert set(adobe.configs) == {"u1"}
    # Another one, of which nobody knows here.
    other = {
        "url": "https://x.example.com/*",
        "methods": ["PUT"],
        "services": {"dataSource": {"rating": {"maxCallsCount": 9, "periodInMs": 1_500}}},
    }
    adobe.configs["u7"] = {
        **other,
        "uid": "u7",
        "state": "deployed",
        "metadata": {},
        "deployedConfig": other,
    }
    assert "? EndpointConfig/u7" in do("plan").out
    assert do("adopt", "u7").code == 0
    assert "rate: 9 per 1500ms" in (do.folder.path / "u7.yaml").read_text()
    assert "= EndpointConfig/x_example_com" in do("plan").out
    do.settled(adobe, 2)
    do.folder.path.joinpath("u7.yaml").unlink()
    plan = do.folder.path.parent / "plan.json"
    assert do("forget", "x_example_com", "--out", str(plan)).code == 0
    assert do.callsheet("apply", plan, "-C", do.folder.path).code == 0
    assert "? EndpointConfig/u7" in do("plan").out
    # Of two that are alike, callsheet does not choose.
    (do.folder.path / ".callsheet" / "journeys.db").unlink()
    adobe.configs["u8"] = {**adobe.configs["u1"], "uid": "u8"}
    assert do("plan").err.startswith(
        "error CS874: two configurations at Adobe are EndpointConfig/shop_api: u1 and u8\n"
    )


FAULTS = ["before", "after", "500", "500-after", "429", "slow"]


@pytest.mark.one_in(2)
@pytest.mark.parametrize("call", range(2))
@pytest.mark.parametrize("fault", FAULTS)
def test_each_call_of_a_create_may_fail(do: Do, adobe: Adobe, fault: str, call: int) -> None:
    adobe.faults = [*[""] * call, *[fault] * 3]
    do.apply()
    adobe.faults = []
    do.settled(adobe)
    assert said(adobe, next(iter(adobe.configs)))["rating"]["maxCallsCount"] == 300


@pytest.mark.one_in(2)
@pytest.mark.parametrize("call", range(3))
@pytest.mark.parametrize("fault", FAULTS)
def test_each_call_of_an_update_may_fail(do: Do, adobe: Adobe, fault: str, call: int) -> None:
    do.apply()
    do.rewrite("300 per 1m", "600 per 1m")
    adobe.faults = [*[""] * call, *[fault] * 3]
    do.apply()
    adobe.faults = []
    do.settled(adobe)
    assert said(adobe)["rating"]["maxCallsCount"] == 600


@pytest.mark.one_in(2)
@pytest.mark.parametrize("call", range(3))
@pytest.mark.parametrize("fault", FAULTS)
def test_what_stopped_half_way_is_brought_back_too(do: Do, adobe: Adobe, fault: str, call: int) -> None:
    do.apply()
    do.rewrite("300 per 1m", "600 per 1m")
    adobe.faults = [*[""] * call, *[fault] * 3]
    do.apply()
    adobe.faults = []
    do.rewrite("600 per 1m", "300 per 1m")
    do.settled(adobe)
    assert said(adobe)["rating"]["maxCallsCount"] == 300


@pytest.mark.one_in(2)
@pytest.mark.parametrize("call", range(2))
@pytest.mark.parametrize("fault", FAULTS)
def test_each_call_of_a_delete_may_fail(do: Do, adobe: Adobe, fault: str, call: int) -> None:
    do.apply()
    do.folder.write("shop.yaml", THROTTLING)
    adobe.faults = [*[""] * call, *[fault] * 3]
    do.apply()
    adobe.faults = []
    do.settled(adobe)
    assert [one["maxThroughput"] for one in adobe.configs.values()] == [500]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_created_half_and_is_wanted_no_more_is_taken_away(
    do: Do, adobe: Adobe, fault: str
) -> None:
    do.folder.write("other.yaml", THROTTLING)
    adobe.faults = ["", *[fault] * 3]
    do.apply()
    adobe.faults = []
    do.folder.path.joinpath("shop.yaml").unlink()
    do.settled(adobe)


def test_a_failed_deploy_is_told_and_settled_by_the_next_run(do: Do, adobe: Adobe) -> None:
    do.apply()
    do.rewrite("300 per 1m", "600 per 1m")
    adobe.faults = ["", "", "500"]
    outcome = do.apply()
    assert outcome.code == 1
    assert outcome.err.startswith(
        "error CS930: 1 step failed, 0 done, 0 left\n"
        "  EndpointConfig/shop_api: Adobe answered 500 (ERR_INTERNAL): something broke, (secret)\n"
    )
    plan = do("plan").out
    assert "half done: an earlier apply stopped halfway (half-done)" in plan
    assert "at the target: `state` removed" in plan or "at the target" in plan
    assert "Drift" not in plan
    do.settled(adobe)


def test_what_adobe_cannot_deploy_is_told_at_the_line_of_the_file_and_nothing_is_left_there(
    do: Do, adobe: Adobe
) -> None:
    adobe.cannot_deploy = ["ERR_ENDPOINTCONFIG_101", "ERR_ENDPOINTCONFIG_999"]
    outcome = do.apply()
    assert (
        "Adobe cannot deploy it: capping config: ERR_ENDPOINTCONFIG_101 (ERR_ENDPOINTCONFIG_101)"
        in outcome.err
    )
    assert "(shop.yaml:5:3)" in outcome.err
    assert adobe.configs == {}
    assert do("plan", "--detailed-exitcode").out.startswith("+ EndpointConfig/shop_api")
    adobe.cannot_deploy = []
    do.apply()
    before = said(adobe, "u2")
    do.rewrite("300 per 1m", "600 per 1m")
    adobe.cannot_deploy = ["ERR_ENDPOINTCONFIG_107"]
    assert "(shop.yaml:7:" in do.apply().err
    # What counts is what counted, and what is written there is what was.
    assert said(adobe, "u2") == before == adobe.configs["u2"]["services"]["action"]
    adobe.cannot_deploy = []
    do.settled(adobe)


def test_throttling_where_it_may_not_be(do: Do, adobe: Adobe) -> None:
    do.folder.write("shop.yaml", THROTTLING)
    adobe.production = False
    outcome = do.apply()
    assert (
        "Adobe answered 400 (1463): throttling config: the sandbox is not a production sandbox (shop.yaml:7:"
        in outcome.err
    )
    adobe.production = True
    adobe.configs["u9"] = {
        "uid": "u9",
        "urlPattern": "https://z.example.com/*",
        "methods": ["POST"],
        "maxThroughput": 900,
        "state": "created",
        "metadata": {},
    }
    assert (
        "Adobe answered 400 (1465): throttling config: there is one already (shop.yaml:7:" in do.apply().err
    )
    assert set(adobe.configs) == {"u9"}


def test_an_api_that_lags_behind_itself(do: Do, adobe: Adobe) -> None:
    adobe.lag = 3
    do.apply()
    adobe.lag = 0
    do.settled(adobe)
    do.rewrite("300 per 1m", "600 per 1m")
    adobe.lag = 4
    do.apply()
    adobe.lag = 0
    do.settled(adobe)
    assert said(adobe)["rating"]["maxCallsCount"] == 600


def test_an_api_that_keeps_something_else_than_was_sent(do: Do, adobe: Adobe) -> None:
    adobe.faults = ["lie"]
    outcome = do.apply()
    assert "what is read back is deployed, and differs from what was sent" in outcome.err
    assert "? EndpointConfig" in do("plan").out or "rate" in do("plan").out
    assert len(adobe.configs) == 1


BAD_READINGS = {
    "html": "error CS873: Adobe's API cannot be read: list/endpointConfigs returns no list of results: it begins with '<html>sign in</html>'\n",
    "404": "error CS873: Adobe's API cannot be read: it answered 404 to list/endpointConfigs\n",
    "403": "error CS872: the service refuses the credentials: 403\nhelp: see `api`, `organization` and `sandbox` of the target, and the secrets\n",
}


@pytest.mark.parametrize("fault", BAD_READINGS)
def test_what_cannot_be_read_is_never_taken_for_empty(do: Do, adobe: Adobe, fault: str) -> None:
    do.apply()
    for verb in ("plan", "drift"):
        adobe.list_faults = [fault] * 3
        outcome = do(verb)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith(BAD_READINGS[fault])


@pytest.mark.parametrize("fault", ["429", "500", "cut"])
def test_what_passes_is_waited_for(do: Do, adobe: Adobe, fault: str) -> None:
    do.apply()
    adobe.list_faults = [fault, fault]
    assert do("plan", "--detailed-exitcode").code == 0


def test_who_is_refused(do: Do, adobe: Adobe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOBE_SECRET", "another")
    outcome = do("plan")
    assert outcome.err.startswith(
        f"error CS963: no token from {adobe.url}/ims/token/v3: it answered 400, invalid_client and no token\n"
    )
    monkeypatch.setenv("ADOBE_SECRET", SECRET)
    do.folder.write("environments.yaml", ENVIRONMENT.replace(ORGANIZATION, "1@AdobeOrg"))
    assert do("plan").err.startswith("error CS872: the service refuses the credentials: 403\n")
    do.folder.write(
        "environments.yaml",
        ENVIRONMENT.replace("sandbox: prod", "sandbox: nowhere, production: true").replace(
            "    sandbox: nowhere, production: true", "    sandbox: nowhere\n    production: true"
        ),
    )
    assert do("plan").err.startswith(
        "error CS873: Adobe's API cannot be read: it answered 404 to list/endpointConfigs\n"
    )
    do.folder.write("environments.yaml", ENVIRONMENT.replace(f"    organization: {ORGANIZATION}\n", ""))
    assert "error[CS806]" in do("validate").out or "CS806" in do("validate").out


def test_actions_are_done_by_hand_and_endpoints_by_the_api(do: Do, adobe: Adobe) -> None:
    do.folder.write(
        "push.yaml",
        "apiVersion: callsheet/v1\nkind: Action\nmetadata: {name: push}\nspec:\n"
        "  request: {method: POST, url: https://push.example.com/v1, payload: {a: b}}\n",
    )
    plan = do("plan").out
    assert "+ Action/push  [compatible]  by hand\n" in plan
    assert "+ EndpointConfig/shop_api  [compatible]  owner team-shop\n" in plan
    pack = str(do.folder.path.parent / "pack")
    outcome = do("apply", "--yes", "--pack", pack)
    assert outcome.code == 0, outcome.err
    assert f"wrote {pack}: 1 step to do by hand in Journey Optimizer\n" in outcome.out
    assert outcome.out.endswith("  + EndpointConfig/shop_api created\nApply 1 in journeys: 1 done.\n")
    assert "Plan in journeys: 1 to create, 1 unchanged.\n" in do("plan").out
    assert do.callsheet("confirm", pack, "-C", do.folder.path).code == 0
    do.settled(adobe)
