"""What one shared line changes: reported once, with every action that changes with it.

An action whose own document or row changed too is one of them. What it changes by itself stays apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.compiling import Compiled
from callsheet.documents import Document, Path, equal
from callsheet.language.action import Definition
from callsheet.language.addresses import Address
from callsheet.language.difference import NOTHING, Difference, heaviest, value_at
from callsheet.language.environment import Environment
from callsheet.language.merge import holds
from callsheet.language.origin import TEMPLATE
from callsheet.language.pieces import PIECE
from callsheet.planning.field_changes import changed
from callsheet.planning.model import Change

SHARED_FROM = 2
"""So many actions that a value changes are reported together."""


class SharedChange(Struct, frozen=True, kw_only=True):
    """What several actions share and what changed, with the actions that change with it.

    Attributes:
        name: dotted, below `values`, or below the spec of the document.
        document: the address of the document that says it, as `Connection/braze`; empty for `values`.
        before: its value, or `NOTHING`; so `after`.
        place: file, line and column of the new value, or of what is around one that was removed.
        also: those of the addresses whose own document or row changed too.

    """

    name: str
    document: str = ""
    before: Any
    after: Any
    environments: tuple[str, ...]
    addresses: tuple[str, ...]
    place: tuple[str, int, int] | None = None
    also: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What changed, as reports name it: `values.host`, `Connection/braze limits.retries`."""
        return f"{self.document} {self.name}" if self.document else f"values.{self.name}"


Grouped = list[tuple[Change, list[str]]]
"""Changes, each with the environments in which it is the same."""


def split_changes(grouped: Grouped, shared: Sequence[SharedChange]) -> tuple[Grouped, Grouped]:
    """Return what is reported with shared values, and what is reported by itself.

    A change of an action whose own document changed too may be in both: each has its own differences.
    """
    also = {address for one in shared for address in one.also}
    members = {address for one in shared for address in one.addresses} - also
    together = [one for one in grouped if one[0].address in members]
    said = _marks(change for change, _ in together)
    apart: Grouped = []
    for change, names in grouped:
        if change.address in members:
            continue
        rest = change.diff
        if change.address in also:
            rest = tuple(one for one in change.diff if not _is_said(one, said))
            with_it = tuple(one for one in change.diff if one not in rest)
            together += [(_of(change, with_it), names)] if with_it else []
        if rest or change.address not in also:
            apart.append((change if len(rest) == len(change.diff) else _of(change, rest), names))
    return together, apart


def _of(change: Change, diff: tuple[Difference, ...]) -> Change:
    impact, reasons = heaviest([one.impact for one in diff]), tuple(sorted({one.reason for one in diff}))
    return replace(change, diff=diff, impact=impact, reasons=reasons)


def _marks(changes: Iterable[Change]) -> set[tuple[object, ...]]:
    """Return what tells the differences of changes from others: their values, or where they are written."""
    return {it for change in changes for one in change.diff for it in _marks_of(one)}


def _marks_of(one: Difference) -> tuple[tuple[object, ...], ...]:
    values = (one.pointer, one.words, repr(one.before), repr(one.after))
    return (values,) if one.place is None else (values, (one.words, one.place))


def _is_said(one: Difference, said: Collection[tuple[object, ...]]) -> bool:
    return any(it in said for it in _marks_of(one))


class _Changed(Struct, frozen=True):
    """The updates of one environment, by address: where only what is shared changed, and the others."""

    untouched: Mapping[str, Change]
    touched: Mapping[str, Change]

    def reached(self, members: Collection[str], document: Document, path: Path) -> set[str]:
        """Return those of some actions that a field of a document may have changed.

        An action of which every difference is written elsewhere has a value of its own for the field.
        """
        there = self.untouched.keys() | self.touched.keys()
        return {
            one
            for one in there & {*members}
            if any(
                at.place is None or _is_within(at.place, document, path)
                for at in (self.untouched.get(one) or self.touched[one]).diff
            )
        }

    def with_members(self, members: Collection[str]) -> tuple[set[str], set[str]]:
        """Return the untouched ones of some actions, and the others that changed as they did."""
        alone = self.untouched.keys() & members
        others = self.touched.keys() & members
        if not alone or not others:
            return alone, set()
        said = _marks(self.untouched[one] for one in alone)
        return alone, {one for one in others if any(_is_said(it, said) for it in self.touched[one].diff)}


def shared_changes(
    before: Compiled, after: Compiled, environments: Mapping[str, Sequence[Change]]
) -> list[SharedChange]:
    """Return what changed of what several actions share, with those that changed with it."""
    was, now = before.definitions, after.definitions
    there: dict[str, _Changed] = {}
    for name, changes in environments.items():
        updates = {one.address: one for one in changes if one.action == "update"}
        untouched = {address: one for address, one in updates.items() if _is_untouched(one, was, now)}
        others = {address: one for address, one in updates.items() if address not in untouched}
        there[name] = _Changed(untouched, others)
    found = [*_values(before, after, there)]
    for address, (old, new) in _parts(before, after).items():
        users = _users(address, after)
        found += _grouped(address, _said(old.value), _said(new.value), users, there, new, ("spec",))
    for address, (old, new, members) in _templates(before, after).items():
        values = old.value["spec"]["template"], new.value["spec"]["template"]
        found += _grouped(address, *values, members, there, new, TEMPLATE)
    return [one for one in found if len(one.addresses) >= SHARED_FROM]


def _parts(before: Compiled, after: Compiled) -> dict[str, tuple[Document, Document]]:
    """Return the connections and fragments that both have, as each has them, by address."""
    was, now = (
        {
            **{f"Connection/{name}": part.document for name, part in one.connections.items()},
            **{f"Fragment/{name}": part.document for name, part in one.fragments.items()},
        }
        for one in (before, after)
    )
    return {address: (was[address], now[address]) for address in sorted({*was} & {*now})}


def _users(address: str, compiled: Compiled) -> set[str]:
    """Return the addresses of the actions that are made of a connection or a fragment."""
    kind, name = Address.read(address)
    if kind == "Connection":
        return {one.address for one in compiled.actions.values() if one.names_connection == name}
    return {one.address for one in compiled.actions.values() if name in one.fragments}


def _templates(before: Compiled, after: Compiled) -> dict[str, tuple[Document, Document, set[str]]]:
    """Return the sets that both have, as each has them, with their actions' addresses."""
    was, now = (_sets(one) for one in (before, after))
    return {address: (was[address][0], *now[address]) for address in sorted({*was} & {*now})}


def _sets(compiled: Compiled) -> dict[str, tuple[Document, set[str]]]:
    """Return each set by address, with the addresses of its actions."""
    found: dict[str, tuple[Document, set[str]]] = {}
    for one in compiled.actions.values():
        if one.origin.row is not None:
            address = f"ActionSet/{one.document.value['metadata']['name']}"
            found.setdefault(address, (one.document, set()))[1].add(one.address)
    return found


def _grouped(
    address: str,
    old: Any,
    new: Any,
    users: Collection[str],
    there: Mapping[str, _Changed],
    document: Document,
    root: Path,
) -> Iterator[SharedChange]:
    """Yield each field of a document that changed, with the actions that changed with it."""
    if equal(old, new):
        return
    for path, was, now in changed(old, new):
        whole = _written_at((*root, *path))
        # A field that is gone has no place by which to see where it was.
        found = {
            name: one.with_members(users if now is NOTHING else one.reached(users, document, whole))
            for name, one in there.items()
        }
        also = set().union(*(others for _, others in found.values()))
        yield SharedChange(
            name=".".join(map(str, path)),
            document=address,
            before=was,
            after=now,
            environments=tuple(name for name, (alone, _) in found.items() if alone),
            addresses=tuple(sorted(also.union(*(alone for alone, _ in found.values())))),
            place=document.location(whole),
            also=tuple(sorted(also)),
        )


def _is_within(place: tuple[str, int, int], document: Document, path: Path) -> bool:
    """Return whether a place is in a field of a document: from its key to the end of its value."""
    begin, value = document.places.key(path), document.places.value(path)
    there = (begin.line, begin.column) <= place[1:] <= (value.end_line, value.end_column)
    return place[0] == document.file and there


def _written_at(path: Path) -> Path:
    """Return the path of what a document says for its actions: a connection's owner is in its metadata."""
    return ("metadata", *path[1:]) if path[1] in _OF_METADATA else path


_OF_METADATA = ("owner", "labels")


def _said(document: Any) -> dict[str, Any]:
    """Return what a connection says for its actions."""
    metadata = {key: one for key, one in document["metadata"].items() if key in _OF_METADATA}
    return {**metadata, **document["spec"]}


def _values(before: Compiled, after: Compiled, there: Mapping[str, _Changed]) -> Iterator[SharedChange]:
    """Yield each value of environments that changed, with the actions that read it and changed."""
    found: dict[tuple[str, str, str], SharedChange] = {}
    for name, here in there.items():
        old, new = before.environments.get(name), after.environments.get(name)
        if old is None or new is None or equal(old.values, new.values):
            continue
        definitions = after.definitions
        addresses = (*here.untouched, *here.touched)
        texts = {one: "\n".join(definitions[Address.read(one).name].texts) for one in addresses}
        for path, was, now in changed(old.values, new.values):
            reads = _reader_of(path)
            readers = {one for one, text in texts.items() if reads.search(text)}
            alone, also = here.with_members(readers)
            one = SharedChange(
                name=".".join(map(str, path)),
                before=was,
                after=now,
                environments=(name,),
                addresses=tuple(sorted(alone | also)),
                place=_place_of_value(new, path),
                also=tuple(sorted(also)),
            )
            key = (one.name, repr(was), repr(now))
            found[key] = _joined(found[key], one) if key in found else one
    yield from (found[key] for key in sorted(found))


def _joined(first: SharedChange, other: SharedChange) -> SharedChange:
    """Return the same change of a value in the environments of both."""
    return replace(
        first,
        environments=first.environments + other.environments,
        addresses=tuple(sorted({*first.addresses, *other.addresses})),
        also=tuple(sorted({*first.also, *other.also})),
    )


def _place_of_value(environment: Environment, path: Path) -> tuple[str, int, int]:
    """Return where a value of an environment is written: in its document, or in one that it extends."""
    full: Path = ("spec", "values", *path)
    document = next((one for one in environment.chain if holds(one.value, full)), environment.document)
    return document.location(full)


def _is_untouched(
    change: Change, before: Mapping[str, Definition], after: Mapping[str, Definition]
) -> bool:
    """Return whether what the document of an object that is updated says, or its row, is as it was."""
    name = Address.read(change.address).name
    old, new = before.get(name), after.get(name)
    if old is None or new is None:
        return False
    parts = [new.spec.get("request", {}), *(new.spec.get("content") or {}).values()]
    if any("payloadFile" in one or "htmlFile" in one for one in parts) and not _has_same_template(change):
        return False
    if new.origin.row is not None and old.origin.row is not None:
        return equal(_filled(old.origin.row.item), _filled(new.origin.row.item))
    return equal(old.document.value, new.document.value)


def _has_same_template(change: Change) -> bool:
    """Return whether the template file of a payload reads what it did, and names a fragment."""
    was, now = (value_at(one, PIECE[:-1]) for one in (change.before, change.after))
    if not isinstance(was, dict) or not isinstance(now, dict) or "fragments" not in now:
        return False
    return equal([was.get("text"), was.get("names")], [now.get("text"), now.get("names")])


def _filled(item: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a row that say something: a column that is new, and empty, changes no row."""
    return {name: one for name, one in item.items() if one not in ("", None)}


def _reader_of(path: Sequence[Any]) -> re.Pattern[str]:
    """Find what reads a value: its whole path, or a mapping around it."""
    ways = [".".join(["values", *map(str, path[:length])]) for length in range(1, len(path) + 1)]
    return re.compile("|".join(rf"(?<![\w.]){re.escape(one)}(?![\w.])" for one in reversed(ways)))
