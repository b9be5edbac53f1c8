"""A repository written by a stranger: no program that it names is started, and no change is hidden."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from callsheet.documents.revisions import authorship_of
from support.workspaces import ENVIRONMENT, Callsheet, Folder, git

HOOKS = (
    "post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman",
    "pre-commit", "post-commit", "proc-receive", "sendemail-validate",
)  # fmt: skip
SHADOWED = ("ssh", "gpg", "less", "git-lfs", "git-remote-https", "git-remote-ext", "git-remote-odd", "vi")


@dataclass(frozen=True)
class Trap:
    """A repository with a workspace in `actions/`, and a program that notes each time that it is started."""

    repository: Folder
    workspace: Folder
    program: Path
    base: str

    @property
    def git_folder(self) -> Path:
        return self.repository.path / ".git"

    def config(self, text: str) -> None:
        """Add to the repository's own configuration; `RUN` stands for the program."""
        with (self.git_folder / "config").open("a") as stream:
            stream.write(text.replace("RUN", str(self.program)))

    def started(self) -> list[str]:
        noted = self.program.parent / "started"
        return noted.read_text().splitlines() if noted.exists() else []


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trap:
    traps = tmp_path / "traps"
    traps.mkdir()
    program = traps / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {traps}/started\ncat\n')
    program.chmod(0o755)
    for name in SHADOWED:
        shutil.copy(program, traps / name)
    monkeypatch.setenv("PATH", f"{traps}{os.pathsep}{os.environ['PATH']}")
    repository, workspace = Folder(tmp_path / "one"), Folder(tmp_path / "one" / "actions")
    workspace.action(constant="1")
    workspace.write("environments.yaml", ENVIRONMENT)
    base = repository.commit("base")
    workspace.action(constant="2")
    return Trap(repository, workspace, program, base)


def looks_like_a_repository(trap: Trap) -> None:
    inner = trap.repository.path.parent / "inner"
    inside = {**os.environ, "GIT_DIR": str(inner), "GIT_WORK_TREE": str(trap.workspace.path)}
    for arguments in (("init", "-q"), ("add", "-A", "."), ("commit", "-qm", "x"), ("repack", "-adq")):
        subprocess.run(["git", *arguments], cwd=trap.workspace.path, env=inside, check=True)
    for name in ("HEAD", "objects", "refs", "index"):
        copy = shutil.copytree if (inner / name).is_dir() else shutil.copy
        copy(inner / name, trap.workspace.path / name)
    branch = next((inner / "refs" / "heads").iterdir())
    (trap.workspace.path / "refs" / "replace").mkdir()
    shutil.copy(branch, trap.workspace.path / "refs" / "replace" / trap.base)
    settings = (
        '[core]\nrepositoryformatversion = 0\nbare = false\nworktree = .\n[filter "x"]\nclean = RUN\n'
    )
    trap.workspace.write("config", settings.replace("RUN", str(trap.program)))
    trap.workspace.write(".gitattributes", "* filter=x\n")
    trap.repository.git("add", "-f", "-A")
    trap.repository.git("commit", "-qm", "change")


def filters(trap: Trap) -> None:
    trap.workspace.write(".gitattributes", "* filter=x diff=x merge=x\n")
    trap.config('[filter "x"]\nclean = RUN\nsmudge = RUN\nrequired = true\n[merge "x"]\ndriver = RUN\n')


def filter_processes(trap: Trap) -> None:
    (trap.git_folder / "info" / "attributes").write_text("* filter=x\n")
    trap.config('[filter "x"]\nprocess = RUN\nrequired = true\n')


def text_conversions(trap: Trap) -> None:
    trap.workspace.write(".gitattributes", "* diff=x\n")
    trap.config('[diff "x"]\ntextconv = RUN\ncommand = RUN\ncachetextconv = true\n[diff]\nexternal = RUN\n')


def attributes_of_the_user(trap: Trap) -> None:
    file = trap.git_folder / "their-attributes"
    file.write_text("* filter=x diff=x\n")
    trap.config(f'[core]\nattributesFile = {file}\n[filter "x"]\nclean = RUN\n[diff "x"]\ntextconv = RUN\n')


def monitors(trap: Trap) -> None:
    trap.config("[core]\nfsmonitor = RUN\nfsmonitorHookVersion = 2\nuntrackedCache = true\n")


def hooks(trap: Trap) -> None:
    folder = trap.git_folder / "their-hooks"
    folder.mkdir()
    for name in HOOKS:
        shutil.copy(trap.program, trap.git_folder / "hooks" / name)
        shutil.copy(trap.program, folder / name)
    trap.config(f"[core]\nhooksPath = {folder}\n")


def aliases_and_editors(trap: Trap) -> None:
    trap.config(
        "[alias]\nrev-parse = !RUN\nls-tree = !RUN\ncat-file = !RUN\nls-files = !RUN\nrev-list = !RUN\n"
        "[core]\npager = RUN\neditor = RUN\nsshCommand = RUN\ngitProxy = RUN\naskPass = RUN\n"
        "alternateRefsCommand = RUN\n[pager]\nls-tree = RUN\nls-files = RUN\n[gpg]\nprogram = RUN\n"
        "[log]\nshowSignature = true\n[credential]\nhelper = !RUN\n[uploadpack]\npackObjectsHook = RUN\n"
    )


def includes(trap: Trap) -> None:
    file = trap.git_folder / "more"
    file.write_text(f'[filter "x"]\nclean = {trap.program}\n[core]\nfsmonitor = {trap.program}\n')
    trap.workspace.write(".gitattributes", "* filter=x\n")
    trap.config(f'[include]\npath = {file}\n[includeIf "gitdir:/"]\npath = {file}\n')


def configuration_of_the_work_tree(trap: Trap) -> None:
    (trap.git_folder / "config.worktree").write_text(f"[core]\nfsmonitor = {trap.program}\nworktree = /\n")
    trap.config("[extensions]\nworktreeConfig = true\n")


def another_work_tree(trap: Trap) -> None:
    other = trap.repository.path.parent / "other"
    shutil.copytree(trap.workspace.path, other / "actions")
    trap.config(f"[core]\nworktree = {other}\nbare = false\n")


def replacements_and_grafts(trap: Trap) -> None:
    trap.repository.git("add", "-A")
    trap.repository.git("commit", "-qm", "change")
    head = trap.repository.git("rev-parse", "HEAD").strip()
    trap.repository.git("replace", trap.base, head)
    (trap.git_folder / "info" / "grafts").write_text(f"{head} {head}\n")


def alternates(trap: Trap) -> None:
    other = trap.repository.path.parent / "alternate"
    git(trap.repository.path.parent, "clone", "-q", "--bare", str(trap.repository.path), str(other))
    (trap.git_folder / "objects" / "info" / "alternates").write_text(f"{other}/objects\n/nowhere\n")
    trap.config("[core]\nalternateRefsCommand = RUN\n")


def odd_references(trap: Trap) -> None:
    for name in (trap.base, "-x", "HEAD", "main^{commit}"):
        (trap.git_folder / "refs" / "heads" / name).write_text(f"{trap.base}\n")
    (trap.git_folder / "refs" / "heads" / "broken").write_text("not a hash\n")
    (trap.git_folder / "refs" / "remotes").mkdir()
    (trap.git_folder / "refs" / "remotes" / "loop").write_text("ref: refs/remotes/loop\n")


def submodules(trap: Trap) -> None:
    inner = Folder(trap.workspace.path / "vendored")
    inner.action("inner")
    inner.git("init", "-q")
    (inner.path / ".git" / "config").write_text(f"[core]\nfsmonitor = {trap.program}\nworktree = /\n")
    trap.workspace.write(".callsheetignore", "vendored/\n")
    trap.repository.write(
        ".gitmodules", '[submodule "x"]\npath = actions/vendored\nurl = ext::x\nupdate = !x\n'
    )
    trap.config(
        '[submodule "x"]\nupdate = !RUN\nactive = true\nurl = ext::RUN\n[submodule]\nrecurse = true\n'
    )


def an_unknown_extension(trap: Trap) -> None:
    trap.config("[core]\nrepositoryformatversion = 1\n[extensions]\nsurprise = true\n")


def missing_objects(remote: str) -> Callable[[Trap], None]:
    def prepare(trap: Trap) -> None:
        blob = trap.repository.git("rev-parse", f"{trap.base}:actions/example.yaml").strip()
        (trap.git_folder / "objects" / blob[:2] / blob[2:]).unlink()
        trap.config(
            "[core]\nrepositoryformatversion = 1\nsshCommand = RUN\naskPass = RUN\ngitProxy = RUN\n"
            '[extensions]\npartialClone = origin\n[credential]\nhelper = !RUN\n[protocol "ext"]\nallow = always\n'
            f'[remote "origin"]\npromisor = true\nuploadpack = RUN\npartialclonefilter = blob:none\n{remote}\n'
        )

    return prepare


CASES: dict[str, tuple[Callable[[Trap], None], str | None]] = {
    "tracked files that look like a repository": (looks_like_a_repository, None),
    "filters": (filters, None),
    "filter processes": (filter_processes, None),
    "text conversions and external diffs": (text_conversions, None),
    "attributes of the user": (attributes_of_the_user, None),
    "file system monitors": (monitors, None),
    "hooks": (hooks, None),
    "aliases, pagers, editors and helpers": (aliases_and_editors, None),
    "included configuration": (includes, None),
    "configuration of the work tree": (configuration_of_the_work_tree, None),
    "another work tree": (another_work_tree, None),
    "replacements and grafts": (replacements_and_grafts, None),
    "alternates": (alternates, None),
    "odd references": (odd_references, None),
    "submodules": (submodules, None),
    "an unknown extension": (an_unknown_extension, "CS971"),
    "a promisor over ssh": (missing_objects("url = ssh://127.0.0.1:1/x"), "CS972"),
    "a promisor over https": (missing_objects("url = https://127.0.0.1:1/x"), "CS972"),
    "a promisor by a program": (missing_objects("url = ext::RUN"), "CS972"),
    "a promisor by a helper": (missing_objects("url = odd::x\nvcs = odd"), "CS972"),
    "a promisor in a folder": (missing_objects("url = /"), "CS972"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_repository_starts_no_program_and_hides_no_change(
    case: str, trap: Trap, callsheet: Callsheet
) -> None:
    prepare, code = CASES[case]
    prepare(trap)
    already = len(trap.started())  # while it was prepared
    at = ("-C", trap.workspace.path)
    diff = callsheet("diff", *at, "--base", trap.base)
    if code is None:
        assert diff.code == 0, diff.err
        assert "payload field `fixed` changed" in diff.out
    else:
        assert f"error {code}: " in diff.err
    plan = callsheet("plan", *at)
    assert plan.code == 0, plan.err
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert trap.started()[already:] == []


def test_who_wrote_a_commit_is_read_without_verifying_its_signature(trap: Trap) -> None:
    written = trap.repository.git("cat-file", "commit", "HEAD")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n"
    signed = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        cwd=trap.repository.path, input=written.replace("\n\n", f"\n{signature}", 1).encode(),
        capture_output=True, check=True,
    ).stdout.decode().strip()  # fmt: skip
    aliases_and_editors(trap)
    trap.repository.git("log", "-1", "--format=%ae", signed)
    assert trap.started(), "git log itself starts the program"
    already = len(trap.started())
    found = authorship_of(trap.workspace.path, signed)
    assert found is not None
    assert found.addresses == {"ada@example.com"}
    assert trap.started()[already:] == []


def test_nothing_but_git_is_started_as_the_kernel_sees_it(trap: Trap, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if (
        strace is None
        or subprocess.run([strace, "-qq", "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("strace is missing, or may not trace")
    for prepare in (looks_like_a_repository, text_conversions, monitors, hooks, aliases_and_editors):
        prepare(trap)
    log = tmp_path / "strace"
    script = (
        "import sys; from callsheet.cli.main import run; at = ['-C', sys.argv[1]]\n"
        "for one in (['diff', '--base', sys.argv[2]], ['plan'], ['apply', '--yes']):\n    run([*one, *at])"
    )
    subprocess.run(
        [strace, "-f", "-qq", "-e", "trace=execve", "-s", "400", "-o", log,
         sys.executable, "-c", script, trap.workspace.path, trap.base],
        check=True, capture_output=True,
    )  # fmt: skip
    started = re.findall(r'execve\("([^"]+)", \[(.*)\].* = 0$', log.read_text(), re.MULTILINE)
    programs = {Path(program).name for program, _ in started[1:]}
    assert programs == {"git"}, started
    assert not [one for _, one in started if '"fetch"' in one or '"status"' in one]
