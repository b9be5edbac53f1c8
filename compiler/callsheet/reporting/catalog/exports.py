"""The list of the catalog for other programs: CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callsheet.deploying.cataloguing import CatalogResult
from callsheet.language.masking import masked
from callsheet.reporting.catalog.others import Other, others_of
from callsheet.reporting.catalog.views import View
from callsheet.reporting.catalog.wording import compact

_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula, where a field begins with it."""


def _columns(result: CatalogResult) -> dict[str, Callable[[Any], Any]]:
    """Return how each column of the list is read of a view, by its name."""

    def state(environment: str) -> Callable[[View | Other], str]:
        return lambda one: one.states[environment].word if environment in one.states else ""

    return {
        "name": lambda one: one.name,
        "kind": lambda one: one.kind,
        "title": lambda one: one.title,
        "owner": lambda one: one.owner,
        "category": lambda one: one.category,
        "channel": lambda one: one.channel,
        "vendor": lambda one: one.vendor,
        **{f"state {name}": state(name) for name in result.environments},
        "appliedAt": lambda one: one.last.at if one.last else "",
        "appliedBy": lambda one: one.last.by if one.last else "",
        "commit": lambda one: one.last.commit if one.last else "",
        "dirty": lambda one: one.last is not None and one.last.dirty,
        "journeys": lambda one: ", ".join(f"{journey} ({name})" for name, journey in one.entry.journeys),
        "hosts": lambda one: ", ".join(one.hosts),
        "sensitivity": lambda one: ", ".join(one.sensitivity),
        "limits": lambda one: ", ".join(
            f"{key} {compact(value)}" for key, value in one.known.limits.items()
        ),
        "contract": lambda one: masked(one.entry.contract.operation) if one.entry.contract else "",
        "contractSource": lambda one: masked(one.entry.contract.source) if one.entry.contract else "",
        "contractState": lambda one: one.contract_state,
        "tests": lambda one: one.entry.cases,
        "testsPassed": lambda one: sum(it.outcome == "passed" for it in one.entry.results),
        "testsFailed": lambda one: ", ".join(map(masked, one.entry.failed)),
        "policies": lambda one: ", ".join(name for name, _ in one.entry.policies),
        "findings": lambda one: len(one.findings),
    }


_OF_OTHERS = ("name", "kind", "appliedAt", "appliedBy", "commit", "dirty")
"""The columns that an object has, beside its states, that the workspace does not define."""


def _others(result: CatalogResult, columns: Mapping[str, Callable[[Any], Any]]) -> list[dict[str, Any]]:
    """Return what there is in the list of the objects that the workspace does not define."""
    states = [f"state {name}" for name in result.environments]
    kept = {name: read for name, read in columns.items() if name in (*_OF_OTHERS, *states)}
    return [{name: read(one) for name, read in kept.items()} for one in others_of(result)]


def as_csv(result: CatalogResult, views: Sequence[View]) -> str:
    """Return the list as CSV (RFC 4180), without what a spreadsheet would take for a formula."""
    text = io.StringIO()
    # With quotes around each, since some spreadsheets take a semicolon for the end of a cell.
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    columns = _columns(result)
    writer.writerow(columns)
    for one in views:
        writer.writerow([_cell(read(one)) for read in columns.values()])
    for found in _others(result, columns):
        writer.writerow([_cell(found.get(name, "")) for name in columns])
    return text.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(_FORMULA) else value


def as_json(result: CatalogResult, views: Sequence[View]) -> str:
    """Return the list as JSON."""
    columns = _columns(result)
    found: Mapping[str, Any] = {
        "catalogVersion": 1,
        "madeAt": result.made_at,
        "commit": result.commit or None,
        "dirty": result.dirty,
        "actions": [{name: read(one) for name, read in columns.items()} for one in views],
        "others": _others(result, columns),
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
