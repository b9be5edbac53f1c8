"""What a definition compiles to alike in several environments: compiled once, and taken again.

Most of an action reads nothing of an environment. Where an environment lays nothing over the definition,
such a piece is the very object that the first environment's compilation made; its text, and what the rules
found in it, are taken again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from callsheet.documents import Path, Problem
from callsheet.language.catalog import Rule
from callsheet.templates.values import canonical_text

T = TypeVar("T")

_NOTHING = object()
_ALL = ()


class Kept:
    """The pieces of one definition that are alike wherever nothing lies over it.

    Attributes:
        whole: whether an environment's compilation has filled it; it had no problems, then.
        used: the parameters that it used.
        warnings: those of the pieces that are kept.

    """

    __slots__ = ("_around", "_found", "_last", "_pieces", "_texts", "used", "warnings", "whole")

    def __init__(self) -> None:
        self.whole = False
        self.used: set[str] = set()
        self.warnings: list[Problem] = []
        self._pieces: dict[Path, Any] = {}
        self._texts: dict[int, tuple[Any, str]] = {}
        self._around: tuple[list[Any], str, str] | None = None
        self._last: dict[Path, Any] = {}
        self._found: dict[str, Any] = {}

    def piece(self, path: Path, otherwise: Callable[[], T]) -> T:
        """Return the piece that is kept at a path, or what it is otherwise."""
        found = self._pieces.get(path, _NOTHING)
        return otherwise() if found is _NOTHING else found

    def keep(self, path: Path, piece: object) -> None:
        """Keep a piece that reads nothing of an environment."""
        self._pieces[path] = piece

    def fill(self, used: Iterable[str], warnings: Iterable[Problem]) -> None:
        """Note that a compilation without problems is complete."""
        self.whole, self.used, self.warnings = True, set(used), list(warnings)

    def clear(self) -> None:
        """Forget the pieces of a compilation that had problems: the next environment reports its own."""
        self._pieces.clear()

    def canonical(self, content: Mapping[str, Any]) -> str:
        """Return the canonical text of compiled content, joined from the texts of its pieces.

        Raises:
            ValueError: as `canonical_text`.

        """
        request = content.get("request")
        if request.__class__ is not dict:
            return canonical_text(content)
        before, after = self._beside_request(content)
        fields = ",".join(f'"{key}":{self.text(request[key])}' for key in sorted(request))
        return f'{{{before}"request":{{{fields}}}{after}}}'

    def _beside_request(self, content: Mapping[str, Any]) -> tuple[str, str]:
        """Return the text of the fields before and after the request, with the commas to it."""
        names = sorted(content)
        pieces = [content[name] for name in names if name != "request"]
        if self._around is None or not _are_same(self._around[0], pieces):
            at = names.index("request")
            before, after = (
                canonical_text({name: content[name] for name in some})[1:-1]
                for some in (names[:at], names[at + 1 :])
            )
            self._around = (pieces, before and f"{before},", after and f",{after}")
        return self._around[1], self._around[2]

    def text(self, piece: Any) -> str:
        """Return the canonical text of a piece; raises ValueError as `canonical_text` does."""
        if piece.__class__ not in (dict, list):
            return canonical_text(piece)
        known = self._texts.get(id(piece))
        if known is None:
            # The piece is kept with its text: no other object gets its identity.
            known = self._texts[id(piece)] = (piece, canonical_text(piece))
        return known[1]

    def found(
        self,
        rules: Sequence[Rule],
        content: Mapping[str, Any],
        check: Callable[[Rule], Iterable[Problem]],
    ) -> Iterator[Problem]:
        """Yield what rules find in compiled content: each runs where something that it reads differs."""
        changed = self.changed(content)
        found = self._found
        for one in rules:
            if one.code not in found or not changed.isdisjoint(one.reads):
                found[one.code] = tuple(check(one))
            yield from found[one.code]

    def changed(self, content: Mapping[str, Any]) -> set[Path]:
        """Return the fields that differ from those of the content that was looked at before."""
        now: dict[Path, Any] = {(name,): one for name, one in content.items()}
        request = now.pop(("request",), None)
        now |= {("request", name): one for name, one in (request or {}).items()}
        before, self._last = self._last, now
        changed = {
            path
            for path in before.keys() | now.keys()
            if not self._is_same(before.get(path, _NOTHING), now.get(path, _NOTHING))
        }
        return {_ALL, *changed} if changed else changed

    def _is_same(self, one: Any, other: Any) -> bool:
        if one is other:
            return True
        return one.__class__ is other.__class__ in (dict, list, str) and self.text(one) == self.text(other)


def _are_same(some: list[Any], others: list[Any]) -> bool:
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))
