"""The test cases of an action: parameters in, exact request out, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from callsheet.calling.model import NO_PAYLOAD, Request
from callsheet.calling.request import build_request
from callsheet.documents import Path, equal
from callsheet.errors import CallsheetError
from callsheet.language import Action
from callsheet.language.credential_names import judged_path_in
from callsheet.language.difference import NOTHING
from callsheet.language.masking import masked

Outcome = Literal["passed", "failed"]
NOT_EXPECTED = "there is no `expect`: run `callsheet test --update` to write the current request"


class Mismatch(Struct, frozen=True, kw_only=True):
    """One place at which a request is not what its test case expects.

    Attributes:
        path: into `expect`: `("payload", "message", "title")`.
        expected: the value there, or `NOTHING`.
        actual: the value of the request, or `NOTHING`.

    """

    path: Path
    expected: Any
    actual: Any


class CaseResult(Struct, frozen=True, kw_only=True):
    """What became of one case in one environment.

    Attributes:
        index: of the case among the action's `tests`; None for a generated one.
        message: why it failed, where it is not for mismatches.
        request: what the action made of it, where it made something.
        without_expectation: does the case not say what it expects? Then it has not passed.

    """

    action: str
    environment: str
    name: str
    index: int | None
    outcome: Outcome
    mismatches: tuple[Mismatch, ...] = ()
    message: str = ""
    place: tuple[str, int] | None = None
    request: Request | None = None
    without_expectation: bool = False

    @property
    def shown_mismatches(self) -> tuple[Mismatch, ...]:
        """The mismatches, without what is or is called as a credential: reports show them."""
        return tuple(map(self._shown, self.mismatches))

    def _shown(self, one: Mismatch) -> Mismatch:
        path = one.path
        if path[:1] == ("payload",) and self.request is not None:
            with suppress(KeyError, IndexError, TypeError, ValueError):
                path = ("payload", *judged_path_in(path[1:], self.request.payload))
        whole = ("request", *path)
        return Mismatch(
            path=one.path, expected=masked(one.expected, whole), actual=masked(one.actual, whole)
        )


def declared_cases(action: Action, environment: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the cases that an action declares for an environment, with their numbers."""
    for index, case in enumerate(action.spec.get("tests") or ()):
        if case.get("environment") in (None, environment):
            yield index, case


def run_case(
    action: Action, compiled: Mapping[str, Any], environment: str, index: int, case: Mapping[str, Any]
) -> CaseResult:
    """Build the request of one case and compare it with what the case expects; nothing is sent."""
    expect = case.get("expect")
    request, error = None, ""
    try:
        request = build_request(compiled, case["params"])
    except CallsheetError as refused:
        error = "; ".join((refused.message, *refused.details))
    mismatches: tuple[Mismatch, ...] = ()
    message = ""
    if expect is None:
        message = f"there is no `expect`, and no request can be built: {error}" if error else NOT_EXPECTED
    elif "error" in expect:
        if expect["error"] not in error:
            message = f"expected an error with {expect['error']!r}, " + (
                f"got {error!r}" if error else "and the request was built"
            )
    elif request is None:
        message = error
    else:
        whole = case.get("match", "whole") == "whole"
        mismatches = tuple(_compare(expect, request_fields(request), whole=whole))
    document, written, _ = action.written(("tests", index))
    return CaseResult(
        action=action.name,
        environment=environment,
        name=case["name"],
        index=index,
        outcome="failed" if mismatches or message else "passed",
        mismatches=mismatches,
        message=message,
        place=(document.file, document.place(written).line),
        request=request,
        without_expectation=expect is None,
    )


def request_fields(request: Request) -> dict[str, Any]:
    """Return a request as `expect` writes it: method, url, query, headers, and a payload if it has one."""
    fields: dict[str, Any] = {
        "method": request.method,
        "url": request.url,
        "query": dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True)),
        "headers": {
            name: f"{{{value['secret']}}}" if isinstance(value, dict) else value
            for name, value in request.headers.items()
        },
    }
    return fields if request.payload is NO_PAYLOAD else {**fields, "payload": request.payload}


def _compare(expect: Mapping[str, Any], actual: Mapping[str, Any], *, whole: bool) -> Iterator[Mismatch]:
    """Compare the fields that are expected: exactly, or, with a partial match, what they contain."""
    for name, value in expect.items():
        # What a case does not name of a request it does not expect; what it names it names wholly.
        yield from _difference((name,), value, actual.get(name, NOTHING), whole=whole)


def _difference(path: Path, expected: Any, actual: Any, *, whole: bool) -> Iterator[Mismatch]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected:
            yield from _difference((*path, key), expected[key], actual.get(key, NOTHING), whole=whole)
        if whole:
            for key in actual:
                if key not in expected:
                    yield Mismatch(path=(*path, key), expected=NOTHING, actual=actual[key])
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _difference((*path, index), one, other, whole=whole)
    elif not equal(expected, actual):
        yield Mismatch(path=path, expected=expected, actual=actual)
