"""The table of kinds: an entry, a module, a schema and a document make a kind that is deployed."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import callsheet.rules  # noqa: F401 - fills the catalog
from callsheet.language.catalog import RULES, SUBJECTS
from callsheet.language.kinds import KINDS, deployed_kinds
from callsheet.language.schema_check import schema, schema_names
from support.banner import SAMPLE, add_banner
from support.workspaces import ENVIRONMENT, Callsheet, Folder


@pytest.fixture
def banner(empty: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A workspace with one document of a kind that only these tests have."""
    add_banner(monkeypatch)
    empty.write("environments.yaml", ENVIRONMENT)
    empty.write("banners/welcome.yaml", SAMPLE)
    return empty


def test_a_kind_of_one_entry_is_validated_planned_applied_and_read_back(
    banner: Folder, callsheet: Callsheet
) -> None:
    where = ("-C", banner.path)
    assert callsheet("validate", *where).code == 0
    (rendered,) = json.loads(callsheet("render", *where, "-o", "json").out)["banners"]
    assert rendered == {"kind": "Banner", "name": "welcome", "text": "Welcome to local"}
    plan = callsheet("plan", *where)
    assert "+ Banner/welcome" in plan.out, plan.err
    assert "  + Banner/welcome created\n" in callsheet("apply", *where, "--yes").out
    assert callsheet("plan", *where, "--detailed-exitcode").code == 0
    assert callsheet("drift", *where, "--detailed-exitcode").code == 0
    shown = json.loads(callsheet("show", "welcome", *where, "--deployed", "-o", "json").out)
    assert shown["environments"]["local"]["action"] == rendered
    assert callsheet("list", *where).out.startswith("banners\n  welcome")


def test_a_kind_of_one_entry_is_updated_renamed_and_deleted(banner: Folder, callsheet: Callsheet) -> None:
    where = ("-C", banner.path)
    callsheet("apply", *where, "--yes")
    file = banner.path / "banners" / "welcome.yaml"
    file.write_text(file.read_text("utf-8").replace("Welcome to", "Hello from"), "utf-8")
    plan = callsheet("plan", *where).out
    assert "~ Banner/welcome" in plan
    assert "Hello from local" in plan
    assert callsheet("apply", *where, "--yes").code == 0
    renamed = file.read_text("utf-8").replace("name: welcome", "name: hello")
    file.write_text(renamed.replace('"}', '", lifecycle: {renamedFrom: welcome}}'), "utf-8")
    assert "Banner/welcome → Banner/hello" in callsheet("plan", *where).out
    assert callsheet("apply", *where, "--yes").code == 0
    file.unlink()
    banner.write("other.yaml", SAMPLE.replace("welcome", "other"))
    assert "- Banner/hello" in callsheet("plan", *where).out


def test_a_document_of_such_a_kind_is_checked_by_its_schema_and_its_name(
    banner: Folder, callsheet: Callsheet
) -> None:
    banner.write("second.yaml", SAMPLE.replace("text:", "txt:").replace("welcome", "second"))
    banner.write("third.yaml", SAMPLE)
    found = json.loads(callsheet("validate", "-C", banner.path, "-o", "json").out)["diagnostics"]
    assert {one["code"] for one in found} == {"CS203", "CS204", "CS301"}
    assert "banner" not in schema_names()


def test_a_kind_is_not_known_without_its_entry(empty: Folder, callsheet: Callsheet) -> None:
    empty.write("banners/welcome.yaml", SAMPLE)
    outcome = callsheet("validate", "-C", empty.path)
    assert (outcome.code, "CS201" in outcome.out) == (1, True)


@pytest.mark.parametrize("kind", deployed_kinds().values(), ids=lambda one: one.name)
def test_an_entry_names_a_class_a_compiler_a_schema_and_rules_that_there_are(kind: Any) -> None:
    assert kind.definition.kind == kind.name
    assert callable(pkgutil.resolve_name(kind.compiler))
    assert schema(kind.schema)["properties"]["kind"]["const"] == kind.name
    assert schema(f"compiled-{kind.schema}")["title"]
    assert kind.plural in schema("render")["properties"]


def test_every_rule_looks_at_a_subject_that_there_is() -> None:
    known = {*SUBJECTS, *(one.rules for one in deployed_kinds().values())}
    assert {one.subject for one in RULES.values()} <= known


@pytest.mark.parametrize("name", ["environment", "policy", "list"])
def test_a_schema_that_lists_the_kinds_lists_those_of_the_table(name: str) -> None:
    (listed,) = _lists_of_kinds(schema(name))
    assert listed == list(deployed_kinds())


def _lists_of_kinds(node: Any) -> Iterator[list[str]]:
    if isinstance(node, dict):
        if "EndpointConfig" in node.get("enum", ()):
            yield node["enum"]
        for one in node.values():
            yield from _lists_of_kinds(one)
    elif isinstance(node, list):
        for one in node:
            yield from _lists_of_kinds(one)


def test_every_kind_has_a_schema() -> None:
    assert {one.schema for one in KINDS.values()} <= set(schema_names())
