"""An action × an environment × an operation of its contract → what the vendor would refuse, and where.

The compiled request is filled with the examples of its parameters, then with every value at the bounds of
what they declare. What fails with constants, or whatever a parameter contains, is an error; what fails for
some values only is a warning that names one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from callsheet.calling.generated import standard_values
from callsheet.calling.model import NO_PAYLOAD, Request
from callsheet.contracts.addresses import check_address
from callsheet.contracts.bodies import Bodies
from callsheet.contracts.media_types import content_type, essence, takes
from callsheet.contracts.operations import Operation
from callsheet.contracts.parameter_styles import Pairs, Query
from callsheet.contracts.subject import Subject
from callsheet.contracts.text_values import readings
from callsheet.contracts.validation import Fault
from callsheet.contracts.walking import Walk
from callsheet.documents import Path, Problem, decoded
from callsheet.rules.headers import authentication_fields


def check_request(subject: Subject, operation: Operation) -> Iterator[Problem]:
    """Yield what is wrong with the request that an action makes, by an operation of its contract."""
    declared = subject.compiled.get("parameters", {})
    values = standard_values(declared)
    request = subject.request(values) if values is not None else None
    if values is None or request is None:
        return
    yield from check_address(subject, operation, request)
    yield from _check_parameters(subject, operation, request)
    yield from _check_media_type(subject, operation, request)
    yield from _check_authentication(subject, operation, request)
    yield from _check_answers(subject, operation)
    if operation.body is None:
        if request.payload is not NO_PAYLOAD and operation.json_body is False:
            yield subject.at("CS454").key(
                ("request", "payload"),
                "the operation takes a form or a file, not a JSON body",
                do="choose an operation with a JSON body: callsheet sends JSON",
                related=subject.related(operation.body_at or operation.at),
            )
        return
    validation = operation.body_as(content_type(request.headers))
    yield from Bodies(subject, operation, validation, values).found(request)


def is_usual(parameter: dict[str, Any]) -> bool:
    """Return whether a parameter is a header that every client sends, or of which others say more.

    By OpenAPI 3.1, "Parameter Object", Accept, Content-Type and Authorization are no parameters.
    """
    return parameter["in"] == "header" and parameter["name"].lower() in _USUAL


_USUAL = ("authorization", "content-type", "accept", "user-agent", "host", "content-length", "connection")


def _check_parameters(subject: Subject, operation: Operation, request: Request) -> Iterator[Problem]:
    query = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
    headers = [(name.lower(), value) for name, value in request.headers.items()]
    section, names = authentication_fields(subject.compiled["authentication"])
    if section == "query":
        query += [(name, "secret") for name in names]
    else:
        headers += [(name.lower(), "secret") for name in names]
    others = [one["name"] for one in operation.parameters if one["in"] == "query"]
    for one in operation.parameters:
        name, field = one["name"], "query" if one["in"] == "query" else "headers"
        if is_usual(one) or _ignored(subject, f"/{field}/{name}"):
            continue
        reader = Query(one, {"$defs": operation.shared}, [it for it in others if it != name])
        if field == "query":
            found = reader.pairs(query)
        else:
            found = [(name, text) for key, text in headers if key == name.lower()]
        if not found:
            if one["required"] and not (field == "query" and reader.may_be_there(query)):
                yield subject.at("CS453").key(
                    ("request", field),
                    f"the contract requires the {one['in']} parameter `{name}`",
                    do=f"write it under `{field}`",
                    related=subject.related(one["at"]),
                )
        elif one["deprecated"]:
            yield subject.at("CS456").key(
                ("request", field, name),
                f"the {one['in']} parameter `{name}` is deprecated by the contract",
                do="use what the contract names instead",
                related=subject.related(one["at"]),
            )
        is_empty = one["empty"] and all(not text for _, text in found)
        if found and not is_empty and all(isinstance(text, str) for _, text in found):
            yield from _check_value(subject, operation, one, reader, found)


def _check_media_type(subject: Subject, operation: Operation, request: Request) -> Iterator[Problem]:
    """Check that a Content-Type is one that the contract names; without the header, it is not known."""
    name = next((it for it in request.headers if it.lower() == "content-type"), None)
    written = None if name is None else request.headers[name]
    if not isinstance(written, str) or _ignored(subject, f"/headers/{name}"):
        return
    if operation.media and not any(takes(one, written) for one in operation.media):
        known = [essence(one) for one in operation.media]
        yield subject.at("CS449").value(
            ("request", "headers", str(name)),
            f"the contract takes {' or '.join(known)}, and the Content-Type is {written[:80]}",
            do=_written_as(operation.media),
            related=subject.related(operation.at),
        )


def _written_as(media: Sequence[str]) -> str:
    """Return what to write for one of some media types, of which some may be ranges."""
    plain = next((one for one in media if "*" not in one), None)
    return f"write `Content-Type: {plain}`" if plain else f"write a type that `{media[0]}` takes"


def _check_value(
    subject: Subject, operation: Operation, one: dict[str, Any], reader: Query, pairs: Pairs
) -> Iterator[Problem]:
    """Check the value of a query parameter or a header: texts that stand for its type."""
    field = "query" if one["in"] == "query" else "headers"
    written = subject.compiled["request"].get(field, {})
    keys = {key if field == "query" else key.lower() for key, _ in pairs}
    names = [it for it in written if (it if field == "query" else it.lower()) in keys]
    in_url = not names and field == "query" and subject.compiled["authentication"].get("name") not in keys
    if not names and not in_url:
        return
    if any(isinstance(written[it], dict) and "secret" in written[it] for it in names):
        return
    validation = operation.validation_of(one["schema"], f"{one['at']} {one['name']}")
    walk = Walk(validation.schema)
    faults: tuple[Fault, ...] = ()
    for value in reader.values(pairs):
        for reading in _readings(one, value, walk):
            found = validation.faults(reading)
            if not found:
                return
            faults = faults or found
    place, is_slot = _place(subject, names, reader, faults[0].path)
    yield subject.at("CS455" if is_slot else "CS454").value(
        ("request", "url") if in_url else ("request", field, place),
        faults[0].words.replace("the body", f"`{one['name']}`")
        + (" with the example of its parameter" if is_slot else ""),
        do="declare the same limits on the parameter" if is_slot else faults[0].way_out,
        related=subject.related(one["at"]),
    )


def _readings(one: dict[str, Any], value: Any, walk: Walk) -> Iterable[Any]:
    """Return what a value stands for: texts by the types of a schema, or JSON in a text."""
    if not one["json"]:
        return readings(value, walk)
    try:
        return [decoded(value) if isinstance(value, str) else value]
    except ValueError:
        return [value]


def _place(subject: Subject, names: Sequence[str], reader: Query, path: Path) -> tuple[str, bool]:
    """Return the name under which a fault is written, and whether a parameter's value is there."""
    request = subject.compiled["request"]
    if not names:
        return "url", isinstance(request["url"], dict)
    written = request.get("headers", {}) | request.get("query", {})
    several = names[0].lower() != reader.name.lower()
    if several and not path:
        return names[0], False  # which names there are depends on no value
    steps = "".join(f"[{one}]" for one in path)
    wanted = (f"{reader.name}{steps}", str(path[0]) if path else "")
    name = next((one for one in names if one in wanted), names[0])
    return name, isinstance(written[name], dict)


def _check_authentication(subject: Subject, operation: Operation, request: Request) -> Iterator[Problem]:
    """Check that one alternative of the contract is met by the action's scheme."""
    if not operation.security or [] in operation.security:
        return
    kind = subject.compiled["authentication"].get("type", "none")
    scheme = subject.compiled["authentication"].get("scheme")
    kinds = (*_ACCEPTED.get(kind, ()), *([] if scheme is None else [str(scheme).lower()]))
    written = any(name.lower() == "authorization" for name in request.headers)
    for alternative in operation.security:
        schemes = [str(one.get("scheme") or one.get("type")).lower() for one in alternative]
        shown = "clientCertificate" in subject.compiled["authentication"] and "mutualtls" in schemes
        if written or shown or any(one in kinds for one in schemes):
            return
    names = sorted({str(one.get("scheme") or one.get("type")) for it in operation.security for one in it})
    yield subject.at("CS457").key(
        ("authentication",),
        f"the contract requires {' or '.join(names) or 'another scheme'}, and the action has {kind}",
        do="correct `authentication`, or name it under `contract.ignore`",
        related=subject.related(operation.at),
    )


_TOKEN = ("oauth2", "openidconnect", "bearer")
_ACCEPTED = {
    "bearer": _TOKEN,
    "oauth2": _TOKEN,
    "custom": (*_TOKEN, "apikey"),
    "hmac": ("apikey",),
    "basic": ("basic",),
    "apiKey": ("apikey",),
}


def _check_answers(subject: Subject, operation: Operation) -> Iterator[Problem]:
    for kind in operation.answers:
        sample = (subject.compiled.get("responses") or {}).get(kind)
        payload = sample.get("payload") if isinstance(sample, dict) else None
        if payload is None or _ignored(subject, f"/responses/{kind}"):
            continue
        verdict = operation.validation(kind).verdict(payload)
        if not verdict.decided:
            yield subject.at("CS440").key(
                ("responses", kind, "payload"),
                "the example of the answer was not checked: it and its contract are too large",
                do="nothing is needed; a smaller example is checked",
                related=subject.related(operation.at),
            )
        for fault in verdict.faults:
            yield subject.at("CS458").key(
                ("responses", kind, "payload", *fault.path),
                f"the example of the answer does not fit the contract: {fault.words}",
                do="correct the example",
                related=subject.related(fault.at),
            )
            break


def _ignored(subject: Subject, pointer: str) -> bool:
    return pointer in subject.ignored
