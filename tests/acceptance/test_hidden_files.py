"""Files that are not ours to show: no document makes callsheet read or quote them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.workspaces import ACTION, Callsheet, Folder

SECRET = "hunter2hunter2hunter2"
TEXT = f"PASSWORD={SECRET}\n{{{{ oops\n"


def reading(name: str) -> str:
    text = ACTION.format(name="example", constant="1")
    return text.replace('payload: {title: "{{ params.title }}", fixed: 1}', f'payloadFile: "{name}"')


HIDDEN = {
    "a dotfile": (".env", None),
    "a file of git": (".git/config", None),
    "a file in a hidden folder": ("keys/.ssh/id", None),
    "an ignored file": ("private/notes.txt", "private/\n"),
    "an ignored name": ("notes.key", "*.key\n"),
    "a link to a dotfile": ("body.json.j2", None),
    "a link to what is ignored": ("linked.json.j2", "private/\n"),
}


@pytest.mark.parametrize("revision", [False, True])
@pytest.mark.parametrize("case", HIDDEN)
def test_a_hidden_file_is_no_template(
    case: str, revision: bool, workspace: Folder, callsheet: Callsheet
) -> None:
    name, ignored = HIDDEN[case]
    workspace.commit()
    workspace.write(".env", TEXT)
    workspace.write("private/notes.txt", TEXT)
    if ignored:
        workspace.write(".callsheetignore", ignored)
    if case.startswith("a link"):
        target = ".env" if case == "a link to a dotfile" else "private/notes.txt"
        (workspace.path / name).symlink_to(target)
    elif not (workspace.path / name).exists():
        workspace.write(name, TEXT)
    workspace.write("example.yaml", reading(name))
    if revision:
        workspace.git("add", "-A", "-f")
        workspace.commit()
        workspace.git("rm", "-q", "--cached", "-r", ".")
        outcome = callsheet("render", "example", "-C", workspace.path, "--at", "HEAD")
    else:
        outcome = callsheet("validate", "-C", workspace.path)
    told = outcome.out + outcome.err
    assert outcome.code == 1
    assert "error CS512\n  the template file cannot be read: " in told, told
    assert "is not read" in told or "leaves this file out" in told
    assert SECRET not in told
    assert "oops" not in told


@pytest.mark.parametrize("name", [".env.yaml", "private/service.yaml"])
def test_a_hidden_file_is_no_contract(name: str, workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write(".callsheetignore", "private/\n")
    workspace.write(name, f"openapi: 3.0.0\npassword: {SECRET}\n")
    text = ACTION.format(name="example", constant="1")
    workspace.write("example.yaml", text + f"  contract: {{openapi: {name}, operation: send}}\n")
    outcome = callsheet("validate", "-C", workspace.path)
    assert "error CS450" in outcome.out
    assert SECRET not in outcome.out


def test_a_hidden_file_is_no_page_of_a_message(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write(".secret.html", f"<p>{SECRET}{{{{ oops</p>")
    workspace.write(
        "mail.yaml",
        "apiVersion: callsheet/v1\nkind: Message\nmetadata: {name: mail, title: {en: M}, owner: t}\nspec:\n"
        "  channel: email\n  via: {smtp: {host: localhost}}\n"
        "  from: {address: shop@example.com}\n  to: a@example.com\n"
        "  content: {en: {subject: Hi, htmlFile: .secret.html}}\n",
    )
    outcome = callsheet("validate", "-C", workspace.path)
    assert outcome.code == 1
    assert SECRET not in outcome.out


@pytest.mark.parametrize(
    "line", [f"PASSWORD={SECRET} {{{{ oops", f"api_key = {SECRET} {{{{ oops", f"token: {SECRET} {{{{ oops"]
)
def test_an_excerpt_of_any_file_is_masked(line: str, workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write("body.txt", line)
    workspace.write("example.yaml", reading("body.txt"))
    outcome = callsheet("validate", "-C", workspace.path)
    assert "body.txt:1:" in outcome.out
    assert SECRET not in outcome.out


def test_what_a_parameters_file_holds_is_not_quoted(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    file = tmp_path / "params.yaml"
    file.write_text(f"password: {SECRET}\n  broken: [")
    outcome = callsheet("render", "example", "-C", workspace.path, "--params", os.fspath(file))
    assert outcome.code == 2
    assert SECRET not in outcome.err
