"""An operation of an OpenAPI description → a request with what it requires, its contract linked.

A value is the description's own: its example, default, or first value; else one of its type. What stands
for a value in the path, and every text, number and flag of the body that is required, becomes a parameter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import quote, urlsplit

from msgspec.structs import replace

from callsheet.contracts.check import is_usual
from callsheet.contracts.media_types import takes
from callsheet.contracts.operations import Operation, find_operation
from callsheet.contracts.parameter_styles import DELIMITERS, delimiter_within, written
from callsheet.contracts.sources import ContractFault, ContractFile
from callsheet.contracts.walking import Walk
from callsheet.errors import of_its_shape
from callsheet.importing.amounts import NoValueError
from callsheet.importing.answers import sampled_answers
from callsheet.importing.fitting import fits, is_finite
from callsheet.importing.free_names import first_free
from callsheet.importing.in_paths import is_list, of_path
from callsheet.importing.marks import slot, value
from callsheet.importing.model import (
    Imported,
    ImportFault,
    Slot,
    checked_url,
    misshapen,
    with_examples,
)
from callsheet.importing.sampling import Sampler
from callsheet.importing.security import add_security, chosen_security, keys_of
from callsheet.outbound.urls import with_query
from callsheet.words import nearest

_VARIABLE = re.compile(r"\{\+?([^}]*)\}")
_MOST_ASTRAY = 3
"""Of references that lead nowhere, so many are named."""
_ALTERNATIVES = 4
"""How many of each choice are tried before the first one is taken, although its schema refuses it."""


def read_operation(
    file: ContractFile, name: str | None, fields: Collection[str] = (), server: str = ""
) -> Imported:
    """Read one operation.

    Args:
        file: the description.
        name: its operationId, or `POST /path`.
        fields: of the body, beyond those that are required.
        server: the URL in front of the path, where the description names no host.

    Raises:
        ImportFault: where there is none, where it takes no JSON, or calls nothing.

    """
    try:
        operation = find_operation(file.description, name or "?")
    except ContractFault as fault:
        way_out = "choose one with --operation" if name is None else fault.help
        words = fault.message if name else "the description has many operations"
        raise ImportFault(words, way_out) from None
    try:
        with of_its_shape(misshapen("an OpenAPI description")):
            return _request(file, operation, name, fields, server)
    except ContractFault as fault:
        # A schema that no validator takes.
        raise ImportFault(fault.message, fault.help) from None


def _request(
    file: ContractFile, operation: Operation, name: str | None, fields: Collection[str], server: str
) -> Imported:
    url = _with_scheme(operation)
    if not operation.json_body:
        place, span = file.located(operation.body_at or operation.at)
        raise ImportFault(
            "the operation takes no JSON body",
            f"choose another operation: {place}:{span.line} says so",
        )
    if not url.startswith("http"):
        if not server:
            raise ImportFault(
                "the operation names no server", "name it: `--server https://api.example.com`"
            )
        if urlsplit(checked_url(server)).scheme not in ("http", "https"):
            raise ImportFault("the server is not an http URL", "write it as https://api.example.com")
        url = f"{server.rstrip('/')}{url}"
    result = Imported(method=operation.method, url="")
    result.contract = {"openapi": file.reference, "operation": name}
    schemes = chosen_security(operation)
    sampler = Sampler(file.value, operation.body or {"$defs": operation.definitions})
    result.url = _VARIABLE.sub(lambda match: _in_url(result, operation, sampler, match[1]), url)
    _parameters(result, operation, sampler, keys_of(schemes))
    add_security(result, schemes)
    result.notes += dict.fromkeys(operation.unheld)
    # What is behind a reference that leads nowhere is a guess; `validate` names each fault (CS459).
    astray = [(at, words) for at, words in operation.odd if words.startswith("refers")]
    result.notes += [f"`{at}` of the description {words}" for at, words in astray[:_MOST_ASTRAY]]
    has_none = operation.method in ("GET", "DELETE") and not operation.body_required
    if has_none and operation.body is not None:
        result.notes.append(
            f"its body was left out: it is optional, and a {operation.method} request has none"
        )
    elif operation.body is not None:
        media = _media(operation, result.notes)
        sampler, payload = _sampled(file, operation, media, fields)
        if unknown := [one for one in fields if one not in sampler.known]:
            near = nearest(unknown[0], sampler.known)
            raise ImportFault(f"the body has no field `{unknown[0]}`{near}", "choose others with --fields")
        result.payload, result.has_payload = payload, True
        result.notes += sampler.choices.notes(payload)
        result.headers.append(("Content-Type", media))
    result.responses = sampled_answers(operation, file.value)
    return result


def _sampled(
    file: ContractFile, operation: Operation, media: str, fields: Collection[str]
) -> tuple[Sampler, Any]:
    """Return a body, and what made it: the first that its schema takes, by the alternatives of choices."""
    validation = operation.body_as(media)
    found: list[tuple[Sampler, Any]] = []
    faults: list[NoValueError] = []
    for alternative in range(_ALTERNATIVES):
        sampler = Sampler(file.value, validation.schema, fields, alternative)
        try:
            payload = sampler.value(validation.schema, (), 0)
        except NoValueError as fault:
            faults.append(fault)
            continue
        found.append((sampler, payload))
        if sampler.known >= {*fields} and not validation.faults(with_examples(payload)):
            return found[-1]
    if not found:
        raise faults[0]
    # An alternative is chosen by a field that only it has.
    return max(found, key=lambda it: len({*fields} & it[0].known))


def _media(operation: Operation, notes: list[str]) -> str:
    """Return the media type that is sent: plain JSON where the operation takes it, and no range."""
    known = [one for one in operation.media if "*" not in one]
    if known:
        return "application/json" if "application/json" in known else known[0]
    if not operation.media or any(takes(one, "application/json") for one in operation.media):
        return "application/json"
    wanted = operation.media[0]
    chosen = wanted.replace("*", "vnd.example")
    notes.append(f"the operation takes any {wanted}: write the one that the service reads, for {chosen}")
    return chosen


def _with_scheme(operation: Operation) -> str:
    """Return the first URL of an operation; a scheme that is a variable is its default."""
    variable = _VARIABLE.match(operation.urls[0])
    default = operation.variables.get(variable[1]) if variable is not None else None
    return (
        operation.urls[0]
        if variable is None or default is None
        else default + variable.string[variable.end() :]
    )


def _in_url(result: Imported, operation: Operation, sampler: Sampler, name: str) -> str:
    """Return the mark for a name in the URL: a value for a variable of the server, else a parameter."""
    if name in operation.variables:
        identifier = re.sub(r"[^A-Za-z0-9_]+", "_", name)
        identifier = identifier if identifier[:1].isalpha() else f"v_{identifier}"
        result.values[identifier] = operation.variables[name]
        return value(identifier)
    mark = _mark_of(name)
    if is_list(sampler.resolved(operation.path.get(name, {}).get("schema"))):
        result.notes.append(f"`{name}` of the path is a list: the action sends one item")
    result.slots[mark] = of_path(operation.path.get(name), sampler, name, mark)
    return slot(mark)


def _mark_of(name: str) -> str:
    """Return a name that stands in a URL as it is."""
    return re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "value"


def _parameters(
    result: Imported, operation: Operation, sampler: Sampler, keys: Collection[tuple[str, str]]
) -> None:
    """Write what is required of query and headers: a constant of the description, or a parameter.

    What is a key of the authentication, which sets it, is not written a second time.
    """
    for one in operation.parameters:
        if not one["required"] or is_usual(one) or (one["in"], one["name"].lower()) in keys:
            continue
        held = _parameter(one, sampler)
        if one["in"] == "query" and sampler.described(one["at"]).get("allowReserved") is True:
            result.notes.append(
                f"the query parameter {one['name']} is percent-encoded, also where it is `allowReserved`"
            )
        several = isinstance(held, list | dict)
        marks: list[tuple[Slot, str]] = []
        for name, leaves in written(one, held) if several else [(one["name"], [held])]:
            texts = [_text(result, leaf, one, marks) for leaf in leaves]
            if one["in"] == "query":
                text = quote(DELIMITERS.get(one["style"], ","), safe=",").join(texts)
                result.url = with_query(result.url, f"{quote(name, safe='')}={text}")
            else:
                result.headers.append((name, DELIMITERS.get(one["style"], ",").join(texts)))


def _text(
    result: Imported, held: Any, parameter: dict[str, Any], marks: list[tuple[Slot, str]], level: int = 0
) -> str:
    """Return a value as it stands in a query or a header; a slot becomes a parameter, once, by its mark."""
    if isinstance(held, Slot):
        for known, mark in marks:
            if known is held:
                return slot(mark)
        # The path may have a parameter of the same name.
        name = _mark_of(held.name)
        mark = first_free(
            name,
            lambda it: it in result.slots,
            lambda number: f"{name}_{parameter['in'] if number == 2 else number}",
        )
        result.slots[mark] = replace(held, name=mark)
        marks.append((held, mark))
        return slot(mark)
    if isinstance(held, tuple):
        return f"{held[0]}{_text(result, held[1], parameter, marks)}"
    if isinstance(held, dict):
        raise ImportFault(
            f"its parameter `{parameter['name']}` has an object within a list, which no style writes",
            "write the action by hand",
        )
    if isinstance(held, list):
        texts = [_text(result, one, parameter, marks, level + 1) for one in held]
        between = delimiter_within(parameter, level)
        return (quote(between, safe=",") if parameter["in"] == "query" else between).join(texts)
    text = str(held).lower() if isinstance(held, bool) else "" if held is None else str(held)
    return quote(text, safe="") if parameter["in"] == "query" else text


def _parameter(one: dict[str, Any], sampler: Sampler) -> Any:
    """Return the value of a parameter; one without a value of its own is a slot with its name.

    A list of one item is that item: the styles of lists do not differ then.
    """
    described = sampler.described(one["at"])
    if one["json"]:
        sampled = with_examples(sampler.value(one["schema"], (one["name"],), 1))
        return Slot(one["name"], {"type": "string"}, json.dumps(sampled, ensure_ascii=False))
    for here in (described, described.get("schema")):
        default = here.get("default") if isinstance(here, dict) else None
        is_plain = isinstance(default, str | int | float) and is_finite(default)
        if is_plain and not sampler.shows_credential(one, default):
            return default
    found = sampler.value(one["schema"], (one["name"],), 1)
    innermost = found
    while isinstance(innermost, list) and len(innermost) == 1:
        innermost = innermost[0]
    # What stands between the items of a list within it is not what stands between its own.
    found = found if isinstance(innermost, list | dict) else innermost
    shown = described.get("example")
    if isinstance(found, Slot):
        known = (
            isinstance(shown, str | int | float)
            and fits(shown, one["schema"])
            and not sampler.shows_credential(one, shown)
        )
        return replace(found, name=one["name"], example=shown if known else found.example)
    if isinstance(found, list | dict):
        return _composed(found, described, one, sampler)
    is_plain = isinstance(found, str | int | float)
    return found if is_plain else Slot(one["name"], {"type": "string"}, one["name"])


def _composed(found: Any, described: dict[str, Any], one: dict[str, Any], sampler: Sampler) -> Any:
    """Return a list or an object for a parameter that has something in it."""
    if found:
        return found
    for here in (described, described.get("schema")):
        for shown in (here.get("example"), here.get("default")) if isinstance(here, dict) else ():
            is_usable = type(shown) is type(found) and shown and is_finite(shown)
            if is_usable and not sampler.shows_credential(one, shown):
                return shown
    if isinstance(found, dict):
        names = sorted(Walk({"$defs": sampler.definitions}).named((one["schema"],)))
        wanted = {**sampler.resolved(one["schema"]), "required": names[:1]}
        found = sampler.value(wanted, (one["name"],), 1) if names else found
    return found or Slot(one["name"], {"type": "string"}, one["name"])
