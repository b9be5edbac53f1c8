"""`--dask`: the same bytes and findings as one process, whatever becomes of workers and scheduler."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.dask_cluster import Cluster, cluster
from support.workspaces import ENVIRONMENT, Callsheet, Folder, Outcome

pytest.importorskip("distributed", reason="the extra callsheet[dask] is not installed")

SET = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: campaigns}
spec:
  itemsFile: ./rows/campaigns.csv
  template:
    metadata: {name: "campaign_{{ item.key }}", title: {en: "Campaign {{ item.key }}"}}
    spec:
      request: {method: POST, url: https://api.example.com/send, payload: {campaign: "{{ item.key }}"}}
"""

BY_FILE = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: %s, title: {en: By a file}}
spec:
  request: {method: POST, url: https://api.example.com/send, %s}
  parameters: {title: {type: string, example: Hi}}
"""


@pytest.fixture(scope="module")
def workers() -> Iterator[Cluster]:
    with cluster(2) as found:
        yield found


@pytest.fixture
def varied(empty: Folder) -> Folder:
    """A workspace in which documents read other files, and much is wrong."""
    for name in ("local", "staging"):
        empty.write(f"{name}.yaml", ENVIRONMENT.replace("name: local", f"name: {name}"))
    for number in range(30):
        empty.action(f"a{number:02}", constant="no" if number == 7 else str(number))
    empty.write("set.yaml", SET)
    empty.write("rows/campaigns.csv", "key\nspring\nautumn\n")
    empty.write("push.json.j2", '{"title": {{ params.title | tojson }}}')
    empty.write("by_file.yaml", BY_FILE % ("by_file", "payloadFile: push.json.j2"))
    # Written so that no search of the text finds the name; who computes it asks for it.
    empty.write("by_escape.yaml", BY_FILE % ("by_escape", '"payloadFile": "push\\x2ejson.j2"'))
    empty.write("not_there.yaml", BY_FILE % ("not_there", "payloadFile: none.json.j2"))
    empty.write(".env", "TOKEN=never-to-be-sent")
    empty.write("dotfile.yaml", BY_FILE % ("dotfile", "payloadFile: .env"))
    empty.write("broken.yaml", "apiVersion: [callsheet/v1\n")
    empty.write("large.yaml", "# " + "x" * 1_100_000)
    empty.write("latin.yaml", "").write_bytes(b"title: caf\xe9\n")
    return empty


TRAP = """\
import os, sys
open(os.environ["TRAP"], "a").write(f"{sys.argv}\\n")
"""


BEGIN = """\
if __name__ == "__main__":
    import multiprocessing
    multiprocessing.get_all_start_methods = lambda: ["HOW"]
    multiprocessing.set_start_method("HOW")
    from callsheet.cli.main import main
    main()
"""


@pytest.mark.parametrize(
    ("how", "start"),
    [(["--dask", "local:1"], "fork"), (["--jobs", "2"], "fork"), (["--jobs", "2"], "spawn")],
)
def test_no_process_that_is_started_imports_what_the_folder_contains(
    workspace: Folder, tmp_path: Path, how: list[str], start: str
) -> None:
    several_batches(workspace)
    for name in (
        "multiprocessing",
        "distributed",
        "dask",
        "pickle",
        "callsheet",
        "yaml",
        "_posixsubprocess",
    ):
        workspace.write(f"{name}.py", TRAP)
    ran = tmp_path / "ran"
    # As the command is: a file elsewhere, by which the current folder is in no path.
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "begin.py").write_text(BEGIN.replace("HOW", start))
    done = subprocess.run(
        [sys.executable, tmp_path / "start" / "begin.py", "validate", "--no-cache", *how],
        cwd=workspace.path, env={**os.environ, "TRAP": str(ran)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert not ran.exists(), ran.read_text()


def several_batches(folder: Folder) -> None:
    """Write files of so many bytes that they are sent in several batches."""
    for number in range(240):
        file = folder.action(f"a{number:03}", constant=str(number))
        file.write_text(f"{file.read_text()}# {'x' * 8000}\n")


def by_process(*arguments: str | Path) -> Outcome:
    """Run the command line in a process of its own, as a terminal does."""
    done = subprocess.run(
        [sys.executable, "-m", "callsheet", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def test_workers_find_what_one_process_finds(
    varied: Folder, workers: Cluster, callsheet: Callsheet
) -> None:
    validate = ("validate", "-C", varied.path, "-o", "json", "--no-cache")
    expected = callsheet(*validate, "--jobs", "1")
    assert {code for code in ("CS101", "CS103", "CS512") if code in expected.out}, expected.out
    assert by_process(*validate, "--dask", workers.address) == expected


@pytest.mark.cached
def test_workers_compile_to_the_bytes_of_one_process_and_the_cache_has_them(
    varied: Folder, workers: Cluster, callsheet: Callsheet
) -> None:
    for name in ("a07", "not_there", "dotfile", "broken", "large", "latin"):
        varied.remove(name)
    render = ("render", "--all", "-C", varied.path, "-o", "json")
    expected = callsheet(*render, "--jobs", "1", "--no-cache")
    assert expected.code == 0
    assert all(one in expected.out for one in ("by_escape", "campaign_spring"))
    assert by_process(*render, "--dask", workers.address) == expected
    # Nothing is left to compute: no scheduler is asked.
    assert callsheet(*render, "--dask", "tcp://127.0.0.1:1") == expected


def test_the_work_of_a_worker_that_is_killed_is_done_by_another(
    workspace: Folder, workers: Cluster, callsheet: Callsheet
) -> None:
    several_batches(workspace)
    render = ("render", "--all", "-C", workspace.path, "-o", "json", "--no-cache")
    expected = callsheet(*render)
    workers.order("kill-worker")
    assert by_process(*render, "--dask", workers.address) == expected
    assert workers.done().startswith("killed worker")


def test_a_scheduler_that_goes_away_is_an_error_and_nothing_is_half_done(
    workspace: Folder, tmp_path: Path
) -> None:
    several_batches(workspace)
    with cluster(1) as found:
        found.order("kill-scheduler")
        outcome = by_process(
            "plan", "-C", workspace.path, "--out", tmp_path / "plan.json", "--dask", found.address
        )
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == (
            f"error CS994: the Dask scheduler at {found.address} went away\n"
            "help: run the command again when it is back, or without --dask;"
            " what was compiled until then is in the cache\n"
        )
    assert not (tmp_path / "plan.json").exists()


def test_a_worker_with_another_version_is_refused_by_name(workspace: Folder, tmp_path: Path) -> None:
    for name in ("callsheet", "jinja2"):
        folder = tmp_path / "other" / f"{name}-0.0.1.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.1\n")
    with cluster(1, PYTHONPATH=str(tmp_path / "other")) as found:
        # The cluster's own process has the same path: its scheduler computes nothing.
        outcome = by_process("validate", "-C", workspace.path, "--dask", found.address)
    assert (outcome.code, outcome.out) == (1, "")
    first, second, third = outcome.err.splitlines()
    assert first == (
        "error CS995: 1 Dask worker has other versions than this process: what they compile could differ"
    )
    assert second.startswith("  tcp://127.0.0.1:")
    assert "callsheet 0.0.1 (" in second
    assert ", jinja2 0.0.1 (" in second
    assert "pyyaml" not in second
    assert third == "help: install the same versions on the workers"


def test_a_scheduler_that_does_not_answer_is_named(workspace: Folder) -> None:
    begin = time.monotonic()
    outcome = by_process("validate", "-C", workspace.path, "--dask", "tcp://127.0.0.1:1")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "error CS994: no Dask scheduler answers at tcp://127.0.0.1:1\n"
        "help: correct the address, or start the scheduler with `dask scheduler`\n"
    )
    assert time.monotonic() - begin < 60


def test_workers_can_be_started_on_this_machine(workspace: Folder) -> None:
    outcome = by_process("diff", "-C", workspace.path, "--dask", "local:1", "--no-cache")
    assert (outcome.code, outcome.err) == (0, "")
    assert "create" in outcome.out


def test_without_its_package_the_extra_is_named(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert callsheet("validate", "-C", workspace.path, "--dask", "local:1", "--no-cache").err == (
        "error CS945: --dask needs the package distributed, which is not installed\n"
        "help: pip install 'callsheet[dask]'\n"
    )
