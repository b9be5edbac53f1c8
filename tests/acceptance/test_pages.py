"""Every page: its commands print what it says, its YAML is valid, its links lead somewhere."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from support import schema_page
from support.pages import Page, Section, Terminal, agrees, page, pages
from support.workspaces import ROOT, Callsheet, Folder

PAGES = pages()
FOLLOWED = [section for one in PAGES for section in one.sections() if section.steps]
WITH_YAML = [one for one in PAGES if one.blocks("yaml")]
FOR_USERS = [page(one) for one in ("README.md", "actions/README.md", "schemas/README.md", ".github/actions/README.md", "compiler/callsheet/targets/README.md", "compiler/relay/README.md")]  # fmt: skip
# A plain block is a drawing.
READ_EVERYWHERE = {"console", "yaml", ""}
READ_THERE = {
    "README.md": {"sh"},  # by `.ci/run`, and by test_readme.py
    "compiler/README.md": {"python", "text"},
    "actions/README.md": {"rego"},  # by test_whole_workspace.py
}


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
    assert one.languages() <= READ_EVERYWHERE | READ_THERE.get(one.name, set())
    assert str(Path.home()) not in one.text
    assert os.path.dirname(sys.executable) not in one.text


@pytest.mark.parametrize("one", WITH_YAML, ids=lambda one: one.name)
def test_the_yaml_of_a_page_is_valid(one: Page, empty: Folder, callsheet: Callsheet) -> None:
    examples = [path.read_text("utf-8") for path in (ROOT / ".github" / "examples").iterdir()]
    # An excerpt of a workflow is not a document; the workflows have tests of their own.
    documents = [block for block in one.blocks("yaml") if not any(block in it for it in examples)]
    for number, block in enumerate(documents):
        found = yaml.safe_load(block)
        if "kind" not in found:
            # An excerpt of an environment.
            name = f"page{number}"
            found = {"kind": "Environment", "metadata": {"name": name}, "spec": found}
        empty.write(f"{number}.yaml", yaml.safe_dump({"apiVersion": "callsheet/v1", **found}))
    if documents:
        outcome = callsheet("validate", "-C", empty.path)
        assert outcome.code == 0, outcome.out


@pytest.mark.parametrize("one", FOR_USERS, ids=lambda one: one.name)
def test_the_commands_options_and_codes_that_a_page_names_are_those_that_there_are(one: Page) -> None:
    import callsheet.rules
    from callsheet.cli.main import VERBS, callsheet
    from callsheet.language.catalog import RULES

    def options(verb: str) -> set[str]:
        command = callsheet.get_command(click.Context(callsheet), verb)
        assert command is not None
        inner = list(command.commands.values()) if isinstance(command, click.Group) else []
        return {flag for it in (command, *inner) for parameter in it.params for flag in parameter.opts}

    known = {flag for verb in VERBS for flag in options(verb)}
    for span in one.spans():
        words = [word for word in re.split(r"[\s=]+", span.removeprefix("callsheet ")) if word]
        verb = words[0] if words else ""
        if span.startswith("callsheet "):
            assert verb in VERBS, span
        for flag in (word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word)):
            assert flag in (options(verb) if verb in VERBS else known), span
    for code in re.findall(r"\bCS[0-9]{3}\b", one.text):
        assert code in RULES, code


def test_the_tables_of_kinds_and_outputs_are_those_of_the_schemas() -> None:
    assert schema_page.PAGE.read_text("utf-8") == schema_page.page(), "run tests/support/schema_page.py"


def test_the_page_of_kinds_names_every_field_of_every_schema() -> None:
    text = page("schemas/README.md").text
    first_line = (ROOT / "actions" / "firebase" / "push.yaml").read_text("utf-8").partition("\n")[0]
    assert f"\n    {first_line}\n" in text
    for path in sorted((ROOT / "schemas").glob("*.schema.json")):
        assert f"({path.name})" in text
        for key in json.loads(path.read_text("utf-8"))["properties"]:
            assert f"| `{key}` |" in text or f"| `{key}.…` |" in text, (path.name, key)


def test_every_field_of_every_schema_says_what_it_means() -> None:
    silent = [
        line
        for line in page("schemas/README.md").text.split("\n")
        if line.startswith("| `") and line.endswith("|  |")
    ]
    assert silent == []


def test_the_python_example_prints_what_the_page_says(
    samples: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(samples.path.parent)
    compiler = page("compiler/README.md")
    (code,), (expected,) = compiler.blocks("python"), compiler.blocks("text")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == expected


def test_the_filters_and_verbs_that_the_pages_name_are_those_that_there_are() -> None:
    from callsheet.cli.main import VERBS
    from callsheet.templates.filters import filter_names

    (listed,) = re.findall(r"- The filters: (.*?)\.\n", page("actions/README.md").text, re.S)
    assert re.findall(r"`(\w+)`", listed) == filter_names()
    (commands,) = [one for one in page("schemas/README.md").sections() if one.title == "Commands"]
    assert re.findall(r"^\| `(\w+)` \| (.*) \|$", commands.text, re.M) == list(VERBS.items())


def test_the_page_of_the_ci_names_every_input_of_the_composite_actions() -> None:
    text = page(".github/actions/README.md").text
    for path in sorted((ROOT / ".github" / "actions").glob("*/action.yml")):
        found = yaml.safe_load(path.read_text("utf-8"))
        (row,) = re.findall(rf"^\| \[`{path.parent.name}`\].*$", text, re.M)
        for name in (*found["inputs"], *found.get("outputs", ())):
            assert f"`{name}`" in row, (path.parent.name, name)
    for path in sorted((ROOT / ".github" / "examples").iterdir()):
        assert f"](../examples/{path.name})" in text


def test_the_page_of_the_compiler_draws_the_rooms_as_the_contract_of_imports_has_them() -> None:
    text = page("compiler/README.md").text
    package = ROOT / "compiler" / "callsheet"
    rooms = re.findall(r"^\| `(\w+)/` \|", text, re.M)
    assert sorted(rooms) == sorted(path.parent.name for path in package.glob("*/__init__.py"))
    contract, _ = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (drawn,) = re.findall(r"<!-- rooms: .*? -->\n\n```\n(.*?)\n```\n\n<!-- end of rooms -->", text, re.S)
    assert drawn.split("\n") == [f"  {one}" for one in contract["layers"]]
