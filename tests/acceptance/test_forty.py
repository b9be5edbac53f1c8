"""Forty Braze actions said once: in at most 120 lines, and byte by byte what forty long files compile to.

The calls are those of Braze's public REST reference: /campaigns/trigger/send, /messages/send, /users/track.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from callsheet import Workspace
from support.workspaces import Callsheet, Folder

BRAZE = Path(__file__).parents[1] / "support" / "braze"
USER = {"type": "string", "label": {"en": "User", "fr": "Utilisateur"}, "sensitivity": "customer-id", "example": "u-1"}  # fmt: skip
NAME = {
    "type": "string",
    "label": {"en": "First name", "fr": "Prénom"},
    "sensitivity": "name",
    "example": "Ada",
}


@pytest.fixture
def short(empty: Folder) -> Folder:
    """The forty actions, said once."""
    shutil.copytree(BRAZE, empty.path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".callsheet"))
    return empty


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((BRAZE / name).read_text()))


def whole(
    name: str, title: dict[str, str], path: str, payload: object, parameters: object
) -> dict[str, Any]:
    """Return an action in full, as it is written without connections and sets."""
    return {
        "apiVersion": "callsheet/v1",
        "kind": "Action",
        "metadata": {"name": name, "title": title, "owner": "team-crm", "labels": {"vendor": "braze"}},
        "spec": {
            "request": {"method": "POST", "url": "https://{{ values.host }}" + path, "payload": payload},
            "authentication": {"type": "bearer", "token": {"secret": "env:BRAZE_API_KEY"}},
            "limits": {"timeout": "8s", "retries": 2},
            "parameters": {"user": USER, **parameters},  # type: ignore[dict-item]
            "responses": {"success": {"payload": {"message": "success"}}},
        },
    }


def long_files() -> Iterator[dict[str, Any]]:
    """Yield the forty actions, each in full."""
    with (BRAZE / "campaigns.csv").open() as rows:
        for row in csv.DictReader(rows):
            properties = {"name": "{{ params.name }}", "code": "{{ params.code }}"}
            yield whole(
                f"braze_{row['key']}",
                {"en": row["title"], "fr": row["titre"]},
                "/campaigns/trigger/send",
                {
                    "campaign_id": row["campaign"],
                    "recipients": [{"external_user_id": "{{ params.user }}", "trigger_properties": properties}],
                },
                {"name": NAME, "code": {"type": "string", "label": {"en": "Code", "fr": "Code"}, "optional": True, "example": "SPRING"}},
            )  # fmt: skip
    _, pushes, events = documents("actions.yaml")
    for row in pushes["spec"]["items"]:
        text = row["text"] + ", {{ params.name }}"
        yield whole(
            f"braze_push_{row['key']}",
            {"en": row["title"], "fr": row["titre"]},
            "/messages/send",
            {
                "external_user_ids": ["{{ params.user }}"],
                "messages": {
                    "apple_push": {"alert": {"title": row["title"], "body": text}},
                    "android_push": {"title": row["title"], "alert": text},
                },
            },
            {"name": NAME},
        )
    for row in events["spec"]["items"]:
        event = {
            "external_id": "{{ params.user }}", "name": f"{row['key']}_product", "time": "{{ params.at }}",
            "properties": {"sku": "{{ params.sku }}"},
        }  # fmt: skip
        yield whole(
            f"braze_track_{row['key']}",
            {"en": row["key"].title(), "fr": row["fr"]},
            "/users/track",
            {"events": [event]},
            {"at": {"type": "datetime", "label": {"en": "When", "fr": "Quand"}, "example": "2026-01-01T00:00:00Z"},
             "sku": {"type": "string", "label": {"en": "Product", "fr": "Produit"}, "example": "A-1"}},
        )  # fmt: skip


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """The forty actions, each in a file of its own and in full."""
    folder = tmp_path / "long"
    folder.mkdir()
    _, *environments = documents("account.yaml")
    for one in environments:
        overlay = one["spec"].pop("overlays", {}).get("braze")
        if overlay is not None:
            one["spec"]["overlays"] = {action["metadata"]["name"]: overlay for action in long_files()}
    (folder / "environments.yaml").write_text(yaml.safe_dump_all(environments))
    for action in long_files():
        text = yaml.safe_dump(action, sort_keys=False, allow_unicode=True)
        (folder / f"{action['metadata']['name']}.yaml").write_text(text)
    return folder


def test_forty_actions_are_at_most_120_lines_and_compile_to_the_bytes_of_the_long_files(
    short: Folder, long: Path
) -> None:
    lines = sum(len(file.read_text().splitlines()) for file in BRAZE.iterdir() if file.is_file())
    assert lines <= 120
    assert sum(len(file.read_text().splitlines()) for file in long.iterdir()) >= 880
    once, whole_files = (Workspace(one).compile() for one in (short.path, long))
    assert [one for one in (*once.diagnostics, *whole_files.diagnostics) if one.severity == "error"] == []
    assert len(once.actions) == 40
    for environment in ("development", "staging", "production"):
        here, there = (one.by_environment[environment] for one in (once, whole_files))
        assert {name: one.canonical for name, one in here.items()} == {
            name: one.canonical for name, one in there.items()
        }


def test_one_new_header_for_all_is_one_line_and_one_change_in_the_review(
    short: Folder, callsheet: Callsheet
) -> None:
    short.git("init", "-q")
    short.commit("forty")
    file = short.path / "account.yaml"
    text = file.read_text()
    file.write_text(
        text.replace("  limits: {timeout", "  headers: {X-Campaign-Team: crm}\n  limits: {timeout", 1)
    )
    outcome = callsheet("diff", "--base", "HEAD", "-C", short.path)
    first, *_ = outcome.out.splitlines()
    assert first == (
        "~ Connection/braze headers  [compatible]  changes 40 actions  in development, production, staging"
    )
    found = json.loads(callsheet("diff", "--base", "HEAD", "-C", short.path, "-o", "json").out)
    assert [(one["document"], len(one["addresses"])) for one in found["shared"]] == [
        ("Connection/braze", 40)
    ]


def test_the_cases_of_all_forty_pass(short: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("test", "-C", short.path, "-e", "production")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1].endswith(" cases passed.")
