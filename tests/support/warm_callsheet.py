"""A `callsheet` for the steps of a shell, each run of which is forked from a process that has imported the package.

The command that it writes asks this process, which runs the command line in a child that has the arguments, the
variables, the folder and the files of the one who asked. Linux says all of them of a process.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path

from support.processes import import_what_commands_use

COMMAND = """\
#!/bin/bash
reply=$(mktemp -u "{asked}.XXXXXX")
mkfifo "$reply"
echo "$$ $reply" > "{asked}"
read -r code < "$reply"
rm "$reply"
exit "$code"
"""


def write_command(folder: Path) -> None:
    """Write the command, and the pipe by which it asks."""
    os.mkfifo(folder / "asked")
    (folder / "callsheet").write_text(COMMAND.format(asked=folder / "asked"))
    (folder / "callsheet").chmod(0o755)


def _be(process: Path) -> int:
    """Run the command line as the process that asked would."""
    arguments = (process / "cmdline").read_bytes().split(b"\0")[2:-1]
    variables = (process / "environ").read_bytes().split(b"\0")[:-1]
    os.environ.clear()
    os.environb.update(one.split(b"=", 1) for one in variables)
    os.chdir(os.readlink(process / "cwd"))
    for descriptor in (0, 1, 2):
        mode = os.O_WRONLY | os.O_APPEND if descriptor else os.O_RDONLY
        os.dup2(os.open(process / "fd" / str(descriptor), mode), descriptor)
    from callsheet.cli.main import run

    try:
        return run([os.fsdecode(one) for one in arguments])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _answer(pid: str, reply: str) -> None:
    """Run what a process asked for, and send it the exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if not child:
        code = 70
        try:
            code = _be(Path("/proc") / pid)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    Path(reply).write_text(f"{os.waitstatus_to_exitcode(status) & 255}\n")


def main(folder: Path) -> None:
    """Answer whoever asks, as long as the standard input is open."""
    import_what_commands_use()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Open for writing too, so that it does not end when the one who asked closes it.
    asked = os.open(folder / "asked", os.O_RDWR)
    while asked in select.select([asked, 0], [], [])[0]:
        # A line is written whole.
        for line in os.read(asked, select.PIPE_BUF).decode().splitlines():
            if not os.fork():
                try:
                    _answer(*line.split())
                finally:
                    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
