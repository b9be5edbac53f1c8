"""Links, ignored files and names: a folder and the revision that holds it are read alike."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from callsheet.documents import FolderSource, Unreadable
from callsheet.documents.listing import MAX_LINKED_FOLDERS
from callsheet.documents.revisions import RevisionSource
from support.workspaces import Callsheet, Folder

LINKS: dict[str, tuple[dict[str, str], list[str], list[str]]] = {
    # links → documents that are found, and findings, beside example.yaml and environments.yaml
    "to a document": ({"b.yaml": "sub/a.yaml"}, ["b.yaml"], []),
    "to a folder": ({"again": "sub"}, ["again/a.yaml"], []),
    "through another": ({"one": "two", "two": "sub"}, ["one/a.yaml", "two/a.yaml"], []),
    "out and in again": ({"sub/b.yaml": "../../workspace/sub/a.yaml"}, ["sub/b.yaml"], []),
    "to a document outside": ({"b.yaml": "../outside.yaml"}, [], ["CS105 b.yaml"]),
    "by an absolute path": ({"b.yaml": "/etc/hostname"}, [], ["CS105 b.yaml"]),
    "to a folder outside": ({"out": "../beside"}, [], ["CS105 out"]),
    "to a file outside that is no document": ({"README.md": "../README.md"}, [], []),
    "to a file without an ending outside": ({"Makefile": "../Makefile"}, [], []),
    "nowhere": ({"b.yaml": "nothing.yaml", "c.md": "nothing"}, [], ["CS104 b.yaml"]),
    "to itself": ({"b.yaml": "b.yaml"}, [], ["CS106 b.yaml"]),
    "around": ({"sub/up": ".."}, [], ["CS106 sub/up"]),
    "a dotfile": ({".hidden.yaml": "../outside.yaml", "sub/.x": "/etc"}, [], []),
    "a template": ({"b.json.j2": "../outside.yaml"}, [], []),
    "ignored": (
        {"ignored/x": "/etc", "ignored/y": "nowhere", "ignored/z": "..", "ignored/a.yaml": "b"}, [], [],
    ),
}  # fmt: skip


@pytest.fixture
def linked(workspace: Folder) -> Folder:
    """Give a workspace in a folder of a repository, with a document in `sub/`."""
    top = Folder(workspace.path.parent)
    for file in ("workspace/sub/a.yaml", "outside.yaml", "README.md", "Makefile", "beside/x.yaml"):
        top.write(file, "{}\n")
    workspace.write(".callsheetignore", "ignored/\n")
    return workspace


@pytest.mark.parametrize("case", LINKS)
def test_a_link_is_the_same_in_a_folder_and_in_a_revision(case: str, linked: Folder) -> None:
    links, more, findings = LINKS[case]
    for name, target in links.items():
        (linked.path / name).parent.mkdir(exist_ok=True)
        (linked.path / name).symlink_to(target)
    Folder(linked.path.parent).commit()
    sources = FolderSource(linked.path), RevisionSource(linked.path, "HEAD")
    for source in sources:
        found = source.files()
        assert sorted(set(found) - {"example.yaml", "environments.yaml", "sub/a.yaml"}) == more, source
        assert [f"{one.code} {one.file}" for one in source.problems] == findings, source
    for name in links:
        contents = [attempt(source, name) for source in sources]
        assert contents[0] == contents[1], name


def attempt(source: FolderSource | RevisionSource, name: str) -> object:
    try:
        return source.read(name)
    except Unreadable as unreadable:
        # A folder knows a link that leads out of the repository and nowhere; a revision, that it leads out.
        code = unreadable.problem.code
        return "no file" if code in ("CS101", "CS104", "CS105") else code


def test_a_template_behind_a_link_is_compared(workspace: Folder, callsheet: Callsheet) -> None:
    text = (workspace.path / "example.yaml").read_text()
    text = text.replace('payload: {title: "{{ params.title }}", fixed: 1}', "payloadFile: body.json.j2")
    workspace.write("example.yaml", text)
    workspace.write("shared/body.json.j2", '{"title": {{ params.title }}}')
    (workspace.path / "body.json.j2").symlink_to("shared/body.json.j2")
    workspace.commit()
    assert callsheet("validate", "-C", workspace.path).code == 0
    assert callsheet("diff", "--base", "HEAD", "-C", workspace.path).out == "No change since HEAD.\n"
    workspace.write("shared/body.json.j2", '{"title": {{ params.title }}, "more": 1}')
    assert "1 change since" in callsheet("diff", "--base", "HEAD", "-C", workspace.path).out


def bad_link(workspace: Folder) -> None:
    (workspace.path / "bad.yaml").symlink_to("/etc/hostname")


def bad_folder(workspace: Folder) -> None:
    (workspace.path / "bad").symlink_to("/etc")


def bad_name(workspace: Folder) -> None:
    name = os.fsencode(workspace.path) + b"/caf\xe9.yaml"
    (workspace.path / "example.yaml").rename(Path(os.fsdecode(name)))


@pytest.mark.parametrize("make", [bad_link, bad_folder, bad_name])
def test_the_removal_of_a_bad_link_or_name_is_compared(
    make: Callable[[Folder], None], workspace: Folder, callsheet: Callsheet
) -> None:
    make(workspace)
    base = workspace.commit("bad")
    assert callsheet("validate", "-C", workspace.path).code == 1
    for one in workspace.path.iterdir():
        if one.name not in (".git", ".gitignore", ".callsheet", "environments.yaml"):
            one.unlink()
    workspace.action()
    outcome = callsheet("diff", "--base", base, "-C", workspace.path)
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize("verb", ["validate", "plan", "test", "list", "render", "diff"])
def test_a_name_that_is_not_utf8_is_one_finding(verb: str, workspace: Folder, callsheet: Callsheet) -> None:
    base = workspace.commit()
    bad_name(workspace)
    more = ("--base", base) if verb == "diff" else ("example",) if verb == "render" else ()
    outcome = callsheet(verb, "-C", workspace.path, *more)
    if verb != "list":
        assert outcome.code == 1
        said = outcome.out + outcome.err
        assert said.count("error CS117") == 1
        assert "caf\\xe9.yaml:1:1: error CS117\n  the name of this file is not UTF-8\n" in said
    workspace.write(".callsheetignore", "caf*.yaml\n")
    workspace.action()
    assert callsheet("validate", "-C", workspace.path).code == 0


def test_links_that_multiply_come_to_an_end(workspace: Folder) -> None:
    folders = [workspace.path / f"d{number}" for number in range(9)]
    for folder in folders:
        folder.mkdir()
        for other in folders:
            if other != folder:
                (folder / other.name).symlink_to(f"../{other.name}")
    workspace.commit()
    for source in (FolderSource(workspace.path), RevisionSource(workspace.path, "HEAD")):
        source.files()
        found = [one for one in source.problems if one.code == "CS118"]
        assert len(found) == 1
        assert f"{MAX_LINKED_FOLDERS:,}" in found[0].message
