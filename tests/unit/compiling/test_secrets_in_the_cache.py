"""The cache contains no credential that callsheet finds, wherever it is written or comes from."""

from __future__ import annotations

import sqlite3
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.compiling import pool, runs
from support.workspaces import ACTION, Folder

pytestmark = pytest.mark.cached

TICK = 0.03
SECRET = "ghp_" + "Ab1" * 12
HALVES = SECRET[:9], SECRET[9:]
PLACED = "hunter2hunter2"


@pytest.fixture(autouse=True)
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "UNTRUSTED_NANOSECONDS", int(TICK / 2 * 1e9))


def written_by(action: str) -> dict[str, str]:
    """Return the file of an action with something else in it."""
    text = ACTION.format(name="other", constant="1")
    old = "fixed: 1"
    assert old in text
    return {"other.yaml": text.replace(old, action)}


CONNECTED = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: other, title: {en: Example}, owner: team-a, labels: {channel: push}}
spec:
  connection: shop
  request: {method: POST, path: /v1, payload: {title: "{{ params.title }}"}}
  parameters:
    title: {type: string, example: Hi}
"""


def connection(fields: str) -> dict[str, str]:
    text = f'apiVersion: callsheet/v1\nkind: Connection\nmetadata: {{name: shop}}\nspec: {{url: "https://a.example", {fields}}}\n'
    return {"shop.yaml": text, "other.yaml": CONNECTED}


CONNECTION = connection("headers: {X-It: plain}")["shop.yaml"]
FRAGMENT = f"""\
apiVersion: callsheet/v1
kind: Fragment
metadata: {{name: part}}
spec: {{payload: {{it: {SECRET}}}}}
"""
SET = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: rows}
spec:
  itemsFile: rows.csv
  template:
    metadata: {name: "{{ item.name }}", title: {en: "{{ item.title }}"}, owner: team-a, labels: {channel: push}}
    spec:
      request: {method: POST, url: "https://api.example.com/v1", payload: {a: "{{ item.one }}{{ item.two }}"}}
"""
SET_OF_TITLES = SET.replace('"{{ item.title }}"', '"{{ item.one }}{{ item.two }}"').replace(
    '"{{ item.one }}{{ item.two }}"}}', "1}}"
)
SET_OF_URLS = (
    SET.replace('"{{ item.title }}"', '"Example"')
    .replace('"{{ item.one }}{{ item.two }}"', "1")
    .replace("example.com/v1", "example.com/{{ item.one }}{{ item.two }}")
)
KEY = "AKIA" + "IOSFODNN7QXAMPLZ"
"""A credential that may be a name."""
POLICY = """\
apiVersion: callsheet/v1
kind: Policy
metadata: {name: it}
spec: {message: MESSAGE, schema: {required: [absent]}}
"""
VALUES = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: another}
spec:
  values: {one: ONE, two: TWO}
  target: {type: sqlite, path: .callsheet/another.db}
"""


def values(one: str, two: str) -> dict[str, str]:
    return {"another.yaml": VALUES.replace("ONE", one).replace("TWO", two)}


PLACES: dict[str, dict[str, str]] = {
    "in an action": written_by(f"fixed: {SECRET}"),
    "in a title": {"other.yaml": ACTION.format(name="other", constant="1").replace("Example", SECRET)},
    "as a name": written_by(f"{SECRET}: 1"),
    "by a place": written_by('fixed: 1}\n  authentication: {type: bearer, token: PLACED').copy(),
    "of two literals": written_by(f"fixed: \"{{{{ '{HALVES[0]}' ~ '{HALVES[1]}' }}}}\""),
    "of two values": {**values(*HALVES), **written_by('fixed: "{{ values.one }}{{ values.two }}"')},
    "in a value": {**values(SECRET, "x"), **written_by('fixed: "{{ values.one }}"')},
    "in a header of a connection": connection(f"headers: {{X-It: {SECRET}}}"),
    "by a place in a connection": connection(f"authentication: {{type: bearer, token: {PLACED}}}"),
    "in a fragment": {"part.yaml": FRAGMENT, **written_by("fixed: {$fragment: part}")},
    "in a row": {"set.yaml": SET, "rows.csv": f"name,title,one,two\nfirst,Example,{SECRET},x\n"},
    "of two columns": {"set.yaml": SET, "rows.csv": "name,title,one,two\nfirst,Example,{},{}\n".format(*HALVES)},
    "in a template": {
        "other.yaml": CONNECTED.replace("  connection: shop\n", "").replace(
            'path: /v1, payload: {title: "{{ params.title }}"}', 'url: "https://a.example/v1", payloadFile: it.j2'
        ),
        "it.j2": f'{{"it": "{SECRET}", "title": {{{{ params.title | tojson }}}}}}',
    },
    "put together in a template": {
        "other.yaml": CONNECTED.replace("  connection: shop\n", "").replace(
            'path: /v1, payload: {title: "{{ params.title }}"}', 'url: "https://a.example/v1", payloadFile: it.j2'
        ).replace('  parameters:\n    title: {type: string, example: Hi}\n', ""),
        "it.j2": f"{{\"it\": {{{{ ('{HALVES[0]}' ~ '{HALVES[1]}') | tojson }}}}}}",
    },
    "in two files with one name": {
        f"{one}.yaml": ACTION.format(name=KEY, constant="1") for one in ("one", "two")
    },
    "as a name that is none": {"other.yaml": ACTION.format(name=f"own thing {KEY}", constant="1")},
    "in a policy": {"policy.yaml": POLICY.replace("MESSAGE", f"leak {KEY}")},
    "as the name of a policy": {"policy.yaml": POLICY.replace("it", KEY, 1).replace("MESSAGE", "no")},
    "near to the name of a connection": {
        "shop.yaml": CONNECTION.replace("shop", KEY, 1), "other.yaml": CONNECTED.replace("shop", KEY[:-1])
    },
    "near to the name of an environment": {
        "another.yaml": VALUES.replace("another", KEY, 1),
        "other.yaml": CONNECTED.replace("  connection: shop\n", f"  environments: [{KEY[:-1]}]\n").replace(
            "path: /v1", 'url: "https://a.example/v1"'
        ),
    },
    "of two columns in a title": {"set.yaml": SET_OF_TITLES, "rows.csv": "name,one,two\nfirst,{},{}\n".format(*HALVES)},
    "of two columns in a URL": {"set.yaml": SET_OF_URLS, "rows.csv": "name,one,two\nfirst,{},{}\n".format(*HALVES)},
    "by a place in a set": {"set.yaml": SET_OF_URLS.replace(
        "      request:", "      authentication: {type: bearer, token: PLACED}\n      request:"
    ), "rows.csv": "name,one,two\nfirst,a,b\n"},
}  # fmt: skip


def texts_in(folder: Path) -> str:
    """Return everything that lies in a cache, unpacked."""
    found: list[str] = []
    for file in sorted((folder / ".callsheet" / "cache").iterdir()):
        assert file.stat().st_mode & 0o077 == 0, file.name
        with sqlite3.connect(file) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"):
                rows = connection.execute(f"SELECT * FROM {table}")
                found += [_text(one) for row in rows for one in row]
    return "\n".join(found)


def _text(one: Any) -> str:
    return zlib.decompress(one).decode() if isinstance(one, bytes) else str(one)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("place", PLACES)
def test_no_credential_is_in_the_cache(
    workspace: Folder, monkeypatch: pytest.MonkeyPatch, place: str, jobs: int
) -> None:
    monkeypatch.setattr(pool, "PARALLEL_FROM", 2)
    for name, text in PLACES[place].items():
        workspace.write(name, text.replace("PLACED", PLACED))
    time.sleep(TICK)
    for cache in (True, True, False):
        opened = Workspace(workspace.path, cache=cache, jobs=jobs)
        found = opened.validate().diagnostics
        assert "CS601" in {one.code for one in found}, [one.message for one in found]
        for one in found:
            said = [one.source, one.message, one.help, *(it.message for it in one.related)]
            assert not [text for text in said for it in (SECRET, KEY) if it in text]
    kept = texts_in(workspace.path)
    assert "heads" in kept  # of other files
    assert not [one for one in (SECRET, PLACED, KEY) if one in kept]


def test_what_is_no_credential_is_in_the_cache(workspace: Folder) -> None:
    workspace.write("shop.yaml", connection("headers: {X-It: plain}")["shop.yaml"])
    workspace.write("other.yaml", CONNECTED)
    time.sleep(TICK)
    assert not Workspace(workspace.path, cache=True).validate().errors
    assert "plain" in texts_in(workspace.path)
