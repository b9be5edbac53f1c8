"""Time the working tree beside an older commit, in turn, in one run: fail where it is slower by a fifth.

    python tests/benchmarks/regression.py REVISION [--actions 1000] [--repeat 5] [--worse 1.2]

The older commit is installed into an environment of its own. Both run over the same generated workspace; the
least of the repetitions counts, so that other work on the machine counts as little as it can.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from generate import generate
from measuring import Bench

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "--help": ["--help"],
    "validate, cold": ["validate", "-q"],
    "validate, second time": ["validate", "-q"],
    "plan, all new": ["plan", "-q", "-e", "local"],
    "apply, all new": ["apply", "-q", "-e", "local", "--yes"],
    "plan, nothing changed": ["plan", "-q", "-e", "local"],
    "drift": ["drift", "-q", "-e", "local"],
}
COLD = ("validate, cold", "plan, all new", "apply, all new")
"""Before each of these, everything that an earlier command left is removed."""


def install(revision: str, folder: Path) -> Path:
    """Install a commit into an environment of its own; return its interpreter."""
    tree = folder / "tree"
    subprocess.run(["git", "-C", ROOT, "worktree", "add", "--detach", "-f", tree, revision], check=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        python = folder / "venv" / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "-q", tree], check=True)
    finally:
        subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", tree], check=True)
    return python


def measure(bench: Bench, pythons: dict[str, Path], workspaces: dict[str, Path], repeat: int) -> None:
    """Run every command in turn, by the older commit and by the working tree."""
    for name, command in COMMANDS.items():
        for _ in range(repeat):
            for who, python in pythons.items():
                where = [] if name == "--help" else ["-C", str(workspaces[who])]

                def clean(
                    folder: Path = workspaces[who] / ".callsheet", *, cold: bool = name in COLD
                ) -> None:
                    if cold:
                        shutil.rmtree(folder, ignore_errors=True)

                known = bench.figures.get(f"{name}, {who}")
                found = bench.time(
                    f"{name}, {who}", [python, "-m", "callsheet", *command, *where], before=clean
                )
                if known is not None and known.seconds < found.seconds:
                    bench.figures[f"{name}, {who}"] = known
        time.sleep(2.2)  # a file is trusted by its times when they are older than two seconds


def main() -> None:
    """Print both times of each command; exit with 1 where the working tree is slower than it may be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("revision")
    parser.add_argument("--actions", type=int, default=1_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--worse", type=float, default=1.2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench = Bench(1, folder)
        pythons = {"before": install(options.revision, folder), "now": Path(sys.executable)}
        workspaces = {who: folder / who for who in pythons}
        for one in workspaces.values():
            generate(one, options.actions, environments=3, mixed=True)
        measure(bench, pythons, workspaces, options.repeat)
    worse = []
    print(f"\n| command | {options.revision} | now | ratio |\n|---|---|---|---|")
    for name in COMMANDS:
        before, now = (bench.figures[f"{name}, {who}"].seconds for who in ("before", "now"))
        print(f"| {name} | {before:.2f} s | {now:.2f} s | {now / before:.2f} |")
        if now > options.worse * before:
            worse.append(f"{name}: {now / before:.2f} times what it was")
    if worse:
        raise SystemExit("\n".join(worse))


if __name__ == "__main__":
    main()
