"""The answer to a test request: read, compared with the example of the definition, and kept as evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.language.masking import masked
from callsheet.targets.journey_optimizer.afterwards import expected_answer

MAX_BYTES = 1_048_576
"""A journey holds no more."""
MAX_SHOWN = 20


def read_answer(path: str) -> Any:
    """Read the answer that was copied from the screen; raises CS866."""
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _no_answer(path, (error.strerror or "it cannot be read").lower()) from None
    if len(content) > MAX_BYTES:
        raise _no_answer(path, "it is larger than 1 MB, which no journey holds")
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _no_answer(path, "it is not JSON") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _no_answer(path: str, why: str) -> CallsheetError:
    message = f"{path} is not the answer to a test request: {why}"
    return CallsheetError("CS866", message, help="copy the whole body of the answer")


def refuse_unexpected(compiled: Mapping[str, Any], answer: Any) -> None:
    """Refuse an answer that lacks what the definition's example has.

    Raises:
        CallsheetError: CS865, with each difference.

    """
    expected = expected_answer(compiled)
    found = [] if expected is None else list(answer_differences(expected, answer, ""))
    if found:
        more = [f"and {len(found) - MAX_SHOWN} more"] if len(found) > MAX_SHOWN else []
        raise CallsheetError(
            "CS865",
            f"the test request of {compiled['name']} was not answered as expected: nothing was recorded",
            help="correct the screen or the service; or `responses.success`, and write a new pack",
            details=(*found[:MAX_SHOWN], *more),
        )


def answer_differences(expected: Any, answer: Any, path: str) -> Iterator[str]:
    """Yield what of an example an answer lacks: each field, with a value of its type; more is fine."""
    if expected is None:
        return  # an example of null says nothing of the type
    if _kind(expected) != _kind(answer):
        name = f"`{path}`" if path else "the answer"
        yield f"{name} is {_kind(answer)}, and {_kind(expected)} was expected"
    elif isinstance(expected, dict):
        for key, one in expected.items():
            inner = f"{path}.{key}" if path else key
            if key not in answer:
                yield f"`{inner}` is missing"
            else:
                yield from answer_differences(one, answer[key], inner)
    elif isinstance(expected, list) and expected:
        for index, one in enumerate(answer):
            yield from answer_differences(expected[0], one, f"{path}[{index}]")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "null"


def kept_text(answer: Any) -> str:
    """Return an answer as it is kept: canonical, what looks like a credential hidden."""
    return json.dumps(masked(answer), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
