"""What a verb imports is what it needs: most of the time of a small workspace is its start."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from support.workspaces import Folder

SCRIPT = """\
import sys
from callsheet.cli.main import run
code = run(sys.argv[1:])
print("imported:", *sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""
HEAVY = {
    "asyncio", "deepdiff", "detect_secrets", "httpx", "jsonschema", "multiprocessing", "psycopg", "requests", "rfc8785", "ssl", "http.client",
}  # fmt: skip
READING = HEAVY | {
    "callsheet.deploying",
    "callsheet.planning",
    "callsheet.emulator",
    "callsheet.relay",
    "callsheet.importing",
    "subprocess",
}
COMPILING = {"callsheet.rules", "callsheet.compiling.worker", "jinja2", "jsonschema_rs"}
VERBS = {
    "--help": READING | {"callsheet.workspace", "callsheet.compiling", "jinja2", "yaml", "sqlite3"},
    "validate": READING | COMPILING | {"yaml"},
    "list": READING | COMPILING | {"yaml"},
    "plan -e local": HEAVY | COMPILING | {"yaml", "callsheet.emulator", "callsheet.relay", "callsheet.importing"},
    "drift -e local": HEAVY | {"yaml", "callsheet.emulator", "callsheet.relay", "callsheet.importing"},
}  # fmt: skip


@pytest.mark.cached
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_imports_no_more_than_it_needs(verb: str, samples: Folder) -> None:
    where = [] if verb == "--help" else ["-C", str(samples.path), "-q"]
    if verb != "--help":
        time.sleep(2.1)  # a younger file is not trusted to be what it was
    for _ in range(2):
        # The second time: what was found is taken from the cache, as most of the time.
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, *verb.split(), *where],
            capture_output=True,
            text=True,
            check=False,
        )
    imported = {*done.stderr.rpartition("imported: ")[2].split()}
    assert "callsheet.cli.main" in imported
    assert done.returncode == 0, done.stderr
    assert sorted(imported & VERBS[verb]) == []


def test_no_pattern_of_secrets_is_imported_where_nothing_may_be_one(samples: Folder) -> None:
    """What brings them imports `requests`: a third of the time of the samples, without a cache."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, "validate", "--no-cache", "-C", str(samples.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    imported = {*done.stderr.rpartition("imported: ")[2].split()}
    assert done.returncode == 0, done.stderr
    assert "callsheet.compiling.worker" in imported
    assert sorted(imported & {"detect_secrets", "requests", "ssl", "jsonschema"}) == []
