"""Changes of messages → the hosts that they reach: those that the action calls which delivers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from callsheet.language.masking import masked
from callsheet.planning.model import Change

if TYPE_CHECKING:
    from callsheet.calling.receivers import Contents
    from callsheet.compiling import Compiled

ContentsIn = Callable[[str], "Contents"]
"""Returns, of an environment, what finds the content of an action by its name."""


def contents_of(compiled: Compiled) -> ContentsIn:
    """Return what finds actions in what a workspace compiles to."""

    def contents_in(environment: str) -> Contents:
        there = compiled.by_environment.get(environment, {})

        def content(name: str) -> Mapping[str, Any] | None:
            one = there.get(f"Action/{name}")
            return None if one is None else one.content

        return content

    return contents_in


def message_hosts(
    environments: Mapping[str, Sequence[Change]], contents_in: ContentsIn
) -> Mapping[str, tuple[str, ...]]:
    """Return the hosts behind each message that changes, before and after, by its address.

    Args:
        environments: the changes of each.
        contents_in: what finds an action after the changes; one that is not among them is as it was.

    """
    found: dict[str, set[str]] = {}
    for environment, changes in environments.items():
        messages = [one for one in changes if _is_message(one.before) or _is_message(one.after)]
        if not messages:
            continue
        after = contents_in(environment)
        before = _contents_before(changes, after)
        for one in messages:
            hosts = _hosts(one.before, before) | _hosts(one.after, after)
            found.setdefault(one.address, set()).update(hosts)
    return {address: tuple(sorted(hosts)) for address, hosts in found.items() if hosts}


def _is_message(content: Mapping[str, Any] | None) -> bool:
    return content is not None and content.get("kind") == "Message"


def _contents_before(changes: Sequence[Change], after: Contents) -> Contents:
    changed = {one.address_before: one.before for one in changes if one.before is not None}
    return lambda name: changed.get(f"Action/{name}") or after(name)


def _hosts(content: Mapping[str, Any] | None, contents: Contents) -> set[str]:
    from callsheet.calling.receivers import hosts_behind, receivers_of

    if content is None or not _is_message(content):
        return set()
    found = {host for it in receivers_of(content) for host in hosts_behind(it, contents)}
    # An action that is not known any more is no host.
    return {masked(one) for one in found if " " not in one and one != "?"}
