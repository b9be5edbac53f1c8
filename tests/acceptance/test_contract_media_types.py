"""A body is judged by the schema of the media type under which it is sent."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from callsheet import Workspace
from support.workspaces import Callsheet, Folder

TEXT = {"type": "string"}
PLAIN = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
PATCH = {"type": "array", "items": {"type": "object", "required": ["op"], "properties": {"op": TEXT}}}
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example}
spec:
  request: {method: PATCH, url: "https://api.shop.example/a", headers: HEADERS, payload: PAYLOAD}
  contract: {openapi: shop.oas, operation: op}
"""


def described(content: dict[str, Any]) -> str:
    body = {"required": True, "content": {media: {"schema": one} for media, one in content.items()}}
    operation = {"operationId": "op", "requestBody": body, "responses": {"200": {"description": "done"}}}
    return json.dumps(
        {
            "openapi": "3.0.3",
            "info": {"title": "S", "version": "1"},
            "servers": [{"url": "https://api.shop.example"}],
            "paths": {"/a": {"patch": operation}},
        }
    )


def codes(folder: Folder, callsheet: Callsheet, media: str | None, payload: Any) -> list[str]:
    """Return the codes of what `validate` reports of an action."""
    headers = json.dumps({} if media is None else {"Content-Type": media})
    written = ACTION.replace("HEADERS", headers).replace("PAYLOAD", json.dumps(payload))
    folder.write("example.yaml", written)
    return re.findall(r"(?:error|warning) (CS\d+)", callsheet("validate", "-C", folder.path).out)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("media", "good", "bad"),
    [
        (None, {"name": "x"}, [{"op": "add"}]),
        ("application/json", {"name": "x"}, {"op": "add"}),
        ("application/json; charset=utf-8", {"name": "x"}, {}),
        ("application/json-patch+json", [{"op": "add"}], {"name": "x"}),
        ("Application/JSON-Patch+JSON", [{"op": "add"}], [{}]),
    ],
)
def test_a_body_is_judged_by_its_media_type_in_whatever_order_they_are_described(
    media: str | None, good: Any, bad: Any, order: int, workspace: Folder, callsheet: Callsheet
) -> None:
    content = {"application/json-patch+json": PATCH, "application/json": PLAIN}
    workspace.write("shop.oas", described(dict([*content.items()][::order])))
    for _ in range(2):  # what was read is kept, and judges as what is read
        assert codes(workspace, callsheet, media, good) == []
        assert codes(workspace, callsheet, media, bad) == ["CS454"]


def test_the_narrowest_range_describes_a_media_type(workspace: Folder, callsheet: Callsheet) -> None:
    content = {"*/*": {}, "application/*+json": PATCH, "application/vnd.shop+json": PLAIN}
    workspace.write("shop.oas", described(content))
    assert codes(workspace, callsheet, "application/vnd.shop+json", {"name": "x"}) == []
    assert codes(workspace, callsheet, "application/vnd.shop+json", []) == ["CS454"]
    assert codes(workspace, callsheet, "application/vnd.other+json", []) == []
    assert codes(workspace, callsheet, "application/vnd.other+json", {"name": "x"}) == ["CS454"]
    assert codes(workspace, callsheet, None, "anything") == []


@pytest.mark.parametrize(
    ("known", "media", "found"),
    [
        ("application/*+json", "application/merge-patch+json", []),
        ("application/*+json", "text/json", ["CS449"]),
        ("application/*", "application/vnd.shop+json", []),
        ("application/*", "application/json", []),
        ("text/json", "text/json", []),
        ("text/json", "application/json", ["CS449"]),
    ],
)
def test_a_range_of_media_types_takes_each_of_them(
    known: str, media: str, found: list[str], workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("shop.oas", described({known: PLAIN}))
    assert codes(workspace, callsheet, media, {"name": "x"}) == found
    assert codes(workspace, callsheet, media, {}) == [*found, "CS454"]


def test_the_way_out_names_a_type_and_no_range(workspace: Folder, callsheet: Callsheet) -> None:
    for content, way_out in (
        (
            {"application/*+json": PLAIN, "application/json": PLAIN},
            "write `Content-Type: application/json`",
        ),
        ({"application/*+json": PLAIN}, "write a type that `application/*+json` takes"),
    ):
        workspace.write("shop.oas", described(content))
        assert codes(workspace, callsheet, "text/json", {"name": "x"}) == ["CS449"]
        assert way_out in callsheet("validate", "-C", workspace.path).out


def test_an_import_writes_the_body_of_the_media_type_that_it_sends(
    workspace: Folder, callsheet: Callsheet
) -> None:
    shop = "application/vnd.shop+json"
    cases = (
        ({"application/ld+json": PATCH, "application/json": PLAIN}, "application/json"),
        ({"text/json": PLAIN}, "text/json"),
        ({"application/*+json": PATCH, shop: PLAIN}, shop),
    )
    for number, (content, media) in enumerate(cases):
        file, name = workspace.write(f"shop{number}.oas", described(content)), f"shop{number}"
        outcome = callsheet("import", file, "--name", name, "--operation", "op", "-C", workspace.path)
        assert outcome.code == 0, outcome.err
        compiled = Workspace(workspace.path).compile().by_environment["local"][f"Action/{name}"].content
        assert compiled["request"]["headers"]["Content-Type"] == media
        assert compiled["request"]["payload"].keys() == {"name"}
        assert callsheet("validate", "-C", workspace.path).code == 0
        assert callsheet("test", "-C", workspace.path).code == 0
