"""Journeys × compiled actions → which journey uses which action, and how sure that is.

A text that reads an answer names its action. A node that calls one shows the labels that it maps, and not
the action: it fits an action that has all of these labels, and whose required ones are all among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from callsheet.language.action import in_language, label_of
from callsheet.language.addresses import Address
from callsheet.targets.journey_optimizer.snapshot import Snapshot
from callsheet.words import listed

Sure = Literal["certain", "likely", "possible", "doubtful"]
LANGUAGES = ("en", "fr")
PAYLOAD = ("request", "payload")
LIVE = ("Deployed", "Redeployed", "Paused")
"""States in which people are in a journey."""
OVER = ("Finished", "Stopped")
"""States in which a journey calls nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One node of a journey that may be a call of an action.

    Attributes:
        address: of the action.
        journey: its name, with the version where it has several.
        sure: certain (the journey reads its answer), likely (labels and name fit), possible (the labels fit
            no other action), doubtful.
        why: in words.
        mappings: what the node maps: label, path, expression.
        language: the one in which the labels fit; empty where they do not.
        fallback: whether an error or a timeout has a path of its own; None where that is unknown.
        timeout: how many seconds the journey gives an action; None where that is unknown.
        reads: the texts that read an answer of the action, each with whether it is a condition.

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

    @property
    def over(self) -> bool:
        """Whether the journey calls nothing any more."""
        return self.status in OVER

    @property
    def calls(self) -> bool:
        """Whether it is a node that calls the action, as far as can be said."""
        return bool(self.language) and self.sure != "doubtful"

    @property
    def live(self) -> bool:
        """Whether people are in the journey."""
        return self.status in LIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Who uses what.

    Attributes:
        uses: by address of the action.
        taken_at: of the snapshot; empty where the API was read just now, or nothing is known.

    """

    uses: Mapping[str, Sequence[Use]] = field(default_factory=dict)
    taken_at: str = ""

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
    return Usage(uses=found, taken_at=snapshot.taken_at)


def _uses(snapshot: Snapshot, actions: Mapping[str, Mapping[str, Any]]) -> Iterator[Use]:
    labels = {address: _labels(one) for address, one in actions.items() if "request" in one}
    versions: dict[str, int] = {}
    for journey in snapshot.journeys:
        versions[journey["name"]] = versions.get(journey["name"], 0) + 1
    for journey in snapshot.journeys:
        version = f" v{journey['version']}" if versions[journey["name"]] > 1 else ""
        name = f"{journey['name']}{version}"
        for node in journey["nodes"]:
            mapped = {one["label"] for one in node["mappings"]}
            fitting = {
                address: language
                for address, one in labels.items()
                if mapped and (language := one.fitting(mapped)) is not None
            }
            named = [address for address in labels if _is_named(node["name"], address, actions[address])]
            for address in dict.fromkeys([*fitting, *named]):
                sure, why = _judged(address, [*fitting], named)
                yield Use(
                    address=address, journey=name, status=journey["status"], node=node["name"],
                    sure=sure, why=why, mappings=node["mappings"], language=fitting.get(address, ""),
                    fallback=node.get("fallback"), timeout=journey.get("timeout"),
                )  # fmt: skip
            yield from _read(node, name, journey["status"], actions)


def _read(node: Mapping[str, Any], journey: str, status: str, actions: Mapping[str, Any]) -> Iterator[Use]:
    """Yield the actions whose answers a node reads: they are called for certain, by whichever node."""
    from callsheet.targets.journey_optimizer.readings import readings

    found: dict[str, list[str]] = {}
    texts: dict[str, list[Mapping[str, Any]]] = {}
    for text in node.get("reads", ()):
        for one in readings(text["text"]):
            address = str(Address("Action", one.action))
            if address in actions:
                found.setdefault(address, []).append(".".join((one.action, *one.path)))
                texts.setdefault(address, []).append(text)
    for address, read in found.items():
        what = listed([f"`@action{{{it}}}`" for it in dict.fromkeys(read)], 3)
        yield Use(address=address, journey=journey, status=status, node=node["name"], sure="certain",
                  why=f"it reads {what}", reads=texts[address])  # fmt: skip


def _judged(address: str, fitting: Sequence[str], named: Sequence[str]) -> tuple[Sure, str]:
    if address in fitting and address in named:
        return "likely", "the node has its name, and maps its labels"
    if address in named:
        return "doubtful", "the node has its name, and maps other labels"
    if len(fitting) == 1:
        return "possible", "the node maps its labels, which no other action has"
    others = ", ".join(Address.read(one).name for one in fitting if one != address)
    return "doubtful", f"the node maps its labels, which are those of {others} too"


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels of an action, in each language in which they may have been typed in."""

    by_language: Mapping[str, tuple[frozenset[str], frozenset[str]]]

    def fitting(self, mapped: set[str]) -> str | None:
        """Return the language in which the labels of a node fit; None where they do in none."""
        for language, (required, every) in self.by_language.items():
            if required <= mapped <= every:
                return language
        return None


def _labels(compiled: Mapping[str, Any]) -> _Labels:
    """Return the labels of an action's fields on the canvas: of whole variables and of computed ones.

    What the relay makes has none: then the labels are those of the parameters.
    """
    from callsheet.targets.journey_optimizer.lowering import lowered

    declared = compiled.get("parameters", {})
    found = {}
    for language in LANGUAGES:
        form = lowered(compiled, language)
        fields = [one for one in form.fields.values() if one.label]
        if form.kind == "relay" or not fields:
            named = {name: label_of(declared, name, language) for name in declared}
            required = {label for name, label in named.items() if not declared[name].get("optional")}
            every = {*named.values()}
        else:
            required = {one.label for one in fields if not one.optional and one.path[:2] == PAYLOAD}
            every = {one.label for one in fields}
        found[language] = (frozenset(required), frozenset(every))
    return _Labels(found)


def labels_of(compiled: Mapping[str, Any], name: str) -> list[str]:
    """Return the labels under which a parameter may have been typed in."""
    declared = compiled.get("parameters", {})
    return [label_of(declared, name, language) for language in ("en", "fr")] if name in declared else []


def _is_named(node: str, address: str, compiled: Mapping[str, Any]) -> bool:
    titles = [in_language(compiled.get("title"), language) for language in ("en", "fr")]
    return bool(node) and node.casefold() in {
        one.casefold() for one in (Address.read(address).name, *titles) if one
    }
