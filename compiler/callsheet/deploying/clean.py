"""Is what is planned and applied what a commit contains? Warnings where not, refusals where it must be."""

from __future__ import annotations

from pathlib import Path

from callsheet.documents.commits import Commit, current_commit, why_unknown
from callsheet.documents.findings import shown_name
from callsheet.errors import CallsheetError
from callsheet.language.own_output import is_own_file
from callsheet.planning.model import Plan
from callsheet.words import first_of

_UNKNOWN = "the commit of the workspace is not known: "
_COMMIT_IT = "commit the files, or run without --require-clean"
_SHOWN = 10


def commit_of(root: Path) -> Commit | None:
    """Return the commit of a workspace; plans, reports and what is deployed into it do not change it."""
    return current_commit(root, is_own_file)


def unknown_commit_notes(root: Path) -> tuple[str, ...]:
    """Return the note for a plan whose commit is not known; none where there is no repository."""
    reason = why_unknown(root)
    return () if reason is None else (f"{_UNKNOWN}{reason}",)


def warnings_of(plan: Plan, root: Path) -> list[str]:
    """Return what whoever applies a plan is to know of where it comes from."""
    found = [one for one in plan.notes if one.startswith(_UNKNOWN)]
    if not found and commit_of(root) is None:
        found += unknown_commit_notes(root)
    if plan.dirty:
        which = f"the commit {plan.commit[:12]}" if plan.commit else "a commit"
        found.append(
            f"the plan was made from files that are not those of {which}; the ledger records it as dirty"
        )
    return found


def refuse_unclean(root: Path) -> None:
    """Refuse a workspace whose files are not those of a commit; raises CS973."""
    commit = commit_of(root)
    if commit is None:
        raise _no_commit(why_unknown(root) or "the workspace has no commit")
    if not commit.dirty:
        return
    names = [shown_name(one) for one in commit.changed]
    raise CallsheetError(
        "CS973",
        f"the files of the workspace are not those of the commit {commit.id[:12]}",
        help=f"{_COMMIT_IT}; what is not part of the workspace can be named in .callsheetignore",
        details=tuple(first_of(names, _SHOWN)),
    )


def refuse_unclean_plan(plan: Plan, root: Path) -> None:
    """Refuse a plan that was not made from a commit; raises CS973.

    Where another commit is checked out than the plan's, the files at hand are what is applied: then they
    must be clean, whatever the plan says of itself. A way back (`callsheet rollback`) has no commit: what
    it writes was applied before.
    """
    if plan.dirty:
        raise CallsheetError(
            "CS973",
            f"the plan was made from files that are not those of the commit {(plan.commit or '')[:12]}",
            help="commit the files and plan again, or apply without --require-clean",
        )
    unknown = [one.removeprefix(_UNKNOWN) for one in plan.notes if one.startswith(_UNKNOWN)]
    if plan.commit is None and unknown:
        raise _no_commit(unknown[0])
    current = commit_of(root)
    if plan.rollback is None and current is not None and current.id != plan.commit:
        refuse_unclean(root)
    if plan.commit is None and plan.rollback is None:
        raise _no_commit(why_unknown(root) or "the plan was made without one")


def _no_commit(reason: str) -> CallsheetError:
    return CallsheetError(
        "CS973",
        f"--require-clean needs the commit of the workspace: {reason}",
        help="let git read the repository, or run without --require-clean",
    )
