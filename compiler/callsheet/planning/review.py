"""What a reviewer asks of changes: which data leaves for where, and which policies look at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from callsheet.compiling import Compiled
from callsheet.documents import equal
from callsheet.planning.message_hosts import contents_of
from callsheet.planning.model import Change


class DataFlow(Struct, frozen=True, kw_only=True):
    """Personal data that newly leaves for a host."""

    host: str
    kind: str
    parameter: str
    address: str
    environments: tuple[str, ...]


class PolicyChange(Struct, frozen=True, kw_only=True):
    """A policy that is new, gone or changed, and the actions that it looks at."""

    name: str
    words: str
    addresses: tuple[str, ...]


HostsBehind = Callable[[str, str], Sequence[str]]
"""Returns, of an environment and a receiver, the hosts: of an action that delivers, those that it calls."""


def hosts_in(compiled: Compiled) -> HostsBehind:
    """Return what finds the hosts behind a receiver, by what a workspace compiles to."""
    from callsheet.calling.receivers import hosts_behind

    contents_in = contents_of(compiled)
    return lambda environment, receiver: hosts_behind(receiver, contents_in(environment))


def data_flows(
    environments: Mapping[str, Sequence[Change]],
    hosts: HostsBehind = lambda environment, receiver: (receiver,),  # noqa: ARG005
) -> list[DataFlow]:
    """Return the personal data that newly leaves, by host, each with the environments where it does."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for environment, changes in environments.items():
        for change in changes:
            for one in change.diff:
                if one.reason == "new-personal-data":
                    for host in hosts(environment, one.after["host"]):
                        key = (host, one.after["sensitivity"], str(one.path[1]), change.address)
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
