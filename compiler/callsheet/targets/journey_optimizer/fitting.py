"""The labels of an action × those that a node maps → how well the two fit, and in which language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from callsheet.language.action import label_of
from callsheet.language.layers import PAYLOAD

LANGUAGES = ("en", "fr")


class Fit(Struct, frozen=True):
    """How the labels that a node maps fit those of an action.

    Attributes:
        language: in which they fit best.
        shared: how many they have in common.
        missing: required labels that the node does not map.
        extra: labels that the node maps, and the action does not have.

    """

    language: str
    shared: int
    missing: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether nothing is missing and nothing is there in excess."""
        return not self.missing and not self.extra

    @property
    def off(self) -> int:
        """How many labels are missing, or there in excess."""
        return len(self.missing) + len(self.extra)

    @property
    def near(self) -> bool:
        """Whether it may be the action all the same, of which a label came or went."""
        return self.shared > 0 and (self.off == 1 or self.shared >= max(2, self.off))

    @property
    def words(self) -> str:
        """What does not fit, in words."""
        found = []
        if self.missing:
            found.append(f"does not map {_quoted(self.missing)}")
        if self.extra:
            found.append(f"maps {_quoted(self.extra)}, which it does not have")
        return " and ".join(found)


def _quoted(labels: frozenset[str]) -> str:
    names = sorted(labels)
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(f"`{one}`" for one in names[:3]) + more


class Labels(Struct, frozen=True):
    """The labels of an action, in each language in which they may have been typed in."""

    by_language: Mapping[str, tuple[frozenset[str], frozenset[str]]]

    def fit(self, mapped: set[str]) -> Fit:
        """Return how the labels of a node fit, in the language in which they fit best."""
        return min(self._fits(mapped), key=lambda one: (not one.whole, -one.shared, one.off))

    def _fits(self, mapped: set[str]) -> Iterator[Fit]:
        for language, (required, every) in self.by_language.items():
            yield Fit(language, len(mapped & every), required - mapped, frozenset(mapped - every))

    @property
    def has_required(self) -> bool:
        """Whether there is a label that every node of the action maps."""
        return any(required for required, _ in self.by_language.values())


def labels_in(compiled: Mapping[str, Any]) -> Labels:
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
    return Labels(found)
