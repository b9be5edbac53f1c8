"""CS9xx: plan, apply, and the databases that they read and write."""

from callsheet.language.catalog import declare

declare(
    "CS901",
    "lock-held",
    """Another callsheet is at work on the same database.

The lock is the kernel's: it ends with its process. There is nothing to unlock by force.
""",
)
declare("CS902", "database-read-only", """The database of a target or ledger cannot be written.""")
declare("CS903", "not-a-database", """The file of a target or ledger is not a SQLite database.""")
declare(
    "CS904",
    "database-newer",
    """The database was written by a newer callsheet, and is left as it is.""",
)
declare(
    "CS905",
    "database-damaged",
    """The database is damaged or incomplete.

Nothing is repaired silently. Restore a backup, or move the file away and adopt what is deployed.
""",
)
declare(
    "CS906",
    "disk-full",
    """The disk is full, or a quota is used up. What was not recorded was not done.""",
)
declare("CS907", "database-busy", """Another program has locked the database.""")
declare("CS908", "database-unreadable", """The database cannot be opened.""")
declare("CS909", "database-of-other-kind", """The SQLite file belongs to another program.""")
declare(
    "CS910",
    "plan-unreadable",
    """A plan file must be one JSON document of the plan format (schemas/plan.schema.json).""",
)
declare("CS911", "plan-newer", """The plan file was written by a newer callsheet.""")
declare(
    "CS912",
    "plan-edited",
    """A plan file must be what `callsheet plan` wrote: its digest covers every byte that matters.""",
)
declare(
    "CS913",
    "plan-of-other-ledger",
    """A plan must be applied to the ledger that it was made for.""",
)
declare(
    "CS914",
    "plan-stale",
    """A plan must be applied before anything else is: the ledger has moved since.""",
)
declare(
    "CS915",
    "plan-of-other-target",
    """A plan must be applied to the target that it was made for.""",
)
declare("CS916", "target-moved", """What is deployed must still be what the plan was made for.""")
declare("CS917", "plan-applied", """A plan is applied once.""")
declare(
    "CS918",
    "guard-broken",
    """A guard of the environment refuses the plan.

`max-update`, `max-delete`, `drift` and `unmanaged` can be accepted by name; `protect` cannot: remove
`lifecycle.protect` from the action first, and apply that.
""",
)
declare(
    "CS919",
    "accept-missing",
    """The environment asks for an explicit `--accept` of what this plan does.""",
)
declare(
    "CS920",
    "not-confirmed",
    """Nothing is applied without a confirmation: answer the question, or pass `--yes`.""",
)
declare(
    "CS921",
    "which-environment",
    """The command needs one environment of the workspace: `-e NAME`.""",
)
declare("CS922", "no-repository", """Revisions can be compared in a git repository only.""")
declare(
    "CS923",
    "unknown-revision",
    """git must know the revision.

In CI a shallow clone may lack it: fetch the whole history.
""",
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
declare("CS930", "step-failed", """A step of an apply failed; what was done before it is recorded.""")
declare(
    "CS931",
    "interrupted",
    """The apply was interrupted; the step at hand was finished and recorded.""",
)
declare("CS932", "ledger-in-use", """A ledger is copied into a database that contains none yet.""")
declare(
    "CS933",
    "gate",
    """A gate (`--fail-on breaking`, `--fail-on sensitive`) refuses changes of that impact.

`--accept REASON` lets one reason code, or a whole class, pass.
""",
)
declare(
    "CS934",
    "plan-overtaken",
    """A plan must still do what was approved when the branch has moved since.

Apply plans again and compares: the same changes are applied, and the record names both plans; other changes
are refused, with the difference.
""",
)
declare(
    "CS954",
    "plan-not-implied",
    """A plan must be what the workspace at its commit implies, at the state that it was made for.

The digest of a plan file proves that the file is whole. It does not prove who wrote it: whoever can edit
the file can compute the digest again. So apply compiles the workspace at the plan's commit, plans again,
and refuses a plan that writes, renames, deletes, adopts or forgets anything else, or leaves out a part. A
plan of uncommitted files is held to the files at hand, a rollback to what the ledger recorded. Where there
is no repository, a signed plan (`callsheet approve`) stands on its signature.
""",
)
declare(
    "CS935",
    "plan-refused-by-guard",
    """With `--fail-on guard`, a plan that apply would refuse fails when it is made.

A guard is broken, or the environment requires that something is accepted (`guards.requireAccept`). The plan
is shown, and written where `--out` names a file, so that it can be reviewed.
""",
)
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
    "CS940",
    "database-unreachable",
    """The database server must answer.

What was committed before a connection broke is recorded; the next command settles what was left open.
""",
)
declare("CS941", "database-login", """The database must accept the user and password of the secret.""")
declare(
    "CS942",
    "database-right",
    """The role must have the right to do what is asked, and the database itself enforces it.

`callsheet admin init` makes three roles: the reader plans, lists and sees drift; the deployer applies as
well; the owner makes and migrates the tables.
""",
)
declare(
    "CS943",
    "database-timeout",
    """Every wait at the server is bounded, by `statementTimeout` and `lockTimeout` of the target.""",
)
declare(
    "CS944",
    "database-tls",
    """The connection must be as safe as `sslmode` in the URL asks.

Without `sslmode`, TLS is required of every host but the machine itself. `sslmode=verify-full` also checks
whose certificate it is.
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
    "CS974",
    "workspace-is-link",
    """The workspace must be a folder of its repository, and not a link to one.

In another revision the link may lead elsewhere, or be a folder: a review would compare other files than
those that are deployed.
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
    "CS840",
    "by-hand",
    """Journey Optimizer has no API for its custom actions: callsheet does not pretend to apply them.

`callsheet apply` writes a pack that leads through each step on the screen, and `callsheet confirm` records
who did what. What is not confirmed stays open in the next plan.
""",
)
declare(
    "CS843",
    "still-deployed",
    """A forgotten object must not be in a file of the workspace: the next plan would adopt it again.""",
)
declare(
    "CS844",
    "cannot-adopt",
    """A file must compile to the same bytes as the object that it adopts, or it would change it.""",
)
declare(
    "CS845",
    "no-journeys",
    """Journeys are read by Adobe's API, by an account of the target (`api`), or from a file (`usage`).""",
)
declare("CS846", "folder-unreadable", """A folder that cannot be read is never taken for an empty one.""")
declare("CS847", "folder-unwritable", """The folder of a target must be writable.""")
declare(
    "CS848",
    "usage-unreadable",
    """The snapshot of journeys is JSON: the name of each action, and the journeys that use it.

An action that a journey uses is frozen but for name, description, URL and authentication: a plan makes a
new one of any other change (`replace`), and names the journeys that have to move.
""",
)
declare("CS870", "service-url", """The secret of a service's URL must contain an https URL.""")
declare(
    "CS871",
    "outcome-unknown",
    """It is unknown whether the service did what it was asked: its answer was lost.

The intent is recorded: the next command reads the service, and settles what became of it. Nothing is sent
twice unless the service knows a call that it has seen (`idempotencyHeader`).
""",
)
declare("CS872", "service-refuses", """The service refuses the credentials.""")
declare(
    "CS873",
    "service-unreadable",
    """A service that cannot be read whole is an error: it is never taken for empty.""",
)
declare("CS874", "object-twice", """Two objects of a service must not be the same action.""")
declare(
    "CS875",
    "body-loses",
    """A part of an action that a Target's body lacks would look like drift.""",
)
declare(
    "CS876",
    "kept-otherwise",
    """What is read back of an object after a write must equal what was sent.

The service accepted the write but shows something else, so the step is not done. What it stores is
recorded, and the next plan shows the difference. Where the service only writes a value in another way, say
so under `normalised` of the Target.
""",
)
declare(
    "CS877",
    "null-in-a-merge-patch",
    """A merge patch (RFC 7396) cannot make a field null: null takes the field away.

Leave the field out of the action, or let the Target update by PUT, or by PATCH without `as: merge-patch`.
""",
)
declare("CS841", "no-pack", """A pack is the folder that `callsheet apply` writes for Journey Optimizer.""")
declare(
    "CS842",
    "step-cannot-be-confirmed",
    """A step is confirmed from the state that it started from: another one may be confirmed since.""",
)
declare(
    "CS945",
    "package-missing",
    """What is asked for needs an optional package: `pip install 'callsheet[NAME]'`.""",
)
declare(
    "CS946",
    "database-url-unreadable",
    """The secret must contain a connection URL of libpq. Its text is never printed.""",
)
declare(
    "CS947",
    "database-older",
    """The tables must have this callsheet's version before it writes to them.

An owner of the database runs `callsheet admin init`, which migrates them; what is in them is kept.
""",
)
declare("CS948", "database-error", """The database answered with an error that has no words of its own.""")
declare(
    "CS950",
    "approvals-missing",
    """A plan needs as many approvals as its environment asks, each by another allowed signer.""",
)
declare(
    "CS951",
    "approval-refused",
    """An approval must be a signature of this very plan, by a key that may approve it today.

It is made by `callsheet approve`, in the namespace `callsheet`, and checked against the signers' file of
the workspace as it is when the plan is applied: who was removed from it no longer counts.
""",
)
declare("CS952", "signers-missing", """The file of allowed signers must be in the workspace.""")
declare("CS953", "cannot-sign", """ssh-keygen must be there, and must be able to use the key.""")
declare(
    "CS960",
    "send-not-allowed",
    """An environment must set `allowSend: true` itself before anything is sent with its values.""",
)
declare(
    "CS961",
    "host-not-allowed",
    """A secret goes to the service that it is for, or to a host that is named outside of the workspace.

Whoever changes a file of the workspace could otherwise have a secret sent to a host of their own, before
anybody has reviewed the change. The service is the host to which the environment's own reference leads
(Adobe's hosts for Journey Optimizer), and for `send` the host of the request. Another one, as a token
endpoint, a mail server that takes a login, or what a file of the workspace names by `file:`, is allowed by
`--allow-host HOST`, or for every command by the environment variable `CALLSHEET_ALLOW_HOSTS`. `HOST:PORT`
allows one port, `HOST` every port. On a terminal, `send` names it, and asks. The command is refused before
any other secret is resolved, and before anything is called.
""",
)
declare(
    "CS962",
    "cannot-send",
    """Only the journey tool itself can sign with Journey Optimizer's certificate credential.""",
)
declare("CS963", "no-token", """The token endpoint must answer with an access token.""")
declare(
    "CS964",
    "not-this-machine",
    """A stand-in (`send --to`) must be on this machine: `http://localhost:8025`.

Stand-ins for the secrets are sent to it, so that no account and no secret is needed.
""",
)
declare("CS965", "certificate-unusable", """The client certificate and its key must be PEM, and a pair.""")
declare("CS966", "cannot-sign-request", """The key of a signature must be written as the action says.""")
declare(
    "CS967",
    "cannot-export",
    """The other tool must be able to write the request.

No line of curl can hold a signature: it is made for each request, with the time. HTTPie cannot
write a header in which a backslash stands before one of `=:@;`.
""",
)
declare(
    "CS968",
    "cannot-listen",
    """`callsheet emulate` must be able to listen on its port of this machine.""",
)
declare(
    "CS969",
    "not-one-line",
    """What is sent in a line, as a header or a login, must have no control character; a header is ASCII.

Line ends and a byte order mark around a secret are stripped. A line break within it, or a letter with an
accent in a header, is refused by the name of the reference before anything is sent.
""",
)
declare(
    "CS980",
    "host-name",
    """What `--allow-host` and `CALLSHEET_ALLOW_HOSTS` name must be hosts, as `login.example.com`.

With a port, as `localhost:8080`, only that one is allowed. Several are separated by commas or spaces.
""",
)
declare(
    "CS985",
    "link-in-own-folder",
    """Callsheet follows no symbolic link to files that it writes: databases, the cache, a folder target.

A commit can hold such a link, and whoever follows it writes outside of the workspace.
""",
)
