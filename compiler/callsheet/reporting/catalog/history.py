"""An entry → what its page shows of its past: applies with what they changed, commits of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.deploying.cataloguing import CatalogResult, Entry
from callsheet.reporting.filters import linking
from callsheet.reporting.page_parts import difference_blocks

MOST_FIELDS = 40
"""So many differences of one apply are shown."""
_NO_PAGES = linking({})


def shown_history(result: CatalogResult, entry: Entry) -> Mapping[str, Any]:
    """Return what a template shows; it is read once for all languages."""
    file = entry.definition.origin.place[0]
    commits: Sequence[Any] = result.commits.commits.get(file, ())
    return {
        "history": entry.read_history(),
        "file": file,
        "commits": commits,
        "commit_changes": result.read_changes(file),
        "blocks_of": difference_blocks,
        "most_fields": MOST_FIELDS,
        "link_of": _NO_PAGES,
    }
