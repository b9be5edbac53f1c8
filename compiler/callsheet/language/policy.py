"""Kind Policy: what must hold for the compiled actions that it selects."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from msgspec import Struct, field

from callsheet.documents import Document
from callsheet.language.selector import Selector


class PolicyException(Struct, frozen=True, kw_only=True):
    """An action that may break a policy, for a reason, until the end of a day.

    Attributes:
        environments: where; everywhere, if it is empty.
        until: the last day, as `2026-12-31`.

    """

    action: str
    environments: tuple[str, ...]
    reason: str
    until: str

    def covers(self, action: str, environment: str) -> bool:
        """Return whether it is for an action in an environment."""
        return self.action == action and (not self.environments or environment in self.environments)

    def expired(self, today: date | None) -> bool:
        """Return whether its last day is over; without a date, no exception has expired."""
        return today is not None and self.until < today.isoformat()


class Policy(Struct, frozen=True, kw_only=True):
    """One policy: a JSON Schema over the compiled action, and the words for who breaks it.

    Attributes:
        severity_in: by environment, what a violation is there, where it is something else.

    """

    document: Document
    name: str
    select: Selector
    severity: Literal["error", "warning"]
    message: str
    schema: Any
    severity_in: dict[str, str] = field(default_factory=dict)
    exceptions: tuple[PolicyException, ...] = ()


def read_policy(document: Document) -> Policy:
    """Return the policy that a document of kind Policy, valid by its schema, defines."""
    spec = document.value["spec"]
    return Policy(
        document=document,
        name=document.value["metadata"]["name"],
        select=Selector.read(spec.get("select"), ("Action",), spec.get("except")),
        severity=spec.get("severity", "error"),
        message=spec["message"],
        schema=spec["schema"],
        severity_in=dict(spec.get("severityIn") or {}),
        exceptions=tuple(
            PolicyException(
                action=one["action"],
                environments=tuple(one.get("environments", ())),
                reason=one["reason"],
                until=one["until"],
            )
            for one in spec.get("exceptions") or ()
        ),
    )
