"""What a reviewer asks of changes: which data leaves for where, and what one shared line changes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callsheet.compiling import Compiled
from callsheet.documents import equal
from callsheet.language.action import Definition
from callsheet.language.addresses import Address
from callsheet.language.difference import value_at
from callsheet.language.pieces import PIECE
from callsheet.planning.field_changes import changed
from callsheet.planning.model import Change

SHARED_FROM = 2
"""So many actions that a value changes are reported together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFlow:
    """Personal data that newly leaves for a host."""

    host: str
    kind: str
    parameter: str
    address: str
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedChange:
    """What several actions share and what changed, with the actions whose own files did not change.

    Attributes:
        name: dotted, below `values`, or below the spec of the document.
        document: the address of the document that says it, as `Connection/braze`; empty for `values`.
        before: its value, or `NOTHING`; so `after`.

    """

    name: str
    document: str = ""
    before: Any
    after: Any
    environments: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def subject(self) -> str:
        """What changed, as reports name it: `values.host`, `Connection/braze limits.retries`."""
        return f"{self.document} {self.name}" if self.document else f"values.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """A policy that is new, gone or changed, and the actions that it looks at."""

    name: str
    words: str
    addresses: tuple[str, ...]


def data_flows(environments: Mapping[str, Sequence[Change]]) -> list[DataFlow]:
    """Return the personal data that newly leaves, by host, each with the environments where it does."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for environment, changes in environments.items():
        for change in changes:
            for one in change.diff:
                if one.reason == "new-personal-data":
                    key = (one.after["host"], one.after["sensitivity"], str(one.path[1]), change.address)
                    found.setdefault(key, []).append(environment)
    return [
        DataFlow(host=host, kind=kind, parameter=parameter, address=address, environments=tuple(names))
        for (host, kind, parameter, address), names in sorted(found.items())
    ]


def grouped_flows(flows: Sequence[DataFlow]) -> list[tuple[DataFlow, list[str]]]:
    """Return each datum that leaves for a host once, with the addresses of all that send it there."""
    groups: dict[tuple[str, str, str, tuple[str, ...]], tuple[DataFlow, list[str]]] = {}
    for one in flows:
        key = (one.host, one.kind, one.parameter, one.environments)
        groups.setdefault(key, (one, []))[1].append(one.address)
    return list(groups.values())


def shared_changes(
    before: Compiled, after: Compiled, environments: Mapping[str, Sequence[Change]]
) -> list[SharedChange]:
    """Return what changed of what several actions share, whose own files are what they were."""
    was, now = before.definitions, after.definitions
    untouched = {
        name: frozenset(one.address for one in changes if _is_untouched(one, was, now))
        for name, changes in environments.items()
    }
    found = [*_values(before, after, untouched)]
    for address, (old, new) in _parts(before, after).items():
        found += _grouped(address, _said(old), _said(new), _users(address, after), untouched)
    for address, (old, new, members) in _templates(before, after).items():
        found += _grouped(address, old, new, members, untouched)
    return [one for one in found if len(one.addresses) >= SHARED_FROM]


def _parts(before: Compiled, after: Compiled) -> dict[str, tuple[Any, Any]]:
    """Return the connections and fragments that both have, as each has them, by address."""
    was, now = (
        {
            **{f"Connection/{name}": part.document.value for name, part in one.connections.items()},
            **{f"Fragment/{name}": part.document.value for name, part in one.fragments.items()},
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


def _templates(before: Compiled, after: Compiled) -> dict[str, tuple[Any, Any, set[str]]]:
    """Return the templates of sets that both have, as each has them, with their actions' addresses."""
    was, now = (_sets(one) for one in (before, after))
    return {address: (was[address][0], *now[address]) for address in sorted({*was} & {*now})}


def _sets(compiled: Compiled) -> dict[str, tuple[Any, set[str]]]:
    """Return the template of each set, by address, with the addresses of its actions."""
    found: dict[str, tuple[Any, set[str]]] = {}
    for one in compiled.actions.values():
        if one.origin.row is not None:
            value = one.document.value
            address = f"ActionSet/{value['metadata']['name']}"
            found.setdefault(address, (value["spec"]["template"], set()))[1].add(one.address)
    return found


def _grouped(
    document: str, old: Any, new: Any, users: Collection[str], untouched: Mapping[str, frozenset[str]]
) -> Iterator[SharedChange]:
    """Yield each field of a document that changed, with the actions that changed with it."""
    if equal(old, new):
        return
    there = {name: addresses.intersection(users) for name, addresses in untouched.items()}
    for path, was, now in changed(old, new):
        yield SharedChange(
            name=".".join(map(str, path)),
            document=document,
            before=was,
            after=now,
            environments=tuple(name for name, addresses in there.items() if addresses),
            addresses=tuple(sorted(frozenset().union(*there.values()))),
        )


def _said(document: Any) -> dict[str, Any]:
    """Return what a connection says for its actions."""
    metadata = {key: one for key, one in document["metadata"].items() if key in ("owner", "labels")}
    return {**metadata, **document["spec"]}


def _values(
    before: Compiled, after: Compiled, untouched: Mapping[str, frozenset[str]]
) -> Iterator[SharedChange]:
    """Yield each value of environments that changed, with the actions that read it and changed."""
    definitions = after.definitions
    values: dict[tuple[str, str, str], tuple[Any, Any, list[str], set[str]]] = {}
    for name, there in untouched.items():
        old, new = before.environments.get(name), after.environments.get(name)
        if old is None or new is None or equal(old.values, new.values):
            continue
        texts = {one: "\n".join(definitions[Address.read(one).name].texts) for one in there}
        for path, was, now in changed(old.values, new.values):
            dotted = ".".join(map(str, path))
            reads = _reader_of(path)
            addresses = {one for one, text in texts.items() if reads.search(text)}
            entry = values.setdefault((dotted, repr(was), repr(now)), (was, now, [], set()))
            entry[2].append(name)
            entry[3].update(addresses)
    for (dotted, _, _), (was, now, names, addresses) in sorted(values.items()):
        yield SharedChange(
            name=dotted,
            before=was,
            after=now,
            environments=tuple(names),
            addresses=tuple(sorted(addresses)),
        )


def policy_changes(before: Compiled, after: Compiled) -> list[PolicyChange]:
    """Return the policies that are not what they were, with the actions that they look at."""
    was = {one.name: one for one in before.policies}
    now = {one.name: one for one in after.policies}
    found = []
    for name in sorted({*was, *now}):
        old, new = was.get(name), now.get(name)
        if old is not None and new is not None and equal(old.document.value, new.document.value):
            continue
        words = "added" if old is None else "removed" if new is None else "changed"
        actions = {**before.definitions, **after.definitions}.values()
        addresses = {
            action.address
            for action in actions
            for policy in (old, new)
            if policy is not None and policy.select.selects(action)
        }
        found.append(PolicyChange(name=name, words=words, addresses=tuple(sorted(addresses))))
    return found


def _is_untouched(
    change: Change, before: Mapping[str, Definition], after: Mapping[str, Definition]
) -> bool:
    """Return whether what an object's own document says, or its row, is as it was."""
    name = Address.read(change.address).name
    old, new = before.get(name), after.get(name)
    if change.action != "update" or old is None or new is None:
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
