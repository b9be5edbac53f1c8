"""What was found in single files → problems: each once, with the environments that it is found in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from callsheet.compiling.context import Context
from callsheet.compiling.unit import Left, Unit
from callsheet.documents import Document, Path, Problem
from callsheet.documents.problems import ANY, Concern
from callsheet.language.catalog import Rule, Spots
from callsheet.language.connection import Connection
from callsheet.language.origin import TEMPLATE
from callsheet.language.subjects import ParameterUse


def found_in(units: Iterable[Left], context: Context) -> Iterator[Problem]:
    """Yield what is wrong in single files, said once, and in which environments where not in all."""
    for unit in units:
        for problem, environments in unit.found:
            yield from _where(problem, environments, context)


def _where(problem: Problem, environments: Sequence[str], context: Context) -> Iterator[Problem]:
    """Yield a problem as it is reported, where it was found in some environments; none: by itself."""
    if not environments:
        yield problem
    elif context.nowhere:
        # Without an environment there are no values: a name that is not there may be in one.
        if problem.code != "CS502":
            yield problem
    elif problem.code == "CS502" or len(environments) < len(context.environments):
        message = f"{problem.message} (in {', '.join(environments)})"
        yield replace(_only_in(problem, environments), message=message)
    else:
        yield _only_in(problem, environments)


def _only_in(problem: Problem, environments: Iterable[str]) -> Problem:
    about = tuple((name, environment) for name, _ in problem.about for environment in environments)
    return replace(problem, about=about)


def unused_in(
    unit: Unit, text: str, rules: Sequence[Rule], connections: Mapping[str, Connection]
) -> Iterator[Problem]:
    """Apply the rules on parameters to the definitions of a file, which are compiled."""
    given = Counter(head["name"] for head in unit.heads)
    misspelt = {one.suggested for one, _ in unit.found if one.suggested is not None}
    for head in unit.heads:
        used = unit.used.get(head["name"])
        # The uses of two of one name cannot be separated: the name is the mistake.
        if not used or not head.get("parameters") or given[head["name"]] > 1:
            continue
        inherited = head.get("inherited", ())
        own = [one for one in head["parameters"] if one not in inherited]
        connection = connections.get(head.get("connection", ""))
        demanded = [] if connection is None else [one for one in connection.required if one in inherited]
        use = ParameterUse(own, demanded, used, misspelt)
        document = Document(unit.file, head["index"], text)
        root: Path = (*TEMPLATE, "spec") if "row" in head else ("spec",)
        for rule in rules:
            if rule.check is not None:
                yield from rule.check(use, Spots(rule.code, document, root))


def without_what_follows(
    problems: Sequence[Problem], units: Iterable[Left], defined: Collection[str]
) -> list[Problem]:
    """Leave out findings that a definition is not there, where it may be one that could not be read."""
    unread = {
        name
        for unit in units
        for problem, _ in unit.found
        for name, _ in problem.about or _about_unread(unit)
        if name not in defined
    }
    if "" in unread:
        return [one for one in problems if one.missing is None]
    return [one for one in problems if one.missing not in unread]


def without_broken_parts(
    problems: Iterable[Problem], units: Iterable[Left], texts: Mapping[str, str]
) -> list[Problem]:
    """Leave out that a part or an environment is not there, where a broken document may be it.

    A document whose kind or name is misspelt is in no list: its file still contains the name.
    """
    broken = [unit.file for unit in units if not unit.whole]

    def may_be(name: str) -> bool:
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        return any(word.search(texts[file]) for file in broken)

    return [one for one in problems if one.code not in _PARTS or not one.missing or not may_be(one.missing)]


_PARTS = ("CS322", "CS329", "CS353")


def _about_unread(unit: Left) -> tuple[Concern, ...]:
    """Return what a file of which nothing could be read may have defined: anything."""
    return () if unit.documents else (("", ANY),)
