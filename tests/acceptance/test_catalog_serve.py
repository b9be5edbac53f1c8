"""`catalog --serve`: the site follows the files, also through errors that appear and vanish."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from callsheet.cli.changes import changes_of
from support.workspaces import ACTION, ENVIRONMENT, Callsheet, Folder

pytest.importorskip("watchfiles", reason="the package watchfiles is not installed")


class Served:
    """A catalog that is served, and what its process says."""

    def __init__(self, root: str, said: Path, process: subprocess.Popen[str]) -> None:
        self.root = root
        self.said = said
        self.process = process

    def page(self, name: str) -> str:
        """Return a page; the status of one that is not there."""
        try:
            with urlopen(f"{self.root}{name}") as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            return str(error.code)

    def shows(self, name: str, fits: Callable[[str], bool]) -> None:
        """Wait until a page is as it should be."""
        for _ in range(600):
            if fits(self.page(name)):
                return
            assert self.process.poll() is None, self.said.read_text()
            time.sleep(0.1)
        pytest.fail(f"{name} is not as it should be: {self.said.read_text()}")


@contextmanager
def served(workspace: Folder, said: Path, *more: str) -> Iterator[Served]:
    command = [
        sys.executable,
        "-u",
        "-m",
        "callsheet",
        "catalog",
        "--serve",
        "-C",
        str(workspace.path),
        *more,
    ]
    with (
        said.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as running,
    ):
        assert running.stdout is not None
        root = running.stdout.readline().split(" at ")[1].split(";")[0]
        try:
            yield Served(root, said, running)
        finally:
            running.send_signal(signal.SIGINT)


def test_files_that_come_go_and_change_are_followed(workspace: Folder, tmp_path: Path) -> None:
    with served(workspace, tmp_path / "said") as site:
        workspace.action("other")
        site.shows("actions/other.html", lambda page: "Other" in page or "other" in page)
        workspace.remove("other")
        site.shows("actions/other.html", lambda page: page == "404")
        site.shows("index.html", lambda page: "actions/other.html" not in page)
        workspace.action("example", constant="4711")
        site.shows("actions/example.html", lambda page: "4711" in page)
        (workspace.path / "deep" / "er").mkdir(parents=True)
        workspace.write("deep/er/new.yaml", ACTION.format(name="deep", constant="1"))
        site.shows("actions/deep.html", lambda page: "deep/er/new.yaml" in page)
        assert site.said.read_text() == ""


def test_errors_appear_and_vanish(workspace: Folder, tmp_path: Path) -> None:
    right = (workspace.path / "example.yaml").read_text("utf-8")
    with served(workspace, tmp_path / "said", "-e", "local") as site:
        for wrong, code in ((right.replace("params.title", "params.no"), "CS306"), ("a: [", "CS1")):
            workspace.write("example.yaml", wrong)
            site.shows("overview.html", lambda page, code=code: f"<strong>{code}" in page)
            workspace.write("example.yaml", right)
            site.shows("overview.html", lambda page: "<strong>CS" not in page)
        # Without the environment that was asked for there is no site: the last one stays.
        workspace.write("environments.yaml", ENVIRONMENT.replace("name: local", "name: moved"))
        for _ in range(600):
            if "CS921" in site.said.read_text():
                break
            time.sleep(0.1)
        assert "error CS921: there is no environment `local`" in site.said.read_text()
        assert "Example" in site.page("actions/example.html")
        workspace.write("environments.yaml", ENVIRONMENT)
        workspace.action("later")
        site.shows("actions/later.html", lambda page: "later.yaml" in page)


def test_a_site_in_the_workspace_is_no_change_of_it(workspace: Folder, tmp_path: Path) -> None:
    out = workspace.path / "site"
    with served(workspace, tmp_path / "said", "--out", str(out)) as site:
        workspace.action("other")
        site.shows("actions/other.html", lambda page: page != "404")
        time.sleep(1)
        before = (out / "index.html").stat().st_mtime_ns
        time.sleep(1.5)
        assert (out / "index.html").stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["a.yaml", "mail.html", "rows.csv", "payload.json.j2"])
def test_what_is_changed_before_it_is_waited_for_is_not_lost(
    name: str, workspace: Folder, tmp_path: Path
) -> None:
    changes = changes_of(workspace.path, "test", str(workspace.path / "site"))
    workspace.write(f"site/{name}", "own")
    workspace.write(name, "changed")
    assert next(changes) is None


def test_an_apply_and_a_commit_are_followed(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.commit("the first one")
    with served(workspace, tmp_path / "said", "-e", "local") as site:
        assert "not deployed" in site.page("index.html")
        assert callsheet("apply", "--yes", "-q", "-C", workspace.path).code == 0
        site.shows("index.html", lambda page: '<span class="state deployed">' in page)
        workspace.action("example", constant="4712")
        workspace.commit("the second one")
        site.shows("actions/example.html", lambda page: "the second one" in page)
        # What it reads itself is no change.
        told = site.process.stdout
        assert told is not None
        os.set_blocking(told.fileno(), False)
        time.sleep(1)
        assert b"written again" in os.read(told.fileno(), 65_536)
        time.sleep(2)
        with pytest.raises(BlockingIOError):
            os.read(told.fileno(), 65_536)
