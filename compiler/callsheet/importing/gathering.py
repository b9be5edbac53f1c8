"""The requests of a collection that are asked for → the files of their actions."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from msgspec.structs import replace

from callsheet.errors import CallsheetError, of_its_shape
from callsheet.importing.chosen_parameters import Choice
from callsheet.importing.common import by_account
from callsheet.importing.files import chosen_requests
from callsheet.importing.free_names import first_free
from callsheet.importing.guesses import without_accents
from callsheet.importing.hiding import hidden, hidden_errors, nameable, public_segments
from callsheet.importing.model import Collection as Requests
from callsheet.importing.model import Credential, Imported, ImportFault, Listed, none_left
from callsheet.importing.reading_in import account_from, settled
from callsheet.importing.several import ImportedOperations, Place, Request, files_of
from callsheet.language.masking import HIDDEN

_ACCOUNT = 15
"""The most characters of an account's name, which every action's name begins with."""


@hidden_errors()
def import_requests(
    collection: Requests,
    wanted: Sequence[str],
    name: str | None,
    choices: Sequence[Choice],
    place: Place,
) -> ImportedOperations:
    """Return the files of the requests of a collection: its folders are folders.

    Args:
        collection: the requests.
        wanted: names, folders and patterns; empty for all of them.
        name: of the first connection; None for one from the collection's name, or the URL.
        choices: the values that are to be parameters.
        place: the workspace.

    Raises:
        CallsheetError: CS938 where none is chosen or can be an action, CS986 for a bad choice.

    """
    chosen = chosen_requests(collection.requests, wanted)
    requests, left = _read(collection.kind, chosen, asked=bool(wanted))
    if not requests:
        raise none_left("requests", left)
    account = name or _account(collection.title)
    if not account:
        account = account_from(next(iter(requests.values())).imported)
        if not any(one.imported.values for one in requests.values()):
            # An archive is of a browser, not of a service: each entry is named after its host.
            requests = {
                label: replace(one, account=account_from(one.imported)) for label, one in requests.items()
            }
    found = files_of("requests", requests, account, place, left, by_account, choices)
    return replace(found, notes=[*collection.notes, *collection.of_each, *found.notes])


def _read(kind: str, listed: Sequence[Listed], *, asked: bool) -> tuple[dict[str, Request], dict[str, str]]:
    """Return each request by its name with the folders, and why there is none of the others."""
    requests: dict[str, Request] = {}
    left: dict[str, str] = {}
    seen: set[str] = set()
    for one in listed:
        label = free_label(hidden(one.label), {*requests, *left})
        try:
            with of_its_shape(_misshapen(kind)):
                imported = settled(one.read())
        except CallsheetError as error:
            left[label] = error.message
            continue
        named = _named(one, imported)
        if one.unasked and not asked:
            left[label] = one.unasked
        elif (identity := _identity(named)) in seen:
            left[label] = "the same request is there already"
        else:
            seen.add(identity)
            requests[label] = named
    return requests, left


def _identity(request: Request) -> str:
    """Return a text that two requests share only where nothing of them differs."""
    authentication = request.imported.authentication or {}
    secrets = [one.text for one in authentication.values() if isinstance(one, Credential)]
    return repr((request.folder, request.imported, secrets))


def _misshapen(kind: str) -> ImportFault:
    return ImportFault(f"its parts have another form than those of {kind}", "export the file again")


def _named(listed: Listed, imported: Imported) -> Request:
    """Return a request with a name for its action: its own, or what it calls where that is its name."""
    if "://" in listed.name:
        parts = urlsplit(imported.url)
        segments = public_segments(parts.hostname or "", parts.path)[-3:]
        words = [re.sub("[^A-Za-z0-9]+", "_", one) for one in segments if HIDDEN not in one]
        return Request(imported=imported, name="_".join((imported.method, *filter(None, words))))
    imported.title = listed.name
    folder = "/".join(
        re.sub(r"[^a-z0-9]+", "-", without_accents(nameable(one)).lower()).strip("-")[:40] or "folder"
        for one in listed.folder
    )
    return Request(imported=imported, name=listed.name, folder=folder)


def free_label(label: str, taken: Collection[str]) -> str:
    """Return what a request is called in reports: two of one name are told apart by a number."""
    return first_free(label, lambda it: it in taken, lambda number: f"{label} ({number})")


def _account(title: str) -> str:
    """Return the first words of a title as a name, which every action's name begins with."""
    found = ""
    for word in re.findall(r"[a-z0-9]+", without_accents(nameable(title)).lower()):
        if len(f"{found}_{word}") > _ACCOUNT and found:
            break
        found = f"{found}_{word}"[:_ACCOUNT].strip("_")
    return found
