"""The list of the catalog for other programs: CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsheet.deploying.cataloguing import CatalogResult
from callsheet.reporting.catalog.views import View

_BEFORE = ("name", "kind", "title", "owner", "category", "channel", "vendor")
_BEHIND = (
    "appliedAt",
    "appliedBy",
    "commit",
    "journeys",
    "hosts",
    "sensitivity",
    "limits",
    "contract",
    "tests",
    "findings",
)
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula, where a field begins with it."""


def _rows(result: CatalogResult, views: Sequence[View]) -> Iterator[dict[str, Any]]:
    for one in views:
        last, there = one.last, one.states
        yield {
            "name": one.name,
            "kind": one.kind,
            "title": one.title,
            "owner": one.owner,
            "category": one.category,
            "channel": one.channel,
            "vendor": one.vendor,
            **{f"state {name}": there[name].word if name in there else "" for name in result.environments},
            "appliedAt": last.at if last else "",
            "appliedBy": last.by if last else "",
            "commit": last.commit if last else "",
            "journeys": ", ".join(f"{journey} ({name})" for name, journey in one.entry.journeys),
            "hosts": ", ".join(one.hosts),
            "sensitivity": ", ".join(one.sensitivity),
            "limits": one.limits,
            "contract": one.contract,
            "tests": one.entry.cases,
            "findings": len(one.findings),
        }


def as_csv(result: CatalogResult, views: Sequence[View]) -> str:
    """Return the list as CSV (RFC 4180), without what a spreadsheet would take for a formula."""
    text = io.StringIO()
    # With quotes around each, since some spreadsheets take a semicolon for the end of a cell.
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    states = [f"state {name}" for name in result.environments]
    writer.writerow([*_BEFORE, *states, *_BEHIND])
    for row in _rows(result, views):
        writer.writerow([_cell(one) for one in row.values()])
    return text.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(_FORMULA) else value


def as_json(result: CatalogResult, views: Sequence[View]) -> str:
    """Return the list as JSON."""
    found: Mapping[str, Any] = {
        "catalogVersion": 1,
        "madeAt": result.made_at,
        "commit": result.commit or None,
        "actions": [*_rows(result, views)],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
