"""Several operations of an OpenAPI description → an action for each, and one connection for all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from callsheet.contracts.sources import ContractFault
from callsheet.errors import CallsheetError
from callsheet.importing.chosen_parameters import Choice
from callsheet.importing.common import one_account
from callsheet.importing.hiding import hidden_errors
from callsheet.importing.model import Imported, ImportFault, none_left
from callsheet.importing.reading_in import account_from, read_description, request_of, settled
from callsheet.importing.several import ImportedOperations, Place, Request, files_of


@hidden_errors()
def import_operations(
    root: Path,
    source: str,
    wanted: Sequence[str] | None,
    tag: str | None,
    name: str | None,
    fields: Collection[str],
    choices: Sequence[Choice],
    place: Place,
    *,
    server: str = "",
) -> ImportedOperations:
    """Return the files of operations, which share one connection.

    Args:
        root: the folder of the workspace.
        source: the description: a file, or `package:NAME/PATH`.
        wanted: the operations; None for all of them, or all with the tag.
        tag: of the operations; None for any.
        name: of the connection; None for one from the URL.
        fields: of the bodies, beyond the required ones; an operation without one of them is left.
        choices: the values that are to be parameters.
        place: the workspace.
        server: the URL in front of paths, where the description names no host.

    Raises:
        CallsheetError: CS938 where none of them can be an action, CS986 for a choice that is none.

    """
    requests, left = _requests(root, source, wanted, tag, fields, server)
    first = next(iter(requests.values()))
    account = name or account_from(first)
    named = {label: Request(imported=one, name=label) for label, one in requests.items()}
    return files_of("operations", named, account, place, left, one_account, choices)


def _requests(
    root: Path,
    source: str,
    wanted: Sequence[str] | None,
    tag: str | None,
    fields: Collection[str],
    server: str,
) -> tuple[dict[str, Imported], dict[str, str]]:
    """Return the request of each operation, and why there is none of the others."""
    described = read_description(root, source)
    description = described[0]
    try:
        # Each operation is read of this one document while it is held here.
        written = description.description
        if not {"openapi", "swagger"} & {*written.value}:
            raise ImportFault(
                "the file is not an OpenAPI description", "name one, or a collection of requests"
            )
        listed = wanted if wanted is not None else written.names(tag)
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
            requests[operation] = settled(request_of(described, operation, fields, server))
        except CallsheetError as error:
            if wanted is not None:
                raise _of_operation(error, operation, alone=len(listed) == 1) from None
            left[operation] = error.message
    if not requests:
        raise none_left("operations", left)
    return requests, left


def _of_operation(error: CallsheetError, operation: str, *, alone: bool) -> CallsheetError:
    """Return an error that names the operation, where there are several."""
    if not alone:
        error.message = f"the operation `{operation}`: {error.message}"
        error.args = (error.message, *error.args[1:])
    return error
