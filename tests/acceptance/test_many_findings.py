"""Many findings of one code: the first five as text, and how many more; all of them with -v and for programs."""

from __future__ import annotations

import json

import pytest

from callsheet import Workspace
from support.workspaces import Callsheet, Folder


@pytest.fixture
def many(workspace: Folder) -> Folder:
    """A workspace with twelve findings of one code, and one of another."""
    text = workspace.action("example").read_text()
    for number in range(12):
        name = f"a{number:02}"
        workspace.write(
            f"{name}.yaml", text.replace("example,", f"{name},").replace("params.title", "params.titel")
        )
    workspace.write("zz.yaml", text.replace("example,", "zz,").replace("https://", "http://"))
    return workspace


def test_the_first_five_are_shown_and_the_rest_counted(many: Folder, callsheet: Callsheet) -> None:
    found = callsheet("validate", "-C", many.path)
    assert found.code == 1
    assert found.out.count("error CS306") == 5
    assert [f"a0{number}.yaml:8:" in found.out for number in range(6)] == [True] * 5 + [False]
    # What there is only one of is never left out.
    assert "zz.yaml:" in found.out
    assert found.out.endswith(
        "\n\nand 7 more of CS306\n  help: `-v` shows all of them\n\n"
        + found.out.rstrip().split("\n")[-1]
        + "\n"
    )
    refused = callsheet("plan", "-C", many.path)
    assert refused.err.count("error CS306") == 5
    assert "and 7 more of CS306\n" in refused.err


def test_all_are_shown_when_asked_for(many: Folder, callsheet: Callsheet) -> None:
    found = callsheet("validate", "-v", "-C", many.path)
    assert found.out.count("error CS306") == 12
    assert "more of" not in found.out
    assert callsheet("plan", "-v", "-C", many.path).err.count("error CS306") == 12
    assert callsheet("validate", "-C", many.path).out.count("error CS306") == 5


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab", "junit"])
def test_machine_formats_stay_whole(many: Folder, callsheet: Callsheet, form: str) -> None:
    found = callsheet("validate", "-o", form, "-C", many.path)
    assert "more of" not in found.out
    number = len(Workspace(many.path).validate().diagnostics)
    assert number >= 13
    if form == "json":
        assert len(json.loads(found.out)["diagnostics"]) == number
    for each in range(12):
        assert f"a{each:02}.yaml" in found.out


def test_ten_are_not_many(workspace: Folder, callsheet: Callsheet) -> None:
    text = workspace.action("example").read_text()
    for number in range(10):
        name = f"a{number:02}"
        workspace.write(
            f"{name}.yaml", text.replace("example,", f"{name},").replace("params.title", "params.titel")
        )
    assert callsheet("validate", "-C", workspace.path).out.count("error CS306") == 10
