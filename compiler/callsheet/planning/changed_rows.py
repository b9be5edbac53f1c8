"""Changes between two revisions → the same, with the row of a set that a field changed with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from callsheet.compiling import Compiled
from callsheet.documents import Path, equal
from callsheet.language.action import Definition
from callsheet.language.addresses import Address
from callsheet.language.difference import Difference
from callsheet.language.environment import Environment, overlaid_spots
from callsheet.language.merge import holds, value_in
from callsheet.language.origin import Row
from callsheet.planning.model import Change
from callsheet.templates.faults import TemplateFault
from callsheet.templates.syntax import parse_leaf, reads_of


def at_changed_rows(
    before: Compiled, after: Compiled, changes: Mapping[str, Sequence[Change]]
) -> dict[str, list[Change]]:
    """Return changes, by environment, with the row that changed in the words and the place of a field."""
    return {
        name: [_at_row(one, before, after, after.environments.get(name)) for one in found]
        for name, found in changes.items()
    }


def _at_row(change: Change, before: Compiled, after: Compiled, environment: Environment | None) -> Change:
    old = before.definitions.get(Address.read(change.address_before).name)
    new = after.definitions.get(Address.read(change.address).name)
    if old is None or new is None or environment is None or change.before is None or change.after is None:
        return change
    was, row = old.origin.row, new.origin.row
    if was is None or row is None:
        return change
    fields = [name for name, value in row.item.items() if not equal(was.item.get(name), value)]
    if not fields:
        return change
    diff = tuple(_named(one, new, row, fields, environment) for one in change.diff)
    return replace(change, diff=diff)


def _named(
    one: Difference, definition: Definition, row: Row, fields: Sequence[str], environment: Environment
) -> Difference:
    """Return a difference with the row, where what fills the field in reads a field of it that changed."""
    if not one.path:
        return one
    read = [name for name in fields if name in _reads(definition, one.path, environment)]
    if not read:
        return one
    said = ", ".join(f"`{name}`" for name in read)
    place = (row.file, row.span.line, row.span.column)
    return replace(one, words=f"{one.words}, by {said} of row {row.number}", place=place)


def _reads(definition: Definition, path: Path, environment: Environment) -> set[str]:
    """Return the fields of a row that the template reads in one of its fields."""
    document, there, _ = overlaid_spots("", definition, environment).where(path)
    text = value_in(document.value, there) if holds(document.value, there) else None
    if document is not definition.document or not isinstance(text, str) or "item" not in text:
        return set()
    try:
        return reads_of(parse_leaf(text), "item") or set()
    except TemplateFault:
        return set()
