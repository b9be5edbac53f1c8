"""What is deployed and not defined → rows of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from callsheet.deploying.cataloguing import CatalogResult
from callsheet.language.addresses import Address
from callsheet.reporting.catalog.rows import Row
from callsheet.reporting.catalog.wording import plain


class Other(Row, frozen=True):
    """An object that is deployed somewhere, and that the workspace does not define."""

    vendor: ClassVar[str] = ""
    channel: ClassVar[str] = ""
    owner: ClassVar[str] = ""
    sensitivity: ClassVar[Sequence[str]] = ()

    @property
    def search(self) -> str:
        """Everything by which it is found, in lower case and without accents."""
        return plain(self.name)


def others_of(result: CatalogResult) -> Sequence[Other]:
    """Return them by their addresses."""
    return [Other(*Address.read(address), states) for address, states in result.others.items()]


def by_state(result: CatalogResult) -> Sequence[tuple[str, str, Sequence[str]]]:
    """Return their addresses by environment and state."""
    found: dict[tuple[str, str], list[str]] = {}
    for address, states in result.others.items():
        for name, one in states.items():
            found.setdefault((name, one.word), []).append(address)
    return [(name, word, addresses) for (name, word), addresses in sorted(found.items())]
