"""Two compiled workspaces → what changes in each environment of either."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.compiling import Compiled
from callsheet.compiling.selecting import refuse_invalid
from callsheet.errors import CallsheetError, InvalidWorkspaceError
from callsheet.language import Environment
from callsheet.planning.compare import compare
from callsheet.planning.desired import place_in
from callsheet.planning.model import Change
from callsheet.planning.sides import Side

_COMPARED = ("CS104", "CS105", "CS106", "CS107", "CS117", "CS118")
"""What is wrong with a link or a name, or that there is no document: nothing is there to be compared."""


def changes_by_environment(before: Compiled, after: Compiled) -> dict[str, list[Change]]:
    """Compare each environment with itself before, also under another name.

    One that is new, or gone, is one change of the environment: of its objects only those are changes that
    are themselves new in the workspace, or gone from it.
    """
    from callsheet.planning.protections import paired

    pairs = paired(before, after)
    found = {
        new: changes_in(before.by_environment.get(old, {}), after, after.environments[new])
        for old, new in pairs.both
    }
    was, now = ({one.address for one in side.definitions.values()} for side in (before, after))
    renamed = after.renames
    for name in pairs.added:
        there = changes_in({}, after, after.environments[name])
        found[name] = [one for one in there if renamed.get(one.address, one.address) not in was]
    for name in pairs.removed:
        there = compare(before.by_environment.get(name, {}), {}, renamed_from={})
        found[name] = [one for one in there if one.address not in {*now, *renamed.values()}]
    return dict(sorted(found.items()))


def changes_in(before: Mapping[str, Side], after: Compiled, environment: Environment) -> list[Change]:
    """Compare what was with what a workspace compiles to in an environment."""
    now = after.by_environment.get(environment.name, {})
    return compare(before, now, renamed_from=after.renames, place=place_in(after, environment))


def changes_between(compiled: Compiled, first: Environment, second: Environment) -> list[Change]:
    """Compare two environments of one workspace: what the second has that the first has not."""
    before, after = (compiled.by_environment.get(one.name, {}) for one in (first, second))
    return compare(before, after, renamed_from={}, place=place_in(compiled, second))


def refuse_incomparable(before: Compiled, after: Compiled) -> None:
    """Refuse two sides that cannot be compared; raises InvalidWorkspaceError."""
    refuse_invalid(after)
    # What is wrong with the base is for the base to mend, and a fix of it must be reviewable. But what
    # could not be read or compiled there cannot be compared: it would look as if it were new. Where
    # there was no workspace, everything is new.
    if before.incomplete or any(one.code < "CS3" and one.code not in _COMPARED for one in before.errors):
        raise InvalidWorkspaceError(before)


def refuse_abstract(environment: Environment) -> None:
    """Refuse an environment for which nothing is compiled; raises CS803."""
    if environment.abstract:
        raise CallsheetError(
            "CS803",
            f"the environment `{environment.name}` is abstract: nothing is compiled for it",
            help="name an environment that has a target",
        )
