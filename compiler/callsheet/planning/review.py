"""What a reviewer asks of changes: which data leaves for where, and what one shared line changes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callsheet.compiling import Compiled
from callsheet.documents import equal
from callsheet.language.addresses import Address
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
    found = [
        *_values(before, after, environments),
        *_connections(before, after, environments),
        *_templates(before, after, environments),
    ]
    return [one for one in found if len(one.addresses) >= SHARED_FROM]


def _connections(
    before: Compiled, after: Compiled, environments: Mapping[str, Sequence[Change]]
) -> Iterator[SharedChange]:
    """Yield each field of a connection or fragment that changed, with the actions that changed with it."""
    for address, (old, new) in _parts(before, after).items():
        users = _users(address, after)
        there = {
            environment: {
                one.address for one in changes if one.address in users and _is_untouched(one, before, after)
            }
            for environment, changes in environments.items()
        }
        yield from _fields(address, _said(old), _said(new), there)


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


def _templates(
    before: Compiled, after: Compiled, environments: Mapping[str, Sequence[Change]]
) -> Iterator[SharedChange]:
    """Yield each field of a set's template that changed, with the actions of rows that are as they were."""
    was, now = (_sets(one) for one in (before, after))
    for address in sorted({*was} & {*now}):
        (old, _), (new, members) = was[address], now[address]
        there = {
            environment: {
                one.address
                for one in changes
                if one.address in members and _is_untouched(one, before, after)
            }
            for environment, changes in environments.items()
        }
        yield from _fields(address, old["spec"]["template"], new["spec"]["template"], there)


def _sets(compiled: Compiled) -> dict[str, tuple[Any, set[str]]]:
    """Return the sets, by address, each with the addresses of its actions."""
    found: dict[str, tuple[Any, set[str]]] = {}
    for one in compiled.actions.values():
        if one.origin.row is not None:
            value = one.document.value
            address = f"ActionSet/{value['metadata']['name']}"
            found.setdefault(address, (value, set()))[1].add(one.address)
    return found


def _fields(
    document: str, old: Any, new: Any, there: Mapping[str, Collection[str]]
) -> Iterator[SharedChange]:
    for path, was, now in changed(old, new):
        yield SharedChange(
            name=".".join(map(str, path)),
            document=document,
            before=was,
            after=now,
            environments=tuple(one for one, addresses in there.items() if addresses),
            addresses=tuple(sorted({one for addresses in there.values() for one in addresses})),
        )


def _said(document: Any) -> dict[str, Any]:
    """Return what a connection says for its actions."""
    metadata = {key: one for key, one in document["metadata"].items() if key in ("owner", "labels")}
    return {**metadata, **document["spec"]}


def _values(
    before: Compiled, after: Compiled, environments: Mapping[str, Sequence[Change]]
) -> Iterator[SharedChange]:
    """Yield each value of environments that changed, with the actions that read it and changed."""
    values: dict[tuple[str, str, str], tuple[Any, Any, list[str], set[str]]] = {}
    for name, changes in environments.items():
        old, new = before.environments.get(name), after.environments.get(name)
        if old is None or new is None or equal(old.values, new.values):
            continue
        untouched = [one for one in changes if _is_untouched(one, before, after)]
        for path, was, now in changed(old.values, new.values):
            dotted = ".".join(map(str, path))
            reads = _reader_of(path)
            addresses = {one.address for one in untouched if reads.search(_text_of(one, after))}
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


def _is_untouched(change: Change, before: Compiled, after: Compiled) -> bool:
    """Return whether what an object's own document says, or its row, is as it was."""
    name = Address.read(change.address).name
    old, new = before.definitions.get(name), after.definitions.get(name)
    if change.action != "update" or old is None or new is None:
        return False
    parts = [new.spec.get("request", {}), *(new.spec.get("content") or {}).values()]
    if any("payloadFile" in one or "htmlFile" in one for one in parts):
        return False
    if new.origin.row is not None and old.origin.row is not None:
        return equal(_filled(old.origin.row.item), _filled(new.origin.row.item))
    return equal(old.document.value, new.document.value)


def _filled(item: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a row that say something: a column that is new, and empty, changes no row."""
    return {name: one for name, one in item.items() if one not in ("", None)}


def _text_of(change: Change, compiled: Compiled) -> str:
    return "\n".join(compiled.definitions[Address.read(change.address).name].texts)


def _reader_of(path: Sequence[Any]) -> re.Pattern[str]:
    """Find what reads a value: its whole path, or a mapping around it."""
    ways = [".".join(["values", *map(str, path[:length])]) for length in range(1, len(path) + 1)]
    return re.compile("|".join(rf"(?<![\w.]){re.escape(one)}(?![\w.])" for one in reversed(ways)))
