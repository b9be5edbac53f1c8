"""Journeys × compiled actions → which journey uses which action, and how sure that is.

A text that reads an answer names its action. A node that calls one shows the labels that it maps, and not
the action: it fits an action that has all of these labels, and whose required ones are all among them. A
node that has the name of an action is taken for it where a part of the labels fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct, field

from callsheet.language.action import in_language, label_of
from callsheet.language.addresses import Address
from callsheet.targets.journey_optimizer.fitting import Fit, Labels, labels_in
from callsheet.targets.journey_optimizer.snapshot import Snapshot
from callsheet.words import listed

Sure = Literal["certain", "likely", "possible", "doubtful"]
LIVE = ("Deployed", "Redeployed", "Paused")
"""States in which people are in a journey."""
OVER = ("Finished", "Stopped")
"""States in which a journey calls nothing any more."""


class Use(Struct, frozen=True, kw_only=True):
    """One node of a journey that may be a call of an action.

    Attributes:
        address: of the action.
        journey: its name, with the version where it has several.
        sure: certain (the journey reads its answer), likely (labels and name fit), possible (the labels fit
            no other action), doubtful.
        why: in words.
        mappings: what the node maps: label, path, expression.
        language: the one in which the labels fit best; empty where it maps none.
        fallback: whether an error or a timeout has a path of its own; None where that is unknown.
        timeout: how many seconds the journey gives an action; None where that is unknown.
        reads: the texts that read an answer of the action, each with whether it is a condition.
        missing: labels that the action requires, and the node does not map.
        extra: labels that the node maps, and the action does not have.

    """

    address: str
    journey: str
    status: str
    node: str
    sure: Sure
    why: str
    mappings: Sequence[Mapping[str, str]] = ()
    language: str = ""
    fallback: bool | None = None
    timeout: int | None = None
    reads: Sequence[Mapping[str, Any]] = ()
    missing: Sequence[str] = ()
    extra: Sequence[str] = ()

    @property
    def over(self) -> bool:
        """Whether the journey calls nothing any more."""
        return self.status in OVER

    @property
    def calls(self) -> bool:
        """Whether it is a node that calls the action, as far as can be said."""
        return bool(self.language) and self.sure != "doubtful"

    @property
    def may_call(self) -> bool:
        """Whether it may call the action, and what it maps is not known to be the action's."""
        return not self.reads and not self.calls

    @property
    def live(self) -> bool:
        """Whether people are in the journey."""
        return self.status in LIVE


class Usage(Struct, frozen=True, kw_only=True):
    """Who uses what.

    Attributes:
        uses: by address of the action.
        taken_at: of the snapshot; empty where the API was read just now, or nothing is known.
        names_only: whether the snapshot has no more than the names of journeys.
        unreached: why it is of a snapshot, where the API was asked.
        strangers: the actions that the snapshot names, and that are not there.

    """

    uses: Mapping[str, Sequence[Use]] = field(default_factory=dict)
    taken_at: str = ""
    names_only: bool = False
    unreached: str = ""
    strangers: Sequence[str] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of where this comes from."""
        found = []
        if self.unreached:
            found.append(f"Adobe's API was not reached ({self.unreached})")
        if self.taken_at:
            found.append(f"journeys are as of {self.taken_at}")
        if self.strangers:
            found.append(f"the snapshot names actions that are not there: {listed(self.strangers, 5)}")
        return tuple(found)

    def journeys(self, address: str) -> list[str]:
        """Return the journeys that use an action, likely or possibly, and are not over."""
        found = [one for one in self.uses.get(address, ()) if one.sure != "doubtful"]
        return sorted({one.journey for one in found if one.status not in OVER})

    def mapping(self, address: str, labels: Sequence[str]) -> list[str]:
        """Return the live journeys that map one of these labels of an action."""
        return sorted(
            {
                one.journey
                for one in self.uses.get(address, ())
                if one.live and one.sure != "doubtful" and any(it["label"] in labels for it in one.mappings)
            }
        )


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


def labels_of(compiled: Mapping[str, Any], name: str) -> list[str]:
    """Return the labels under which a parameter may have been typed in."""
    declared = compiled.get("parameters", {})
    return [label_of(declared, name, language) for language in ("en", "fr")] if name in declared else []


def _is_named(node: str, address: str, compiled: Mapping[str, Any]) -> bool:
    titles = [in_language(compiled.get("title"), language) for language in ("en", "fr")]
    return bool(node) and node.casefold() in {
        one.casefold() for one in (Address.read(address).name, *titles) if one
    }
