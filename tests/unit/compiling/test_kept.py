"""What several environments compile alike is compiled once: with the same bytes, findings and places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import callsheet.compiling.worker as worker_module
from callsheet.compiling.context import read_shared
from callsheet.compiling.unit import Computed
from callsheet.compiling.worker import Worker
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import FolderSource, MemorySource
from callsheet.documents.sources import Source
from callsheet.language.catalog import RULES, rules_on
from support.examples import compile_example
from support.forms import examples
from support.workspaces import ROOT

FAIR: list[Any] = [
        "text", 7, 2.50, True, None, "{{ params.name }}", "{{ params.maybe }}", "a {{ params.maybe }} b", "{{ values.a }}",
        "{{ values.a }}/{{ params.name }}", "{{ values.none | default('x') }}", "{{ env.name }}", "{{ action.name | upper }}",
        "{{ values.n if env.name == 'a' else params.name }}", {"secret": "env:TOKEN"}, "é", "{{ params.list }}",
]  # fmt: skip
FAULTY = ["{{ values.list | join(',') }}", "{{ values.gone }}", "{{ params.gone }}", "{{ nothing }}", "{{ 1 // 0 }}", "{{ values.n }} %", "{{"]  # fmt: skip
LEAVES = st.sampled_from([*FAIR * 8, *FAULTY])
PAYLOADS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "$c", "é", "secret", "x-d"]), inner, max_size=3),
    ),
    max_leaves=8,
)
URLS = st.sampled_from(
    [
        "https://api.example.com/v1", "https://{{ values.host }}/v1", "https://{{ values.host }}/{{ params.name | urlencode }}",
        "http://{{ env.name }}.example.com/v1?a=1", "https://{{ params.name }}/v1", "api/{{ values.a }}", "https://x.example/#{{ values.a }}",
    ]
)  # fmt: skip
TEXTS = st.sampled_from(
    ["x", 5, "{{ values.a }}", "{{ params.name }}", "{{ values.n }}", "é", "a\nb", "{{ values.list }}"]
)
NAMES = st.sampled_from(["X-A", "x-a", "Content-Type", "Te", "a b", "a"])
VALUES = st.fixed_dictionaries(
    {
        "host": st.sampled_from(["one.example", "two.example", "..", "a b"]),
        "a": st.sampled_from(["p", "q", 1, 1.0, True, None]),
        "n": st.sampled_from([1, 1.50, "x"]),
        "list": st.sampled_from([["r"], ["r", "s"], "t"]),
    }
)
AUTHENTICATION = st.sampled_from(
    [
        {"type": "none"},
        {"type": "bearer", "token": {"secret": "env:TOKEN"}},
        {"type": "apiKey", "in": "query", "name": "a", "value": {"secret": "env:KEY"}},
        {"type": "apiKey", "in": "header", "name": "{{ values.a }}", "value": {"secret": "env:KEY"}},
    ]
)
REQUESTS = st.fixed_dictionaries(
    {"method": st.sampled_from(["POST", "POST", "PUT", "GET"]), "url": URLS, "payload": PAYLOADS},
    optional={
        "headers": st.dictionaries(NAMES, TEXTS, max_size=3),
        "query": st.dictionaries(NAMES, TEXTS, max_size=2),
    },
)
PARAMETERS = {
    "name": {"type": "string", "example": "Ada"},
    "maybe": {"type": "string", "optional": True},
    "list": {"type": "array"},
}


@st.composite
def workspaces(draw: st.DrawFn) -> dict[str, bytes]:
    """Draw the files of a workspace: an action, and three environments, one of which may lie over it."""
    action = {
        "apiVersion": "callsheet/v1",
        "kind": "Action",
        "metadata": {"name": "one", "title": {"en": "One"}},
        "spec": {
            "request": draw(REQUESTS),
            "authentication": draw(AUTHENTICATION),
            "parameters": PARAMETERS,
            "limits": {"timeout": draw(st.sampled_from(["1s", "0s"]))},
        },
    }
    files = {"one.json": json.dumps(action).encode()}
    for name in ("a", "b", "c"):
        spec: dict[str, Any] = {
            "values": draw(VALUES),
            "target": {"type": "sqlite", "path": f".callsheet/{name}.db"},
        }
        if draw(st.integers(0, 3)) == 0:
            spec["overlays"] = {"one": {"limits": {"retries": 1}}}
        head = {"apiVersion": "callsheet/v1", "kind": "Environment", "metadata": {"name": name}}
        files[f"{name}.json"] = json.dumps({**head, "spec": spec}).encode()
    return files


SAMPLES = compile_workspace(FolderSource(ROOT / "actions"))


def units_of(source: Source) -> list[Computed]:
    files = source.files()
    context, _ = read_shared(source, files, skip=lambda file: False).context()
    return Worker(source, context).units(files)


@settings(max_examples=examples(150, 3_000), deadline=None)
@given(workspaces())
def test_whatever_differs_the_outcome_is_that_of_each_environment_by_itself(
    files: dict[str, bytes],
) -> None:
    source = MemorySource(files)
    once = units_of(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_module, "Kept", lambda: None)
        assert units_of(source) == once


def test_the_samples_compile_as_each_environment_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    source = FolderSource(ROOT / "actions")
    once = units_of(source)
    monkeypatch.setattr(worker_module, "Kept", lambda: None)
    assert units_of(source) == once


class Watched(dict[str, Any]):
    """A mapping that notes which of its fields are read; what is read whole counts as all of them."""

    def __init__(self, fields: dict[str, Any], noted: set[str], prefix: str = "") -> None:
        super().__init__(fields)
        self.noted, self.prefix = noted, prefix

    def __getitem__(self, key: str) -> Any:
        found = super().__getitem__(key)
        if key == "request" and not self.prefix:
            return Watched(found, self.noted, "request.")
        self.noted.add(self.prefix + key)
        return found

    def get(self, key: str, default: Any = None) -> Any:
        if key not in self:
            return default
        return self[key]

    def __contains__(self, key: object) -> bool:
        self.noted.add(f"{self.prefix}{key}")
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("a rule reads all fields")

    keys = values = items = __iter__  # type: ignore[assignment]


@pytest.mark.parametrize("code", sorted(one.code for one in rules_on("compiled")))
def test_a_rule_reads_only_the_fields_that_it_names(code: str) -> None:
    rule = RULES[code]
    assert rule.check is not None
    compiled = [compile_example(text or "", rule.subject) for text in (rule.bad, rule.good)]
    contents = [
        one.content
        for found in (*compiled, SAMPLES)
        for there in found.by_environment.values()
        for one in there.values()
        if one.kind == "Action"
    ]
    noted: set[str] = set()
    for content in contents:
        list(rule.check(Watched(dict(content), noted), _Anywhere()))
    declared = {".".join(map(str, path)) for path in rule.reads}
    assert noted - {"request"} <= declared


class _Anywhere:
    """Makes problems of nowhere."""

    def __getattr__(self, name: str) -> Any:
        somewhere = SimpleNamespace(document=SimpleNamespace(value={"kind": "Action"}))
        return lambda *where, **how: somewhere if name == "where" else None


def test_a_warning_about_a_piece_is_one_of_each_environment() -> None:
    request = {"method": "POST", "url": "https://a.example/", "payload": {"a": "x {{ params.maybe }} y"}}
    spec = {"request": request, "parameters": {"maybe": PARAMETERS["maybe"]}}
    head = {"apiVersion": "callsheet/v1", "metadata": {"name": "one"}}
    files = {"one.json": json.dumps({**head, "kind": "Action", "spec": spec}).encode()}
    for name in ("a", "b", "c"):
        target = {"type": "sqlite", "path": f"{name}.db"}
        document = {**head, "kind": "Environment", "metadata": {"name": name}, "spec": {"target": target}}
        files[f"{name}.json"] = json.dumps(document).encode()
    units = [one.unit() for one in units_of(MemorySource(files))]
    found = [(one.code, names) for unit in units for one, names in unit.found]
    assert found == [("CS515", ["a", "b", "c"])]
