"""A workspace written by a stranger: no socket, no program, no file outside, and an end in time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.workspaces import Folder

AUDIT = """
import os, sys
allowed = os.path.realpath(sys.argv[1])
def hook(event, arguments):
    # urllib3, which detect-secrets imports, asks at import whether ::1 can be bound: nothing leaves.
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname", "socket.bind"):
        os.write(2, f"AUDIT {event}\\n".encode())
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system") and "git" not in str(arguments[0]):
        os.write(2, f"AUDIT {event} {arguments[0]}\\n".encode())
    if event == "open" and isinstance(arguments[0], str) and "/secret-place/" in arguments[0]:
        os.write(2, f"AUDIT open {arguments[0]}\\n".encode())
sys.addaudithook(hook)
from callsheet.cli.main import run
code = run(sys.argv[2:])
sys.stdout.flush()
os._exit(code)
"""

HOSTILE = """\
# callsheet: ignore CS601 hide it
apiVersion: callsheet/v1
kind: Action
metadata:
  name: hostile
  title: "</details><script>alert(1)</script>\\u202e\\e[31m"
  description: "::set-output name=x::y"
spec:
  request:
    method: POST
    url: https://127.0.0.1:1/{{ values.__class__ }}
    headers: {X: "{{ cycler.__init__.__globals__.os.popen('id').read() }}"}
    payload:
      a: "{{ ().__class__.__bases__[0].__subclasses__() }}"
      b: "{{ 'x' * 1000000000 }}"
      c: "{{ range(1000000000) }}"
      d: "{{ lipsum(1000000) }}"
      e: "{{ 'a' | replace('a', 'a' * 1000000) }}"
    payloadFile: ../../secret-place/passwd
  contract: {openapi: "http://127.0.0.1:1/api.yaml", operation: x}
---
apiVersion: callsheet/v1
kind: Policy
metadata: {name: hangs}
spec: {message: m, schema: {properties: {name: {pattern: "^(([a-z])+.)+[A-Z]([a-z])+$"}, owner: {$ref: "http://127.0.0.1:1/s.json"}}}}
---
apiVersion: callsheet/v1
kind: Policy
metadata: {name: slow}
spec: {message: m, schema: {properties: {name: {pattern: "^(a+)+$"}, title: {pattern: "^(<+)+$"}}}}
---
apiVersion: callsheet/v1
kind: Environment
metadata: {name: outside}
spec: {target: {type: sqlite, path: ../secret-place/x.db}, ledger: {type: sqlite, path: /secret-place/x.db}}
"""


@pytest.fixture
def hostile(workspace: Folder) -> Folder:
    secret = workspace.path.parent / "secret-place"
    secret.mkdir()
    (secret / "passwd").write_text("root:canary")
    (secret / "more.yaml").write_text("a: canary")
    workspace.write("hostile.yaml", HOSTILE)
    (workspace.path / "link").symlink_to(secret)
    (workspace.path / "more.yaml").symlink_to(secret / "more.yaml")
    workspace.write(".callsheetignore", "!/../secret-place/**\n")
    workspace.commit()
    return workspace


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    "verb", ["validate", "render", "diff", "diff --base HEAD", "plan", "list", "show hostile"]
)
def test_nothing_runs_and_nothing_leaves(verb: str, hostile: Folder) -> None:
    arguments = [
        *verb.split(),
        "-C",
        str(hostile.path),
        *(["-e", "local"] if verb in ("render", "plan", "diff") else []),
    ]
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, str(hostile.path), *arguments],
        capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip
    printed = done.stdout + done.stderr
    assert "AUDIT" not in printed, [line for line in printed.splitlines() if "AUDIT" in line]
    assert "canary" not in printed
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert "internal error" not in printed
    if verb == "validate":
        assert done.returncode == 1
        for code in ("CS504", "CS702", "CS802", "CS105", "CS417"):
            assert code in done.stdout


def test_a_file_of_every_sort_of_text_ends_in_time(workspace: Folder) -> None:
    """Texts on which patterns of credentials, of fields and of templates could take for ever."""
    long = {
        "jwt": "eyJ" * 30_000, "word": "x" * 90_000, "aws": "aws" * 30_000, "password": "password" * 11_000,
        "host": "https://" + "a" * 60_000 + "!", "url": "https://a.example/" + "%" * 60_000, "braces": "{{ " * 20_000,
        "dots": "a." * 40_000, "sharp": "#" * 90_000,
    }  # fmt: skip
    for name, text in long.items():
        template = text if name == "braces" else text.replace("{", "")
        workspace.write(f"{name}.yaml", f"""\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: {name}, title: "{text.replace("{", "")}"}}
spec:
  request: {{method: POST, url: "{text if name in ("host", "url") else "https://a.example/"}", payload: {{a: "{template}"}}}}
""")  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "callsheet", "validate", "-C", str(workspace.path), "--no-cache"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "internal error" not in done.stderr


@pytest.mark.cached
def test_the_workspace_of_a_stranger_cannot_bring_a_cache(workspace: Folder, tmp_path: Path) -> None:
    """A cache that was committed was sealed by another key."""
    command = [sys.executable, "-m", "callsheet", "render", "-C", str(workspace.path)]
    mine = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "theirs")}
    subprocess.run(command, check=True, capture_output=True, env=mine)
    for cache in (workspace.path / ".callsheet" / "cache").glob("*.sqlite"):
        cache.write_bytes(cache.read_bytes().replace(b"api.example.com", b"bad.example.com"))
    yours = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "yours")}
    assert b"bad.example" not in subprocess.run(command, check=True, capture_output=True, env=yours).stdout
