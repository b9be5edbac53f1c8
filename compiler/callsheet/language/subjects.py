"""What rules look at where that is more than one document or one compiled object."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Protocol

from msgspec import Struct, field

from callsheet.documents import Document
from callsheet.language.action import Definition
from callsheet.language.content import Content
from callsheet.language.environment import Environment
from callsheet.language.policy import Policy


class Facts(Struct):
    """The workspace, as its documents say.

    Attributes:
        named: kind, name and document of everything in the workspace.
        definitions: the first action, message or endpoint of each name.
        environments: the first environment of each name.
        resolved: those of them whose chain of `extends` is whole.
        deploying: those that have a target to deploy to.
        targets: the documents of kind Target, by name.
        connections: the documents of kind Connection, by name.
        fragments: the documents of kind Fragment, by name.
        named_parts: the addresses of the connections and fragments that something names.
        policies: those whose documents are valid.
        today: the day by which exceptions of policies expire; None for a day on which none has.
        unread: is there a document that could not be read, or is not valid?

    """

    named: list[tuple[str, str, Document]] = field(default_factory=list)
    definitions: dict[str, Definition] = field(default_factory=dict)
    environments: dict[str, Document] = field(default_factory=dict)
    resolved: list[Environment] = field(default_factory=list)
    deploying: tuple[Environment, ...] = ()
    targets: dict[str, Document] = field(default_factory=dict)
    connections: dict[str, Document] = field(default_factory=dict)
    fragments: dict[str, Document] = field(default_factory=dict)
    named_parts: set[str] = field(default_factory=set)
    policies: list[Policy] = field(default_factory=list)
    today: date | None = None
    unread: bool = False


class CompiledObject(Protocol):
    """What a definition is compiled to."""

    @property
    def name(self) -> str:
        """The name of its definition."""

    @property
    def content(self) -> Content:
        """The object as data."""


class Deployed(Struct, frozen=True):
    """What is deployed in one environment, side by side.

    Attributes:
        definitions: of the whole workspace, by kind, then by name.
        compiled: what compiled for this environment, by address.

    """

    environment: Environment
    definitions: Mapping[str, Mapping[str, Any]]
    compiled: Mapping[str, CompiledObject]


class ParameterUse(Struct, frozen=True):
    """Which parameters of a definition are used.

    Attributes:
        declared: the names of its own parameters.
        demanded: the names of those that its connection requires of each action.
        used: by environment.
        misspelt: those that are meant where a name is written that is not declared.

    """

    declared: Collection[str]
    demanded: Collection[str]
    used: Mapping[str, Collection[str]]
    misspelt: Collection[str]
