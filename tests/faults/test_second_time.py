"""Whatever changes between two runs, the second says what a run without any cache says, byte by byte."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callsheet import CallsheetError, InvalidWorkspaceError, Workspace
from callsheet.compiling import cache as cache_module
from callsheet.compiling import runs
from callsheet.reporting import report
from callsheet.reporting.model import Style
from support import forms
from support.workspaces import committed_samples

pytestmark = pytest.mark.cached

MORE = {
    "api/main.yaml": """\
openapi: 3.0.3
info: {title: Parts, version: "1"}
paths:
  /v1/send:
    post:
      operationId: send
      requestBody: {content: {application/json: {schema: {$ref: "parts.yaml#/components/schemas/Sent"}}}}
      responses: {"200": {description: done}}
""",
    "api/parts.yaml": """\
openapi: 3.0.3
info: {title: Parts, version: "1"}
paths: {}
components:
  schemas:
    Sent: {type: object, required: [title], properties: {title: {type: string}, fixed: {type: integer}}}
""",
    "more/checked.yaml": """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: checked, title: {en: Checked, fr: Contrôlé}, owner: team-a, labels: {channel: push}}
spec:
  contract: {openapi: api/main.yaml, operation: send}
  request:
    method: POST
    url: https://api.example.com/v1/send
    payload: {title: "{{ params.title }}", fixed: 1}
  parameters:
    title: {type: string, example: Hi}
""",
    "more/set.yaml": """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: many}
spec:
  itemsFile: more/rows.csv
  template:
    metadata: {name: "many_{{ item.n }}", title: {en: "Row {{ item.n }}", fr: "Ligne {{ item.n }}"}, owner: team-b, labels: {channel: push}}
    spec:
      request:
        method: POST
        url: https://api.example.com/v1/many
        payload: {n: "{{ item.n }}", title: "{{ params.title }}"}
      parameters:
        title: {type: string, example: Hi}
""",
    "more/rows.csv": "n\none\ntwo\n",
    "more/policy.yaml": """\
apiVersion: callsheet/v1
kind: Policy
metadata: {name: not_a}
spec:
  message: team-a owns nothing
  schema: {properties: {owner: {not: {const: team-a}}}}
  exceptions:
    - {action: checked, until: "2026-12-01", reason: until it moves}
""",
}


class _Folder:
    """A workspace that is changed at random, and the clock of the commands on it."""

    def __init__(self, path: Path, chance: random.Random) -> None:
        self.path = path
        self.chance = chance
        self.day = datetime(2026, 12, 1, 12, tzinfo=UTC)
        self.version = "1"
        self.names = (f"new_{number}" for number in itertools.count())
        self.start = {one: one.read_bytes() for one in self.files()}

    def files(self) -> list[Path]:
        return sorted(
            one
            for one in self.path.rglob("*")
            if (one.is_file() or one.is_symlink()) and ".callsheet" not in one.parts
        )

    def any(self) -> Path:
        return self.chance.choice([one for one in self.files() if one.is_file()])

    def change(self) -> str:
        """Change something, and say what."""
        changes: list[Callable[[], str]] = [
            self.letter, self.letter, self.letter, self.line, self.double, self.remove, self.copy, self.touch,
            self.back, self.ignored, self.link, self.swap, self.older, self.clock, self.other_version, self.nothing,
            self.setting, self.folder,
        ]  # fmt: skip
        return self.chance.choice(changes)()

    def letter(self) -> str:
        file = self.any()
        text = file.read_bytes()
        if not text:
            return "nothing"
        at = self.chance.randrange(len(text))
        new = self.chance.choice(b"abcxyz0129 :-{}\"'#\n")
        file.write_bytes(text[:at] + bytes([new]) + text[at + 1 :])
        return f"letter {at} of {file.name}"

    def line(self) -> str:
        file = self.any()
        lines = file.read_bytes().splitlines(keepends=True)
        at = self.chance.randrange(len(lines) + 1)
        file.write_bytes(b"".join(lines[:at] + lines[at + 1 :]))
        return f"without line {at + 1} of {file.name}"

    def double(self) -> str:
        file = self.any()
        file.write_bytes(file.read_bytes() * 2)
        return f"{file.name} twice in itself"

    def remove(self) -> str:
        file = self.any()
        file.unlink()
        return f"without {file.name}"

    def copy(self) -> str:
        file = self.any()
        shutil.copy2(file, file.with_name(next(self.names) + file.suffix))
        return f"a copy of {file.name}"

    def touch(self) -> str:
        file = self.any()
        os.utime(file, (time.time() - 60, time.time() - 60))
        return f"{file.name} with another time"

    def back(self) -> str:
        """Let all be as it was at the start."""
        for one in self.files():
            if one not in self.start or one.is_symlink() or one.read_bytes() != self.start[one]:
                one.unlink()
        for one, content in self.start.items():
            if not one.exists():
                one.parent.mkdir(exist_ok=True)
                one.write_bytes(content)
        return "all as it was"

    def older(self) -> str:
        """Write another text of the same length, with the same time."""
        file = self.any()
        found = file.stat()
        text = file.read_bytes()
        file.write_bytes(text.replace(b"e", b"a", 1))
        os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
        return f"{file.name} otherwise, at the same time"

    def ignored(self) -> str:
        name = self.any().relative_to(self.path).as_posix()
        (self.path / ".callsheetignore").write_text(f"{name}\n", "utf-8")
        return f"{name} ignored"

    def link(self) -> str:
        file, other = self.any(), self.any()
        if file != other:
            file.unlink()
            file.symlink_to(os.path.relpath(other, file.parent))
        return f"{file.name} is a link to {other.name}"

    def swap(self) -> str:
        file, other = self.any(), self.any()
        beside = file.with_name("swapped.tmp")
        file.rename(beside)
        if other != file:
            other.rename(file)
        beside.rename(other)
        return f"{file.name} and {other.name} swapped"

    def folder(self) -> str:
        file = self.any()
        there = self.path / next(self.names)
        there.mkdir()
        file.rename(there / file.name)
        return f"{file.name} in a folder"

    def clock(self) -> str:
        self.day += timedelta(days=1)
        return "a day later"

    def other_version(self) -> str:
        self.version += "1"
        return "another version of callsheet"

    def setting(self) -> str:
        code, severity = (
            self.chance.choice(["CS515", "CS309", "CS810"]),
            self.chance.choice(["error", "warning", "off"]),
        )
        text = f"apiVersion: callsheet/v1\nkind: Workspace\nmetadata: {{name: it}}\nspec: {{severity: {{{code}: {severity}}}}}\n"
        (self.path / "callsheet.yaml").write_text(text, "utf-8")
        return f"{code} is {severity}"

    def nothing(self) -> str:
        return "nothing"


def _said(folder: _Folder, *, cache: bool) -> list[str]:
    """Return what the commands say, each by a workspace of its own."""
    json_of = report("json").write

    def opened(**more: bool) -> Workspace:
        return Workspace(folder.path, cache=cache, jobs=1, now=lambda: folder.day, **more)

    def planned() -> str:
        plan = opened().plan("local")
        return f"{plan.digest} {plan.unchanged} {json_of(plan, Style())}"

    commands: list[Callable[[], str]] = [
        lambda: json_of(opened().validate(), Style()),
        lambda: json_of(opened(require_contracts=True).validate(), Style()),
        lambda: json_of(opened().validate(select=["owner:team-a"]), Style()),
        lambda: json_of(opened().list(), Style()),
        lambda: json_of(opened().render_all(), Style()),
        lambda: json_of(opened().origins((), "staging"), Style()),
        lambda: json_of(opened().request(["checked"], "local", {"title": "Hi"}), Style()),
        planned,
        lambda: json_of(opened().drift("local"), Style()),
    ]
    return [_result(one) for one in commands]


def _result(command: Callable[[], str]) -> str:
    try:
        return command()
    except InvalidWorkspaceError as error:
        return "\n".join(map(str, [error.message, *error.findings]))
    except CallsheetError as error:
        return f"{error.code} {error.message} {error.help}"


@contextmanager
def _trusting(folder: _Folder) -> Iterator[list[bool]]:
    """Trust files as soon as they are written, and tell which runs were recalled."""
    recalled: list[bool] = []
    real = runs.Runs.recall

    def recall(self: runs.Runs) -> object:
        found = real(self)
        recalled.append(found is not None)
        return found

    with pytest.MonkeyPatch.context() as patched:
        # A clock of the file system ticks each four milliseconds, or ten.
        patched.setattr(runs, "UNTRUSTED_NANOSECONDS", 20_000_000)
        patched.setattr(cache_module, "UNTRUSTED_NANOSECONDS", 20_000_000)
        patched.setattr(runs, "identity_of_run", _with_version(folder, runs.identity_of_run))
        patched.setattr(runs.Runs, "recall", recall)
        yield recalled


def _with_version(folder: _Folder, real: Callable[..., str]) -> Callable[..., str]:
    return lambda *arguments: real(*arguments) + folder.version


ROUNDS = 10
"""With 5 seeds 50 rounds in each run, and 2,000 in the long form, of which a day has its own."""
SEEDS = (
    [*range(5)]
    if not forms.LONG
    else [datetime.now(UTC).date().toordinal() * 1_000 + one for one in range(200)]
)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_second_time_says_what_the_first_one_says(seed: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as base:
        samples = committed_samples(Path(base))
        for name, text in MORE.items():
            samples.write(name, text)
        folder = _Folder(samples.path, chance)
        assert _result(lambda: str(Workspace(folder.path).validate().errors)) == "[]"
        with _trusting(folder) as recalled:
            if chance.random() < 0.7:
                opened = Workspace(folder.path, now=lambda: folder.day)
                opened.apply(opened.plan("local"))
            done: list[str] = []
            for _ in range(ROUNDS):
                if chance.random() < 0.4:
                    done.append(folder.back())
                done.append("; ".join(folder.change() for _ in range(chance.choice([1, 1, 1, 2, 3]))))
                time.sleep(0.03)
                cold = _said(folder, cache=False)
                assert _said(folder, cache=True) == cold, done
                assert _said(folder, cache=True) == cold, done
        assert any(recalled), done
