"""What a workspace compiles to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from callsheet.compiling.bundles import FileTexts
from callsheet.documents import Document, decoded
from callsheet.language.action import Action, Definition
from callsheet.language.addresses import Address
from callsheet.language.connection import Connection
from callsheet.language.content import Content
from callsheet.language.diagnostics import Diagnostic
from callsheet.language.environment import Environment
from callsheet.language.fragment import Fragment
from callsheet.language.kinds import deployed_kinds
from callsheet.language.message import Message
from callsheet.language.policy import Policy
from callsheet.language.settings import Settings


class CompiledAction:
    """What an action, or a message, is in one environment.

    Attributes:
        address: `Action/name`, `Message/name`.
        environment: the environment's name.
        digest: SHA-256 of `canonical`.

    """

    __slots__ = ("_canonical", "_content", "address", "digest", "environment")

    def __init__(
        self,
        address: str,
        environment: str,
        canonical: str | FileTexts,
        digest: str,
        content: Content | None = None,
    ) -> None:
        self.address = address
        self.environment = environment
        self.digest = digest
        self._canonical = canonical
        self._content = content

    @property
    def canonical(self) -> str:
        """The compiled action as canonical JSON (RFC 8785)."""
        return self._canonical if isinstance(self._canonical, str) else self._canonical.text(self.digest)

    @property
    def content(self) -> Content:
        """The compiled action as data, as `schemas/compiled-action.schema.json` describes it."""
        if self._content is None and not isinstance(self._canonical, str):
            # Not kept here: a check of all objects would hold every one of them.
            return self._canonical.content(self.digest, f"{self.environment} {self.address}")
        if self._content is None:
            self._content = decoded(self.canonical)
        found: Content = cast("Content", self._content)
        return found

    @property
    def file(self) -> str:
        """The file that it was compiled from; empty where its text is at hand."""
        return "" if isinstance(self._canonical, str) else self._canonical.file

    @property
    def kind(self) -> str:
        """The kind of the object."""
        return Address.read(self.address).kind

    @property
    def name(self) -> str:
        """The name of the object."""
        return Address.read(self.address).name


class Compiled:
    """What a workspace compiles to.

    What `later` returns is asked for when an attribute is first needed: of an earlier run that is still
    true, most commands need little.

    Attributes:
        by_kind: the definitions of each kind that is deployed, by name, which no other of them has.
        definitions: all of them, by name; kind by kind, as the table of kinds lists them.
        environments: by name; abstract ones among them.
        targets: the documents of kind Target, by name.
        connections: by name; so `fragments`.
        usable_policies: the numbers of those of `policies` with a valid schema.
        by_environment: the compiled actions of each concrete environment, by address.
        basis: by the name of each action with a contract, what it was compiled from; empty without a
            cache.
        diagnostics: every finding, sorted by place.
        notes: what was not checked, and why that is no finding.
        documents: how many documents were read.
        files: how many files there are.
        shared_documents: those that others share, as they were read; `broken` are the files and indices of
            those that are not valid by their schema.
        hashes: by file, of those that compile to something, SHA-256 of what was read.
        computed: how many of them were computed, and not taken from the cache.

    """

    by_kind: dict[str, dict[str, Any]]
    definitions: dict[str, Definition]
    environments: dict[str, Environment]
    targets: dict[str, Document]
    connections: dict[str, Connection]
    fragments: dict[str, Fragment]
    policies: list[Policy]
    usable_policies: tuple[int, ...]
    settings: Settings
    by_environment: Mapping[str, dict[str, CompiledAction]]
    basis: dict[str, str]
    diagnostics: list[Diagnostic]
    notes: list[str]
    shared_documents: list[Document]
    broken: frozenset[tuple[str, int]]
    hashes: dict[str, str]
    documents: int
    files: int
    computed: int

    def __init__(self, later: Callable[[str], Mapping[str, Any]] | None = None) -> None:
        self._later = later
        if later is None:
            self.by_kind = {kind: {} for kind in deployed_kinds()}
            self.definitions, self.environments, self.targets = {}, {}, {}
            self.connections, self.fragments = {}, {}
            self.policies, self.usable_policies, self.settings = [], (), Settings()
            self.by_environment, self.basis = {}, {}
            self.diagnostics, self.notes = [], []
            self.shared_documents, self.broken = [], frozenset()
            self.hashes = {}
            self.documents = self.files = self.computed = 0

    if not TYPE_CHECKING:
        # Only at run time: else every attribute that is misspelt were one.
        def __getattr__(self, name: str) -> Any:
            """Return what is asked for first, with what comes with it; what is there already stays."""
            later = self.__dict__.get("_later")
            if later is None or name not in Compiled.__annotations__:
                raise AttributeError(name)
            for field, value in later(name).items():
                self.__dict__.setdefault(field, value)
            return self.__dict__[name]

    def has_part(self, kind: str, name: str) -> bool:
        """Return whether there is a connection or a fragment of this name."""
        return name in (self.connections if kind == "Connection" else self.fragments)

    @property
    def actions(self) -> dict[str, Action]:
        """The definitions of actions, by name."""
        return self.by_kind[Action.kind]

    @property
    def messages(self) -> dict[str, Message]:
        """The definitions of messages, by name."""
        return self.by_kind[Message.kind]

    @cached_property
    def errors(self) -> list[Diagnostic]:
        """The findings that are errors."""
        return [one for one in self.diagnostics if one.severity == "error"]

    def errors_of(self, names: Collection[str], environment: str) -> list[Diagnostic]:
        """Return the errors that concern definitions in an environment, wherever they are written.

        An error of the action that delivers a message concerns the message.
        """
        through = {
            via["action"]
            for name in names
            if name in self.messages and "action" in (via := self.messages[name].spec.get("via") or {})
        }
        wanted = {*names, *through}
        return [one for one in self.errors if one.concerns(wanted, environment)]

    @property
    def concrete(self) -> list[Environment]:
        """The environments that have a target."""
        return [one for one in self.environments.values() if not one.abstract]

    @cached_property
    def incomplete(self) -> list[str]:
        """What an environment selects and what did not compile for it."""
        definitions = self.definitions.values()
        return [
            f"{environment.name}: {action.address}"
            for environment in self.concrete
            for action in definitions
            if action.address not in self.by_environment.get(environment.name, {})
            and environment.deploys(action)
        ]

    @cached_property
    def renames(self) -> dict[str, str]:
        """The address before, by address after, of what was renamed."""
        return {
            one.address: str(Address(one.kind, one.renamed_from))
            for one in self.definitions.values()
            if one.renamed_from
        }


class Canonical(Mapping[str, str]):
    """The canonical texts of compiled objects by address, each read when it is asked for."""

    def __init__(self, compiled: Mapping[str, CompiledAction]) -> None:
        self._compiled = compiled

    def __getitem__(self, address: str) -> str:
        return self._compiled[address].canonical

    def __iter__(self) -> Iterator[str]:
        return iter(self._compiled)

    def __len__(self) -> int:
        return len(self._compiled)
