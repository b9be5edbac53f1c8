"""CS921 to CS945: what a command was asked for, and what it needs to do it."""

from callsheet.language.catalog import declare

declare(
    "CS921",
    "which-environment",
    """The command needs one environment of the workspace: `-e NAME`.""",
)
declare(
    "CS924",
    "workspace-invalid",
    """The workspace has errors: nothing is planned or applied until they are gone.""",
)
declare("CS925", "unknown-name", """There is no such action, or no such apply.""")
declare(
    "CS926",
    "parameters",
    """The parameters given to render must be those that the action declares, of their types.""",
)
declare("CS927", "no-workspace", """The folder of the workspace must exist.""")
declare("CS928", "output-file", """The output file must be writable.""")
declare("CS929", "folder-in-use", """`callsheet init` and `callsheet new` do not overwrite files.""")
declare(
    "CS936",
    "not-formatted",
    """`callsheet fmt` must not change what a file says; where it would, the file is left as it is.""",
)
declare(
    "CS937",
    "case-differs",
    """`callsheet test --update` must not guess.

A case that differs by environment must name the one that it is for.
""",
)
declare(
    "CS938",
    "cannot-import",
    """What is imported must be one call that sends JSON, written out whole.

Nothing of it is run: a pipe behind it, a command inside it, or a file that it names is refused.
""",
)
declare(
    "CS945",
    "package-missing",
    """What is asked for needs an optional package: `pip install 'callsheet[NAME]'`.""",
)
