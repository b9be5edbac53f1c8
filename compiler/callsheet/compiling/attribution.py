"""A problem → which definitions it concerns, and in which environments: by the document it is in."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable

from msgspec.structs import replace

from callsheet.documents import Document, Problem, Span
from callsheet.documents.problems import ANY, Concern
from callsheet.language.environment import Environment
from callsheet.language.kinds import deployed_kinds
from callsheet.language.overlay import overlays_in


class Attribution:
    """Completes problems that do not say themselves whom they concern.

    Args:
        named: kind, name and document of everything that was read.
        environments: all of them.

    """

    def __init__(
        self, named: Iterable[tuple[str, str, Document]], environments: Iterable[Environment]
    ) -> None:
        self._documents: dict[str, list[tuple[str, str, Document]]] = defaultdict(list)
        for kind, name, document in named:
            self._documents[document.file].append((kind, name, document))
        for found in self._documents.values():
            found.sort(key=_line)
        self._environments = list(environments)
        self._names = {
            name
            for found in self._documents.values()
            for kind, name, _ in found
            if kind in deployed_kinds()
        }

    def __call__(self, problem: Problem) -> Problem:
        """Return the problem with what it concerns; one of a policy or of the settings may concern any."""
        if problem.about or problem.file not in self._documents:
            return problem
        documents = self._documents[problem.file]
        at = bisect_right(documents, problem.span.line, key=_line) - 1
        kind, name, document = documents[max(at, 0)]
        if kind in deployed_kinds():
            return replace(problem, about=((name, ANY),))
        if kind == "Environment":
            overlaid = _overlaid(document, problem.span, self._names)
            return replace(problem, about=self._in_environment(name, overlaid or ANY))
        return problem

    def _in_environment(self, name: str, definition: str) -> tuple[Concern, ...]:
        """Return the environments that a document of this name is a part of, with the definition.

        One that could not be resolved is in no list, and concerns at least itself.
        """
        found = [
            one.name
            for one in self._environments
            if any(link.value["metadata"]["name"] == name for link in one.chain)
        ]
        return tuple((definition, one) for one in found or [name])


def _line(named: tuple[str, str, Document]) -> int:
    return named[2].line


def _overlaid(environment: Document, span: Span, names: Collection[str]) -> str | None:
    """Return the name of the definition in whose overlay a place is; None where it may be for several."""
    at = (span.line, span.column)
    for overlay in overlays_in(environment):
        there = environment.place(overlay.path)
        if (there.line, there.column) <= at < (there.end_line, there.end_column):
            return overlay.name if overlay.name in names else None
    return None
