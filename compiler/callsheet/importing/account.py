"""What is deployed and not managed → the files of all of it, with what it has in common said once.

A file is written only where it compiles to what is deployed: the next plan adopts and changes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from callsheet.compiling import Compiled
from callsheet.documents.yaml_text import compact_text
from callsheet.errors import CallsheetError
from callsheet.importing.accepted import error_of, new_errors
from callsheet.importing.adopting import Described, described_by
from callsheet.importing.common import (
    URL,
    Common,
    bases_of,
    common_in,
    common_of,
    connection_text,
    value_of,
    without,
)
from callsheet.importing.free_names import free_name, free_path
from callsheet.importing.host_words import word_of_host
from callsheet.importing.written_files import Adoption, Texts
from callsheet.language.addresses import Address
from callsheet.language.formatting import formatted
from callsheet.targets.model import canonical_of
from callsheet.templates.values import digest_of

_FOLDERS = {"Action": "", "Message": "messages/", "EndpointConfig": "endpoints/"}


class Found(Struct, frozen=True, kw_only=True):
    """A deployed object.

    Attributes:
        content: what it is.
        digest: that its file must compile to.
        nameless: whether the target keeps no name for it: the one that it has was made up.

    """

    content: Mapping[str, Any]
    digest: str
    nameless: bool = False


def adoption(
    compiled: Compiled,
    found: Mapping[str, Found],
    environment: str,
    is_free: Callable[[str], bool],
    compile_with: Callable[[Texts], Compiled],
) -> Adoption:
    """Return the files of deployed objects; nothing is written.

    Args:
        compiled: the workspace.
        found: what is deployed and not managed, by address.
        environment: whose target it is.
        is_free: returns whether nothing is there at a path relative to the workspace.
        compile_with: compiles the workspace with new files.

    """
    found, left = _named(compiled, found)
    documents = _documents(found, left)
    alone: set[str] = set()
    written = _Files(compiled, documents, alone, is_free)
    # Each round has fewer objects in connections, or fewer objects.
    while documents:
        wrong = _wrong(compiled, compile_with(written.texts), found, written.files, environment)
        if not wrong:
            break
        for address, why in wrong.items():
            if address in alone:
                del documents[address]
                left[address] = why
        alone |= wrong.keys()
        written = _Files(compiled, documents, alone, is_free)
    others = [one.name for one in compiled.concrete if one.name != environment]
    return Adoption(
        environment=environment,
        texts=written.texts,
        files=written.files,
        connections=written.connections,
        left=dict(sorted(left.items())),
        elsewhere=others if documents else (),
    )


def _named(compiled: Compiled, found: Mapping[str, Found]) -> tuple[dict[str, Found], dict[str, str]]:
    """Return what can be defined, by the address that it gets, and why the rest cannot."""
    names = {*compiled.definitions}
    named: dict[str, Found] = {}
    left: dict[str, str] = {}
    # A name that was made up gives way to one that is kept at the target.
    for address, one in sorted(found.items(), key=lambda it: (it[1].nameless, it[0])):
        at = Address.read(address)
        if reason := _unfit(at, one):
            left[address] = reason
        elif at.name in compiled.definitions and compiled.definitions[at.name].address == address:
            continue  # the next plan adopts it as it is, or shows how it differs
        elif one.nameless:
            name = free_name(str(one.content["name"]), names)
            names.add(name)
            named[str(Address(at.kind, name))] = _renamed(one, name)
        elif at.name in names:
            left[address] = f"another object has the name `{at.name}`"
        else:
            names.add(at.name)
            named[address] = one
    return named, left


def _unfit(at: Address, one: Found) -> str:
    """Return why no file can define a deployed object as it is; empty where one may."""
    if "unreadable" in one.content:
        return "what is deployed is no longer an object of its kind"
    if "atTarget" in one.content:
        return f"at the target it is {one.content['atTarget']['state']}: deploy it there first"
    said = one.content.get("name", at.name)
    if not one.nameless and said != at.name:
        return f"what is deployed says that its name is `{said}`"
    return ""


def _renamed(one: Found, name: str) -> Found:
    content = {**one.content, "name": name}
    return Found(content=content, digest=digest_of(canonical_of(content)))


def _documents(found: Mapping[str, Found], left: dict[str, str]) -> dict[str, Described]:
    """Return what defines objects; of what no document can describe, the reason is noted."""
    documents: dict[str, Described] = {}
    for address, one in found.items():
        try:
            documents[address] = described_by(one.content)
        except CallsheetError as error:
            left[address] = error.message
    return documents


class _Files:
    """Documents as files, with connections for what they have in common.

    Args:
        compiled: the workspace.
        documents: by address.
        alone: the addresses of those that no connection can be for.
        is_free: returns whether nothing is there at a path.

    """

    def __init__(
        self,
        compiled: Compiled,
        documents: Mapping[str, Described],
        alone: set[str],
        is_free: Callable[[str], bool],
    ) -> None:
        self.texts: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.connections: dict[str, int] = {}
        self.taken = {*compiled.connections, *compiled.definitions}
        self.is_free = is_free
        self.documents = documents
        groups: dict[str, dict[str, dict[str, Any]]] = {}
        for address, one in ((it, described.document) for it, described in documents.items()):
            bases = [] if address in alone else bases_of(value_of(one, URL))
            key = f"{bases[0]} {json.dumps(one['spec'].get('authentication'))}" if bases else address
            groups.setdefault(key, {})[address] = one
        for some in groups.values():
            self._add(compiled, some, alone)
        self.files = dict(sorted(self.files.items()))

    def _add(self, compiled: Compiled, some: Mapping[str, dict[str, Any]], alone: set[str]) -> None:
        known = None if alone.intersection(some) else _connection_for(compiled, [*some.values()])
        if known is not None:
            name, common = known
            for address, one in some.items():
                self._write(address, without(one, common, name), f"{name}/")
        elif len(some) > 1:
            common = common_of([*some.values()])
            name = self._name(common)
            file = self._path(f"{name}/connection.yaml", connection_text(name, common))
            self.connections[file] = len(some)
            for address, one in some.items():
                self._write(address, without(one, common, name), f"{name}/")
        else:
            for address, one in some.items():
                self._write(address, one, _FOLDERS.get(Address.read(address).kind, ""))

    def _write(self, address: str, document: dict[str, Any], folder: str) -> None:
        path = f"{folder}{Address.read(address).name}.yaml"
        template = self.documents[address].template
        if template is not None:
            file = self._path(path.replace(".yaml", ".json.j2"), template)
            document = replace(self.documents[address], document=document).naming(file)
        text = compact_text(_in_order(document))
        tidy, problem = formatted(text, "adopted.yaml")
        self.files[address] = self._path(path, text if problem else tidy)

    def _path(self, path: str, text: str) -> str:
        """Keep a text for a path at which nothing is yet, and return that path."""
        chosen = free_path(path, lambda it: it in self.texts or not self.is_free(it))
        self.texts[chosen] = text
        return chosen

    def _name(self, common: Common) -> str:
        """Return a name for a connection that nothing has: the vendor's, or what its host is called."""
        host = word_of_host(urlsplit(common.base or "").hostname or "account")
        vendor = common.units.get(("metadata", "labels", "vendor"), host)
        plain = re.sub(r"[^A-Za-z0-9]+", "_", str(vendor)).strip("_")[:26] or "account"
        chosen = free_name(plain, self.taken)
        self.taken.add(chosen)
        return chosen


_ORDER = ("type", "method", "url", "path", "headers", "query", "payload")


def _in_order(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose request and authentication begin as an author begins them."""
    spec = dict(document["spec"])
    for field_name in ("request", "authentication"):
        fields = spec.get(field_name)
        if isinstance(fields, dict):
            first = [one for one in _ORDER if one in fields]
            spec[field_name] = {key: fields[key] for key in dict.fromkeys((*first, *fields))}
    return {**document, "spec": spec}


def _connection_for(compiled: Compiled, some: Sequence[dict[str, Any]]) -> tuple[str, Common] | None:
    """Return a connection of the workspace whose every field all of these say."""
    for name, one in compiled.connections.items():
        common = common_in(one.document.value)
        if common.base is not None and not any(common.fits(document) for document in some):
            return name, common
    return None


def _wrong(
    before: Compiled,
    after: Compiled,
    found: Mapping[str, Found],
    files: Mapping[str, str],
    environment: str,
) -> dict[str, str]:
    """Return the objects that the files do not take over as they are, each with the reason."""
    errors = new_errors(before, after)
    there = after.by_environment.get(environment, {})
    wrong = {}
    for address, file in files.items():
        fault = error_of(errors, file, Address.read(address).name)
        if fault:
            wrong[address] = fault
        elif address not in there:
            wrong[address] = f"{environment} does not select it"
        elif there[address].digest != found[address].digest:
            wrong[address] = "no file can describe it: it does not compile to the same again"
    if errors and not wrong:
        # An error of a connection: its actions can still be written without it.
        return dict.fromkeys(files, f"{errors[0].code} {errors[0].message}")
    return wrong
