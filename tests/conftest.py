"""What the tests share: workspaces in temporary folders, and the command line in this process."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support import forms
from support.workspaces import (
    ENVIRONMENT,
    POSTGRESQL,
    Callsheet,
    Folder,
    Outcome,
    committed_samples,
    plain_surroundings,
)

if TYPE_CHECKING:
    from support.adobe import Adobe
    from support.adobe_workspace import Do
    from support.collection import Collection
    from support.kept import Kept
    from support.postgres import Server
    from support.service import Service


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long forms of the tests")


def pytest_configure(config: pytest.Config) -> None:
    """Let each process keep what it compiled, and generated examples be the same in each run.

    The scheduled run, with --long, looks for new examples.
    """
    forms.LONG = config.getoption("--long")
    # A shell starts what runs in the background with Ctrl-C ignored, and what the tests start inherits it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _keep_temporary_files_in_memory()
    # Container images like to switch bytecode off. Then each of the hundreds of callsheets that the tests
    # start compiles the whole package, which takes longer than what it is started for.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    try:
        from hypothesis import settings
    except ImportError:
        return  # the first steps are also tested with pytest alone
    settings.register_profile("the same each time", derandomize=True, deadline=None, max_examples=40)
    if not forms.LONG:
        settings.load_profile("the same each time")


MEMORY = "/dev/shm"


def _keep_temporary_files_in_memory() -> None:
    """Let no test wait for a disk: what each apply writes is written through to it.

    Not where the folder is too small (as in a container), or no program may be started from it.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    if shutil.disk_usage(MEMORY).free > 2 << 30 and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = MEMORY
        tempfile.tempdir = None


def pytest_collection_finish() -> None:
    """Keep what is there before the first test out of every collection of garbage."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)  # the first steps are also tested with pytest alone
def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are processors: about half of a test's time it waits for others."""
    return (
        len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("CALLSHEET_NO_CACHE"):
        for item in items:
            if "cached" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="CALLSHEET_NO_CACHE is set"))
    if config.getoption("--long"):
        return
    for item in items:
        if "long" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="the long form runs with --long, on a schedule"))
    left = _left_to_the_long_form(items)
    config.hook.pytest_deselected(items=left)
    without = set(left)
    items[:] = [one for one in items if one not in without]


def _left_to_the_long_form(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the combinations of parameters that the quick form leaves out.

    Of a test that is marked `one_in(n)`, those run whose values' positions add up to a multiple of n. Of one parameter
    it is each n-th value. Of several, each value of each is among them where the others add up to n or more, and each
    pair of values where one of the others has n values or more.
    """
    left = []
    positions: dict[tuple[str, str], dict[str, int]] = {}
    for item in items:
        marker = item.get_closest_marker("one_in")
        if marker is None or not isinstance(item, pytest.Function):
            continue
        total = 0
        for name, value in item.callspec.params.items():
            known = positions.setdefault((f"{item.path}::{item.originalname}", name), {})
            total += known.setdefault(repr(value), len(known))
        if total % int(marker.args[0]):
            left.append(item)
    return left


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the developer's own settings out of the results."""
    plain_surroundings(monkeypatch, tmp_path)


@pytest.fixture
def callsheet(capsys: pytest.CaptureFixture[str]) -> Callsheet:
    """Run the command line in this process, as `main` does."""
    from callsheet.cli.main import run

    def call(*arguments: str | Path) -> Outcome:
        code = run([str(one) for one in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def empty(tmp_path: Path) -> Folder:
    """Give an empty folder."""
    (tmp_path / "workspace").mkdir()
    return Folder(tmp_path / "workspace")


@pytest.fixture
def workspace(empty: Folder) -> Folder:
    """Give a workspace with one action and one environment."""
    empty.action()
    empty.write("environments.yaml", ENVIRONMENT)
    return empty


@pytest.fixture
def samples(tmp_path: Path) -> Folder:
    """Give a copy of the sample workspace in a git repository, as `actions/` of a folder."""
    return committed_samples(tmp_path)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what calls a service wait a hundredth of a second at most."""
    from callsheet.targets.rest import client

    real = client.ServiceClient.__init__

    def quick(self: Any, *arguments: Any, **named: Any) -> None:
        real(self, *arguments, **named)
        self.wait = lambda seconds: time.sleep(min(seconds, 0.01))

    monkeypatch.setattr(client.ServiceClient, "__init__", quick)


@pytest.fixture
def adobe(monkeypatch: pytest.MonkeyPatch, patient: None) -> Iterator[Adobe]:
    """Run Adobe's API on this machine, and let the environment name it."""
    from support.adobe import CLIENT, SECRET, running

    del patient
    with running() as found:
        monkeypatch.setenv("ADOBE_URL", found.url)
        monkeypatch.setenv("ADOBE_TOKEN_URL", f"{found.url}/ims/token/v3")
        monkeypatch.setenv("ADOBE_CLIENT", CLIENT)
        monkeypatch.setenv("ADOBE_SECRET", SECRET)
        yield found


@pytest.fixture
def service() -> Iterator[Service]:
    """Give an HTTP server that answers as it is told, and remembers what came."""
    from support.service import echo, serving

    with serving() as found:
        found.answers = [echo]
        yield found


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Give a running PostgreSQL."""
    from support.postgres import running

    with running() as found:
        yield found


@pytest.fixture
def database(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the name of an empty PostgreSQL database, to which env:CALLSHEET_DATABASE leads."""
    name = server.database()
    monkeypatch.setenv("CALLSHEET_DATABASE", server.url(name))
    return name


@pytest.fixture
def shared_workspace(workspace: Folder, database: str) -> Folder:
    """Give a workspace whose target and ledger are in PostgreSQL."""
    del database
    workspace.write("environments.yaml", POSTGRESQL)
    return workspace


@pytest.fixture
def collection(monkeypatch: pytest.MonkeyPatch, patient: None) -> Iterator[Collection]:
    """Run a REST collection on this machine, and let the environment name it."""
    from support.collection import TOKEN, collecting

    del patient
    with collecting() as found:
        monkeypatch.setenv("HOOKS_URL", found.url)
        monkeypatch.setenv("HOOKS_TOKEN", TOKEN)
        yield found


@pytest.fixture
def hooks(workspace: Folder, collection: Collection) -> Folder:
    """Give a workspace that is deployed to the collection."""
    from support.hooks import ENVIRONMENT as DEPLOYED

    del collection
    workspace.write("environments.yaml", DEPLOYED)
    return workspace


@pytest.fixture
def endpoints(empty: Folder, adobe: Adobe) -> Folder:
    """Give a workspace with a configuration of an endpoint, which is deployed to Adobe's API."""
    from support.adobe_workspace import CAPPING
    from support.adobe_workspace import ENVIRONMENT as DEPLOYED

    del adobe
    empty.write("environments.yaml", DEPLOYED)
    empty.write("shop.yaml", CAPPING)
    return empty


@pytest.fixture
def do(callsheet: Callsheet, endpoints: Folder) -> Do:
    """Give the commands on that workspace."""
    from support.adobe_workspace import Do

    return Do(callsheet, endpoints)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `kept` runs on every target."""
    if "kept" in metafunc.fixturenames:
        from support.kept import TARGETS

        metafunc.parametrize("kept", list(TARGETS), indirect=True)


@pytest.fixture
def kept(request: pytest.FixtureRequest, workspace: Folder, patient: None) -> Kept:
    """Give a workspace that is deployed to a target, and that target."""
    from support.kept import TARGETS

    del patient
    return TARGETS[request.param](workspace, request)
