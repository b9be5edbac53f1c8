"""`callsheet emulate` reads again what changes while it runs, and says where it cannot."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from callsheet import Workspace
from callsheet.emulator import Emulator, Faults, Reloader, state_of
from support.workspaces import Callsheet, Folder


class Played:
    """An emulator in this process, its reloader, and what that said."""

    def __init__(self, folder: Folder) -> None:
        self.said: list[str] = []
        before = state_of(folder.path)
        self.emulator = Emulator(Workspace(folder.path).routes("local"), Faults(()))
        self.reloader = Reloader(
            self.emulator,
            before,
            lambda: state_of(folder.path),
            lambda: Workspace(folder.path).routes("local"),
            self.said.append,
        )
        self.thread = threading.Thread(target=self.emulator.serve, daemon=True)
        self.thread.start()

    def look(self) -> None:
        """Look twice: a change counts when it has settled."""
        self.reloader.look()
        self.reloader.look()

    def status(self, path: str) -> int:
        request = urllib.request.Request(
            f"{self.emulator.url}/api.example.com{path}",
            b'{"title": "Hi", "fixed": 1}',
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def event(self) -> dict[str, object]:
        """Return the first event of the page's stream."""
        with urllib.request.urlopen(f"{self.emulator.url}/_callsheet/calls", timeout=10) as answer:
            found: dict[str, object] = json.loads(answer.readline().decode().removeprefix("data: "))
        return found

    def page(self) -> str:
        with urllib.request.urlopen(f"{self.emulator.url}/", timeout=10) as answer:
            return str(answer.read().decode())


@pytest.fixture
def played(workspace: Folder) -> Iterator[Played]:
    found = Played(workspace)
    yield found
    found.emulator.close()


def edit(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text().replace(old, new))
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


def test_a_valid_change_is_played_when_it_has_settled(workspace: Folder, played: Played) -> None:
    assert (played.status("/v1/send"), played.status("/v2/send")) == (200, 404)
    played.look()
    assert played.said == []
    edit(workspace.path / "example.yaml", "/v1/", "/v2/")
    played.reloader.look()
    assert (played.status("/v2/send"), played.said) == (404, []), "it may still be written"
    played.reloader.look()
    assert (played.status("/v1/send"), played.status("/v2/send")) == (404, 200)
    assert played.said == ["reloaded"]
    assert (played.event()["revision"], played.event()["old"]) == (1, "")
    assert "v2/send" in played.page()
    played.look()
    assert played.said == ["reloaded"]


@pytest.mark.parametrize(
    "broken", [("payload:", "payload: {"), ("method: POST", "method: POTS"), ("{{ params.title }}", "{{ values.no }}")]
)  # fmt: skip
def test_an_invalid_change_leaves_what_is_played_and_says_so(
    workspace: Folder, played: Played, broken: tuple[str, str]
) -> None:
    file = workspace.path / "example.yaml"
    edit(file, *broken)
    played.look()
    assert played.status("/v1/send") == 200
    (said,) = played.said
    assert said.startswith("files changed; still playing the workspace as it was: ")
    why = played.event()["old"]
    assert why
    assert str(why) in said
    assert str(why) in unescape(played.page())
    played.look()
    assert len(played.said) == 1, "once, not at each look"
    edit(file, *reversed(broken))
    edit(file, "/v1/", "/v2/")
    played.look()
    assert (played.said[1:], played.event()["old"], played.status("/v2/send")) == (["reloaded"], "", 200)
    page = played.page()
    assert '<p id="old" class="old" role="status" hidden>' in page
    assert '<span id="why"></span>' in page


def test_files_that_come_and_go_count_and_databases_and_git_do_not(
    workspace: Folder, played: Played, callsheet: Callsheet
) -> None:
    workspace.action("second")
    played.look()
    assert played.said == ["reloaded"]
    assert {one.name for one in played.emulator.routes} == {"example", "second"}
    workspace.remove("second")
    played.look()
    assert {one.name for one in played.emulator.routes} == {"example"}
    said = len(played.said)
    assert callsheet("apply", "-C", workspace.path, "-e", "local", "--yes", "-q").code == 0
    played.look()
    assert len(played.said) == said
    workspace.remove("example")
    played.look()
    assert played.said[said:]


def test_a_template_file_and_an_environment_count(workspace: Folder, played: Played) -> None:
    workspace.write("body.json.j2", '{"title": {{ params.title }}, "fixed": 1}')
    file = workspace.path / "example.yaml"
    edit(file, 'payload: {title: "{{ params.title }}", fixed: 1}', "payloadFile: body.json.j2")
    played.look()
    assert (played.said, played.status("/v1/send")) == (["reloaded"], 200)
    edit(workspace.path / "body.json.j2", '"fixed": 1', '"fixed": {{ values.no }}')
    played.look()
    assert played.said[1].startswith("files changed; still playing")


def test_the_command_reloads_by_itself(workspace: Folder) -> None:
    import subprocess
    import sys

    process = subprocess.Popen(
        [sys.executable, "-m", "callsheet", "emulate", "-C", str(workspace.path), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert " plays 1 action;" in process.stdout.readline()
        edit(workspace.path / "example.yaml", "/v1/", "/v2/")
        assert process.stdout.readline() == "--- reloaded\n"
        edit(workspace.path / "example.yaml", "payload:", "payload: {")
        assert process.stdout.readline().startswith(
            "--- files changed; still playing the workspace as it was"
        )
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not found() and time.monotonic() < end:
        time.sleep(0.05)
    assert found()


def test_a_stream_that_is_open_is_told_at_once(workspace: Folder, played: Played) -> None:
    lines: list[dict[str, object]] = []

    def follow() -> None:
        with urllib.request.urlopen(f"{played.emulator.url}/_callsheet/calls", timeout=10) as answer:
            while len(lines) < 3:
                line = answer.readline().decode()
                if line.startswith("data: "):
                    lines.append(json.loads(line.removeprefix("data: ")))

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    _until(lambda: len(lines) == 1)
    file = workspace.path / "example.yaml"
    edit(file, "payload:", "payload: {")
    played.look()
    _until(lambda: len(lines) == 2)
    edit(file, "payload: {", "payload:")
    played.look()
    _until(lambda: len(lines) == 3)
    thread.join(10)
    assert [(one["revision"], bool(one["old"])) for one in lines] == [(0, False), (1, True), (2, False)]
