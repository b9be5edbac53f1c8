"""An action × an environment × an operation of its contract → what the vendor would refuse, and where.

The compiled request is filled with the examples of its parameters, then with every value at the bounds of
what they declare. What fails with constants, or whatever a parameter contains, is an error; what fails for
some values only is a warning that names one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from callsheet.calling.generated import standard_values
from callsheet.calling.request import NO_PAYLOAD, Request
from callsheet.contracts.bodies import Bodies
from callsheet.contracts.operations import Operation
from callsheet.contracts.parameter_styles import Pairs, is_spread, pairs_of, readings, shape_of, value_of
from callsheet.contracts.subject import Subject
from callsheet.documents import Problem
from callsheet.rules.headers import authentication_fields


def check_request(subject: Subject, operation: Operation) -> Iterator[Problem]:
    """Yield what is wrong with the request that an action makes, by an operation of its contract."""
    declared = subject.compiled.get("parameters", {})
    values = standard_values(declared)
    request = subject.request(values) if values is not None else None
    if values is None or request is None:
        return
    yield from _check_address(subject, operation, request)
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
                related=subject.related(operation.at),
            )
        return
    yield from Bodies(subject, operation, operation.validation("body"), values).check(request)


def _check_address(subject: Subject, operation: Operation, request: Request) -> Iterator[Problem]:
    """Check method and URL; without a host in the contract, only the path counts."""
    if request.method != operation.method:
        yield subject.at("CS452").value(
            ("request", "method"),
            f"the contract uses the method {operation.method}, the action uses {request.method}",
            do=f"set `method: {operation.method}`",
            related=subject.related(operation.at),
        )
    url = request.url.split("?")[0].split("#")[0]
    if not any(_matches(template, url) for template in operation.urls):
        yield subject.at("CS452").value(
            ("request", "url"),
            f"the URL is not that of the operation: {operation.urls[0]}",
            do="correct the URL, or name another operation",
            related=subject.related(operation.at),
        )


def _matches(template: str, url: str) -> bool:
    parts = re.split(r"(\{\+?[^}]*\})", template)
    pattern = "".join(
        (r".+" if part.startswith("{+") else r"[^/?#]+") if part.startswith("{") else re.escape(part)
        for part in parts
    )
    # A server that is only a path, or a variable, names no host.
    host = "" if re.match(r"(?:https?|\{[^}]*\})://", template) else r"https?://[^/]+(?:/[^?#]*?)?"
    return re.fullmatch(host + pattern, url) is not None


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
    root = {"$defs": operation.shared}
    for one in operation.parameters:
        name, field = one["name"], "query" if one["in"] == "query" else "headers"
        if is_usual(one) or _ignored(subject, f"/{field}/{name}"):
            continue
        shape = shape_of(one["schema"], root)
        if field == "query":
            found = pairs_of(one, shape, query)
        else:
            found = [(key, text) for key, text in headers if key == name.lower()]
        if not found:
            # An object without names of its own takes any parameter.
            if one["required"] and not (is_spread(one, shape) and not shape["properties"]):
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
        if found and all(isinstance(text, str) for _, text in found):
            yield from _check_value(subject, operation, one, field, found)


def _check_media_type(subject: Subject, operation: Operation, request: Request) -> Iterator[Problem]:
    """Check that a Content-Type is one that the contract names; without the header, it is not known."""
    name = next((it for it in request.headers if it.lower() == "content-type"), None)
    written = None if name is None else request.headers[name]
    known = [one.partition(";")[0] for one in operation.media]
    if not known or not isinstance(written, str) or _ignored(subject, f"/headers/{name}"):
        return
    if written.partition(";")[0].strip().lower() not in known:
        yield subject.at("CS449").value(
            ("request", "headers", str(name)),
            f"the contract takes {' or '.join(known)}, and the Content-Type is {written[:80]}",
            do=f"write `Content-Type: {operation.media[0]}`",
            related=subject.related(operation.at),
        )


def _check_value(
    subject: Subject, operation: Operation, one: dict[str, Any], field: str, pairs: Pairs
) -> Iterator[Problem]:
    """Check the value of a query parameter or a header: texts that stand for its type."""
    written = subject.compiled["request"].get(field, {})
    keys = {key.lower() for key, _ in pairs}
    names = [it for it in written if it.lower() in keys]
    if not names or any(isinstance(written[it], dict) and "secret" in written[it] for it in names):
        return
    validation = operation.validation_of(one["schema"], one["at"])
    value = value_of(one, shape_of(validation.schema, validation.schema), pairs)
    verdicts = map(validation.faults, readings(value, validation.schema, validation.schema))
    faults = next(verdicts)
    if not faults or not all(verdicts):
        return
    is_slot = any(isinstance(written[it], dict) for it in names)
    yield subject.at("CS455" if is_slot else "CS454").value(
        ("request", field, names[0]),
        faults[0].words.replace("the body", f"`{one['name']}`")
        + (" with the example of its parameter" if is_slot else ""),
        do="declare the same limits on the parameter" if is_slot else faults[0].way_out,
        related=subject.related(one["at"]),
    )


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
