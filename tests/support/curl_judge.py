"""Curl lines, run by curl itself, and imported: is what the action sends what curl sends?

A line is run by bash and the curl that is installed, with every host led to a recorder on this machine.
"""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callsheet import CallsheetError, Workspace
from callsheet.importing.curl import read_curl
from support.sent_requests import UNKNOWN, Recorder, Sent, differences, sent_by_action, workspace_in

_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")


def by_curl(line: str, recorder: Recorder, folder: Path, variables: dict[str, str]) -> Sent | None:
    """Return what curl sends for a line, which bash reads; None where it sends nothing."""
    plain, secure = recorder.ports
    other = secure if "https://" in line else plain
    # curl reads its options from here before those of the line.
    (folder / ".curlrc").write_text(
        f'insecure\nhttp1.1\nmax-time = 5\nconnect-to = ":80:127.0.0.1:{plain}"\nconnect-to = ":443:127.0.0.1:{secure}"\nconnect-to = "::127.0.0.1:{other}"\n'
    )
    inside = folder / "run"
    inside.mkdir(exist_ok=True)
    (inside / "body.json").write_text('{"from": "a file"}')
    recorder.seen.clear()
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "CURL_HOME": str(folder),
        **variables,
    }
    # A line may be longer than a command may be.
    with suppress(subprocess.TimeoutExpired, OSError):
        subprocess.run(
            ["bash", "-c", re.sub(r"^[$%] ", "", line.replace("\r\n", "\n"))], cwd=inside, env=environment, timeout=10, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    return recorder.seen[0] if recorder.seen else None


@dataclass
class Outcome:
    """What became of an imported line.

    Attributes:
        sent: the request of the action; None where there is none.
        why: why it is refused, or what the next `validate` says.
        notes: what was left out, as the file says.
        params: of the test case.
        variables: what the shell would have to fill in for the same request.

    """

    sent: Sent | None = None
    why: str = ""
    notes: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


def by_callsheet(line: str, folder: Path) -> Outcome:
    """Return what the action sends that a line was imported as."""
    with workspace_in(folder) as workspace:
        try:
            found = workspace.import_("curl", line, name="example")
        except CallsheetError as error:
            return Outcome(why=f"refused: {error.message}")
        except Exception as error:
            return Outcome(why=f"fault: {error!r}")
        compiled = Workspace(workspace.root).compile()
        if compiled.errors:
            return Outcome(why=f"invalid: {compiled.errors[0].code} {compiled.errors[0].message}")
        content: Any = compiled.by_environment["local"]["Action/example"].content
        tests = compiled.actions["example"].spec.get("tests") or [{"params": {}}]
        params = tests[0]["params"]
        known = set(_VARIABLE.findall(line))

        def reveal(reference: str) -> str:
            name = reference.partition(":")[2]
            if name.endswith("_URL") and name not in known:
                return next(iter(re.findall(r"https?://[^\s'\"]+", line)), UNKNOWN)
            return f"v-{name}" if name in known else UNKNOWN

        sent = sent_by_action(content, params, reveal)
        return Outcome(
            sent,
            notes="; ".join(found.notes),
            params=params,
            variables={
                name: str(params[one]) for name, one in read_curl(line).variables.items() if one in params
            },
        )


def judge(line: str, recorder: Recorder, folder: Path) -> tuple[str, str]:
    """Return the class of a line, and why."""
    ours = by_callsheet(line, folder)
    names = set(_VARIABLE.findall(line))
    variables = {name: ours.variables.get(name, f"v-{name}") for name in names}
    real = by_curl(line, recorder, folder, variables)
    if real is None:
        return ("nothing sent, refused" if ours.sent is None else "nothing sent, imported"), ours.why
    is_json = not real.body.strip() or real.json != ()
    if ours.sent is None:
        kind = ours.why.partition(":")[0]
        return f"{kind}{'' if is_json else ', not JSON'}", ours.why
    found = differences(real, ours.sent)
    if not found:
        return "equal", ""
    return ("differs, with a note" if ours.notes else "differs silently"), "; ".join(found) + (
        f" [{ours.notes}]" if ours.notes else ""
    )
