"""Kind Action: a document → the typed definition of one connection to a system; what Message shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from callsheet.documents import Document

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


class Definition:
    """What is deployed, as its file defines it, before any environment: an action or a message.

    What is not in its head is read from the document when it is first asked for.

    Attributes:
        name: its name.
        metadata: the document's `metadata`.
        renamed_from: the name that it had before, or None.

    """

    kind = ""

    def __init__(self, document: Document, metadata: dict[str, Any], renamed_from: str | None) -> None:
        self.document = document
        self.name: str = metadata["name"]
        self.metadata = metadata
        self.renamed_from = renamed_from

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The document's `spec`, as it is written."""
        spec: dict[str, Any] = self.document.value["spec"]
        return spec

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The declared parameters, by name."""
        return read_parameters(self.spec.get("parameters") or {})

    @property
    def labels(self) -> dict[str, str]:
        """The labels, by name."""
        return self.metadata.get("labels") or {}

    @property
    def owner(self) -> str | None:
        """The team that answers for it."""
        return self.metadata.get("owner")

    @property
    def address(self) -> str:
        """The identity in plans: `Action/name`."""
        return f"{self.kind}/{self.name}"


class Action(Definition):
    """One action.

    Attributes:
        contract: the vendor's description of the call, as the document names it, or None.

    """

    kind = "Action"

    def __init__(
        self,
        document: Document,
        metadata: dict[str, Any],
        renamed_from: str | None,
        contract: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(document, metadata, renamed_from)
        self.contract = contract


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
    """Return the action that a document of kind Action, valid by its schema, defines."""
    value = document.value
    lifecycle = value["spec"].get("lifecycle") or {}
    return Action(document, value["metadata"], lifecycle.get("renamedFrom"), value["spec"].get("contract"))


def read_parameters(declared: dict[str, Any]) -> dict[str, Parameter]:
    """Return the parameters of a `parameters` map, in the order in which they are written."""
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
    """Return a text in a language; else in English, else in the first language that it has."""
    if text is None or isinstance(text, str):
        return text or ""
    base = language.split("-", maxsplit=1)[0]
    for wanted in (language, base, "en"):
        if wanted in text:
            return text[wanted]
    return next(iter(text.values()))


def label_of(declared: Mapping[str, Any], name: str, language: str = "en") -> str:
    """Return the label of a parameter in the journey tool: its own, where no other has the same."""
    label = in_language(declared.get(name, {}).get("label"), language) or name
    others = {it: in_language(one.get("label"), language) for it, one in declared.items() if it != name}
    return name if label in others.values() or label in others else label
