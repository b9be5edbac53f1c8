"""CS922, CS923 and CS970 to CS974: revisions of a git repository."""

from callsheet.language.catalog import declare

declare("CS922", "no-repository", """Revisions can only be compared in a git repository.""")
declare(
    "CS923",
    "unknown-revision",
    """git must know the revision.

In CI a shallow clone may lack it: fetch the whole history.
""",
)
declare(
    "CS970",
    "git-missing",
    """git must be installed, and on PATH, where revisions are compared or clean files are required.

Without it, `plan` records no commit and says so.
""",
)
declare(
    "CS971",
    "git-refuses",
    """git must be able to read the repository around the workspace.

The message has git's own reason. A repository of another user, as in a container job, is refused by git
until it is trusted: `git config --global --add safe.directory FOLDER`. Without git's answer, `plan` records
no commit and says so.

No program that the repository names is ever run: no hook, filter, text conversion, helper or transport.
""",
)
declare(
    "CS972",
    "objects-missing",
    """The clone must have the files of the revision.

A partial clone (`--filter`) lacks what was not checked out, and callsheet fetches nothing: fetch it first,
by `git fetch --refetch --no-filter`, or check out without a filter.
""",
)
declare(
    "CS973",
    "not-clean",
    """With `--require-clean`, the files of the workspace must be those of a commit.

Files differ where they were edited and not committed, where a file was added, or where one of the commit is
not there. Line ends may differ, and a file of Git LFS may be the one that its pointer names. What git
ignores counts where it is compiled; what `.callsheetignore` names and git does not know never counts.
""",
)
declare(
    "CS974",
    "workspace-is-link",
    """The workspace must be a folder of its repository, and not a link to one.

In another revision the link may lead elsewhere, or be a folder: a review would compare other files than
those that are deployed.
""",
)
