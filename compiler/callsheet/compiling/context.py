"""What the files of a workspace share, read first: environments, policies, targets and settings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator
from functools import cache
from typing import Any

from msgspec import Struct, field

from callsheet.compiling.values import with_values
from callsheet.documents import Document, Problem, Source, Unreadable
from callsheet.documents.reading import decode, parse
from callsheet.language.connection import NO_PARTS, Connection, Parts
from callsheet.language.environment import Environment, Guards, resolve_environments
from callsheet.language.fragment import Fragment
from callsheet.language.kinds import shared_kinds
from callsheet.language.policy import Policy, read_policy
from callsheet.language.secret_patterns import secret_kind, secret_kind_of_file
from callsheet.language.selector import Selector
from callsheet.language.settings import SETTINGS_FILES, Settings, read_settings
from callsheet.language.target import with_collections

Documents = Callable[[Source, str], Iterable[Document]]
"""Returns the documents of shared kinds in a file."""


class Context(Struct, frozen=True):
    """What the units of a workspace share.

    Attributes:
        environments: the concrete ones; an environment of no values where there is none.
        policies: those whose schema is in order.
        nowhere: is the one environment there only to check actions by?
        parts: what actions are made of beside their own documents.

    """

    environments: tuple[Environment, ...]
    policies: tuple[Policy, ...]
    nowhere: bool
    parts: Parts = NO_PARTS


class Shared(Struct):
    """The documents of shared kinds, and what they define.

    Attributes:
        documents: of kind Environment, the first of each name.
        resolved: the environments whose chain is whole; abstract ones among them.
        environments: those of them whose target is described, by name.
        targets: the documents of kind Target, by name.
        connections: the first of each name.
        fragments: the first of each name.
        items_files: the files of rows that sets name.
        read: every document of a shared kind.
        problems: what is wrong with the values of environments.
        invalid: the addresses of connections and fragments that are not valid by their schema.
        broken: the files and indices of all documents that are not.

    """

    documents: dict[str, Document] = field(default_factory=dict)
    resolved: list[Environment] = field(default_factory=list)
    environments: dict[str, Environment] = field(default_factory=dict)
    policies: list[Policy] = field(default_factory=list)
    targets: dict[str, Document] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    connections: dict[str, Connection] = field(default_factory=dict)
    fragments: dict[str, Fragment] = field(default_factory=dict)
    invalid: set[str] = field(default_factory=set)
    broken: set[tuple[str, int]] = field(default_factory=set)
    items_files: set[str] = field(default_factory=set)
    read: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def document_files(self) -> set[str]:
        """The files that have documents of shared kinds, and so no rows."""
        return {one.file for one in self.read}

    def context(self, usable: Collection[int] | None = None) -> tuple[Context, list[Problem]]:
        """Return what the units need of it, and the policies without a valid schema, which are left out.

        `usable` are the numbers of those with one, where they are known; what is wrong with others is then
        not said again.
        """
        if usable is None:
            from callsheet.rules.policies import prepare

            ready, problems = prepare(self.policies)
            chosen = tuple(one.policy for one in ready)
        else:
            chosen, problems = tuple(self.policies[number] for number in usable), []
        concrete = tuple(one for one in self.environments.values() if not one.abstract)
        problems += self.problems
        valid = {f"Connection/{one}" for one in self.connections}
        valid |= {f"Fragment/{one}" for one in self.fragments}
        parts = Parts(self.connections, self.fragments, frozenset(self.invalid - valid))
        return Context(concrete or (_nowhere(),), chosen, not concrete, parts), problems


def read_shared(
    source: Source,
    files: Iterable[str],
    *,
    skip: Callable[[str], bool] = lambda file: False,  # noqa: ARG005
    broken: Container[tuple[str, int]] | None = None,
    documents: Documents | None = None,
) -> Shared:
    """Read the environments, connections, policies, targets and settings; every other file is left alone.

    `skip` says of which files it is known that they have none of these; `broken` are the files and indices
    of documents that are not valid by their schema, or named by a credential, where they are known;
    `documents` returns those of a file, where they need not be read.
    """
    shared = Shared()
    documents = documents or _shared_documents
    for file in files:
        for document in documents(source, file) if not skip(file) else ():
            shared.read.append(document)
            if _is_broken(document) if broken is None else (file, document.index) in broken:
                shared.broken.add((file, document.index))
                shared.invalid |= _address_of(document.value)
                continue
            name = document.value["metadata"]["name"]
            match document.value["kind"]:
                case "Environment":
                    shared.documents.setdefault(name, document)
                case "Connection":
                    shared.connections.setdefault(name, Connection(document))
                case "Fragment":
                    shared.fragments.setdefault(name, Fragment(document))
                case "ActionSet":
                    shared.items_files |= {document.value["spec"].get("itemsFile", "")} - {""}
                case "Policy":
                    shared.policies.append(read_policy(document))
                case "Target":
                    shared.targets.setdefault(name, document)
                case "Workspace" if file in SETTINGS_FILES:
                    shared.settings = read_settings(document)
    shared.resolved = resolve_environments(shared.documents)
    for usable in with_collections(shared.resolved, shared.targets):
        filled, problems = (usable, []) if usable.abstract else with_values(usable)
        shared.environments[usable.name] = filled
        shared.problems += problems
    return shared


def _is_broken(document: Document) -> bool:
    from callsheet.language.schema_check import check_document

    return bool(check_document(document)) or is_named_by_credential(document)


def is_named_by_credential(document: Document) -> bool:
    """Return whether the name of a valid document looks like a credential: it is shown nowhere, then."""
    return bool(secret_kind(document.value["metadata"]["name"]))


def may_be_shared(content: bytes) -> bool:
    """Return whether a file may contain a document of a shared kind, by its bytes alone."""
    # A kind that is not written as it is can only be written with an escape.
    return b"\\" in content or any(one in content for one in _as_bytes(shared_kinds()))


@cache
def _as_bytes(names: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(name.encode() for name in names)


def _shared_documents(source: Source, file: str) -> Iterator[Document]:
    """Yield the documents of shared kinds in a file, as far as it can be read."""
    try:
        content = source.read(file)
    except Unreadable:
        return
    if not may_be_shared(content) or secret_kind_of_file(file):
        return
    text, problem = decode(content, file)
    if problem is not None:
        return
    parsed, _ = parse(text, file)
    for index, one in enumerate(parsed):
        document = Document(file, index, text, one)
        kind = one.value.get("kind") if isinstance(one.value, dict) else None
        if kind in shared_kinds():
            yield document


def _address_of(value: Any) -> set[str]:
    """Return the address of a connection or a fragment that is not valid, where it says a name."""
    kind = value.get("kind")
    metadata = value.get("metadata") if kind in ("Connection", "Fragment") else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return {f"{kind}/{name}"} if isinstance(name, str) else set()


def _nowhere() -> Environment:
    """Return an environment to check actions by, where the workspace has none with a target."""
    return Environment(
        name="none",
        chain=(),
        values={},
        select=Selector(),
        target=None,
        ledger=None,
        guards=Guards(),
    )
