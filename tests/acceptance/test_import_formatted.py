"""What an import writes is in the order of `fmt`, whatever it is made of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.request_collections import HAR, INSOMNIA, INSOMNIA_5, POSTMAN
from support.workspaces import Callsheet, Folder

LINES = {
    "a key in a header": "curl https://api.example.com/x -H 'X-Api-Key: abc' -d '{\"a\": 1}'",
    "a key after a scheme": "curl https://api.example.com/x -H 'Authorization: Klaviyo-API-Key abc'",
    "a key in the query": "curl 'https://api.example.com/x?a=1&api_key=abc'",
    "a login": "curl https://api.example.com/x -u ada:secret",
    "a bearer token": "curl https://api.example.com/x -H 'Authorization: Bearer abc'",
    "two keys": "curl 'https://api.example.com/x?api_key=abc' -H 'X-Api-Key: abc' -d '{\"password\": \"abc\"}'",
    "a webhook": 'curl https://hooks.slack.com/services/T0/B0/abc -d \'{"text": "a"}\'',
    "people": 'curl https://api.example.com/x -d \'{"email": "a@example.com", "n": 1}\' -b a=b',
}
FILES: dict[str, Any] = {
    "har": HAR, "postman": POSTMAN, "insomnia": INSOMNIA, "insomnia 5": INSOMNIA_5,
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_written_in_the_order_of_fmt(workspace: Folder, callsheet: Callsheet, line: str) -> None:
    assert callsheet("import", "curl", LINES[line], "--name", "imported", "-C", workspace.path).code == 0
    checked = callsheet("fmt", "--check", workspace.path / "imported.yaml")
    assert (checked.code, checked.err) == (0, ""), checked.out


@pytest.mark.parametrize("kind", FILES)
def test_a_collection_is_written_in_the_order_of_fmt(
    workspace: Folder, callsheet: Callsheet, kind: str
) -> None:
    file = workspace.path.parent / "requests.json"
    value = FILES[kind]
    file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    before = {*workspace.path.rglob("*.yaml")}
    assert callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path).code == 0
    new = sorted({*workspace.path.rglob("*.yaml")} - before)
    assert new
    checked = callsheet("fmt", "--check", *new)
    assert (checked.code, checked.err) == (0, ""), checked.out
