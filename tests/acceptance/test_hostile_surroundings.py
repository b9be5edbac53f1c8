"""Links and pipes in a folder that is deployed to, closed and full outputs, odd names and variables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from callsheet import CallsheetError, Workspace
from support.workspaces import ENVIRONMENT, Callsheet, Folder

DIRECTORY = ENVIRONMENT.replace(
    "{type: sqlite, path: .callsheet/local.db}", "{type: directory, path: deployed}"
) + ("  ledger: {type: sqlite, path: .callsheet/ledger.db}\n")
SECRET = "the first line of another file"
LONG = "a" * 300


@pytest.fixture
def deployed(workspace: Folder, callsheet: Callsheet) -> Path:
    workspace.write("environments.yaml", DIRECTORY)
    workspace.write(".callsheetignore", "deployed/\n")
    assert callsheet("apply", "-C", workspace.path, "--yes", "-q").code == 0
    return workspace.path / "deployed" / "Action" / "example.json"


@pytest.mark.parametrize("kind", ["a link", "a link of the folder", "a pipe", "a folder"])
@pytest.mark.parametrize("verb", [("plan",), ("drift",), ("diff",), ("show", "example", "--deployed")])
def test_what_is_no_file_of_the_folder_is_never_read(
    kind: str,
    verb: tuple[str, ...],
    deployed: Path,
    workspace: Folder,
    callsheet: Callsheet,
    tmp_path: Path,
) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "example.json").write_text(SECRET)
    deployed.unlink()
    if kind == "a link":
        deployed.symlink_to(other / "example.json")
    elif kind == "a link of the folder":
        deployed.parent.rmdir()
        deployed.parent.symlink_to(other)
    elif kind == "a pipe":
        os.mkfifo(deployed)
    else:
        deployed.mkdir()
    outcome = callsheet(*verb, "-C", workspace.path)
    assert outcome.code == 1
    assert outcome.err.startswith("error CS846: the folder deployed cannot be read: ")
    assert SECRET not in outcome.out + outcome.err


def test_bytes_that_are_no_text_are_drift(deployed: Path, workspace: Folder, callsheet: Callsheet) -> None:
    deployed.write_bytes(b"\xff\xfe")
    for verb in (("plan",), ("drift",), ("plan", "-o", "json")):
        outcome = callsheet(*verb, "-C", workspace.path)
        assert (outcome.code, outcome.err) == (0, "")
    assert callsheet("apply", "-C", workspace.path, "--yes", "-q", "--accept", "drift").code == 0
    assert callsheet("plan", "-C", workspace.path, "--detailed-exitcode").code == 0


def started(*arguments: str, output: str, **variables: str) -> tuple[int, str]:
    """Run the command line in a shell whose output is closed, or is a full device."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {output}', "sh", sys.executable, "-m", "callsheet", *arguments],
        capture_output=True, text=True, check=False, env={**os.environ, **variables},
    )  # fmt: skip
    return done.returncode, done.stderr


def test_a_closed_output_takes_nothing_from_what_is_done(workspace: Folder, callsheet: Callsheet) -> None:
    at = ("-C", str(workspace.path))
    assert started("apply", *at, "--yes", "-q", output=">&-") == (0, "")
    assert started("plan", *at, output=">&- 2>&-") == (0, "")
    assert len(callsheet("history", *at).out.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "command",
    [("apply", "--yes", "--output", "json"), ("validate",), ("plan", "-o", "json"), ("explain", "--list")],
)
def test_a_full_output_is_said_to_be_full(
    command: tuple[str, ...], workspace: Folder, callsheet: Callsheet
) -> None:
    where = [] if command[0] == "explain" else ["-C", str(workspace.path)]
    code, said = started(*command, *where, output=">/dev/full")
    assert code == 1
    assert said.endswith(
        "error CS928: the output cannot be written: no space left on device\n"
        "help: what the command has done stays done; write the output to another place\n"
    )
    if command[0] == "apply":
        assert "done" in callsheet("history", *where).out


@pytest.mark.parametrize("columns", ["²", "9" * 5_000, "-1", "0", "wide"])
def test_an_odd_width_is_none(
    columns: str, workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert callsheet("validate", "-C", workspace.path).code == 0


def test_a_byte_that_is_no_text_is_recorded_as_its_escape(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLSHEET_AUTHOR", "ad\udcffa")
    outcome = callsheet("apply", "-C", workspace.path, "--yes", "-q", "--why", "be\udcffcause")
    assert outcome.code == 0, outcome.err
    shown = callsheet("history", "show", "1", "-C", workspace.path).out
    assert "ad\\udcffa" in shown
    assert "be\\udcffcause" in shown


@pytest.mark.parametrize(
    "command",
    [
        ("fmt", LONG),
        ("confirm", LONG),
        ("-C", LONG, "validate"),
        ("validate", "--out", LONG),
        ("apply", LONG),
        ("import", LONG),
    ],
)
def test_a_name_that_is_too_long_is_said_to_be_wrong(
    command: tuple[str, ...], workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace.path)
    outcome = callsheet(*command)
    assert outcome.code in (1, 2)
    assert "CS999" not in outcome.err
    assert LONG[:60] in outcome.err


def test_what_can_be_no_path_or_revision_is_refused_from_python(workspace: Folder) -> None:
    workspace.commit()
    opened = Workspace(workspace.path)
    for call in (
        lambda: opened.compile_revision("\0"), lambda: opened.diff(base="\0"), lambda: opened.fmt(["\0"]),
        lambda: opened.rewrite("\0", "x"), lambda: opened.request(["example"], params=["\0"]),
        lambda: opened.emulate(port=99_999), lambda: opened.emulate(port=-1), lambda: Workspace("\0"),
        lambda: Workspace(LONG), lambda: opened.compare_import("\0"),
    ):  # fmt: skip
        with pytest.raises(CallsheetError):
            call()


def test_an_internal_error_is_explained(callsheet: Callsheet) -> None:
    assert "please report it" in callsheet("explain", "CS999").out
