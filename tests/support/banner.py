"""A kind that is deployed and that the product does not have: all that somebody writes to add one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet.compiling.compilers import CompileResult, ReadTemplate
from callsheet.compiling.kept import Kept
from callsheet.compiling.leaves import LeafCompiler
from callsheet.language import schema_check
from callsheet.language.action import Definition
from callsheet.language.environment import Environment
from callsheet.language.kinds import KINDS, DeployedKind

SCHEMA = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"const": "callsheet/v1"},
        "kind": {"const": "Banner"},
        "metadata": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        "spec": {
            "type": "object",
            "required": ["text"],
            "additionalProperties": False,
            "properties": {
                "text": {"type": "string", "description": "What it says."},
                "lifecycle": {"type": "object"},
            },
        },
    },
}

SAMPLE = """\
apiVersion: callsheet/v1
kind: Banner
metadata: {name: welcome}
spec: {text: "Welcome to {{ env.name }}"}
"""


class Banner(Definition):
    """What a shop shows above its pages."""

    kind = "Banner"


class BannerCompiler(LeafCompiler):
    """Compiles a banner: its one text."""

    def _content(self) -> dict[str, Any]:
        return {"kind": "Banner", **self._metadata(), "text": self._plain(self.spec["text"], ("text",))}


def compile_banner(
    banner: Banner, environment: Environment, read_template: ReadTemplate, kept: Kept | None = None
) -> CompileResult:
    """Compile one banner for one environment."""
    return BannerCompiler(banner, environment, read_template, kept).run()


ENTRY = DeployedKind(
    name="Banner",
    schema="banner",
    definition=Banner,
    compiler="support.banner:compile_banner",
    rules="banner",
    singular="banner",
    plural="banners",
)


def add_banner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the entry to the table of kinds, and the schema where the files of schemas are read."""
    read = schema_check.schema_text
    monkeypatch.setitem(KINDS, "Banner", ENTRY)
    monkeypatch.setattr(
        schema_check, "schema_text", lambda name: json.dumps(SCHEMA) if name == "banner" else read(name)
    )
