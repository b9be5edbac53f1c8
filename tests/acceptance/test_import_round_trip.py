"""Whatever a Postman collection sends, the imported actions send: over generated collections."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet import Workspace
from callsheet.calling.request import build_request
from support.forms import examples
from support.workspaces import ENVIRONMENT, Folder

HOST = "https://api.example.com"
WORDS = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Co", "Cc"]), max_size=12).filter(
    lambda it: "{{" not in it and "}}" not in it
)
VARIABLES = {
    "base": f"{HOST}/v1",
    "who": "Ada Lovelace",
    "percent": "50% off",
    "number": "12",
    "tag": "{% x %}",
}
PIECES = st.one_of(TEXTS, st.sampled_from([f"{{{{{one}}}}}" for one in VARIABLES]))
STRINGS = st.lists(PIECES, max_size=3).map("".join).filter(lambda it: "{{{" not in it and "}}}" not in it)
PAYLOADS = st.dictionaries(
    WORDS,
    st.one_of(STRINGS, st.integers(-99, 99), st.booleans(), st.none(), st.lists(STRINGS, max_size=2)),
    max_size=3,
)
REQUESTS = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "folder": st.lists(TEXTS, max_size=2),
        "base": st.sampled_from(["{{base}}", HOST, "https://other.example.com"]),
        "path": st.lists(WORDS, max_size=3),
        "query": st.lists(st.tuples(WORDS, STRINGS), max_size=3),
        "payload": st.none() | PAYLOADS,
    }
)


def filled(value: Any) -> Any:
    """Return a value as Postman sends it."""
    if isinstance(value, dict):
        return {key: filled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one) for one in value]
    for name, held in VARIABLES.items() if isinstance(value, str) else ():
        value = value.replace(f"{{{{{name}}}}}", held)
    return value


def item(one: dict[str, Any]) -> dict[str, Any]:
    """Return a request of a collection, within its folders."""
    query = [{"key": key, "value": quote(held, safe="{}")} for key, held in one["query"]]
    request: dict[str, Any] = {
        "method": "POST",
        "url": {"host": [one["base"]], "path": one["path"], "query": query},
    }
    if one["payload"] is not None:
        request["body"] = {"mode": "raw", "raw": json.dumps(one["payload"], ensure_ascii=False)}
    found = {"name": one["name"], "request": request}
    for folder in reversed(one["folder"]):
        found = {"name": folder, "item": [found]}
    return found


def sent(one: dict[str, Any]) -> tuple[str, Any]:
    """Return what Postman sends: the URL, with its query in any order, and the payload."""
    url = "/".join((filled(one["base"]), *one["path"]))
    pairs = sorted(f"{key}={quote(filled(held), safe='')}" for key, held in one["query"])
    return f"{url}?{'&'.join(pairs)}", filled(one["payload"])


@settings(max_examples=examples(25, 300), deadline=None)
@given(st.lists(REQUESTS, min_size=1, max_size=5))
def test_whatever_a_collection_sends_its_actions_send(requests: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(Path(path) / "workspace")
        folder.write("environments.yaml", ENVIRONMENT)
        collection = {
            "info": {"name": "Round trip"},
            "variable": [{"key": key, "value": one} for key, one in VARIABLES.items()],
            "item": [item(one) for one in requests],
        }
        file = Path(path) / "collection.json"
        file.write_text(json.dumps(collection), encoding="utf-8")
        workspace = Workspace(folder.path)
        found = workspace.import_requests(str(file))
        assert found is not None
        assert {*found.left.values()} <= {"the same request is there already"}
        workspace.write(found)
        compiled = workspace.compile()
        assert compiled.errors == []
        made = []
        for name in found.names.values():
            content = compiled.by_environment["local"][f"Action/{name}"].content
            request = build_request(content, compiled.actions[name].spec["tests"][0]["params"])
            url, _, query = request.url.partition("?")
            payload = request.payload if request.body else None
            made.append((f"{url}?{'&'.join(sorted(query.split('&')))}", payload))
        expected = [sent(one) for one in requests]
        assert all(one in expected for one in made), (made, expected)
        assert all(one in made for one in expected), (made, expected)
