"""A workspace × a revision, or what is deployed → what changed, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from callsheet.api.base import Base, InvalidWorkspaceError, refuse_invalid
from callsheet.compiling import Compiled
from callsheet.documents import FolderSource, RevisionSource, Source
from callsheet.documents import Path as ValuePath
from callsheet.errors import CallsheetError
from callsheet.language import Environment
from callsheet.language.environment import overlaid_spots
from callsheet.language.masking import masked
from callsheet.language.schema_check import nearest
from callsheet.planning import Change, compare
from callsheet.planning.changes import Side

if TYPE_CHECKING:
    from callsheet.planning.promotion import Promotion
    from callsheet.planning.protections import Protection
    from callsheet.results import DiffResult, RequestPair


_COMPARED = ("CS104", "CS105", "CS106", "CS107", "CS117", "CS118")
"""What is wrong with a link or a name, or that there is no document: nothing is there to be compared."""


class Comparing(Base):
    """Comparisons of two states."""

    def diff(self, environment: str | None = None) -> dict[str, list[Change]]:
        """Compare the workspace with what is deployed, by environment."""
        chosen = self._valid(environment)
        return {chosen.name: _compared(self.deployed(chosen.name), self.compile(), chosen)}

    def diff_revisions(self, base: str, head: str | None = None) -> dict[str, list[Change]]:
        """Compare what two revisions compile to, for every environment of either.

        `head` is None for the files as they are. No target, ledger or credential is needed.
        """
        before, after = self._sides(base, head)
        return _of_environments(before, after)

    def _sides(self, base: str, head: str | None) -> tuple[Compiled, Compiled]:
        """Compile both sides of a comparison; refuses what cannot be compared."""
        after = self.compile() if head is None else self.compile_revision(head)
        before = self.compile_revision(base)
        refuse_invalid(after)
        # What is wrong with the base is for the base to mend, and a fix of it must be reviewable. But what
        # could not be read or compiled there cannot be compared: it would look as if it were new. Where
        # there was no workspace, everything is new.
        if before.incomplete or any(
            one.code < "CS3" and one.code not in _COMPARED for one in before.errors
        ):
            raise InvalidWorkspaceError(before)
        return before, after

    def _protections(self, base: str, head: str | None) -> list[Protection]:
        """Compare what decides what commands do, and what they protect."""
        from callsheet.compiling.surroundings import hidden_files, surroundings_of
        from callsheet.planning.protections import protections

        before, after = self._sides(base, head)
        was = surroundings_of(RevisionSource(self.root, base), before)
        source: Source = FolderSource(self.root) if head is None else RevisionSource(self.root, head)
        now = surroundings_of(source, after)
        return protections(was, now, hidden_files(source, was.files - now.files, now.ignore))

    def review_environments(self, environment: str | None, against: str) -> DiffResult:
        """Compare what two environments compile to; no target, ledger or credential is needed.

        Args:
            environment: the one that is looked at.
            against: the one that it is compared with.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS921 for an environment that is not there, CS803 for an abstract one.

        """
        from callsheet.planning.review import data_flows
        from callsheet.results import DiffResult

        chosen, other = self._valid(environment), self._valid(against)
        for one in (chosen, other):
            if one.abstract:
                raise CallsheetError(
                    "CS803",
                    f"the environment `{one.name}` is abstract: nothing is compiled for it",
                    help="name an environment that has a target",
                )
        compiled = self.compile()
        changes = {chosen.name: _compared(compiled.by_environment.get(other.name, {}), compiled, chosen)}
        return DiffResult(
            base=None,
            against=other.name,
            environments=changes,
            requests=_requests(compiled, compiled, changes, other.name),
            flows=data_flows(changes),
        )

    def promote(self, first: str, second: str, names: Collection[str] = ()) -> list[Promotion]:
        """Compare two environments as a package between their sandboxes would carry them.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS921 for an environment, CS925 for a name.

        """
        from callsheet.planning.promotion import promotions

        before, after = (
            {
                address: one.content
                for address, one in self._compiled_of(self.environment(name).name).items()
                if address.startswith("Action/")
            }
            for name in (first, second)
        )
        known = {address.partition("/")[2] for address in (*before, *after)}
        for name in names:
            if name not in known:
                raise CallsheetError(
                    "CS925",
                    f"there is no action `{name}`{nearest(name, known)}",
                    help="`callsheet list` shows the actions",
                )
        found = promotions(before, after)
        return [one for one in found if not names or one.address.partition("/")[2] in names]

    def review(
        self, base: str | None, head: str | None = None, environment: str | None = None
    ) -> DiffResult:
        """Compare as a reviewer does: the changes, and what they mean for requests, data and hosts.

        Args:
            base: a revision; None compares with what is deployed in one environment.
            head: a revision; None for the files as they are.
            environment: only this one; with no base, which one.

        Raises:
            InvalidWorkspaceError: where either side has errors.
            CallsheetError: CS922, CS923 for the revisions, CS9xx for a target.

        """
        from callsheet.planning.review import data_flows, policy_changes, shared_changes
        from callsheet.results import DiffResult

        if base is None:
            changes = self.diff(environment)
            return DiffResult(base=None, environments=changes, flows=data_flows(changes))
        before, after = self._sides(base, head)
        changes = _of_environments(before, after)
        found = self._protections(base, head)
        if environment is not None:
            changes = {environment: changes.get(environment, [])}
            found = [one for one in found if not one.environments or environment in one.environments]
        return DiffResult(
            base=base,
            environments=changes,
            requests=_requests(before, after, changes),
            flows=data_flows(changes),
            shared=shared_changes(before, after, changes),
            policies=policy_changes(before, after),
            protections=found,
        )


def _of_environments(before: Compiled, after: Compiled) -> dict[str, list[Change]]:
    """Compare each environment with itself before, also under another name.

    One that is new, or gone, is one change of the environment: of its objects only those are changes that
    are themselves new in the workspace, or gone from it.
    """
    from callsheet.planning.protections import paired

    pairs = paired(before, after)
    found = {
        new: _compared(before.by_environment.get(old, {}), after, after.environments[new])
        for old, new in pairs.both
    }
    was, now = ({one.address for one in side.definitions.values()} for side in (before, after))
    renamed = renames(after)
    for name in pairs.added:
        there = _compared({}, after, after.environments[name])
        found[name] = [one for one in there if renamed.get(one.address, one.address) not in was]
    for name in pairs.removed:
        there = _compared(before.by_environment.get(name, {}), after, None)
        found[name] = [one for one in there if one.address not in {*now, *renamed.values()}]
    return dict(sorted(found.items()))


def _compared(before: Mapping[str, Side], after: Compiled, environment: Environment | None) -> list[Change]:
    if environment is None:
        return compare(before, {}, renamed_from={})
    now = after.by_environment.get(environment.name, {})
    return compare(before, now, renamed_from=renames(after), place=place_in(after, environment))


def _requests(
    before: Compiled, after: Compiled, environments: Mapping[str, list[Change]], other: str | None = None
) -> dict[tuple[str, str], RequestPair]:
    """Return the request of each changed action's first test case, before and after.

    What was before is of another environment where one is named.
    """
    from callsheet.results import RequestPair

    found = {}
    for environment, changes in environments.items():
        for change in changes:
            old = _sample(before, other or environment, change.address_before, change.before)
            new = _sample(after, environment, change.address, change.after)
            if old or new:
                case = (new or old or ("", []))[0]
                found[(environment, change.address)] = RequestPair(
                    case=case, lines_before=old[1] if old else [], lines_after=new[1] if new else []
                )
    return found


def _sample(
    compiled: Compiled, environment: str, address: str, content: Mapping[str, object] | None
) -> tuple[str, list[str]] | None:
    from callsheet.calling.samples import sample_request
    from callsheet.reporting.text_lists import request_lines

    action = compiled.actions.get(address.partition("/")[2])
    if action is None or content is None:
        return None
    # What an older revision holds may have a credential in it.
    found = sample_request(action, masked(dict(content)), environment)
    return (found[0], request_lines(found[1])) if found else None


def renames(compiled: Compiled) -> dict[str, str]:
    """Return the address before, by address after, of what was renamed."""
    return {
        one.address: f"{one.kind}/{one.renamed_from}"
        for one in compiled.definitions.values()
        if one.renamed_from
    }


def place_in(
    compiled: Compiled, environment: Environment
) -> Callable[[str, ValuePath], tuple[str, int, int] | None]:
    """Return the function that returns where a field of a compiled action is written."""

    def place(address: str, path: ValuePath) -> tuple[str, int, int] | None:
        action = compiled.definitions.get(address.partition("/")[2])
        if action is None:
            return None
        if not path:
            return action.document.file, action.document.line, 1
        source = ("lifecycle", "protect") if path == ("protect",) else path
        document, there = overlaid_spots("", action, environment).where(source)
        span = document.places.key(there) if there in document.places.keys else document.place(there)
        return document.file, span.line, span.column

    return place
