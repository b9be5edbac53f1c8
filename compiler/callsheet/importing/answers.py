"""What a description says that a service answers → the examples of an action's `responses`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from callsheet.contracts.operations import Operation
from callsheet.contracts.walking import Walk
from callsheet.importing.credentials import is_secret
from callsheet.importing.fitting import is_finite
from callsheet.importing.model import ImportFault, with_examples
from callsheet.importing.sampling import Sampler
from callsheet.language.credential_names import judged_path

_DEPTH = 4
"""Below this depth, an answer shows only what is required."""
_FIELDS = 200
_CHARACTERS = 4_000
"""An example is read by people, and by a journey: a longer one shows only what is required."""


def sampled_answers(operation: Operation, description: dict[str, Any]) -> dict[str, Any]:
    """Return an example of a success and of a failure, where the description says what they are.

    The example is the description's own, else one of the type of each field. One that the schema refuses is
    not written, nor is a credential.
    """
    found: dict[str, Any] = {}
    for kind in ("success", "failure"):
        if kind in operation.answers:
            payload = next(_fitting(operation, kind, description), None)
            if payload is not None:
                found[kind] = {"payload": payload}
    return found


def _fitting(operation: Operation, kind: str, description: dict[str, Any]) -> Iterator[Any]:
    """Yield examples that the schema of an answer takes, the best first."""
    schema = operation.answers[kind]
    sampled = (_sampled(sampler(description, schema), schema) for sampler in (_Whole, _Required))
    for one in (*operation.examples.get(kind, ()), *sampled):
        shown = _without_passwords(with_examples(one), schema, description)
        payload = _without_credentials(shown, ())
        if isinstance(payload, dict | list) and payload and is_finite(payload):
            short = len(json.dumps(payload)) <= _CHARACTERS
            if short and not operation.validation(kind).faults(payload):
                yield payload


def _sampled(sampler: Sampler, schema: dict[str, Any]) -> Any:
    try:
        return sampler.value(schema, (), 0)
    except ImportFault:
        return None


class _Required(Sampler):
    """Shows what an answer has at least; nobody answers what is only sent."""

    unsent = "writeOnly"


class _Whole(_Required):
    """Shows every field of an answer, since a journey can read each of them."""

    taken = 0

    def _takes(self, name: str, required: set[str], depth: int) -> bool:
        self.taken += 1
        return name in required or (depth < _DEPTH and self.taken < _FIELDS)


def _without_passwords(value: Any, schema: dict[str, Any], description: dict[str, Any]) -> Any:
    """Return an example with the name of a field in the place of what its `format` calls a password."""
    found = deepcopy(value)
    sampler, walk = Sampler(description, schema), Walk(schema)
    for nodes, one, path in walk.values(value):
        if path and isinstance(one, str | int | float) and any(map(sampler.is_password, walk.parts(nodes))):
            around = found
            for step in path[:-1]:
                around = around[step]
            around[path[-1]] = str(path[-1])
    return found


def _without_credentials(value: Any, path: tuple[Any, ...]) -> Any:
    """Return an example with the name of a field in the place of what looks like a credential."""
    if isinstance(value, dict):
        return {
            str(key): _without_credentials(one, judged_path((*path, key), value))
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_without_credentials(one, path) for one in value]
    if isinstance(value, str) and is_secret(value, path):
        return str(path[-1]) if path else "text"
    return value
