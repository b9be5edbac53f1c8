"""Kind Action: a document → the typed definition of one connection to a system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callsheet.workspace import Document

Text = str | dict[str, str]
"""A text, or one text by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value that a journey gives when it calls the action.

    Attributes:
        type: string, integer, number, boolean, datetime, date, array or object.
        when_missing: what becomes of a field whose whole value is this optional parameter.
        sensitivity: which kind of personal datum it is, or None.
        constraints: the JSON Schema keywords that its declaration holds.

    """

    name: str
    type: str
    label: Text | None
    optional: bool
    when_missing: str | None
    sensitivity: str | None
    example: Any
    constraints: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action as its file defines it, before any environment.

    Attributes:
        spec: the document's `spec`, as it is written.
        overlaid: the environment documents, with the path in each, whose fields were merged over
            `spec`; the last one wins. Empty for the definition itself.

    """

    document: Document
    name: str
    metadata: dict[str, Any]
    spec: dict[str, Any]
    parameters: dict[str, Parameter]

    @property
    def labels(self) -> dict[str, str]:
        """The labels, by name."""
        return self.metadata.get("labels") or {}

    @property
    def owner(self) -> str | None:
        """The team that answers for the action."""
        return self.metadata.get("owner")

    @property
    def address(self) -> str:
        """The identity in plans: `Action/name`."""
        return f"Action/{self.name}"

    @property
    def renamed_from(self) -> str | None:
        """The name that the action had before."""
        lifecycle: dict[str, Any] = self.spec.get("lifecycle") or {}
        return lifecycle.get("renamedFrom")


_CONSTRAINTS = (
    "enum",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "format",
    "items",
)


def read_action(document: Document) -> Action:
    """Give the action that a document of kind Action, valid by its schema, defines."""
    value = document.value
    return Action(
        document=document,
        name=value["metadata"]["name"],
        metadata=value["metadata"],
        spec=value["spec"],
        parameters=read_parameters(value["spec"].get("parameters") or {}),
    )


def read_parameters(declared: dict[str, Any]) -> dict[str, Parameter]:
    """Give the parameters of a `parameters` map, in the order in which they are written."""
    return {name: _parameter(name, fields) for name, fields in declared.items()}


def _parameter(name: str, fields: dict[str, Any]) -> Parameter:
    return Parameter(
        name=name,
        type=fields["type"],
        label=fields.get("label"),
        optional=fields.get("optional", False),
        when_missing=fields.get("whenMissing", "drop"),
        sensitivity=fields.get("sensitivity"),
        example=fields.get("example"),
        constraints={key: fields[key] for key in _CONSTRAINTS if key in fields},
    )


def in_language(text: Text | None, language: str) -> str:
    """Give a text in a language; else in English, else in the first language that it has."""
    if text is None or isinstance(text, str):
        return text or ""
    base = language.split("-", maxsplit=1)[0]
    for wanted in (language, base, "en"):
        if wanted in text:
            return text[wanted]
    return next(iter(text.values()))
