"""The figures of the package are measured from the working tree, and a plan is run for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import house

SCRIPT = Path(house.__file__)


@pytest.fixture(scope="module")
def table() -> dict[str, str]:
    """The printed table: figure by what was measured."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, check=True, timeout=60
    )
    head, rule, *rows = done.stdout.splitlines()
    assert (head, rule) == ("| what | before | now | aim |", "|---|---|---|---|")
    cells = [row.strip("|").split("|") for row in rows]
    return {what.strip(): value.strip() for what, _, value, _ in cells}


@pytest.mark.long
@pytest.mark.parametrize(
    "what",
    [
        "functions that a `plan` of one action runs",
        "files that it runs",
        "rooms that it runs",
        "modules that it imports after the entry point",
        "files",
        "average size of a file",
        "lines of the largest module",
        "modules over 300 lines",
        "functions over complexity 15",
        "circles of modules",
        "circles of modules, with those for type checkers",
        "circles of rooms",
        "circles of rooms, with those for type checkers",
        "imports of inner rooms by the command line",
        "modules that name the kind EndpointConfig, beside its own",
        "docstrings that begin with Give or Tell",
    ],
)
def test_each_figure_is_printed(table: dict[str, str], what: str) -> None:
    assert (
        table[what].removesuffix(" kB").replace(".", "").isdigit() or table[what] == "ruff is not installed"
    )


@pytest.mark.long
def test_a_plan_runs_files_of_several_rooms(table: dict[str, str]) -> None:
    functions, files, rooms, all_files = (
        int(table[what])
        for what in (
            "functions that a `plan` of one action runs",
            "files that it runs",
            "rooms that it runs",
            "files",
        )
    )
    assert 1 < rooms < files < functions
    assert files < all_files


def test_a_circle_is_found_whole_and_a_line_is_none() -> None:
    assert house.circles({("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("e", "a"), ("d", "d")}) == [
        ["a", "b", "c"]
    ]
    assert house.circles({("a", "b"), ("b", "c"), ("a", "c")}) == []


def test_imports_are_found_inside_functions_and_those_for_type_checkers_are_apart() -> None:
    known = house.modules()
    text = (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from callsheet.cli import main\n"
        "else:\n    import callsheet.errors\n"
        "def f():\n    from ..errors import CallsheetError\n    import os\n"
    )
    module = house.Module(
        "callsheet.cli.example", house.HOME / "cli" / "example.py", text, house.ast.parse(text)
    )
    found = [(one.imported, one.line, one.typing) for one in house.imports_of(module, known)]
    assert found == [
        ("callsheet.cli.main", 3, True),
        ("callsheet.errors", 5, False),
        ("callsheet.errors", 7, False),
    ]
