"""A HAR file, a Postman or Bruno collection, an Insomnia export, or a payload alone → requests."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from callsheet.errors import of_its_shape
from callsheet.importing.arguments import read_argument
from callsheet.importing.bruno import KIND as BRUNO
from callsheet.importing.bruno import bruno_collection, is_bruno
from callsheet.importing.bruno_language import collection_of_file, is_bru, variables_of_file
from callsheet.importing.har import KIND as HAR
from callsheet.importing.har import har_collection
from callsheet.importing.hiding import hidden, hidden_errors
from callsheet.importing.insomnia import KIND as INSOMNIA
from callsheet.importing.insomnia import insomnia_collection
from callsheet.importing.insomnia_nodes import export_of, kind_of_export
from callsheet.importing.json_bodies import json_body
from callsheet.importing.mapped import is_mapped, with_slots
from callsheet.importing.marks import filled, filled_payload
from callsheet.importing.model import Collection, Imported, ImportFault, Listed, misshapen
from callsheet.importing.postman import KIND as POSTMAN
from callsheet.importing.postman import postman_collection
from callsheet.language.selector import is_pattern, matches
from callsheet.words import counted, nearest

_KINDS = "name a HAR file, a Postman or Bruno collection, an Insomnia export, or a payload"

_SERVICE = re.compile(r"\b(?:openapi|swagger|discoveryVersion)\b")


def read_file(
    text: str, wanted: str | None, environment: str | None = None, kind: str | None = None
) -> Imported:
    """Read the request of a file.

    Args:
        text: of the file.
        wanted: the name of the request, where the file contains several.
        environment: where its variables have their values, beside the file itself.
        kind: what the file is said to be; None for any.

    Raises:
        ImportFault: for another file, and for one with several requests of which none was named.

    """
    value = _value(text)
    collection = _of_kind(collection_of(value, environment), kind)
    if collection is not None:
        refuse_empty(collection)
        with of_its_shape(misshapen(collection.kind)):
            found = with_values_filled(_chosen(collection, wanted).read())
            return replace(found, notes=[*collection.of_each, *found.notes])
    if isinstance(value, dict) and ("openapi" in value or "swagger" in value):
        raise ImportFault("the file describes a service", "choose one of its operations with --operation")
    if isinstance(value, dict):
        notes = ["the URL is a placeholder: write the real one"]
        value = json_body(text, "the payload", notes=notes)
        if is_mapped(value):
            value = with_slots(value)
        return Imported(
            method="POST",
            url="https://api.example.com/",
            headers=[("Content-Type", "application/json")],
            payload=value,
            has_payload=True,
            notes=notes,
        )
    raise ImportFault("the file contains no request", _KINDS)


@hidden_errors()
def read_collection(text: str, environment: str | None, kind: str | None) -> Collection | None:
    """Return the requests of a file; None for a file that describes a service, or is none of the kinds.

    Args:
        text: of the file.
        environment: where its variables have their values, beside the file itself.
        kind: what the file is said to be; None for any.

    Raises:
        ImportFault: for a file of another kind.

    """
    try:
        value = _value(text)
    except ImportFault:
        # What begins as JSON and is none is read as a description only where it says that it is one.
        if (
            kind is not None
            or _is_opencollection(text)
            or (text.lstrip()[:1] == "{" and not _SERVICE.search(text))
        ):
            raise
        return None
    found = _of_kind(collection_of(value, environment), kind)
    if found is not None:
        refuse_empty(found)
    return found


def _of_kind(found: Collection | None, kind: str | None) -> Collection | None:
    """Return what a file contains; raises ImportFault where it is said to be of another kind."""
    if kind is not None and (found is None or found.kind != KINDS[kind]):
        held = "another file" if found is None else found.kind
        raise ImportFault(f"the file is {held}, not {KINDS[kind]}", "leave the word before the file out")
    return found


KINDS = {"har": HAR, "postman": POSTMAN, "insomnia": INSOMNIA, "bruno": BRUNO}
"""The words before a file that say what it is."""


def collection_of(value: Any, environment: str | None) -> Collection | None:
    """Return the requests of a file that lists some; None for another."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("log"), dict):
        with of_its_shape(misshapen(HAR)):
            return har_collection(value)
    wrapped = value.get("collection") if isinstance(value.get("collection"), dict) else value
    if isinstance(wrapped, dict) and isinstance(wrapped.get("item"), list):
        with of_its_shape(misshapen(POSTMAN)):
            given = None if environment is None else _variables_file(environment)
            return with_numbers(postman_collection(wrapped, given))
    if is_bruno(value):
        with of_its_shape(misshapen(BRUNO)):
            return with_numbers(bruno_collection(value, _variables_of_bruno(environment)))
    if isinstance(value.get("resources"), list) or kind_of_export(value) in ("collection", "spec"):
        with of_its_shape(misshapen(INSOMNIA)):
            return with_numbers(insomnia_collection(value, environment))
    _refuse_unread(value)
    return None


def with_numbers(collection: Collection) -> Collection:
    """Return a collection whose requests of one name in one folder can be chosen, as `Send#2`."""
    totals = Counter(one.label for one in collection.requests)
    seen: Counter[str] = Counter()
    found = []
    for one in collection.requests:
        seen[one.label] += 1
        also = (f"{one.label}#{seen[one.label]}",) if totals[one.label] > 1 else ()
        found.append(replace(one, also=also))
    return replace(collection, requests=found)


def _refuse_unread(value: dict[str, Any]) -> None:
    """Refuse what is known and contains no request that is read; raises ImportFault."""
    if "opencollection" in value:
        raise _opencollection()
    if kind := kind_of_export(value):
        raise ImportFault(
            f"the file is an export of Insomnia of the kind `{hidden(kind)[:20]}`, without requests",
            "export the collection",
        )
    if "asyncapi" in value:
        raise ImportFault("the file describes messages, and no request", _KINDS)
    if "_postman_variable_scope" in value:
        raise ImportFault(
            "the file contains variables, and no request", "name it with --environment beside a collection"
        )


def chosen_requests(requests: Sequence[Listed], wanted: Sequence[str]) -> list[Listed]:
    """Return the requests that a name, a folder or a pattern chooses; all, where none is given.

    Raises:
        ImportFault: for a name or a pattern that chooses none.

    """
    for one in wanted:
        if not any(_is_named(it, one) for it in requests):
            names = {name for it in requests for name in (it.label, it.name)}
            raise ImportFault(
                f"no request is called `{hidden(one)[:80]}`{nearest(one, names)}",
                f"choose with --request: {', '.join(map(_shown, requests[:10]))}",
            )
    return [it for it in requests if not wanted or any(_is_named(it, one) for one in wanted)]


def _shown(listed: Listed) -> str:
    """Return how a request is named for the user to choose it: by its number, where it has one."""
    if len(listed.also) > 1:
        return f"{listed.also[0]} ({hidden(listed.also[1])[:60]})"
    if listed.also:
        return hidden(listed.also[0])[:60]
    return hidden(listed.label)[:60]


def _is_named(listed: Listed, wanted: str) -> bool:
    if wanted in (listed.label, listed.name, *listed.also):
        return True
    if is_pattern(wanted):
        return matches(wanted, listed.label)
    return listed.label.startswith(f"{wanted.rstrip('/')}/")


def _value(text: str) -> Any:
    """Return what a file says: JSON, or the YAML of Insomnia."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if (export := export_of(text)) is not None:
            return export
        if is_bru(text):
            return collection_of_file(text)
        if _is_opencollection(text):
            raise _opencollection() from None
        raise ImportFault(f"the file is not JSON{_where(error)}", _KINDS) from None


def _where(error: Exception) -> str:
    """Return where a text that begins as JSON is none."""
    if isinstance(error, RecursionError):
        return ": it nests too deeply"
    if isinstance(error, json.JSONDecodeError) and error.pos > 0:
        return f": line {error.lineno}, {error.msg[:1].lower()}{error.msg[1:]}"
    return ""


def _opencollection() -> ImportFault:
    return ImportFault(
        "OpenCollection is not read", "export the collection of Bruno as JSON, or name a .bru file"
    )


def _is_opencollection(text: str) -> bool:
    """Return whether a text is the YAML of an OpenCollection."""
    return text.lstrip().startswith("opencollection:")


def _variables_of_bruno(environment: str | None) -> dict[str, Any] | str | None:
    """Return what a file of variables says, or the name of an environment of the collection."""
    if environment is None or not environment.endswith((".bru", ".json")):
        return environment
    text = read_argument(environment)
    return variables_of_file(text) if is_bru(text) else _variables_file(environment)


def _variables_file(environment: str) -> dict[str, Any]:
    """Return what a file of variables says."""
    try:
        value = json.loads(read_argument(environment))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("values"), list):
        raise ImportFault(
            "the file of --environment contains no variables", "export an environment of Postman as JSON"
        )
    return value


def refuse_empty(collection: Collection) -> None:
    """Refuse a file without a request, with what is said of it; raises ImportFault."""
    if not collection.requests:
        raise ImportFault(
            f"the file is {collection.kind} without a request", _KINDS, tuple(collection.notes)
        )


def _chosen(collection: Collection, wanted: str | None) -> Listed:
    """Return the one request that is wanted: an exact name comes before a part of one."""
    found = collection.requests
    fitting = [*found]
    for fits in (
        lambda one: wanted in (one.label, None),
        lambda one: wanted == one.name,
        lambda one: wanted in one.also,
        # A number is that of an entry, and no part of a name.
        lambda one: not (len(one.also) > 1 and str(wanted).isdecimal()) and str(wanted) in one.label,
    ):
        fitting = [one for one in found if fits(one)]
        if fitting:
            break
    if len(fitting) != 1:
        names = ", ".join(map(_shown, (fitting or found)[:10]))
        what = "none of them matches" if not fitting else f"{len(fitting)} of them match"
        held = counted(len(found), "request")
        raise ImportFault(f"the file contains {held}, and {what}", f"choose one with --request: {names}")
    return fitting[0]


def with_values_filled(imported: Imported) -> Imported:
    """Return a request with the values of its variables in their places."""
    values = imported.values
    return replace(
        imported,
        url=filled(imported.url, values),
        headers=[(key, filled(held, values)) for key, held in imported.headers],
        payload=filled_payload(imported.payload, values),
        values={},
    )
