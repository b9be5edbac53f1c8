"""Generated test cases: what is optional missing, what is bounded at its bounds, hostile texts.

Each must make a request, or be refused by what a parameter declares, or because it would leave its place in
the path (`.` and `..`): a value that breaks the request and
that no `pattern`, `enum`, `maxLength` … keeps out is found before a journey sends it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from callsheet.calling.cases import CaseResult
from callsheet.calling.model import Request
from callsheet.calling.parameters import check_parameters
from callsheet.calling.request import DotSegmentError, build_request
from callsheet.errors import CallsheetError
from callsheet.language import Action

HOSTILE = (
    ("quotes", "\"'`\\"),
    ("a line break", "a\r\nX-Injected: b"),
    ("braces", "{{ 7 * 7 }} {% if %} ${x}"),
    ("markup", "<script>alert(1)</script> &amp;"),
    ("an escape", "\x1b[31m \u202e \u0000"),
    ("letters of everywhere", "Zoë 雪 🙂 مرحبا"),
    ("spaces", "  \t "),
    ("a path", "../../etc/passwd?x=1#y"),
    ("a dot", "."),
    ("two dots", ".."),
    ("encoded dots", "%2e%2E"),
    ("a long text", "x" * 10_000),
)
_LONGEST = 1_000_000
"""Characters of a text that is tried: memory is not."""
_BY_TYPE: dict[str, tuple[Any, ...]] = {
    "integer": (0, -1, 2**53 - 1),
    "number": (0, -0.5, 1e15),
    "boolean": (True, False),
    "array": ([],),
    "object": ({},),
    "date": ("2024-02-29",),
    "datetime": ("2024-02-29T23:59:59Z", "2026-11-25T08:00:00.123+05:30"),
}
_EXAMPLES: dict[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "array": ["text"],
    "object": {"key": "text"},
    "date": "2026-11-25",
    "datetime": "2026-11-25T08:00:00Z",
}
_FORMATS = {
    "email": "ada@example.com",
    "uri": "https://example.com/",
    "uuid": "5c2d0e1a-0000-4000-8000-000000000001",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "hostname": "example.com",
}


Refuse = Callable[[Request], str | None]
"""Returns what a contract would refuse of the payload of a request, in words."""


def generated_cases(
    action: Action,
    compiled: Mapping[str, Any],
    environment: str,
    refuse: Refuse = lambda request: None,  # noqa: ARG005
) -> Iterator[CaseResult]:
    """Run the generated cases of an action in an environment; `refuse` judges what they send."""
    for name, params in _cases(compiled):
        yield _run(action, compiled, environment, name, params, refuse)


def _cases(compiled: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the cases that follow from the parameters: a name, and their values."""
    declared: Mapping[str, Any] = compiled.get("parameters", {})
    standard = standard_values(declared)
    if standard is None:
        # No example fits what the parameters declare: a pattern, say. The author's own cases must do.
        return
    yield "every parameter", standard
    for name, fields in declared.items():
        if fields.get("optional"):
            without = {key: value for key, value in standard.items() if key != name}
            yield f"without {name}", without
        hostile = HOSTILE if fields["type"] == "string" else ()
        for words, value in (*_values(fields), *hostile):
            yield f"{name} is {words}", {**standard, name: value}
    required = {key: value for key, value in standard.items() if not declared[key].get("optional")}
    if len(required) < len(standard) - 1:
        yield "without every optional parameter", required


def standard_values(declared: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a value for each parameter: its example, else one of its type; None where none is known."""
    values = {name: _standard(fields) for name, fields in declared.items()}
    try:
        return check_parameters(declared, values)
    except CallsheetError:
        return None


def _standard(fields: Mapping[str, Any]) -> Any:
    if fields.get("example") is not None:
        return fields["example"]
    if "enum" in fields:
        return fields["enum"][0]
    if fields["type"] == "string":
        text = _FORMATS.get(fields.get("format", ""), "text")
        longest = fields.get("maxLength", len(text))
        return text[:longest] + "x" * max(min(fields.get("minLength", 0), _LONGEST) - len(text), 0)
    if fields["type"] in ("integer", "number"):
        return fields.get("minimum", fields.get("maximum", _EXAMPLES[fields["type"]]))
    return _EXAMPLES[fields["type"]]


def _values(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the values to try of one parameter, each with its name."""
    for value in fields.get("enum", ()):
        yield json.dumps(value, ensure_ascii=False), value
    if fields["type"] == "string":
        for bound in ("minLength", "maxLength"):
            if fields.get(bound, _LONGEST + 1) <= _LONGEST:
                yield f"as {'short' if bound == 'minLength' else 'long'} as it may be", "x" * fields[bound]
    for bound in ("minimum", "maximum"):
        if bound in fields:
            yield f"its {bound}", fields[bound]
    for value in _BY_TYPE.get(fields["type"], ()):
        yield json.dumps(value), value


def accepts(fields: Mapping[str, Any], value: Any) -> bool:
    """Return whether a parameter may contain a value."""
    try:
        check_parameters({"value": fields}, {"value": value})
    except CallsheetError:
        return False
    return True


def contract_values(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the values of a parameter, allowed by what it declares, that a contract may refuse."""
    for words, value in (
        *_values(fields),
        ("a short text", "text"),
        ("a text of 10,000 characters", "x" * 10_000),
    ):
        if accepts(fields, value):
            yield words, value


def _run(
    action: Action,
    compiled: Mapping[str, Any],
    environment: str,
    name: str,
    params: Mapping[str, Any],
    refuse: Refuse,
) -> CaseResult:
    message, request = "", None
    try:
        check_parameters(compiled.get("parameters", {}), params)
    except CallsheetError:
        # What the parameter declares keeps the value out: that is what it is declared for.
        return _result(action, environment, name, "", None)
    try:
        request = build_request(compiled, params)
        fault = refuse(request)
        message = f"the contract rejects it: {fault}" if fault else ""
    except DotSegmentError:
        # It stays in its place: nothing is sent of it.
        return _result(action, environment, name, "", None)
    except CallsheetError as error:
        message = "; ".join((error.message, *error.details))
    return _result(action, environment, name, message, request)


def _place_of(action: Action) -> tuple[str, int]:
    document, written, _ = action.written(("parameters",))
    return document.file, document.place(written).line


def _result(action: Action, environment: str, name: str, message: str, request: Any) -> CaseResult:
    return CaseResult(
        action=action.name,
        environment=environment,
        name=name,
        index=None,
        outcome="failed" if message else "passed",
        message=message,
        place=_place_of(action),
        request=request,
    )
