"""Actions → where they are written: each in its own document, or all rows of a set in one template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from callsheet.compiling import Compiled
from callsheet.documents import Document, Path
from callsheet.importing.common import Common, value_of
from callsheet.language.action import Action
from callsheet.language.origin import TEMPLATE

Left = list[tuple[str, str]]
"""What stays as it is, each with the reason."""
_CONNECTION: Path = ("spec", "connection")


class Site(Struct, frozen=True, kw_only=True):
    """What writes an action, or the actions of a set.

    Attributes:
        name: of the action, or the set's as `ActionSet/name`.
        document: in which it is written.
        at: the path in it to `metadata` and `spec`.
        connection: the one that it names; None for none.

    """

    name: str
    document: Document
    at: Path = ()
    connection: Any = None

    @property
    def value(self) -> Any:
        """The mapping with `metadata` and `spec`."""
        return value_of(self.document.value, self.at)


def sites_of(compiled: Compiled, actions: Iterable[Action], name: str) -> tuple[list[Site], Left]:
    """Return what writes actions that name no connection, and the others with the reason.

    Args:
        compiled: the workspace.
        actions: of it.
        name: of the connection that they are to name: what names it already is neither.

    """
    sites: list[Site] = []
    left: Left = []
    rows: dict[int, list[Action]] = {}
    for one in actions:
        if one.origin.row is not None:
            rows.setdefault(id(one.document), []).append(one)
        else:
            sites.append(Site(name=one.name, document=one.document, connection=one.names_connection))
    totals = Counter(id(one.document) for one in compiled.actions.values())
    for key, some in rows.items():
        site = _template(some)
        if totals[key] == len(some):
            sites.append(site)
        else:
            reason = f"it is a row of {site.name}, of which not every row is selected"
            left += [(one.name, reason) for one in some]
    other = [one for one in sites if one.connection not in (None, name)]
    left += [(one.name, f"it has the connection `{one.connection}`") for one in other]
    return [one for one in sites if one.connection is None], left


def _template(rows: Sequence[Action]) -> Site:
    document = rows[0].document
    return Site(
        name=f"ActionSet/{document.value['metadata']['name']}",
        document=document,
        at=TEMPLATE,
        connection=value_of(document.value, (*TEMPLATE, *_CONNECTION)),
    )


def fitting(sites: Iterable[Site], known: Common) -> tuple[list[Site], Left]:
    """Return what says all that a connection does, and the others with the reason."""
    found: list[Site] = []
    left: Left = []
    for one in sites:
        if differs := known.fits(one.value):
            left.append((one.name, f"it does not say what the connection does: `{differs}`"))
        else:
            found.append(one)
    return found, left
