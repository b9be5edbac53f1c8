"""Journey Optimizer's own rules: every golden case, written as an action and judged by `validate`."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from callsheet.calling.journey import sent_by_journey
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import MemorySource
from callsheet.planning.field_changes import differences
from callsheet.targets.journey_optimizer.frozen import frozen_fields
from callsheet.targets.journey_optimizer.lowering import lowered
from support.examples import JOURNEY
from support.workspaces import SHARED

FILE = SHARED / "reference" / "journey-optimizer-cases.yaml"
CASES: dict[str, dict[str, Any]] = (
    {one["id"]: one for one in yaml.safe_load(FILE.read_text("utf-8"))} if FILE.is_file() else {}
)
ACTIONS = [name for name, one in CASES.items() if "action" in one and "deployed" not in one]
TYPES = {
    "string": "string", "integer": "integer", "decimal": "number", "boolean": "boolean", "dateTime": "datetime",
    "dateOnly": "date",
}  # fmt: skip


class Written:
    """A case in the screen's terms → the action that says the same."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.fields = case["action"]
        self.parameters: dict[str, dict[str, Any]] = {}
        self.allow_null = self.fields.get("allowNull", False)

    def document(self) -> dict[str, Any]:
        fields = self.fields
        request: dict[str, Any] = {
            "method": fields.get("method", "POST"),
            "url": fields.get("url", "https://api.example.com/v1/"),
        }
        for name, section in (("headers", "headers"), ("query", "query"), ("request", "payload")):
            if name in fields:
                request[section] = self.leaf(fields[name])
        spec: dict[str, Any] = {"request": request}
        if "authentication" in fields:
            spec["authentication"] = self.authentication(fields["authentication"])
        limits = {name: fields[name] for name in ("timeout", "retries") if name in fields}
        if limits:
            spec["limits"] = limits
        if "response" in fields:
            spec["responses"] = {"success": {"payload": fields["response"]}}
        for name in ("id", "first_name"):
            if f"params.{name}" in str(request):
                self.parameters[name] = {"type": "string"}
        if self.parameters:
            spec["parameters"] = self.parameters
        metadata = {"name": fields.get("name", "a1")}
        return {"apiVersion": "callsheet/v1", "kind": "Action", "metadata": metadata, "spec": spec}

    def leaf(self, value: Any) -> Any:
        if isinstance(value, dict) and value.get("toBeMapped"):
            kind, name = value["dataType"], value["label"]
            fields: dict[str, Any] = {"type": TYPES.get(kind, "array")}
            if kind.startswith("list") and kind != "listAny":
                item = kind.removeprefix("list")
                fields["items"] = "object" if item == "Object" else TYPES[item[0].lower() + item[1:]]
            if value.get("optional"):
                fields |= {"optional": True, **({"whenMissing": None} if self.allow_null else {})}
            self.parameters[name] = fields
            return f"{{{{ params.{name} }}}}"
        if isinstance(value, dict):
            return {key: self.leaf(one) for key, one in value.items()}
        return [self.leaf(one) for one in value] if isinstance(value, list) else value

    def authentication(self, written: dict[str, Any]) -> dict[str, Any]:
        found = {("in" if key == "location" else key): value for key, value in written.items()}
        if found["type"] == "customAuthorization":
            found["type"] = "custom"
        return found


# What the screen refuses as it is written, and takes as lowering writes it: (worst finding, what the form has).
TRANSLATED: dict[str, tuple[str, dict[str, Any]]] = {
    "url-variable-in-path": ("warning", {"url": "https://api.example.com/users", "path": "(\u2039id\u203a) + \"/send\""}),
    "composed-text": ("ok", {"computed": {"body": "\"Hello \" + (\u2039first_name\u203a)"}}),
    "response-mixed-array": ("warning", {"left out": ["success"]}),
    "auth-custom-both-durations": ("warning", {"kept for": {"duration": 5, "timeUnit": "minutes"}}),
}  # fmt: skip


def held(content: Any) -> dict[str, Any]:
    """Say what the form of an action has of what the cases above are about."""
    form = lowered(content)
    fields = form.fields.items()
    return {
        "url": form.url,
        "path": None if form.path is None else form.path.expression,
        "computed": {one.label: one.expression for one in form.variables},
        "left out": [path[1] for path, one in fields if path[0] == "responses" and one.kind == "none"],
        "kept for": (form.authentication.payload or {}).get("cacheDuration"),
    }


@pytest.mark.skipif(not CASES, reason="the golden cases (../shared/reference) are absent")
@pytest.mark.parametrize("name", ACTIONS or ["none"])
def test_a_golden_case(name: str) -> None:
    case = CASES[name]
    document = Written(case).document()
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    compiled = compile_workspace(MemorySource({"e.yaml": JOURNEY.encode(), "a.yaml": text.encode()}))
    found = [(one.severity, one.code, one.message) for one in compiled.diagnostics]
    worst = "error" if compiled.errors else "warning" if found else "ok"
    if name in TRANSLATED:
        verdict, form = TRANSLATED[name]
        content = compiled.by_environment["everywhere"]["Action/a1"].content
        assert (case["verdict"], worst, held(content)) == ("error", verdict, held(content) | form)
        return
    assert worst == case["verdict"], (found, text)
    if "sent" in case:
        content = compiled.by_environment["everywhere"]["Action/a1"].content
        assert sent_by_journey(content, case.get("given", {})) == case["sent"]


ENDPOINTS = [name for name, one in CASES.items() if "endpointConfig" in one or "throttling" in one]


def endpoint(case: dict[str, Any], name: str = "endpoint") -> dict[str, Any]:
    """Write a configuration of a case, in Adobe's words, as the document that says the same."""
    written = case.get("endpointConfig") or case["throttling"]
    spec: dict[str, Any] = {
        "url": written.get("url") or written["urlPattern"],
        "methods": written["methods"],
    }
    if "services" in written:
        spec["capping"] = {
            service: {
                **({"maxConnections": one["maxHttpConnections"]} if "maxHttpConnections" in one else {}),
                "rate": f"{one['rating']['maxCallsCount']} per {one['rating']['periodInMs']}ms",
            }
            for service, one in written["services"].items()
        }
    else:
        spec["throttling"] = {"perSecond": written["maxThroughput"]}
    return {
        "apiVersion": "callsheet/v1",
        "kind": "EndpointConfig",
        "metadata": {"name": name},
        "spec": spec,
    }


def judged(case: dict[str, Any], *documents: dict[str, Any]) -> tuple[str, list[str]]:
    """Give the worst that is said of documents, and every message."""
    files = {f"{one['metadata']['name']}.yaml": yaml.safe_dump(one).encode() for one in documents}
    environment = JOURNEY.replace("sandbox: prod", f"sandbox: {case.get('sandbox', 'prod')}")
    compiled = compile_workspace(MemorySource({"e.yaml": environment.encode(), **files}))
    told = [f"{one.code} {one.message}" for one in compiled.diagnostics]
    return "error" if compiled.errors else "warning" if told else "ok", told


@pytest.mark.skipif(not CASES, reason="the golden cases (../shared/reference) are absent")
@pytest.mark.parametrize("name", ENDPOINTS or ["none"])
def test_a_golden_case_of_an_endpoint(name: str) -> None:
    case = CASES[name]
    worst, told = judged(case, endpoint(case))
    assert worst == case["verdict"], told
    code = str(case.get("code", ""))
    # What the schema refuses needs no code of Adobe's.
    assert not code or any(code in one or one.startswith("CS2") for one in told), told


@pytest.mark.skipif(not CASES, reason="the golden cases (../shared/reference) are absent")
def test_the_golden_case_of_two_throttlings() -> None:
    case = {**CASES["throttling-two"], "throttling": CASES["throttling-5000"]["throttling"]}
    worst, told = judged(case, endpoint(case, "one"), endpoint(case, "two"))
    assert worst == case["verdict"]
    assert any(str(case["code"]) in one for one in told)


@pytest.mark.skipif(not CASES, reason="the golden cases (../shared/reference) are absent")
@pytest.mark.parametrize("name", [name for name, one in CASES.items() if "deployed" in one] or ["none"])
def test_a_golden_case_of_what_a_journey_freezes(name: str) -> None:
    case = CASES[name]
    sides = []
    for fields in ({**case["action"], **case["deployed"]}, {**case["deployed"], **case["action"]}):
        text = yaml.safe_dump(Written({"action": fields}).document())
        compiled = compile_workspace(MemorySource({"e.yaml": JOURNEY.encode(), "a.yaml": text.encode()}))
        sides.append(compiled.by_environment["everywhere"]["Action/a1"].content)
    frozen = frozen_fields(differences(*sides))
    assert ("error" if frozen else "ok") == case["verdict"]


def test_every_golden_case_is_one_of_these() -> None:
    frozen = [name for name, one in CASES.items() if "deployed" in one]
    assert len(ACTIONS) + len(ENDPOINTS) + len(frozen) + ("throttling-two" in CASES) == len(CASES)


def test_there_are_as_many_as_the_page_has() -> None:
    assert not CASES or len(CASES) == 70
