"""The French screen, and the older product's: titles and labels of a pack, and rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from callsheet import Workspace
from callsheet.compiling import canonical_text
from callsheet.targets.journey_optimizer.screen import compiled_payload
from support.journeys import ENVIRONMENT, SEVEN, write
from support.workspaces import Callsheet, Folder


@pytest.fixture
def seven(empty: Folder) -> Folder:
    write(empty, **SEVEN)
    return empty


def on_screen(folder: Folder, options: str) -> None:
    folder.write("environments.yaml", ENVIRONMENT.replace("sandbox: prod", f"sandbox: prod, {options}"))


def packed(callsheet: Callsheet, folder: Folder, pack: Path) -> dict[str, Any]:
    outcome = callsheet("apply", "-C", folder.path, "--yes", "-q", "--pack", pack)
    assert outcome.code == 0, outcome.err
    record: dict[str, Any] = json.loads((pack / "pack.json").read_text())
    return record


def test_a_french_screen_has_french_titles_and_labels(
    seven: Folder, callsheet: Callsheet, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    on_screen(seven, "language: fr")
    record = packed(callsheet, seven, tmp_path / "pack")
    (push,) = [one for one in record["steps"] if one["address"] == "Action/push"]
    assert [(one["section"], one["name"], one["kind"]) for one in push["fields"]] == snapshot
    assert push["pasted"]["notification"]["title"]["label"] == "Titre"
    # What the user named stays as it is, whatever a title is called.
    assert ("En-têtes", "X-Team") in {(one["section"], one["name"]) for one in push["fields"]}
    compiled = Workspace(seven.path).compile().by_environment["journeys"]
    for step in record["steps"]:
        one = compiled[step["address"]]
        if step["pasted"] is None:
            continue
        back = compiled_payload(step["pasted"], one.content.get("parameters", {}), "fr")
        again = {**one.content, "request": {**one.content["request"], "payload": back}}
        assert canonical_text(again) == one.canonical
    page = (tmp_path / "pack" / "index.html").read_text()
    assert "Administration &gt; Configurations &gt; Actions &gt; Gérer" in page
    assert "Journey Optimizer, journeys" in page
    # The same plan fits another language of the screen.
    on_screen(seven, "language: en")
    assert callsheet("confirm", tmp_path / "pack", "-C", seven.path).code == 0


def test_the_older_product_has_no_get_and_no_responses(
    seven: Folder, callsheet: Callsheet, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    on_screen(seven, "flavor: journey-orchestration")
    assert callsheet("validate", "-C", seven.path).out == snapshot
    for name in ("lookup", "products"):
        (seven.path / f"{name}.yaml").unlink(missing_ok=True)
    record = packed(callsheet, seven, tmp_path / "pack")
    assert record["screen"] == {"language": "en", "product": "Journey Orchestration"}
    (push,) = [one for one in record["steps"] if one["address"] == "Action/push"]
    sections = list(dict.fromkeys(one["section"] for one in push["fields"]))
    assert sections == [
        "Action", "URL configuration", "Headers", "Query parameters", "Authentication", "Message parameters", "In each journey",
    ]  # fmt: skip
    assert (tmp_path / "pack" / "pack.md").read_text().startswith("# Journey Orchestration, journeys")


def test_the_older_product_in_french(seven: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    on_screen(seven, "flavor: journey-orchestration, language: fr")
    for name in ("lookup", "products"):
        (seven.path / f"{name}.yaml").unlink(missing_ok=True)
    record = packed(callsheet, seven, tmp_path / "pack")
    assert "Paramètres de message" in {it["section"] for one in record["steps"] for it in one["fields"]}
