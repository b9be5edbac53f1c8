"""What an overlay replaces, what it merges, and what it takes away."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from support.workspaces import Callsheet, Folder, findings

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: push, title: {en: A}, owner: t}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/send
    headers: {X-Shop: shop}
    query: {q: r}
    payload: {x: 1, y: {b: 2}, z: "{{ params.z }}", list: [1]}
  limits: {timeout: 3s}
  parameters: {z: {type: string, optional: true, whenMissing: null}}
  responses: {success: {payload: {a: 1}}}
  authentication: AUTHENTICATION
"""
TYPES: dict[str, dict[str, Any]] = {
    "none": {"type": "none"},
    "basic": {"type": "basic", "username": {"secret": "env:U"}, "password": {"secret": "env:P"}},
    "bearer": {"type": "bearer", "token": {"secret": "env:T"}},
    "apiKey": {"type": "apiKey", "name": "X-Key", "value": {"secret": "env:K"}, "in": "header"},
    "oauth2": {
        "type": "oauth2", "grant": "client_credentials", "tokenUrl": "https://id.example.com/token",
        "clientId": {"secret": "env:I"}, "clientSecret": {"secret": "env:S"},
    },
}  # fmt: skip


def environment(name: str, overlay: object, *, extends: str = "", target: bool = True) -> dict[str, Any]:
    spec: dict[str, Any] = {"overlays": {"push": overlay}} | ({"extends": extends} if extends else {})
    if target:
        spec["target"] = {"type": "sqlite", "path": ".callsheet/local.db"}
    return {"apiVersion": "callsheet/v1", "kind": "Environment", "metadata": {"name": name}, "spec": spec}


def write(folder: Folder, *environments: dict[str, Any], authentication: object = TYPES["basic"]) -> None:
    folder.write("push.yaml", ACTION.replace("AUTHENTICATION", json.dumps(authentication)))
    folder.write("environments.yaml", yaml.safe_dump_all(environments, sort_keys=False))


def compiled(folder: Folder, callsheet: Callsheet) -> dict[str, Any]:
    outcome = callsheet("render", "push", "-C", folder.path, "-e", "local", "-o", "json")
    assert (outcome.code, outcome.err) == (0, ""), outcome.err
    found: dict[str, Any] = json.loads(outcome.out)["actions"][0]
    return found


@pytest.mark.parametrize("under", TYPES)
@pytest.mark.parametrize("over", TYPES)
def test_an_environment_can_change_the_type_of_authentication(
    empty: Folder, callsheet: Callsheet, under: str, over: str
) -> None:
    write(empty, environment("local", {"authentication": TYPES[over]}), authentication=TYPES[under])
    assert findings(empty, callsheet) == []
    assert compiled(empty, callsheet)["authentication"] == TYPES[over]


def test_fields_of_one_type_are_merged(empty: Folder, callsheet: Callsheet) -> None:
    for extra in ({}, {"type": "basic"}):
        write(
            empty, environment("local", {"authentication": {"username": {"secret": "env:OTHER"}, **extra}})
        )
        expected = {**TYPES["basic"], "username": {"secret": "env:OTHER"}}
        assert compiled(empty, callsheet)["authentication"] == expected


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [
        ({"username": {"secret": "env:V"}}, TYPES["bearer"], TYPES["bearer"]),
        (TYPES["bearer"], {"token": {"secret": "env:W"}}, {"type": "bearer", "token": {"secret": "env:W"}}),
        (TYPES["bearer"], TYPES["none"], TYPES["none"]),
        (TYPES["none"], TYPES["basic"], TYPES["basic"]),
        ({"username": {"secret": "env:V"}}, {"type": "basic"}, {**TYPES["basic"], "username": {"secret": "env:V"}}),
    ],
)  # fmt: skip
def test_environments_that_extend_each_other_follow_the_same_rule(
    empty: Folder, callsheet: Callsheet, below: object, above: object, expected: object
) -> None:
    write(
        empty,
        environment("base", {"authentication": below}, target=False),
        environment("local", {"authentication": above}, extends="base"),
    )
    assert findings(empty, callsheet) == []
    assert compiled(empty, callsheet)["authentication"] == expected


def test_a_field_that_the_new_type_lacks_is_reported_where_the_type_is_written(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, environment("local", {"authentication": {"type": "bearer"}}))
    (found,) = findings(empty, callsheet)
    assert (found["code"], found["file"], found["message"]) == (
        "CS204",
        "environments.yaml",
        "`spec.authentication` lacks `token`",
    )


def test_a_type_key_of_a_payload_is_merged_like_any_other(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, environment("local", {"request": {"payload": {"y": {"type": "other"}}}}))
    assert compiled(empty, callsheet)["request"]["payload"]["y"] == {"b": 2, "type": "other"}


def test_null_replaces_wherever_it_can_stand(empty: Folder, callsheet: Callsheet) -> None:
    overlay = {
        "request": {"payload": {"x": None, "y": None, "list": None}},
        "responses": {"success": {"payload": None}},
    }
    write(empty, environment("local", overlay))
    assert findings(empty, callsheet) == []
    found = compiled(empty, callsheet)
    assert found["request"]["payload"] == {"x": None, "y": None, "z": {"$param": "z"}, "list": None}
    assert found["responses"]["success"]["payload"] is None


def test_null_for_an_action_leaves_nothing_of_what_is_extended(empty: Folder, callsheet: Callsheet) -> None:
    below = {"limits": {"timeout": "9s"}, "authentication": TYPES["bearer"]}
    write(
        empty,
        environment("base", below, target=False),
        environment("middle", None, extends="base", target=False),
        environment("local", {"authentication": {"username": {"secret": "env:V"}}}, extends="middle"),
    )
    assert findings(empty, callsheet) == []
    found = compiled(empty, callsheet)
    assert found["limits"] == {"timeout": "3s"}
    assert found["authentication"] == {**TYPES["basic"], "username": {"secret": "env:V"}}
    write(empty, environment("base", below, target=False), environment("local", None, extends="base"))
    assert compiled(empty, callsheet)["authentication"] == TYPES["basic"]


@pytest.mark.parametrize(
    "field",
    ["limits", "responses", "parameters", "authentication", "request", "lifecycle", "contract", "tests",
     "request.headers", "request.query", "request.method", "request.url", "parameters.z", "parameters.z.type", "limits.timeout", "authentication.username"],
)  # fmt: skip
def test_a_null_that_cannot_stand_there_says_what_to_do(
    empty: Folder, callsheet: Callsheet, field: str
) -> None:
    overlay: Any = None
    for part in reversed(field.split(".")):
        overlay = {part: overlay}
    write(empty, environment("local", overlay))
    found = findings(empty, callsheet)
    assert [(one["code"], one["file"]) for one in found] == [("CS320", "environments.yaml")]
    assert found[0]["message"] == (f"null is not allowed in `spec.{field}`, and takes no field away")
    way_out = "authentication: {type: none}" if field == "authentication" else "{$remove: true}"
    assert way_out in found[0]["help"]


REMOVE = {"$remove": True}


@pytest.mark.parametrize(
    ("overlay", "gone"),
    [
        ({"limits": REMOVE}, ("limits",)),
        ({"responses": REMOVE}, ("responses",)),
        ({"request": {"headers": {"X-Shop": REMOVE}}}, ("request", "headers", "X-Shop")),
        ({"request": {"headers": REMOVE}}, ("request", "headers")),
        ({"request": {"query": {"q": REMOVE}}}, ("request", "query", "q")),
        ({"request": {"payload": {"x": REMOVE}}}, ("request", "payload", "x")),
        ({"request": {"payload": {"y": {"b": REMOVE}}}}, ("request", "payload", "y", "b")),
        ({"request": {"payload": {"z": REMOVE}}, "parameters": {"z": REMOVE}}, ("parameters", "z")),
        ({"parameters": REMOVE, "request": {"payload": {"z": 1}}}, ("parameters",)),
    ],
)
def test_remove_takes_a_field_away(
    empty: Folder, callsheet: Callsheet, overlay: object, gone: tuple[str, ...]
) -> None:
    write(empty, environment("plain", {}), environment("local", overlay))
    assert [one["code"] for one in findings(empty, callsheet) if one["severity"] == "error"] == []
    plain = json.loads(callsheet("render", "push", "-C", empty.path, "-e", "plain", "-o", "json").out)
    found, was = compiled(empty, callsheet), plain["actions"][0]
    for part in gone[:-1]:
        found, was = found.get(part, {}), was[part]
    assert gone[-1] in was
    assert gone[-1] not in found


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"limits": {"retries": REMOVE}}, "there is no `limits.retries` to take away"),
        ({"$remove": True}, "`$remove` takes nothing away"),
        ({"request": {"headers": {"X-Shop": {"$remove": "yes"}}}}, "`$remove` takes nothing away"),
        ({"request": {"headers": {"X-Shop": {"$remove": True, "x": 1}}}}, "`$remove` takes nothing away"),
        ({"request": {"payload": {"list": [REMOVE]}}}, "`$remove` cannot take an item out of a list"),
        ({"request": {"payload": {"y": {"c": REMOVE}}}}, "there is no `request.payload.y.c` to take away"),
    ],
)
def test_a_removal_that_takes_nothing_away_is_found(
    empty: Folder, callsheet: Callsheet, overlay: object, message: str
) -> None:
    write(empty, environment("local", overlay))
    found = findings(empty, callsheet)
    assert [(one["code"], one["file"], one["message"]) for one in found] == [
        ("CS320", "environments.yaml", message)
    ]
    outcome = callsheet("render", "push", "-C", empty.path, "-e", "local")
    assert (outcome.code, outcome.out) == (1, "")


def test_what_was_taken_away_is_there_again_in_an_environment_that_writes_it(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(
        empty,
        environment("base", {"limits": REMOVE}, target=False),
        environment("local", {"limits": {"retries": 2}}, extends="base"),
    )
    assert findings(empty, callsheet) == []
    assert compiled(empty, callsheet)["limits"] == {"retries": 2}


@pytest.mark.parametrize("overlay", [{"request": REMOVE}, {"request": {"method": REMOVE}}])
def test_what_an_action_needs_cannot_be_taken_away(
    empty: Folder, callsheet: Callsheet, overlay: object
) -> None:
    write(empty, environment("local", overlay))
    assert [one["code"] for one in findings(empty, callsheet)][:1] == ["CS204"]


def test_a_key_of_that_name_in_an_action_is_the_payloads_own(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, environment("local", {}))
    file = empty.path / "push.yaml"
    file.write_text(file.read_text().replace("x: 1", "x: {$remove: true}"))
    assert findings(empty, callsheet) == []


OVERLAY_FOR_SEVERAL = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: cyc}
spec:
  target: {type: sqlite, path: .callsheet/cyc.db}
  overlays: OVERLAYS
"""


@pytest.mark.parametrize(
    "overlays",
    [
        '{"kl_*": {authentication: {scheme: Other}}}',
        "[{select: {labels: {vendor: kl}}, spec: {authentication: {scheme: Other}}}]",
        "{kl: {authentication: {scheme: Other}}}",
    ],
)
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (["kl_b"], "for `kl_b`"),
        (["kl_b", "kl_c", "kl_d"], "for `kl_b` and 2 more"),
    ],
)
@pytest.mark.parametrize("other", [False, True])
def test_an_overlay_for_several_that_is_wrong_for_some_names_them(
    empty: Folder, callsheet: Callsheet, overlays: str, wrong: list[str], words: str, *, other: bool
) -> None:
    empty.write("kl.yaml", "apiVersion: callsheet/v1\nkind: Connection\nmetadata: {name: kl, labels: {vendor: kl}}\nspec: {url: \"https://api.example.com\"}\n")  # fmt: skip
    empty.write("cyc.yaml", OVERLAY_FOR_SEVERAL.replace("OVERLAYS", overlays))
    if other:
        empty.write("local.yaml", OVERLAY_FOR_SEVERAL.replace("cyc", "local").replace("OVERLAYS", "{}"))
    for name in ("kl_a", "kl_b", "kl_c", "kl_d"):
        key = {"type": "apiKey", "name": "Authorization", "in": "header", "value": {"secret": "env:K"}}
        authentication = TYPES["bearer"] if name in wrong else {**key, "scheme": "Key"}
        own = f"kind: Action\nmetadata: {{name: {name}, title: {{en: A}}}}\nspec:\n  connection: kl\n"
        empty.write(f"{name}.yaml", f"apiVersion: callsheet/v1\n{own}  request: {{method: POST, path: /{name}}}\n  authentication: {json.dumps(authentication)}\n")  # fmt: skip
    found = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert [(one["file"], one["line"]) for one in found] == [("cyc.yaml", 6)], found
    where = f"(in cyc, {words})" if other else f"({words})"
    assert found[0]["message"].endswith(where), found[0]["message"]


def test_an_overlay_that_names_its_action_names_it_in_no_finding(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, environment("local", {"limits": {"timeout": "soon"}}))
    (found,) = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert "for `push`" not in found["message"]
