"""Runs an apply again and again, each time with a fault at another of its writing calls; prints what became of it.

Started with the interposer loaded before the C library. Every apply is a child of this process, so that callsheet is
imported once. Arguments: the folder of a workspace in which something is to be applied, and a folder to work in.
Each line of the standard input is a JSON pair, the mode and the number of the call, and is answered by a line.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

MODES = {"nothing": 0, "EIO": 1, "full": 2, "kill": 3, "torn": 4}


def child(work: Path, arguments: list[str], mode: str = "nothing", number: int = 0) -> tuple[int, str, int]:
    """Run a command in a child; returns its exit code (negative for a signal), what it printed, and its writing calls."""
    from callsheet.cli.main import run

    said, calls = work / "said", work / "calls"
    for one in (said, calls):
        one.unlink(missing_ok=True)
    process = os.fork()
    if not process:
        descriptor = os.open(said, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        interposer = ctypes.CDLL(None)
        interposer.fault_arm(MODES[mode], number)
        code = 70
        try:
            code = run(arguments)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            seen = interposer.fault_seen()
            interposer.fault_arm(0, 0)
            calls.write_text(str(seen))
            os._exit(code)
    _, status = os.waitpid(process, 0)
    return (
        os.waitstatus_to_exitcode(status),
        said.read_text("utf-8", "replace") if said.exists() else "",
        int(calls.read_text()) if calls.exists() else 0,
    )


def tried(template: Path, work: Path, mode: str, number: int) -> dict[str, Any]:
    """Apply with a fault, then without, then plan; returns what was said, and where the files are."""
    folder = Path(os.environ["FAULT_ROOT"])
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    at = ["-C", str(folder)]
    os.chdir(folder)
    line, then = (os.environ.get(one, "apply --yes -q").split() for one in ("FAULT_LINE", "FAULT_THEN"))
    first = child(work, [*line, *at], mode, number)
    again = child(work, [*then, *at])
    plan = child(work, ["plan", *at, "-o", "json"])
    history = child(work, ["history", *at, "-o", "json"])
    held = {
        str(one.relative_to(folder)): one.read_text() for one in sorted(folder.glob("deployed/*/*.json"))
    }
    return {
        "fault": [mode, number], "first": first, "again": again[:2], "plan": json.loads(plan[1]),
        "history": json.loads(history[1]), "held": held,
    }  # fmt: skip


def main() -> None:
    from callsheet.cli.main import run

    template, work = Path(sys.argv[1]), Path(sys.argv[2])
    with contextlib.redirect_stdout(io.StringIO()):  # what is imported here is there in every child
        for verb in ("plan", "history"):
            run([verb, "-C", str(template), "-o", "json"])
    for line in sys.stdin:
        mode, number = json.loads(line)
        print(json.dumps(tried(template, work, mode, number)), flush=True)


main()
