"""What the tests share: workspaces in temporary folders, and the command line in this process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from adobe import Adobe
    from adobe_workspace import Do
    from collection import Collection
    from kept import Kept
    from postgres import Server
    from service import Service

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("CALLSHEET_SHARED", ROOT.parent / "shared"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long forms of the tests")


def pytest_configure(config: pytest.Config) -> None:
    """Let generated examples be the same in each run; the scheduled one, with --long, looks for new ones."""
    try:
        from hypothesis import settings
    except ImportError:
        return  # the first steps are also tested with pytest alone
    settings.register_profile("the same each time", derandomize=True)
    if not config.getoption("--long"):
        settings.load_profile("the same each time")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    for item in items:
        if "long" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="the long form runs with --long, on a schedule"))


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the developer's own settings out of the results."""
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "CALLSHEET_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("CALLSHEET_AUTHOR", "ada")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.com")
        monkeypatch.setenv(f"GIT_{who}_DATE", "2026-11-25T08:00:00Z")


@dataclass(frozen=True)
class Outcome:
    """What a command line did."""

    code: int
    out: str
    err: str


Callsheet = Callable[..., Outcome]


@pytest.fixture
def callsheet(capsys: pytest.CaptureFixture[str]) -> Callsheet:
    """Run the command line in this process, as `main` does."""
    from callsheet.cli.main import run

    def call(*arguments: str | Path) -> Outcome:
        code = run([str(one) for one in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


def run_callsheet(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Outcome:
    """Run the command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "callsheet", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
        timeout=120,
    )
    return Outcome(
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )


ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: {name}, title: {{en: Example, fr: Exemple}}, owner: team-a, labels: {{channel: push}}}}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/send
    payload: {{title: "{{{{ params.title }}}}", fixed: {constant}}}
  parameters:
    title: {{type: string, example: Hi}}
"""

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {host: api.example.com}
  target: {type: sqlite, path: .callsheet/local.db}
"""


@dataclass(frozen=True)
class Folder:
    """A workspace in a temporary folder."""

    path: Path

    def write(self, name: str, text: str) -> Path:
        """Write one file of the workspace."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def action(self, name: str = "example", constant: str = "1") -> Path:
        """Write one action."""
        return self.write(f"{name}.yaml", ACTION.format(name=name, constant=constant))

    def remove(self, name: str) -> None:
        """Remove the file of an action."""
        (self.path / f"{name}.yaml").unlink()

    def rename(self, old: str, new: str) -> None:
        """Rename an action, and its file."""
        text = (self.path / f"{old}.yaml").read_text(encoding="utf-8")
        self.remove(old)
        text = text.replace(f"name: {old}", f"name: {new}")
        self.write(
            f"{new}.yaml", text.replace("spec:\n", f"spec:\n  lifecycle: {{renamedFrom: {old}}}\n", 1)
        )

    @property
    def database(self) -> Path:
        """The file of target and ledger."""
        return self.path / ".callsheet" / "local.db"

    def git(self, *arguments: str) -> str:
        """Run git in the workspace."""
        return git(self.path, *arguments)

    def commit(self, message: str = "a change") -> str:
        """Commit everything; gives the commit's id."""
        if not (self.path / ".git").exists():
            self.git("init", "-q", "-b", "main")
            self.write(".gitignore", ".callsheet/\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD").strip()


def git(folder: Path, *arguments: str) -> str:
    """Run git; gives what it printed."""
    return subprocess.run(
        ["git", "-c", "commit.gpgsign=false", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


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
    import shutil

    target = tmp_path / "repository" / "actions"
    shutil.copytree(ROOT / "actions", target, ignore=shutil.ignore_patterns(".callsheet"))
    folder = Folder(target.parent)
    folder.write(".gitignore", ".callsheet/\n")
    folder.commit("the samples")
    return Folder(target)


POSTGRESQL = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {host: api.example.com}
  target: {type: postgresql, url: {secret: "env:CALLSHEET_DATABASE"}}
"""


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
    from adobe import CLIENT, SECRET, running

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
    from service import echo, serving

    with serving() as found:
        found.answers = [echo]
        yield found


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Give a running PostgreSQL."""
    from postgres import running

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
    from collection import TOKEN, collecting

    del patient
    with collecting() as found:
        monkeypatch.setenv("HOOKS_URL", found.url)
        monkeypatch.setenv("HOOKS_TOKEN", TOKEN)
        yield found


@pytest.fixture
def hooks(workspace: Folder, collection: Collection) -> Folder:
    """Give a workspace that is deployed to the collection."""
    from hooks import ENVIRONMENT as DEPLOYED

    del collection
    workspace.write("environments.yaml", DEPLOYED)
    return workspace


@pytest.fixture
def endpoints(empty: Folder, adobe: Adobe) -> Folder:
    """Give a workspace with a configuration of an endpoint, which is deployed to Adobe's API."""
    from adobe_workspace import CAPPING
    from adobe_workspace import ENVIRONMENT as DEPLOYED

    del adobe
    empty.write("environments.yaml", DEPLOYED)
    empty.write("shop.yaml", CAPPING)
    return empty


@pytest.fixture
def do(callsheet: Callsheet, endpoints: Folder) -> Do:
    """Give the commands on that workspace."""
    from adobe_workspace import Do

    return Do(callsheet, endpoints)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `kept` runs on every target."""
    if "kept" in metafunc.fixturenames:
        from kept import TARGETS

        metafunc.parametrize("kept", list(TARGETS), indirect=True)


@pytest.fixture
def kept(request: pytest.FixtureRequest, workspace: Folder, patient: None) -> Kept:
    """Give a workspace that is deployed to a target, and that target."""
    from kept import TARGETS

    del patient
    return TARGETS[request.param](workspace, request)
