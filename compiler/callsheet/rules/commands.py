"""CS350 and CS921 to CS949: what a command was asked for, and what it needs to do it."""

from callsheet.language.catalog import declare

declare(
    "CS350",
    "no-such-case",
    """`test -k WORDS` must name a test case.

A case holds the words if each of them is in the name of its action or in its own. Where no case does, the
words are misspelt, or the case is gone: a run of nothing would look as if everything passed.
""",
    adjustable=False,
)
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
declare("CS925", "unknown-name", """The name of an action, or the number of an apply, must exist.""")
declare(
    "CS926",
    "parameters",
    """The parameters given to render must be those that the action declares, of their types.""",
)
declare("CS927", "no-workspace", """The folder of the workspace must exist.""")
declare(
    "CS993",
    "changed-while-read",
    """The files and the cache must stay as they are while a command runs, as far as it reads them again.

What a file compiled to is read from the cache where it is needed. Where the cache is lost, it is compiled
again; where the file was changed as well, nothing is left of it.
""",
)
declare(
    "CS975",
    "folder-of-others",
    """The folder of a catalog must be new, empty, or one that `callsheet catalog` wrote.

What is no longer part of the site is removed from its folder. Of any other folder nothing is touched.
""",
)
declare(
    "CS994",
    "dask-unreachable",
    """The scheduler that `--dask` names must answer, and must have workers, until everything is compiled.

Nothing is shown, planned or written of a workspace that was compiled in part. What was compiled until then
is in the cache, so that the next run continues there.
""",
)
declare(
    "CS995",
    "other-versions",
    """Dask's workers must have this process's versions of callsheet, Python and what callsheet depends on.

Another version may compile to other bytes, or find other errors. The error names each worker that differs,
with what it has.
""",
)
declare(
    "CS996",
    "worker-killed",
    """The processes that compile must stay alive: most often, one that is killed ran out of memory.

Of Dask's workers, the work of one that is lost is done by another; it is an error where the same files end
several of them.
""",
)
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
    """`callsheet test --update` must know the environment of a case.

A case that differs by environment must name the one that it is for.
""",
)
declare(
    "CS938",
    "cannot-import",
    """An import must be one complete request that sends JSON.

Nothing in it is run: a pipe after it, a command inside it, or a file that it names is refused.
""",
)
declare(
    "CS986",
    "chosen-parameter",
    """`callsheet import --param NAME=/pointer` must name a value of the request, once.

The pointer leads into the JSON payload (`/user/id`, `/items/0/price`); `query:KEY` names a query parameter.
What is chosen becomes a parameter of that name, and so does the same text wherever the request says it
again. One name for two different values, two names for one place, a place that is not there, null, and a
credential are refused.
""",
)
declare(
    "CS949",
    "would-not-be-the-same",
    """`callsheet extract` must leave every object as it is, byte by byte, in every environment.

It compiles the files before and after, and writes nothing where an object would change or a finding would
come. An overlay that replaces what the actions share, or a template that reads the name of the action, may
be the reason: leave that action out.
""",
)
declare(
    "CS999",
    "internal-error",
    """An internal error is a bug of callsheet: please report it with its line.

`CALLSHEET_DEBUG=1` prints where it happened. Read that before you share it: it may contain values of yours.
""",
    adjustable=False,
)
declare(
    "CS945",
    "package-missing",
    """An optional package must be installed: `pip install 'callsheet[NAME]'`.""",
)
