"""A plan × a saved result of the query over step events → the figures of each action that it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from callsheet.language.addresses import Address
from callsheet.language.content import Content
from callsheet.planning.model import Change, Plan, PlanFigures
from callsheet.targets.journey_optimizer.metrics import figures_of


def with_figures(
    plan: Plan, rows: Iterable[Mapping[str, Any]], desired: Mapping[str, Content], source: str
) -> Plan:
    """Return a plan with the figures of what it changes; nothing that decides what will be done changes.

    Args:
        plan: any.
        rows: of the query's result.
        desired: what the environment will be, by address: limits are those after the plan.
        source: where the rows are from, for the reader.

    """
    contents = {Address.read(one).name: content for one, content in desired.items() if _calls(content)}
    changed = {}
    for one in plan.changes:
        content = one.after or one.before
        if content is None or not _calls(content):
            continue
        contents.pop(Address.read(one.address).name, None)
        contents[_called(one)] = content  # the events of before have the name of before
        changed[_called(one)] = one.address
    found = {one.name: one for one in figures_of(rows, contents) if one.known}
    by_address = {address: found[name] for name, address in changed.items() if name in found}
    return replace(plan, figures=PlanFigures(source=source, by_address=by_address))


def _calls(content: Content) -> bool:
    return "request" in content


def _called(change: Change) -> str:
    return Address.read(change.address_before).name
