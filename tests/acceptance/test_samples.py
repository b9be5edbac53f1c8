"""The sample actions: their own tests hold, and what their vendors published agrees."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from callsheet import Compiled, Workspace
from callsheet.calling.model import NO_PAYLOAD
from callsheet.calling.request import build_request
from support.workspaces import ROOT, SHARED

SAMPLES = ("adobe_io_event", "epsilon_message", "facebook_conversion", "firebase_push")


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return Workspace(ROOT / "actions").compile()


def test_each_sample_is_in_the_wheel() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    vendors = {
        one.parent.name
        for one in (ROOT / "actions").glob("*/*.yaml")
        if re.search(r"(?m)^kind: (Action|ActionSet|Connection|Fragment)$", one.read_text())
    }
    assert included == {f"actions/{one}": f"callsheet/samples/{one}" for one in vendors}


def test_they_are_in_order_for_three_environments(compiled: Compiled) -> None:
    assert compiled.diagnostics == []
    assert sorted(compiled.by_environment) == ["local", "production", "staging"]
    assert {name: len(found) for name, found in compiled.by_environment.items()} == {
        "local": 13,
        "production": 13,
        "staging": 13,
    }
    assert len(compiled.policies) >= 2


@pytest.mark.parametrize("name", SAMPLES)
def test_each_teaches_in_two_languages(name: str, compiled: Compiled) -> None:
    action = compiled.actions[name]
    for field in ("title", "description"):
        assert set(action.metadata[field]) == {"en", "fr"}
    assert action.owner
    assert {"vendor", "channel", "category"} <= set(action.labels)
    for parameter in action.parameters.values():
        assert parameter.example is not None
        assert isinstance(parameter.label, dict)
        assert set(parameter.label) == {"en", "fr"}
    assert any(parameter.sensitivity for parameter in action.parameters.values())
    assert len(action.spec["tests"]) >= 2
    assert "# Teaches:" in action.document.text


def contains(whole: Any, part: Any) -> bool:
    """Tell whether a value holds all of another: mappings by key, everything else whole."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and contains(whole[key], one) for key, one in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(contains, whole, part))
    return bool(whole == part)


def cases() -> list[tuple[str, dict[str, Any]]]:
    found = Workspace(ROOT / "actions").compile().actions
    return [(name, test) for name in SAMPLES for test in found[name].spec["tests"]]


@pytest.mark.parametrize(
    ("name", "test"), cases(), ids=lambda value: value if isinstance(value, str) else value["name"]
)
def test_their_own_tests_hold(name: str, test: dict[str, Any], compiled: Compiled) -> None:
    content = compiled.by_environment[test["environment"]][f"Action/{name}"].content
    request = build_request(content, test["params"])
    expected = test["expect"]
    if "payload" in expected:
        if test.get("match") == "partial":
            assert contains(request.payload, expected["payload"])
        else:
            assert request.payload == expected["payload"]
    assert request.method == expected.get("method", request.method)
    assert request.url == expected.get("url", request.url)


def request_of(compiled: Compiled, name: str, environment: str = "production") -> Any:
    action = compiled.actions[name]
    params = {key: one.example for key, one in action.parameters.items()}
    return build_request(compiled.by_environment[environment][f"Action/{name}"].content, params)


FCM = SHARED / "reference" / "vendors" / "firebase" / "fcm.v1.json"


@pytest.mark.skipif(
    not FCM.exists(), reason="Google's discovery document is not at reference/vendors/firebase of shared"
)
@pytest.mark.parametrize("environment", ["production", "staging"])
def test_firebase_sends_what_google_describes(environment: str, compiled: Compiled) -> None:
    description = json.loads(FCM.read_text("utf-8"))
    method = description["resources"]["projects"]["resources"]["messages"]["methods"]["send"]
    request = request_of(compiled, "firebase_push", environment)
    assert request.method == method["httpMethod"]
    assert re.fullmatch(re.escape(description["rootUrl"]) + r"v1/projects/[^/]+/messages:send", request.url)
    assert described(request.payload, {"$ref": method["request"]["$ref"]}, description["schemas"]) == []
    targets = {"fid", "token", "topic", "condition"} & set(request.payload["message"])
    assert targets == {"fid"}, "exactly one target, and not the deprecated one"
    assert len(request.body.encode()) <= 4096


def described(value: Any, schema: dict[str, Any], schemas: dict[str, Any], path: str = "") -> list[str]:
    """List what a discovery document does not know of a value."""
    schema = schemas[schema["$ref"]] if "$ref" in schema else schema
    python = {"object": dict, "string": str, "boolean": bool, "integer": int, "array": list}[schema["type"]]
    if not isinstance(value, python):
        return [f"{path} is not {schema['type']}"]
    if schema.get("enum") and value not in schema["enum"]:
        return [f"{path} is none of {schema['enum']}"]
    if not isinstance(value, dict):
        return []
    wrong = []
    for key, one in value.items():
        inner = schema.get("properties", {}).get(key) or schema.get("additionalProperties")
        if inner is None:
            wrong.append(f"{path}.{key} is not described")
        else:
            wrong += described(one, inner, schemas, f"{path}.{key}")
            if schemas and isinstance(inner, dict) and inner.get("deprecated"):
                wrong.append(f"{path}.{key} is deprecated")
    return wrong


def test_facebook_hashes_as_its_own_client_does(compiled: Compiled) -> None:
    """The two digests were printed by facebook-business 26.0.3 for the same values."""
    action = compiled.by_environment["production"]["Action/facebook_conversion"].content
    params = {key: one.example for key, one in compiled.actions["facebook_conversion"].parameters.items()}
    params |= {"email": "  Foo@Example.COM ", "phone": "+33 6 12 34 56 78"}
    (event,) = build_request(action, params).payload["data"]
    assert event["user_data"]["em"] == ["321ba197033e81286fedb719d60d4ed5cecaed170733cb4a92013811afc0e3b6"]
    assert event["user_data"]["ph"] == "8a3e7886c9335e82e02299fa3e87b46e2de3b0c63d56003e30a5029394a47661"
    assert {"event_name", "event_time", "user_data", "action_source", "event_source_url"} <= set(event)
    assert isinstance(event["event_time"], int)


def test_adobe_gets_a_cloudevent(compiled: Compiled) -> None:
    """The required attributes, and their form, are those of CloudEvents 1.0 section 3.1."""
    request = request_of(compiled, "adobe_io_event")
    event = request.payload
    assert event["specversion"] == "1.0"
    assert all(isinstance(event[key], str) and event[key] for key in ("id", "source", "type"))
    assert event["source"].startswith("urn:uuid:")
    assert all(re.fullmatch(r"[a-z0-9]+", key) for key in event)
    assert request.headers["Content-Type"] == "application/cloudevents+json"


def test_epsilon_gets_recipients(compiled: Compiled) -> None:
    request = request_of(compiled, "epsilon_message")
    assert (request.method, request.headers["X-OUID"]) == ("PUT", "shop-prod")
    assert [set(one) for one in request.payload["recipients"]] == [
        {"customerKey", "emailAddress", "attributes"}
    ]
    assert request.payload is not NO_PAYLOAD


def test_no_sample_holds_a_path_of_a_machine() -> None:
    for path in Path(ROOT / "actions").rglob("*.*"):
        if path.is_file() and ".callsheet" not in path.parts:
            assert str(Path.home()) not in path.read_text("utf-8")


def test_the_page_about_the_samples_names_each_with_what_it_teaches() -> None:
    page = (ROOT / "actions" / "README.md").read_text("utf-8")
    for path in sorted((ROOT / "actions").glob("*/*.yaml")):
        name = path.relative_to(ROOT / "actions").as_posix()
        listed = f"]({name})" in page or f"]({path.parent.name})" in page
        assert listed, name
    for name in re.findall(r"\]\(([^)#]+)\)", page):
        assert (ROOT / "actions" / name).exists(), name
