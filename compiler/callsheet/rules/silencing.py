"""CS313 to CS315 and CS319: what a workspace says about its findings, in comments and in its settings."""

from __future__ import annotations

from collections.abc import Iterator

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.settings import SETTINGS_FILES
from callsheet.language.subjects import Facts

declare(
    "CS313",
    "useless-ignore",
    """A comment that ignores a finding should ignore one.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}  # callsheet: ignore CS407 it was http once
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}
""",
    severity="warning",
)
declare(
    "CS314",
    "ignore-without-reason",
    """A comment that ignores a finding must name a known code and give a reason.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}  # callsheet: ignore CS407
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec:
      # callsheet: ignore CS309 these actions come in March
      select: {labels: {channel: fax}}
      target: {type: sqlite, path: .callsheet/local.db}
""",
)
declare(
    "CS315",
    "ignore-of-fixed",
    """What stands for safety cannot be ignored in place: files, schema, templates, secrets, policies.

A literal secret is never accepted by a comment. Where the pattern is wrong, the workspace's own
settings accept the finding for a file, with a reason (`spec.ignore` in callsheet.yaml).

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}  # callsheet: ignore CS601 it is only the test key
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}
""",
)


@rule("CS319", "settings-elsewhere", on="workspace")
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
