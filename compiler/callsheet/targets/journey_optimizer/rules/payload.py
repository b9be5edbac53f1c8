"""CS83x: payloads that the screen of a custom action in Journey Optimizer cannot contain, or changes.

What lowering translates is no finding. Sources: Adobe's documentation of Journey Optimizer, pages
"Configure a custom action", "Pass collections into custom action parameters", "Use API call responses in
custom actions".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.documents import Path, Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.layers import PAYLOAD
from callsheet.language.when_empty import members
from callsheet.targets.journey_optimizer.lowering.payloads import is_slot
from callsheet.targets.journey_optimizer.rules.judged import RELAY, JourneyAction


@rule("CS831", "journey-key", on="journey")
def journey_key(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """A key of the payload must not contain `.`, and must not begin with `$`.

    Bad:
        request: {payload: {user.name: Ada}}
    Good:
        request: {payload: {user: {name: Ada}}}
    """
    for path, reason in action.refused("key"):
        yield at.key(path, reason, do=f"rename it, {RELAY}")


@rule("CS832", "journey-root", on="journey")
def journey_root(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """The payload must be an object.

    Bad:
        request: {payload: [1, 2]}
    Good:
        request: {payload: {numbers: [1, 2]}}
    """
    for path, reason in action.refused("root"):
        yield at.key(path, reason, do=f"put it into one, {RELAY}")


@rule("CS833", "journey-composed", on="journey")
def journey_composed(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """A composed value must be one that the expression of a journey can compute.

    Text around parameters, conditions on values and most filters become a *computed variable*: its
    expression is pasted into the journey. The language has no hash, no base64, no URL encoding, no loop and
    no condition on a key; a relay does those. `callsheet journey` shows what each field becomes.

    Bad:
        request: {payload: {user: "{{ params.email | sha256 }}"}}
        parameters: {email: {type: string}}
    Good:
        request: {payload: {text: "Hello {{ params.name }}"}}
        parameters: {name: {type: string}}
    """
    for path, reason in action.refused("composed"):
        yield at.value(path, reason, do=f"declare a parameter for the whole value, {RELAY}")


@rule("CS834", "journey-array", on="journey")
def journey_array(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """A list must be mapped whole, or as one object whose fields are mapped and contain no lists.

    Bad:
        request: {payload: {matrix: "{{ params.matrix }}"}}
        parameters: {matrix: {type: array}}
    Good:
        request: {payload: {devices: "{{ params.devices }}"}}
        parameters: {devices: {type: array, items: string}}
    """
    for path, reason in action.refused("array"):
        do = f"declare the type of its items, or a parameter for each field of an object, {RELAY}"
        yield at.value(path, reason, do=do)
    for path, reason in action.refused("list"):
        do = f"map the list by one parameter (`type: array, items: object`), {RELAY}"
        yield at.key(path, reason, do=do)


@rule("CS344", "journey-when-empty", on="journey", adjustable=False)
def journey_when_empty(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """A journey cannot leave an object out where it is empty: `$whenEmpty: drop` needs a relay.

    The screen leaves out a variable that has no value, and sends the object around it all the same.

    Bad:
        request: {payload: {a: 1, data: {$whenEmpty: drop, name: "{{ params.name }}"}}}
        parameters: {name: {type: string, optional: true}}
    Good:
        request: {payload: {a: 1, data: {name: "{{ params.name }}"}}}
        parameters: {name: {type: string, optional: true}}
    """
    for path, reason in action.refused("drop"):
        yield at.key(path, reason, do=f"remove `$whenEmpty`, {RELAY}")


@rule("CS835", "journey-half-variable", on="journey", severity="warning", adjustable=True)
def journey_half_variable(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """In a list of objects, all objects must have the fields of the first: they are mapped together.

    Bad:
        request: {payload: {products: [{id: "{{ params.id }}", currency: EUR}]}}
        parameters: {id: {type: string}}
    Good:
        request: {payload: {products: [{id: "{{ params.id }}", currency: "{{ params.currency }}"}]}}
        parameters: {id: {type: string}, currency: {type: string}}
    """
    for one in action.rough("half"):
        do = "write a parameter for it, or move it out of the list"
        yield at.key(one.path, one.verdict.reason, do=do)


@rule("CS836", "journey-null", on="journey", severity="warning", adjustable=True)
def journey_null(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """A list must not contain null: `[1, null, 2]` is sent as `[1, 2]`, and a list that is null as `[]`.

    Bad:
        request: {payload: {numbers: [1, null, 2]}}
    Good:
        request: {payload: {numbers: [1, 2]}}
    """
    if action.relayed:
        return
    for path, node in _walk(action.compiled["request"].get("payload"), PAYLOAD):
        if isinstance(node, list) and None in node:
            kept = [one for one in node if one is not None]
            yield at.key(
                path,
                f"Journey Optimizer sends no null of a list: {len(kept)} of {len(node)} items arrive",
                do="leave the null out",
            )


def _walk(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield every value of a compiled payload with its path, slots as leaves."""
    yield path, node
    if isinstance(node, dict) and not is_slot(node):
        for key, one in members(node).items():
            yield from _walk(one, (*path, key))
    elif isinstance(node, list):
        for index, one in enumerate(node):
            yield from _walk(one, (*path, index))


@rule("CS837", "journey-null-switch", on="journey", severity="warning", adjustable=True)
def journey_null_switch(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """Optional parameters should agree on null: one switch, *Allow NULL values*, sets it for all.

    Where one of them is sent as null (`whenMissing: null`), the others are too, and are not left out.

    Bad:
        request: {payload: {a: "{{ params.a }}", b: "{{ params.b }}"}}
        parameters: {a: {type: string, optional: true, whenMissing: null},
          b: {type: string, optional: true}}
    Good:
        request: {payload: {a: "{{ params.a }}", b: "{{ params.b }}"}}
        parameters: {a: {type: string, optional: true}, b: {type: string, optional: true}}
    """
    for name, reason in {one.parameter: one.verdict.reason for one in action.rough("switch")}.items():
        do = "write the same `whenMissing` for every optional parameter"
        yield at.key(("parameters", name), reason, do=do)


@rule("CS838", "journey-response", on="journey", severity="warning", adjustable=True)
def journey_response(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """The example of an answer should be an object whose lists contain values of one type.

    What is not is left out of the screen, so that no journey can use that answer.

    Bad:
        responses: {success: {payload: {values: [20, text, false]}}}
    Good:
        responses: {success: {payload: {values: [20, 21]}}}
    """
    for one in action.rough("responses"):
        do = "show an object with items of one type, or leave the field out of the example"
        yield at.key(one.path, one.verdict.reason, do=do)
