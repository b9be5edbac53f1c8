"""A workspace → what a new action can start from: samples, its connections, operations of its contracts.

Each start is what `new` or `import` would write, with what the compiler says of it there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.compiling import Compiled
from callsheet.compiling.foreign import MAX_DESCRIPTION_BYTES, begins_as_openapi
from callsheet.contracts.sources import ContractFault, ContractFile, read_contract
from callsheet.documents import FolderSource, Source, Unreadable, equal
from callsheet.documents.reading import parse
from callsheet.documents.yaml_text import block_text
from callsheet.errors import CallsheetError
from callsheet.importing.action_text import action_text
from callsheet.importing.free_names import free_name
from callsheet.importing.reading_in import name_from, request_of, settled
from callsheet.importing.samples import from_sample, samples, values_read
from callsheet.importing.several import Place
from callsheet.language import Diagnostic, in_language
from callsheet.language.editor import with_schema_line
from callsheet.language.masking import masked

MOST_OPERATIONS = 200
"""Of one contract."""
MOST_IN_ALL = 1_000
"""Of all contracts: a page is to be looked at, and not a copy of every description."""
MOST_REASONS = 50
"""How many operations that cannot be actions are named."""
_SCHEMA_LINE = "# yaml-language-server:"


class Start(Struct, frozen=True, kw_only=True):
    """One action to start from.

    Attributes:
        label: what it is called where it comes from.
        title: of it, beside the label; empty without one.
        folder: in which its file belongs.
        head: the comments at the top of its file.
        document: the action.
        files: other files that it needs and that are not there yet, by path.
        values: of environments, that it reads and no environment says.
        findings: what the compiler says of it in this workspace; None where it was not asked.

    """

    label: str
    title: str = ""
    folder: str = ""
    head: Sequence[str] = ()
    document: Mapping[str, Any]
    files: Mapping[str, str] = {}
    values: Sequence[str] = ()
    findings: Sequence[Diagnostic] | None = None

    @property
    def name(self) -> str:
        """The name of the action."""
        return str(self.document["metadata"]["name"])


class Described(Struct, frozen=True, kw_only=True):
    """A contract with the operations that can be actions.

    Attributes:
        why: why it cannot be read; empty where it can.
        left: by operation, why it cannot be an action.
        more: how many operations are not among these.

    """

    reference: str
    title: str = ""
    why: str = ""
    starts: Sequence[Start] = ()
    left: Mapping[str, str] = {}
    more: int = 0


class Starts(Struct, frozen=True, kw_only=True):
    """What there is to start from; `blank` is an action that says nothing yet."""

    blank: Start | None = None
    samples: Sequence[Start] = ()
    connections: Sequence[Start] = ()
    contracts: Sequence[Described] = ()


def starts_of(root: Path, place: Place) -> Starts:
    """Return everything that a new action of a workspace can start from.

    Args:
        root: the folder of the workspace.
        place: the workspace, in which each start is compiled.

    """
    reader = _Reader(root, place.compiled)
    found = Starts(
        blank=reader.blank(),
        samples=[reader.sample(one) for one in samples()],
        connections=[reader.connection(one) for one in sorted(place.compiled.connections)],
        contracts=[*reader.contracts()],
    )
    return _checked(found, place)


class _Reader:
    """Reads the starts, each under a name that nothing has."""

    def __init__(self, root: Path, compiled: Compiled) -> None:
        self.root = root
        self.source = FolderSource(root)
        self.compiled = compiled
        self.taken = {*compiled.definitions, *compiled.connections}
        self.left = MOST_IN_ALL

    def _name(self, wanted: str) -> str:
        name = free_name(re.sub(r"[^A-Za-z0-9_]+", "_", wanted), self.taken)
        self.taken.add(name)
        return name

    def _start(self, text: str, label: str, folder: str = "", **more: Any) -> Start:
        """Return the start of an action's text; raises CallsheetError for one that is not YAML of ours."""
        documents, problems = parse(text, label)
        if problems:
            raise CallsheetError(problems[0].code, problems[0].message, help=problems[0].help)
        shown = with_schema_line(text, self.root, self.root / folder / "new.yaml")
        head = [*itertools.takewhile(lambda one: one.startswith("#"), shown.splitlines())]
        document: dict[str, Any] = documents[0].value
        return Start(
            label=label,
            title=in_language(document["metadata"].get("title"), "en"),
            folder=folder,
            head=head,
            document=document,
            **more,
        )

    def blank(self) -> Start:
        """Return an action that says nothing yet but its name, and that it calls something."""
        metadata = {"name": self._name("new_action")}
        request = {"method": "POST", "url": "https://api.example.com", "payload": {}}
        document = {"apiVersion": "callsheet/v1", "kind": "Action", "metadata": metadata}
        return self._start(block_text({**document, "spec": {"request": request}}), "")

    def sample(self, name: str) -> Start:
        """Return the start that `new` writes of a sample."""
        own = self._name(f"new_{name}")
        contents = from_sample(name, own, self.compiled.has_part)
        path = f"{name}/{own}.yaml"
        others = {file: contents[file] for file in {*contents} - {path}}
        known = [one.values for one in self.compiled.concrete]
        values = [
            one for one in values_read(contents) if not known or not all(_has(it, one) for it in known)
        ]
        return self._start(contents[path], name, name, files=others, values=values)

    def connection(self, name: str) -> Start:
        """Return an action that calls through a connection, and says nothing else yet."""
        title = masked(in_language(self.compiled.connections[name].metadata.get("title"), "en"))
        spec = {"connection": name, "request": {"method": "POST", "payload": {}}}
        metadata = {"name": self._name(f"{name[:24]}_call"), "title": {"en": f"A call of {title or name}"}}
        document = {"apiVersion": "callsheet/v1", "kind": "Action", "metadata": metadata, "spec": spec}
        found = self._start(block_text(document), name)
        return replace(found, title=title)

    def contracts(self) -> Iterator[Described]:
        """Yield the contracts that actions name, and those that are files of the workspace."""
        for reference in sorted({*_named(self.compiled), *_files(self.source)}):
            try:
                file = read_contract(self.source, reference)
                yield self._described(file)
            except ContractFault as fault:
                yield Described(reference=reference, why=fault.message)

    def _described(self, file: ContractFile) -> Described:
        description = file.description
        names = description.names()
        chosen = names[: max(0, min(MOST_OPERATIONS, self.left))]
        self.left -= len(chosen)
        starts, left = [], {}
        for name in chosen:
            try:
                starts.append(self._operation(file, name))
            except CallsheetError as error:
                left[name] = error.message
        information = description.value.get("info")
        title = information.get("title") if isinstance(information, dict) else ""
        # Everybody may see the page: nothing of a description is on it that looks like a credential.
        return Described(
            reference=file.reference,
            title=masked(str(title or ""))[:200],
            starts=starts,
            left={masked(name): why for name, why in [*left.items()][:MOST_REASONS]},
            more=len(names) - len(chosen),
        )

    def _operation(self, file: ContractFile, name: str) -> Start:
        imported = settled(request_of((file, True), name, ()))
        text = action_text(imported, self._name(name_from(imported.url)))
        found = self._start(text, name)
        whole = [found.document, *found.head]
        if not equal(masked(whole), whole):
            raise CallsheetError("CS938", "it contains what looks like a credential", help="import it")
        return found


def _named(compiled: Compiled) -> Iterator[str]:
    """Yield the OpenAPI descriptions that actions and connections name."""
    for action in compiled.actions.values():
        yield from _openapi(action.contract)
    for connection in compiled.connections.values():
        yield from _openapi(connection.document.value["spec"].get("contract"))


def _openapi(contract: Any) -> list[str]:
    found = contract.get("openapi") if isinstance(contract, dict) else None
    return [found] if isinstance(found, str) else []


def _files(source: Source) -> Iterator[str]:
    """Yield the files of a workspace that are OpenAPI descriptions."""
    for file in source.files():
        try:
            content = source.read(file, limit=MAX_DESCRIPTION_BYTES)
        except Unreadable:
            continue
        if begins_as_openapi(content):
            yield file


def _has(values: Mapping[str, Any], read: str) -> bool:
    """Return whether an environment says a value, as `values.firebase.project`."""
    found: Any = values
    for name in read.split(".")[1:]:
        if not isinstance(found, Mapping) or name not in found:
            return False
        found = found[name]
    return True


def _checked(found: Starts, place: Place) -> Starts:
    """Return the starts with what the compiler says of them, by one compilation of all of them.

    Those that bring a connection or a fragment are left out: with them, everything would be another
    compilation.
    """
    blank = [found.blank] if found.blank is not None else []
    every = [
        *blank,
        *found.samples,
        *found.connections,
        *(it for one in found.contracts for it in one.starts),
    ]
    asked = {one.name: one for one in every if not any(it.endswith(".yaml") for it in one.files)}
    paths = {f"{one.folder}/{one.name}.yaml".lstrip("/"): one for one in asked.values()}
    texts = {path: block_text(one.document) for path, one in paths.items() if place.is_free(path)}
    texts |= {file: text for one in asked.values() for file, text in one.files.items()}
    after = place.compile_with(texts)
    known = {(one.code, one.file, one.message) for one in place.compiled.diagnostics}
    said: dict[str, list[Diagnostic]] = {path: [] for path in paths if path in texts}
    for one in after.diagnostics:
        if one.file in said and (one.code, one.file, one.message) not in known:
            said[one.file].append(one)
    by_name = {paths[path].name: findings for path, findings in said.items()}

    def checked(starts: Sequence[Start]) -> list[Start]:
        return [replace(one, findings=by_name.get(one.name)) for one in starts]

    return Starts(
        blank=found.blank and checked([found.blank])[0],
        samples=checked(found.samples),
        connections=checked(found.connections),
        contracts=[replace(one, starts=checked(one.starts)) for one in found.contracts],
    )
