"""What the description of a relay says of its answers and of arrays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet.calling.attempts import Way
from callsheet.relay.description import describe
from callsheet.relay.model import Reading, RelaySettings, Written
from callsheet.relay.serving import Serving, Table


def operation(**parameters: Any) -> Any:
    """Return the description of an action with these parameters."""
    request = {"method": "POST", "url": "https://api.example.com/v1"}
    content = {
        "name": "a",
        "authentication": {"type": "none"},
        "request": request,
        "parameters": parameters,
    }
    serving = Serving(
        way=lambda content: Way(resolve=lambda reference: "x"), trusts=lambda origin: False, connections=1
    )
    applied = {"Action/a": Written(canonical=json.dumps(content), digest="a")}
    table = serving.table(Reading(serial=1, applied=applied, differing=()), Table())
    return describe(table, RelaySettings())["paths"]["/actions/a"]["post"]


def test_each_status_of_the_relay_is_described() -> None:
    statuses = ("400", "401", "404", "405", "408", "413", "415", "422", "429", "500", "502", "503", "504")
    found = operation()["responses"]
    assert set(statuses) - {"404"} <= set(found)
    assert "nothing was sent" in found["504"]["description"]


@pytest.mark.parametrize(
    ("example", "items"),
    [
        ([{"a": 1}], {"type": "object"}),
        (["a", "b"], {"type": "string"}),
        ([1, "a"], {}),
        ([1, 2.5], {}),
        ([True], {"type": "boolean"}),
        ([], {}),
        (None, {}),
    ],
)
def test_an_array_says_of_what_its_example_is(example: Any, items: dict[str, str]) -> None:
    body = operation(lines={"type": "array", "example": example})["requestBody"]["content"]
    schema = body["application/json"]["schema"]["properties"]["lines"]
    assert schema == {"type": "array", "items": items}
