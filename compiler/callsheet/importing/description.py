"""Several operations of an OpenAPI description → an action for each, and one connection for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callsheet.compiling import Compiled
from callsheet.contracts.sources import ContractFault
from callsheet.errors import CallsheetError
from callsheet.importing.action_text import action_text, secret_names
from callsheet.importing.extracting import extraction
from callsheet.importing.guesses import parameter_name
from callsheet.importing.model import Imported, ImportFault
from callsheet.importing.reading_in import name_from, read_description, read_request

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedOperations:
    """The files of operations; nothing of them is written yet.

    Attributes:
        texts: by path relative to the workspace.
        names: of the actions, by operation.
        left: by operation, why it cannot be an action.
        secrets: the environment variables that hold what was left out.

    """

    texts: Texts = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    secrets: Sequence[str] = ()

    @property
    def new(self) -> Sequence[str]:
        """The files that are not there yet: all of them."""
        return [*self.texts]


def import_operations(
    root: Path,
    source: str,
    wanted: Sequence[str] | None,
    tag: str | None,
    name: str | None,
    fields: Collection[str],
    taken: Collection[str],
    compile_with: Callable[[Texts], Compiled],
) -> ImportedOperations:
    """Return the files of operations.

    Args:
        root: the folder of the workspace.
        source: the description: a file, or `package:NAME/PATH`.
        wanted: the operations; None for all of them, or all with the tag.
        tag: of the operations; None for any.
        name: of the connection; None for one from the URL.
        fields: of the bodies, beyond the required ones; an operation without one of them is left.
        taken: the names that actions and connections have already.
        compile_with: compiles the workspace with new files.

    Raises:
        ImportFault: where none of them can be an action.

    """
    requests, left = _requests(root, source, wanted, tag, fields)
    account = name or name_from(next(iter(requests.values())).url).split("_", maxsplit=1)[0]
    account = _free(account, taken)
    names: dict[str, str] = {}
    plain: dict[str, str] = {}
    for operation, imported in requests.items():
        own = _free(_name(account, operation), {*taken, *names.values(), account})
        names[operation] = own
        plain[f"{account}/{own}.yaml"] = action_text(imported, own, account)
    compiled = compile_with(plain)
    file = f"{account}/connection.yaml"
    found = extraction(
        compiled,
        account,
        [compiled.actions[one] for one in names.values() if one in compiled.actions],
        file,
        lambda texts: compile_with({**plain, **texts}),
    )
    texts = {**plain, **found.texts}
    secrets = sorted({one for text in texts.values() for one in secret_names(text)})
    return ImportedOperations(texts=texts, names=names, left=left, secrets=secrets)


def _requests(
    root: Path, source: str, wanted: Sequence[str] | None, tag: str | None, fields: Collection[str]
) -> tuple[dict[str, Imported], dict[str, str]]:
    """Return the request of each operation, and why there is none of the others."""
    description, _ = read_description(root, source)
    try:
        # Each operation is read of this one document while it is held here.
        described = description.description
        listed = wanted if wanted is not None else described.names(tag)
    except ContractFault as fault:
        raise ImportFault(fault.message, fault.help) from None
    if not listed:
        raise ImportFault(
            "the description has no operation" + (f" with the tag `{tag}`" if tag else ""),
            "choose operations with --operation",
        )
    requests, left = {}, {}
    for operation in listed:
        try:
            requests[operation] = read_request(root, source, None, None, operation, fields)
        except CallsheetError as error:
            if wanted is not None:
                raise
            left[operation] = error.message
    if not requests:
        raise ImportFault("none of the operations can be an action", next(iter(left.values())))
    return requests, left


def _name(account: str, operation: str) -> str:
    """Return a name of at most 30 characters for the action of an operation."""
    return re.sub(r"_+", "_", f"{account}_{parameter_name(operation)}")[:30].strip("_")


def _free(name: str, taken: Collection[str]) -> str:
    chosen, number = name, 1
    while chosen in taken:
        number += 1
        chosen = f"{name[:26]}_{number}"
    return chosen
