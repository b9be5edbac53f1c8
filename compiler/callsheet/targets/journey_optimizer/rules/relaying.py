"""CS860: parameters that a journey cannot send to a relay."""

from __future__ import annotations

from collections.abc import Iterator

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.targets.journey_optimizer.rules.judged import JourneyAction


@rule("CS860", "relay-parameter", on="relay")
def relay_parameter(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """Each parameter of an action that a relay calls must be one that a journey can map.

    The journey sends the parameters to the relay. It has no type for an object, and maps no list of
    unknown items: an example shows the members of the one, `items` the type of the other.

    Bad:
        request: {payload: {customer: "{{ params.customer }}"}}
        parameters: {customer: {type: object}}
    Good:
        request: {payload: {customer: "{{ params.customer }}"}}
        parameters: {customer: {type: object, example: {name: Ada, points: 7}}}
    """
    if not action.relayed:
        return
    from callsheet.targets.journey_optimizer.lowering import relay_form

    seen = set()
    for path, one in relay_form(action.compiled).fields.items():
        name = path[2] if path[:2] == ("request", "payload") and len(path) > 2 else None
        if one.verdict.needs_relay and name is not None and name not in seen:
            seen.add(name)
            yield at.key(
                ("parameters", name),
                f"no journey can send `{name}` to the relay: {one.verdict.reason}",
                do="write an `example` that shows its members, or `items` with the type of its items",
            )
