"""What `import` is given → one request, with notes about what was left out."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from callsheet.compiling import Compiled
from callsheet.documents import FolderSource
from callsheet.errors import ArgumentError, CallsheetError
from callsheet.importing.arguments import read_argument
from callsheet.importing.curl import read_curl
from callsheet.importing.files import read_file, with_values_filled
from callsheet.importing.free_names import MAX_NAME
from callsheet.importing.hiding import hidden_errors, public_segments
from callsheet.importing.host_words import word_of_host
from callsheet.importing.httpie import read_httpie
from callsheet.importing.marks import filled
from callsheet.importing.model import Imported, ImportFault, checked_url
from callsheet.language.dot_segments import without_dot_segments
from callsheet.language.masking import HIDDEN

if TYPE_CHECKING:
    from callsheet.contracts.sources import ContractFile

_FOLDERS_ABOVE = 20
MAX_LINE = 262_144
_NAME = re.compile(r"[A-Za-z0-9_]{1,30}\Z")


@hidden_errors()
def read_request(
    root: Path,
    source: str,
    line: str | None,
    wanted: str | None,
    operation: str | None,
    fields: Collection[str] = (),
    environment: str | None = None,
    kind: str | None = None,
    *,
    server: str = "",
) -> Imported:
    """Read a request.

    Args:
        root: the folder of the workspace.
        source: `curl`, `httpie`, the path of a file, or `-` for the standard input.
        line: of curl or HTTPie; None or `-` for the standard input.
        wanted: which request of a file that contains several.
        operation: of an OpenAPI description.
        fields: of its body, beyond the required ones.
        environment: where the variables of a collection have their values, beside the file itself.
        kind: what the file is said to be; None for any.
        server: of an OpenAPI description that names no host.

    Raises:
        ArgumentError: for a file that cannot be read.
        ImportFault: for what is not a request, or not one that an action could make.

    """
    if source in ("curl", "httpie"):
        read = read_curl if source == "curl" else read_httpie
        found = read(sys.stdin.read(MAX_LINE + 1) if line in (None, "-") else line)
    elif operation is not None:
        found = with_values_filled(request_of(read_description(root, source), operation, fields, server))
    else:
        found = read_file(read_argument(source), wanted, environment, kind)
        found.notes.extend(left_beside(Path(source)))
    return settled(found)


def left_beside(file: Path) -> list[str]:
    """Note what the folders of a request of Bruno say of it in files of their own, which are not read."""
    found = list[str]()
    for folder in [*file.resolve().parents][:_FOLDERS_ABOVE] if file.suffix == ".bru" else ():
        found += [name for name in ("folder.bru", "collection.bru") if (folder / name).is_file()]
        if (folder / "bruno.json").exists():
            break
    names = " and ".join(f"`{one}`" for one in dict.fromkeys(found))
    note = (
        f"what is said of it in {names} was left out: a collection that is exported as JSON has all of it"
    )
    return [note] if found else []


def settled(found: Imported) -> Imported:
    """Return a request with the path that clients send.

    Raises:
        ImportFault: for a URL that cannot be taken apart.

    """
    url = filled(found.url, found.values)
    sent = without_dot_segments(checked_url(url))
    if sent != url:
        found.url = sent
        found.notes.append("the path is written as clients send it, without `.` and `..`")
    return found


@hidden_errors()
def compare_request(compiled: Compiled, imported: Imported, name: str | None) -> dict[str, list[str]]:
    """Compare a request with the actions that call there, in every environment.

    Returns:
        Where the request differs, by action: the least that it does in any environment.

    Raises:
        CallsheetError: CS925 where no action calls there.

    """
    from callsheet.importing.checking import calls, differences

    found: dict[str, list[str]] = {}
    for actions in compiled.by_environment.values():
        for one in actions.values():
            if one.name not in compiled.actions:
                continue
            if one.name == name or (name is None and calls(one.content, imported)):
                differs = differences(one.content, imported)
                if one.name not in found or len(differs) < len(found[one.name]):
                    found[one.name] = differs
    if not found:
        which = (
            f"there is no action `{name}`" if name else f"no action calls {urlsplit(imported.url).netloc}"
        )
        raise CallsheetError("CS925", which, help="leave out --check to create it")
    return found


def checked_name(name: str) -> str:
    """Return a name that an action can have; raises ArgumentError for any other."""
    if not _NAME.match(name):
        raise ArgumentError(f"{name!r} is not a valid name: use letters, digits and _, at most 30")
    return name


def name_from(url: str) -> str:
    """Return a name for an action from what it calls: the host, and the last words of the path."""
    parts = urlsplit(url)
    words = [word_of_host(parts.hostname or "action")]
    path = "/".join(one for one in public_segments(parts.hostname or "", parts.path) if HIDDEN not in one)
    words += [one for one in re.split(r"[^A-Za-z0-9]+", path) if one.isalpha()][-2:]
    return re.sub(r"[^a-z0-9]+", "_", "_".join(words).lower())[:MAX_NAME].strip("_")


def account_from(imported: Imported) -> str:
    """Return a name for the account that a request calls: that of its host."""
    return name_from(filled(imported.url, imported.values)).split("_", maxsplit=1)[0] or "requests"


def request_of(
    described: tuple[ContractFile, bool], operation: str, fields: Collection[str], server: str = ""
) -> Imported:
    """Read an operation; its contract is linked where the workspace or a package contains it.

    Args:
        described: the description, and whether a workspace can name it as a contract.
        operation: its id, or `POST /path`.
        fields: of its body, beyond the required ones.
        server: the URL in front of the path, where the description names no host.

    Raises:
        ImportFault: where there is no such operation, or none that an action could call.

    """
    from callsheet.importing.openapi import read_operation

    description, inside = described
    imported = read_operation(description, operation, fields, server)
    if not inside:
        imported.contract = None
        name = Path(description.reference).name
        imported.notes.append(
            f"the contract is not linked: copy {name} into the workspace, and name it under `contract`"
        )
    return imported


def read_description(root: Path, source: str) -> tuple[ContractFile, bool]:
    """Return an OpenAPI description, and whether a workspace can name it as a contract.

    Raises:
        ArgumentError: where it cannot be read.
        ImportFault: for a package without it.

    """
    from callsheet.contracts.sources import ContractFault, ContractFile, read_contract

    if source.startswith("package:"):
        try:
            return read_contract(FolderSource(root), source), True
        except ContractFault as fault:
            raise ImportFault(fault.message, fault.help) from None
    try:
        inside = Path(source).resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        inside = ""
    text = read_argument(source)
    if inside:
        # With the other files of which it consists.
        with suppress(ContractFault):
            return read_contract(FolderSource(root), inside), True
    return ContractFile(inside or Path(source).name, text.encode()), bool(inside)
