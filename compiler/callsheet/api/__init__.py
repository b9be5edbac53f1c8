"""The public Python API: a workspace, and what can be done with it. The command line calls this."""

from callsheet.api.base import InvalidWorkspaceError, refuse_errors_of
from callsheet.api.calling import Calling
from callsheet.api.comparing import Comparing, place_in
from callsheet.api.deploying import default_author
from callsheet.api.holding import read_current
from callsheet.api.returning import Returning
from callsheet.api.using import Using

__all__ = [
    "InvalidWorkspaceError",
    "Workspace",
    "default_author",
    "place_in",
    "read_current",
    "refuse_errors_of",
]


class Workspace(Returning, Comparing, Calling, Using):
    """A folder of action definitions.

    Args:
        path: the folder.
        cache: keep and use what an earlier run compiled, under `.callsheet/cache`.

    Raises:
        CallsheetError: CS927 where there is no such folder.

    """
