"""An answer × what the action and its contract say of answers → where it is another one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.calling.attempts import Answer
from callsheet.contracts.operations import Operation
from callsheet.contracts.sources import ContractFault
from callsheet.documents import Path

MAX_FINDINGS = 20
_NUMBER = re.compile(r"[.\[/]\d+\]?")
_NAMES = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number"}


def judge(compiled: Mapping[str, Any], operation: Operation | None, answer: Answer) -> list[str]:
    """Return what of an answer a journey could not read as the action promises.

    Args:
        compiled: the action.
        operation: of its contract, or None.
        answer: what came back.

    """
    if answer.status is None or answer.outcome == "timedout":
        return []
    kind = "success" if answer.outcome == "ok" else "failure"
    sample = (compiled.get("responses") or {}).get(kind)
    promised = sample.get("payload") if isinstance(sample, dict) else None
    by_contract = operation is not None and kind in operation.answers
    if promised is None and not by_contract:
        return []
    if not answer.text:
        return ["it is empty, and the action's example has a payload"] if promised is not None else []
    try:
        told = json.loads(answer.text)
    except (ValueError, RecursionError):
        return [f"it is not JSON: it begins with {answer.text[:20]!r}"]
    found = [] if promised is None else list(_missing(promised, told, ()))
    if operation is not None and by_contract:
        try:
            verdict = operation.validation(kind).verdict(told)
            found += [f"by the contract, {one.words}" for one in verdict.faults]
            if not verdict.decided:
                found.append("it is too large to be compared with the contract")
        except ContractFault as fault:
            found.append(f"the contract cannot be checked: {fault.message}")
    # The example and the contract may miss the same, and each item of a list misses it again.
    return list({_NUMBER.sub("", one): one for one in reversed(found)}.values())[::-1][:MAX_FINDINGS]


def _missing(promised: Any, told: Any, path: Path) -> Iterator[str]:
    """Yield what the example of the action contains and the answer lacks, or has as another type."""
    name = f"`{'.'.join(map(str, path))}`" if path else "the answer"
    if promised is None:
        return
    if _kind(promised) is not _kind(told):
        known = _NAMES.get(_kind(told), "null")
        yield f"{name} is {known}, and {_NAMES[_kind(promised)]} in the action's example"
    elif isinstance(promised, dict):
        for key, one in promised.items():
            if key not in told:
                yield f"{name} lacks `{key}`, which the action's example has"
            else:
                yield from _missing(one, told[key], (*path, key))
    elif isinstance(promised, list) and promised and told:
        yield from _missing(promised[0], told[0], (*path, 0))


def _kind(value: Any) -> type:
    return int if isinstance(value, float) else type(value)
