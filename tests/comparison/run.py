"""Run every verb of one installation over the samples and the generated workspaces, and keep what it writes.

    python tests/comparison/run.py CALLSHEET OUT [ONLY…]

CALLSHEET is the executable of an installation (`.venv/bin/callsheet`). Its own interpreter runs this file
(it is started again by it, where another one did), in a fixed environment and below a fixed folder, so that
the outputs of two installations can be compared byte by byte. Nothing of callsheet is used but its entry
point `callsheet`. For each command, one file of OUT has its line, exit code, stdout, stderr, and the files
that it wrote. ONLY are patterns of names of workspaces: `samples "..[05]"` is a quick run over
the samples and a fifth of the generated ones; `compare.py --common` compares it with a whole run.

What differs between two runs is replaced, and nothing else:

- random bytes: `os.urandom` (under `secrets` and `uuid`) is a fixed stream, which begins again with each
  command, so that a ledger's lineage, the ids of runs and what is derived of them are the same;
- `TIME`: an RFC 3339 time in UTC whose day is one of those on which this run began or ended;
- `DAY`: the same days alone, in a `*.db` only;
- `SECONDS`: how long a test case took: `time="0.01"` (JUnit), `"seconds": 0.01` (JSON);
- `PID`, `HOST`: the process and the machine that a lock beside a database names;
- a SQLite file is its dump; the cache below `.callsheet/cache` is not looked at.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import importlib.metadata
import io
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = Path("/tmp/callsheet-comparison")
"""The same for each run: it is in the outputs."""

SAMPLES = "fae02e945117"
"""The commit whose `actions/` are the samples, for old and new versions alike."""

PROCESSES = 2
SECONDS_EACH = 300
FORMATS = ("text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab")
FOUR = FORMATS[:4]
TWO = FORMATS[:2]
OF_PLANS = (*FOUR, "junit", "github")
OF_DRIFT = (*FOUR, "github")
OF_TESTS = (*TWO, "junit")
ACCEPT = tuple(
    word
    for reason in ("breaking", "sensitive", "max-update", "max-delete", "protected", "drift", "unmanaged")
    for word in ("--accept", reason)
)
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", ""),
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "COLUMNS": "100",
    "CALLSHEET_AUTHOR": "ada",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "ada@example.com" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "2024-03-05T08:00:00Z" for who in ("AUTHOR", "COMMITTER")},
    "SHOP_PASSWORD": "not-a-secret",
}


# -- what a run would make differ ------------------------------------------------------------------


class FixedBytes:
    """In place of `os.urandom`: a stream that begins again with each command."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, size: int) -> bytes:
        """Return the next bytes."""
        self.count += 1
        return hashlib.shake_256(str(self.count).encode()).digest(size)


RANDOM = FixedBytes()


def days() -> set[str]:
    """Return the days of this run, in UTC."""
    return {STARTED, datetime.now(UTC).strftime("%Y-%m-%d")}


STARTED = datetime.now(UTC).strftime("%Y-%m-%d")


def normal(text: str, *, database: bool = False) -> str:
    """Return a text without what differs between two runs."""
    text = re.sub(rf"({'|'.join(days())})T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)", "TIME", text)
    text = re.sub(r'"pid": \d+, "host": "[^"]*"', '"pid": PID, "host": HOST', text)
    text = re.sub(r'\btime="[0-9.e-]+"', 'time="SECONDS"', text)
    text = re.sub(r'"seconds": [0-9.e-]+', '"seconds": SECONDS', text)
    if database:
        text = re.sub("|".join(days()), "DAY", text)
    return text


# -- one command -----------------------------------------------------------------------------------


class Story:
    """What is done in one workspace, command after command."""

    def __init__(self, name: str, out: Path, main: Callable[[], Any]) -> None:
        self.main = main
        self.seed = int(name) if name.isdigit() else None
        self.out = out / name
        self.root = WORK / name / "repository"
        self.number = 0
        self.seen: dict[str, tuple[int, int]] = {}
        self.out.mkdir(parents=True)
        (self.root / "actions").mkdir(parents=True)
        os.environ.clear()
        os.environ.update(
            ENVIRONMENT, HOME=str(WORK / name / "home"), XDG_STATE_HOME=str(WORK / name / "home" / "state")
        )
        os.chdir(self.root)

    def __call__(self, *arguments: str, stdin: str = "") -> int:
        """Run one command line in this process, and keep what it did."""
        RANDOM.count = 0
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
        known = sys.stdin, sys.stdout, sys.stderr, sys.argv
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
        sys.stdout, sys.stderr = streams
        sys.argv = ["callsheet", *arguments]
        code: object = None
        try:
            self.main()
        except SystemExit as ended:
            code = ended.code
        except BaseException:
            code = "TRACEBACK\n" + traceback.format_exc()
        finally:
            sys.stdin, sys.stdout, sys.stderr, sys.argv = known
            os.chdir(self.root)
        out, err = (
            "" if one.closed else one.buffer.getvalue().decode("utf-8", "replace") for one in streams
        )
        self.keep(arguments, code or 0, out, err)
        return code if isinstance(code, int) else 0

    def apart(self, executable: str, *arguments: str) -> None:
        """Run one command line in a process of its own."""
        done = subprocess.run(
            [executable, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        self.keep(("(apart)", *arguments), done.returncode, done.stdout, done.stderr)

    def each(self, formats: tuple[str, ...], *arguments: str) -> None:
        """Run one command line in these formats: in a generated workspace, in JSON and one other, by turns."""
        if self.seed is not None:
            turn = formats[(self.seed + self.number) % len(formats)]
            formats = ("json", turn) if len(formats) > 2 and turn != "json" else (turn,)
        for one in formats:
            self(*arguments, "-o", one)

    def takes(self, part: int, of: int) -> bool:
        """Return whether this workspace is one of those that take a part of the story."""
        return self.seed is None or self.seed // 3 % of == part

    def keep(self, arguments: tuple[str, ...], code: object, out: str, err: str) -> None:
        """Write what one command did."""
        self.number += 1
        parts = [
            f"$ callsheet {' '.join(arguments)}",
            f"exit code: {code}",
            "--- stdout",
            out,
            "--- stderr",
            err,
        ]
        for file, text in self.changed():
            parts += [f"--- file {file}", text]
        label = re.sub(r"[^A-Za-z0-9.=-]+", "_", " ".join(arguments))[:60]
        text = normal("\n".join(parts))
        (self.out / f"{self.number:03} {label}.txt").write_text(
            text, encoding="utf-8", errors="surrogateescape"
        )

    def changed(self) -> list[tuple[str, str]]:
        """Return the files that are new or changed since the command before, with their text."""
        found, now = [], {}
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(
                one
                for one in folders
                if one != ".git" and not (one == "cache" and folder.endswith(".callsheet"))
            )
            for name in sorted(files):
                path = Path(folder, name)
                stat = path.stat()
                file = str(path.relative_to(self.root))
                now[file] = (stat.st_mtime_ns, stat.st_size)
                if self.seen.get(file) != now[file]:
                    found.append((file, text_of(path)))
        gone = [(file, "(gone)") for file in sorted(self.seen) if file not in now]
        self.seen = now
        return found + gone

    # -- the world around ------------------------------------------------------------------------

    def put(self, folder: Path) -> None:
        """Let the workspace be what a folder has; the deployed state stays."""
        for one in sorted((self.root / "actions").iterdir()):
            if one.name in (".callsheet", "deployed"):
                continue
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        shutil.copytree(folder, self.root / "actions", dirs_exist_ok=True)
        self.changed()

    def commit(self, message: str) -> None:
        """Commit everything."""
        if not (self.root / ".git").exists():
            self.git("init", "-q", "-b", "main")
            (self.root / ".gitignore").write_text(
                ".callsheet/\ndeployed/\nplans/\npack/\nnew/\n*.preview.html\n"
            )
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        self.changed()

    def git(self, *arguments: str) -> None:
        """Run git."""
        subprocess.run(["git", *arguments], check=True, capture_output=True)

    def write(self, file: str, text: str) -> str:
        """Write a file of the repository; return its name."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.changed()
        return file

    def by_hand(self, environment: str, old: str, new: str) -> None:
        """Change what is deployed, as somebody else would."""
        path = self.root / "actions" / ".callsheet" / f"{environment}.db"
        if path.exists():
            with closing(sqlite3.connect(path)) as database, database:
                tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
                if "registry_action" in tables:
                    database.execute(
                        "UPDATE registry_action SET compiled = replace(compiled, ?, ?)", (old, new)
                    )
        self.changed()


def text_of(path: Path) -> str:
    """Return the text of a file; of a SQLite file, its dump."""
    if path.suffix == ".db":
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return normal("\n".join(database.iterdump()), database=True)
    data = path.read_bytes()
    if path.name.endswith(("-wal", "-shm", "-journal")):
        return "(beside a database)"
    return data.decode("utf-8", "replace")


# -- the stories -----------------------------------------------------------------------------------


def example(do: Story, folder: Path) -> None:
    """Tell what an example of a rule is answered with."""
    do.put(folder / "v1")
    do.each(TWO, "validate")
    do("render", "--all", "-o", "json")


def generated(do: Story, folder: Path) -> None:
    """Take a workspace through its life."""
    about = json.loads((folder / "about.json").read_text())
    do.put(folder / "v1")
    do.commit("one")
    faulty: bool = about["faulty"]
    reading(do, about["actions"], about["messages"])
    first_plans(do, ("local", "staging", "production"), next(iter(about["actions"])))
    do.put(folder / "v2")
    do.each(FORMATS, "diff", "--base", "HEAD")
    do.commit("two")
    if do.takes(1, 3):
        do.each(TWO, "diff", "--base", "HEAD~1", "--head", "HEAD", "--fail-on", "breaking")
        do("render", "--at", "HEAD~1", "-e", "local", "-o", "json")
    do.each(TWO, "validate")
    second_plans(do, next(iter(about["actions"])), faulty=faulty)
    if about["journeys"]:
        journeys(do, "sandbox_one", "sandbox_two")


def reading(do: Story, actions: dict[str, Any], messages: dict[str, Any]) -> None:
    """Run the verbs that only read."""
    do.each(FORMATS, "validate")
    do("render", "--all", "-o", "json")
    if do.takes(0, 3):
        do("validate", "--strict", "--no-cache", "-q")
        do.each(TWO, "list")
        do("list", "--lang", "fr")
        do("fmt", "--check")
        do("fmt", "--diff")
        do.each(TWO, "render", "-e", "production")
        do.each(FOUR, "render", "--diff-env", "local", "production")
    if do.takes(1, 3):
        do.each(TWO, "test", "-e", "local")
        do.each(OF_TESTS, "test", "--no-generated")
        do("test", "--no-generated", "-k", "method", "--junit", "plans/junit.xml")
        do.each(TWO, "show", "nobody")
        do.each(TWO, "usage", "-e", "local")
        do.each(FOUR, "diff", "-e", "production", "--against", "staging")
    if do.takes(2, 3):
        for name in list(actions)[: 4 if do.seed is None else 1]:
            of_one_action(do, name, actions[name])
    for name, values in messages.items():
        given = do.write("plans/params.json", json.dumps(values))
        do.each(TWO, "preview", name, "-e", "local")
        do("preview", name, "-e", "local", "-p", given, "--out", "plans/preview.html")
        do.each(TWO, "render", name, "-e", "local", "--params", given)
        do.each(TWO, "send", name, "-e", "local", "-p", given, "--dry-run", "--language", "fr")


def of_one_action(do: Story, name: str, values: dict[str, Any]) -> None:
    """Show one action, and the request that it makes, in each form."""
    given = do.write("plans/params.json", json.dumps(values))
    do.each(TWO, "show", name)
    do("show", name, "-e", "production", "-o", "json")
    do.each(TWO, "render", name, "-e", "local", "--params", given)
    do("send", name, "-e", "local")
    do.each(TWO, "send", name, "-e", "local", "-p", given, "--dry-run")
    for form in ("--curl", "--httpie", "--har"):
        do("send", name, "-e", "local", "-p", given, form)


def first_plans(do: Story, environments: tuple[str, ...], name: str) -> None:
    """Plan and apply what nothing of is deployed yet; then change it by hand."""
    local, staging, production = environments
    do.each(OF_PLANS, "plan", "-e", local)
    do("plan", "-e", local, "--out", "plans/one.json", "-q", "--require-clean")
    do("apply", "plans/one.json")
    do("apply", "-e", production, "--yes")
    if do.takes(0, 3):
        do("apply", "-e", staging, "--yes", "-o", "json")
        do("diff", "-e", local, "-o", "json")
        do("apply", "plans/one.json", "-o", "json")
        do("apply", "-e", production, "--yes", "--why", "the first one", *ACCEPT, "-o", "markdown")
    if do.takes(1, 3):
        do.each(TWO, "history", "-e", local)
        do.each(TWO, "history", "show", "1", "-e", local)
        do("history", "-e", local, "--at", "2099-01-01T00:00Z", "-o", "json")
        do.each(TWO, "list", "-e", local)
        do.each(TWO, "show", name, "-e", local, "--deployed")
    if do.takes(2, 3):
        do.by_hand(local, "POST", "PUT")
        do.each(OF_DRIFT, "drift", "-e", local)
        do.each(TWO, "plan", "-e", local)
        do("apply", "-e", local, "--yes", "--accept", "drift")
        do.each(TWO, "drift", "-e", local)


def second_plans(do: Story, name: str, *, faulty: bool) -> None:
    """Plan and apply the second version, and go back."""
    do.each(OF_PLANS, "plan", "-e", "local", "--fail-on", "breaking", "--fail-on", "guard")
    do("plan", "-e", "production", "--detailed-exitcode", "-o", "json")
    do("plan", "-e", "local", *ACCEPT, "--out", "plans/two.json")
    do("apply", "plans/two.json", "-o", "json")
    do("apply", "-e", "production", "--yes", *ACCEPT)
    if do.takes(0, 3):
        do("plan", "-e", "staging", *ACCEPT, "--why", "it is time", "-o", "json")
        do("apply", "-e", "staging", "--yes", *ACCEPT, "-o", "html")
        do.each(TWO, "history", "show", "2", "-e", "production")
        do.each(TWO, "history", "-e", "production")
        do.each(TWO, "forget", name, "-e", "local")
        do.each(TWO, "adopt", name, "-e", "local")
        do("ledger", "copy", ".callsheet/copy.db", "-e", "local")
    if do.takes(1, 3):
        do.each(FOUR, "rollback", "1", "-e", "local", *ACCEPT)
        do("rollback", "1", "-e", "local", *ACCEPT, "--out", "plans/back.json", "-q")
        do("apply", "plans/back.json")
    if do.takes(2, 3) and not faulty:
        do.by_hand("production", "v1/", "v9/")
        do("drift", "-e", "production", "--write")
        do("test", "--no-generated", "--update", "-o", "json")
        do("fmt")


def journeys(do: Story, first: str, second: str) -> None:
    """Plan what Journey Optimizer has no API for, and confirm it; nothing is called."""
    do.each(TWO, "promote", "--from", first, "--to", second)
    do.each(OF_PLANS, "plan", "-e", first)
    do("apply", "-e", first, "--yes", "--pack", "pack")
    do("confirm", "pack")
    do("confirm", "pack", "-o", "json")
    do.each(TWO, "history", "show", "1", "-e", first)
    do.each(TWO, "usage", "-e", first)
    do.each(TWO, "drift", "-e", first)


def samples(do: Story, folder: Path) -> None:
    """Take the samples through their life, with an edit of theirs."""
    do.put(folder)
    do.commit("one")
    actions = {
        "firebase_push": {"installation_id": "a", "title": "Hi", "text": "you"},
        "vonage_sms": {"phone": "33612345678", "text": "Hi"},
    }
    actions |= {
        "whatsapp_text": {},
        "epsilon_message": {"customer_key": "C", "email": "a@example.com", "locale": "fr_FR"},
    }
    message = {"phone": "33612345678", "order": "A-1"}
    email = {"email": "a@example.com", "customer": "c", "order": "A-1", "day": "today"}
    reading(do, actions, {"shipped_sms": message, "shipped_email": email, "shipped_push": {}})
    first_plans(do, ("local", "staging", "production"), "firebase_push")
    push = do.root / "actions" / "firebase" / "push.yaml"
    push.write_text(
        push.read_text().replace("priority: HIGH", "priority: NORMAL").replace("fcm.google", "fcm2.google")
    )
    (do.root / "actions" / "whatsapp" / "text.yaml").unlink()
    do.each(FORMATS, "diff", "--base", "HEAD")
    do.commit("two")
    second_plans(do, "firebase_push", faulty=False)
    for one in (
        ("validate",),
        ("list",),
        ("show", "firebase_push"),
        ("render", "-e", "local"),
        ("test", "-e", "local"),
        ("drift", "-e", "local"),
        ("plan", "-e", "local"),
        ("history", "-e", "local"),
    ):
        do.each(FORMATS, *one)
    executable = str(Path(sys.executable).with_name("callsheet"))
    do.apart(executable, "validate", "-o", "json")
    do.apart(executable, "plan", "-e", "staging")
    do.apart(executable, "diff", "--base", "HEAD~1", "-o", "json")
    do.apart(executable, "render", "--all", "-o", "json", "-C", "actions")


CURLS = (
    "curl https://api.example.com/v1/send",
    'curl -X POST https://api.example.com/v1/send -H \'Authorization: Bearer abcdefgh12345678\' --json \'{"a": 1, "b": [{"c": "x"}]}\'',
    "curl -u shop:secretpassword -X PUT 'https://api.example.com/v1/a?x=1&y=two' -d '{\"email\": \"ada@example.com\"}' -H 'Content-Type: application/json'",
    "curl -F a=b https://api.example.com/",
    "curl -X POST not-a-url -d '{'",
)
POSTMAN = {
    "info": {
        "name": "Shop",
        "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
    },
    "item": [
        {
            "name": "Send",
            "request": {
                "method": "POST",
                "url": "https://api.example.com/v1/send/{{id}}",
                "header": [{"key": "X-Team", "value": "crm"}],
                "body": {
                    "mode": "raw",
                    "raw": '{"to": "{{phone}}", "text": "Hi"}',
                    "options": {"raw": {"language": "json"}},
                },
            },
        },
        {"name": "Get", "request": {"method": "GET", "url": "https://api.example.com/v1/a"}},
    ],
}


def alone(do: Story, folder: Path) -> None:
    """Run what needs no workspace, or makes one."""
    del folder
    do("--version")
    do("--help")
    do("explain", "--list")
    do.each(FOUR, "explain", "--list")
    for code in range(100, 1000):
        if do("explain", f"CS{code}") == 0:
            do("explain", f"CS{code}", "-o", "json")
    names = ["workspace", "target", "policy", "environment", "endpointconfig", "message", "action"]
    outputs = [
        "apply",
        "diff",
        "drift",
        "explain",
        "history",
        "list",
        "plan",
        "preview",
        "promote",
        "render",
        "send",
        "show",
        "test",
        "usage",
        "validate",
    ]
    do("schema")
    for one in (
        *names,
        *outputs,
        "compiled-action",
        "compiled-message",
        "compiled-endpointconfig",
        "Acton",
    ):
        do("schema", one)
    for verb in (
        *outputs,
        "init",
        "new",
        "import",
        "fmt",
        "schema",
        "watch",
        "emulate",
        "confirm",
        "approve",
        "rollback",
        "adopt",
        "forget",
        "admin",
        "ledger",
        "completion",
    ):
        do(verb, "--help")
    for shell in ("bash", "zsh", "fish"):
        do("completion", shell)
    do("valdate")
    do("validate", "-o", "xml")
    do("validate", "-C", "nowhere")
    do("plan", "-C", "actions", "-o", "json")
    do("init", "new")
    do("init", "new")
    for one in ("firebase", "facebook", "adobe-io", "epsilon", "sendgrid", "vonage", "whatsapp", "nothing"):
        do("new", f"my_{one.replace('-', '_')}", "--from", one, "-C", "new")
    for number, line in enumerate(CURLS):
        do("import", "curl", line, "--name", f"curl_{number}", "-C", "new")
        do("import", "curl", "--name", f"stdin_{number}", "--check", "-C", "new", stdin=line)
    do("import", "httpie", "http POST https://api.example.com/v1/x a=1 b:=2 X-Team:crm", "-C", "new")
    file = do.write("postman.json", json.dumps(POSTMAN))
    do("import", file, "-C", "new")
    do("import", file, "--request", "Send", "-C", "new")
    file = do.write(
        "payload.json",
        json.dumps({"to": {"toBeMapped": True, "dataType": "string", "label": "To"}, "n": 1}),
    )
    do("import", file, "-C", "new")
    do.each(FORMATS, "validate", "-C", "new")
    do("plan", "-C", "new", "-o", "json")


# -- the run ---------------------------------------------------------------------------------------


def stories(made: Path) -> dict[str, tuple[Callable[[Story, Path], None], Path]]:
    """Return what is to be told, the longest first."""
    found: dict[str, tuple[Callable[[Story, Path], None], Path]] = {
        "samples": (samples, made / "samples" / "actions"),
        "alone": (alone, made),
    }
    for one in sorted(made.iterdir()):
        if one.name != "samples":
            found[one.name] = (generated if (one / "about.json").exists() else example, one)
    return found


def tell(
    name: str, story: tuple[Callable[[Story, Path], None], Path], out: Path, main: Callable[[], Any]
) -> int:
    """Tell one story, in a process that was forked for it."""
    signal.alarm(SECONDS_EACH)
    do = Story(name, out, main)
    try:
        story[0](do, story[1])
    except Exception:
        (do.out / "fault.txt").write_text(traceback.format_exc())
        return 1
    return 0


def entry_point() -> Callable[[], Any]:
    """Return what the installation's `callsheet` calls, with all that it imports."""
    os.urandom = RANDOM
    random._urandom = RANDOM  # type: ignore[attr-defined] # `secrets` draws from it
    # Each compilation asks for versions; what is installed does not change during a run.
    importlib.metadata.version = functools.cache(importlib.metadata.version)
    (found,) = importlib.metadata.entry_points(group="console_scripts", name="callsheet")
    main: Callable[[], Any] = found.load()
    return main


def warm_up(made: Path, main: Callable[[], Any]) -> None:
    """Tell one story before the others are forked, so that not each of them imports everything again."""
    generated(Story("001", WORK / "warm", main), made / "001")
    shutil.rmtree(WORK / "001")
    gc.collect()
    gc.freeze()
    gc.disable()


def prepare(made: Path) -> None:
    """Write the workspaces."""
    subprocess.run([sys.executable, str(HERE / "generate.py"), str(made)], check=True)
    (made / "samples").mkdir()
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", SAMPLES, "actions"], check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", str(made / "samples")], input=archive.stdout, check=True)


def run(out: Path, only: list[str]) -> int:
    """Run all; return how many stories could not be told to their end."""
    made = WORK / "made"
    prepare(made)
    main = entry_point()
    warm_up(made, main)
    waiting = [
        (name, story)
        for name, story in stories(made).items()
        if not only or any(re.fullmatch(one, name) for one in only)
    ]
    running: dict[int, str] = {}
    failed = 0
    while waiting or running:
        while waiting and len(running) < PROCESSES:
            name, story = waiting.pop(0)
            child = os.fork()
            if child == 0:
                os._exit(tell(name, story, out, main))
            running[child] = name
        child, status = os.wait()
        name = running.pop(child)
        if status:
            failed += 1
            print(f"{name} ended with {status}", file=sys.stderr)
    return failed


def main() -> None:
    """Start the installation's own interpreter in a fixed environment, and run."""
    executable, out, only = Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute(), sys.argv[3:]
    python = executable.with_name("python")
    if os.environ.get("CALLSHEET_COMPARISON") != str(python):
        os.execve(python, [str(python), *sys.argv], {**ENVIRONMENT, "CALLSHEET_COMPARISON": str(python)})
    if out.exists():
        sys.exit(f"{out} is there already")
    WORK.mkdir()  # another run would be in the way of this one
    begin = time.monotonic()
    try:
        failed = run(out, only)
    finally:
        shutil.rmtree(WORK)
    count = sum(1 for _ in out.rglob("*.txt"))
    print(f"{count} commands in {time.monotonic() - begin:.0f} s; {failed} stories not told to their end")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
