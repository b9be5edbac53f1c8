"""Journeys × compiled actions × what is deployed → problems: what `callsheet journeys check` finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import callsheet.rules  # noqa: F401 - fills the catalog
from callsheet.compiling import Compiled
from callsheet.documents import Problem
from callsheet.language import Environment
from callsheet.language.addresses import Address
from callsheet.language.catalog import rules_on
from callsheet.language.environment import overlaid_spots
from callsheet.targets.journey_optimizer.fitting import LANGUAGES
from callsheet.targets.journey_optimizer.lowering import lowered
from callsheet.targets.journey_optimizer.readings import readings
from callsheet.targets.journey_optimizer.rules.in_journeys import SUBJECT, Called, Unjudged, not_judged
from callsheet.targets.journey_optimizer.uses import Usage


def problems_in_journeys(
    usage: Usage, compiled: Compiled, environment: Environment, deployed: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Yield what journeys make of the actions of an environment that they should not.

    Args:
        usage: the journeys that use each action; those that are over are left out.
        compiled: the workspace, in which the places are.
        environment: whose actions they are.
        deployed: the actions as they were confirmed, by address; others are taken as they are compiled.

    """
    checks = [(one.code, one.check) for one in rules_on(SUBJECT) if one.check is not None]
    there = compiled.by_environment.get(environment.name, {})
    for address, uses in usage.uses.items():
        action = compiled.actions.get(Address.read(address).name)
        if action is None or address not in there:
            continue
        content = there[address].content
        held = deployed.get(address, content)
        forms = {language: lowered(held, language) for language in LANGUAGES}
        current = [one for one in uses if not one.over]
        limited = "timeout" in (content.get("limits") or {})
        unjudged = Unjudged(uses=current, limited=limited, names_only=usage.names_only)
        yield from not_judged(unjudged, overlaid_spots("CS849", action, environment))
        for use in current:
            read = [
                (one, text["text"], text["condition"])
                for text in use.reads
                for one in readings(text["text"])
                if one.action.casefold() == action.name.casefold()
            ]
            called = Called(use=use, content=content, forms=forms, readings=read)
            for code, check in checks:
                yield from check(called, overlaid_spots(code, action, environment))
