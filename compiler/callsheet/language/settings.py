"""Kind Workspace (`callsheet.yaml`): severities by code, and findings that are accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct, field

from callsheet.documents import Document
from callsheet.documents.sources import ignore_patterns

SETTINGS_FILES = ("callsheet.yaml", "callsheet.yml", "callsheet.json")

Adjusted = Literal["error", "warning", "off"]


class Accepted(Struct, frozen=True):
    """A finding of a code, in the files of a pattern, that the workspace accepts with a reason."""

    code: str
    matches: Callable[[str], bool]
    reason: str
    file: str = ""


class Settings(Struct, frozen=True):
    """The settings of one workspace; the default, without a document, where it has none."""

    severity: dict[str, Adjusted] = field(default_factory=dict)
    accepted: tuple[Accepted, ...] = ()
    document: Document | None = None


def read_settings(document: Document) -> Settings:
    """Return the settings that a document of kind Workspace, valid by its schema, contains."""
    spec: dict[str, Any] = document.value["spec"]
    return Settings(
        severity=dict(spec.get("severity") or {}),
        accepted=tuple(
            Accepted(one["code"], ignore_patterns(one["file"]), one["reason"], one["file"])
            for one in spec.get("ignore") or ()
        ),
        document=document,
    )
