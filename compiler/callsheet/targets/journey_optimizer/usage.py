"""Journeys × compiled actions → which journey uses which action, and how sure that is.

A text that reads an answer names its action. A node that calls one shows the labels that it maps, and not
the action: it fits an action that has all of these labels, and whose required ones are all among them. A
node that has the name of an action is taken for it where a part of the labels fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsheet.language.action import in_language
from callsheet.language.addresses import Address
from callsheet.targets.journey_optimizer.fitting import Fit, Labels, labels_in
from callsheet.targets.journey_optimizer.snapshot import Snapshot
from callsheet.targets.journey_optimizer.uses import Sure, Usage, Use
from callsheet.words import listed


def usage_of(snapshot: Snapshot | None, actions: Mapping[str, Mapping[str, Any]]) -> Usage:
    """Return which journeys use which actions.

    Args:
        snapshot: what the API answered; None where nothing is known.
        actions: the compiled actions, as they are deployed, by address.

    """
    if snapshot is None:
        return Usage()
    found: dict[str, list[Use]] = {}
    for name, journeys in snapshot.named.items():
        address = str(Address("Action", name))
        found[address] = [
            Use(address=address, journey=one, status="Unknown", node="", sure="likely",
                why="the snapshot names it")
            for one in journeys
        ]  # fmt: skip
    for one in _uses(snapshot, actions):
        found.setdefault(one.address, []).append(one)
    strangers = sorted(name for name in snapshot.named if str(Address("Action", name)) not in actions)
    return Usage(
        uses=found, taken_at=snapshot.taken_at, names_only=snapshot.names_only, strangers=strangers
    )


def _uses(snapshot: Snapshot, actions: Mapping[str, Mapping[str, Any]]) -> Iterator[Use]:
    labels = {address: labels_in(one) for address, one in actions.items() if "request" in one}
    versions: dict[str, int] = {}
    for journey in snapshot.journeys:
        versions[journey["name"]] = versions.get(journey["name"], 0) + 1
    for journey in snapshot.journeys:
        version = f" v{journey['version']}" if versions[journey["name"]] > 1 else ""
        name = f"{journey['name']}{version}"
        for node in journey["nodes"]:
            for address, (sure, why, fit) in _calls(node, labels, actions).items():
                yield Use(
                    address=address, journey=name, status=journey["status"], node=node["name"],
                    sure=sure, why=why, mappings=node["mappings"], language=fit.language,
                    fallback=node.get("fallback"), timeout=journey.get("timeout"),
                    missing=sorted(fit.missing), extra=sorted(fit.extra),
                )  # fmt: skip
            yield from _read(node, name, journey["status"], actions)


def _calls(
    node: Mapping[str, Any], labels: Mapping[str, Labels], actions: Mapping[str, Mapping[str, Any]]
) -> dict[str, tuple[Sure, str, Fit]]:
    """Return the actions that a node may call, each with how sure that is, and why."""
    mapped = {one["label"] for one in node["mappings"]}
    named = [address for address in labels if _is_named(node["name"], address, actions[address])]
    if not mapped:
        if "action" not in node["type"].lower():
            return {}
        return {one: _without_mapping(labels[one]) for one in named}
    fits = {address: one.fit(mapped) for address, one in labels.items()}
    fitting = [address for address, one in fits.items() if one.whole]
    near = [] if fitting or named else _nearest(fits)
    return {
        address: (*_judged(address, fitting, named, fits[address]), fits[address])
        for address in dict.fromkeys([*fitting, *named, *near])
    }


def _without_mapping(labels: Labels) -> tuple[Sure, str, Fit]:
    fit = labels.fit(set())
    if labels.has_required:
        return "doubtful", "the node has its name, and maps nothing", fit
    return "likely", "the node has its name, and nothing has to be mapped", fit


def _nearest(fits: Mapping[str, Fit]) -> list[str]:
    """Return the actions of which a node lacks the fewest labels, or has the fewest in excess."""
    near = {address: one.off for address, one in fits.items() if one.near}
    return [address for address, off in near.items() if off == min(near.values())]


def _read(node: Mapping[str, Any], journey: str, status: str, actions: Mapping[str, Any]) -> Iterator[Use]:
    """Yield the actions whose answers a node reads: they are called for certain, by whichever node."""
    from callsheet.targets.journey_optimizer.readings import readings

    known = {Address.read(one).name.casefold(): one for one in actions if one.startswith("Action/")}
    found: dict[str, list[str]] = {}
    texts: dict[str, list[Mapping[str, Any]]] = {}
    exact: set[str] = set()
    for text in node.get("reads", ()):
        for one in readings(text["text"]):
            address = str(Address("Action", one.action))
            if address in actions:
                exact.add(address)
            else:
                address = known.get(one.action.casefold(), "")
            if address:
                found.setdefault(address, []).append(".".join((one.action, *one.path)))
                texts.setdefault(address, []).append(text)
    for address, read in found.items():
        what = listed([f"`@action{{{it}}}`" for it in dict.fromkeys(read)], 3)
        sure: Sure = "certain" if address in exact else "likely"
        why = f"it reads {what}" if address in exact else f"it reads {what}, which is written otherwise"
        yield Use(address=address, journey=journey, status=status, node=node["name"], sure=sure, why=why,
                  reads=texts[address])  # fmt: skip


def _judged(address: str, fitting: Sequence[str], named: Sequence[str], fit: Fit) -> tuple[Sure, str]:
    if address in fitting and address in named:
        return "likely", "the node has its name, and maps its labels"
    if address in named and fit.shared:
        return "likely", f"the node has its name, but {fit.words}"
    if address in named:
        return "doubtful", "the node has its name, and maps other labels"
    if address not in fitting:
        return "doubtful", f"the node maps labels of it, but {fit.words}"
    if len(fitting) == 1:
        return "possible", "the node maps its labels, which no other action has"
    others = ", ".join(Address.read(one).name for one in fitting if one != address)
    return "doubtful", f"the node maps its labels, which are those of {others} too"


def _is_named(node: str, address: str, compiled: Mapping[str, Any]) -> bool:
    titles = [in_language(compiled.get("title"), language) for language in ("en", "fr")]
    return bool(node) and node.casefold() in {
        one.casefold() for one in (Address.read(address).name, *titles) if one
    }
