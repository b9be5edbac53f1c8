"""Kind Policy: what must hold for the compiled actions that it selects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from callsheet.language.selector import Selector
from callsheet.workspace import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy: a JSON Schema over the compiled action, and the words for who breaks it."""

    document: Document
    name: str
    select: Selector
    severity: Literal["error", "warning"]
    message: str
    schema: Any


def read_policy(document: Document) -> Policy:
    """Give the policy that a document of kind Policy, valid by its schema, defines."""
    spec = document.value["spec"]
    return Policy(
        document=document,
        name=document.value["metadata"]["name"],
        select=Selector.read(spec.get("select")),
        severity=spec.get("severity", "error"),
        message=spec["message"],
        schema=spec["schema"],
    )
