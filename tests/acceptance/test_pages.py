"""Every page: its commands print what it says, its YAML is valid, its links lead somewhere."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from pathlib import Path

import pytest
import yaml

from conftest import ROOT, Callsheet, Folder
from support import schema_page
from support.pages import Page, Section, Terminal, agrees, page, pages

PAGES = pages()
FOLLOWED = [section for one in PAGES for section in one.sections() if section.steps]
WITH_YAML = [one for one in PAGES if one.blocks("yaml")]
# `sh` is run by `.ci/run`, a plain block is a drawing; every other block is read by a test of this module or of the named one.
LANGUAGES = {"sh", "console", "yaml", "python", "text", "rego", ""}


@pytest.mark.parametrize("section", FOLLOWED, ids=lambda one: f"{one.page.name}: {one.title}")
def test_every_command_of_a_section_prints_what_the_page_says(
    section: Section, samples: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = samples.path.parent
    monkeypatch.chdir(folder)

    def shown(*words: str) -> str:
        outcome = callsheet(*words)
        return outcome.out + outcome.err

    with contextlib.ExitStack() as stack:
        for command, expected, printed in Terminal(folder, shown, stack).follow(section.steps):
            assert agrees(expected, printed), f"$ {command}\n{printed}"


@pytest.mark.parametrize("one", PAGES, ids=lambda one: one.name)
def test_every_link_of_a_page_leads_to_a_file_and_to_a_heading(one: Page) -> None:
    for link in one.links():
        if link.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (one.path.parent / path).resolve() if path else one.path
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        if anchor:
            assert anchor in Page(target).anchors(), link


@pytest.mark.parametrize("one", PAGES, ids=lambda one: one.name)
def test_a_page_prints_nothing_that_no_test_reads_and_no_path_of_a_machine(one: Page) -> None:
    assert one.languages() <= LANGUAGES
    assert str(Path.home()) not in one.text
    assert os.path.dirname(sys.executable) not in one.text


@pytest.mark.parametrize("one", WITH_YAML, ids=lambda one: one.name)
def test_the_yaml_of_a_page_is_valid(one: Page, empty: Folder, callsheet: Callsheet) -> None:
    examples = [path.read_text("utf-8") for path in (ROOT / ".github" / "examples").iterdir()]
    for number, block in enumerate(one.blocks("yaml")):
        if any(block in it for it in examples):
            continue  # an excerpt of a workflow that has tests of its own
        found = yaml.safe_load(block)
        if "kind" not in found:
            # An excerpt of an environment.
            name = f"page{number}"
            found = {"kind": "Environment", "metadata": {"name": name}, "spec": found}
        empty.write(f"{number}.yaml", yaml.safe_dump({"apiVersion": "callsheet/v1", **found}))
    outcome = callsheet("validate", "-C", empty.path)
    assert outcome.code == 0, outcome.out


def test_the_tables_of_kinds_and_outputs_are_those_of_the_schemas() -> None:
    assert schema_page.PAGE.read_text("utf-8") == schema_page.page(), "run tests/support/schema_page.py"


def test_the_page_of_kinds_names_every_field_of_every_schema() -> None:
    text = page("schemas/README.md").text
    for path in sorted((ROOT / "schemas").glob("*.schema.json")):
        assert f"({path.name})" in text
        for key in json.loads(path.read_text("utf-8"))["properties"]:
            assert f"| `{key}` |" in text or f"| `{key}.…` |" in text, (path.name, key)


def test_the_python_example_prints_what_the_page_says(samples: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(samples.path.parent)
    compiler = page("compiler/README.md")
    (code,), (expected,) = compiler.blocks("python"), compiler.blocks("text")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == expected


def test_the_filters_and_verbs_that_the_pages_name_are_those_that_there_are() -> None:
    from callsheet.cli.main import VERBS
    from callsheet.rendering.filters import filter_names

    (listed,) = re.findall(r"- The filters: (.*?)\.\n", page("actions/README.md").text, re.S)
    assert re.findall(r"`(\w+)`", listed) == filter_names()
    rows = re.findall(r"^\| `(\w+)` \|", page("schemas/README.md").text.partition("## Commands")[2].partition("\n## ")[0], re.M)
    assert rows == list(VERBS)


def test_the_page_of_the_ci_names_every_input_of_the_composite_actions() -> None:
    text = page(".github/actions/README.md").text
    for path in sorted((ROOT / ".github" / "actions").glob("*/action.yml")):
        found = yaml.safe_load(path.read_text("utf-8"))
        (row,) = re.findall(rf"^\| \[`{path.parent.name}`\].*$", text, re.M)
        for name in (*found["inputs"], *found.get("outputs", ())):
            assert f"`{name}`" in row, (path.parent.name, name)
    for path in sorted((ROOT / ".github" / "examples").iterdir()):
        assert f"](../examples/{path.name})" in text


def test_the_page_of_the_compiler_says_what_each_room_is_for() -> None:
    text = page("compiler/README.md").text
    rooms = re.findall(r"^\| `(\w+)/`", text, re.M)
    assert len(rooms) == len(set(rooms))
