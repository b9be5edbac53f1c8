"""CS319: where the settings of a workspace are."""

from __future__ import annotations

from collections.abc import Iterator

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.settings import SETTINGS_FILES
from callsheet.language.subjects import Facts


@rule("CS319", "settings-elsewhere", on="workspace", adjustable=False)
def settings_elsewhere(facts: Facts, code: str) -> Iterator[Problem]:
    """Settings must be in one file: `callsheet.yaml` at the root of the workspace.

    Bad:
        apiVersion: callsheet/v1
        kind: Workspace
        metadata: {name: hidden}
        spec: {severity: {CS407: error}}
    Good:
        apiVersion: callsheet/v1
        kind: Policy
        metadata: {name: open}
        spec: {message: anything goes, schema: true}
    """
    for kind, _, document in facts.named:
        if kind == "Workspace" and document.file not in SETTINGS_FILES:
            yield Spots(code, document).value(
                ("kind",), "settings stand outside of callsheet.yaml", do="move them there"
            )
