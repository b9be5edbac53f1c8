"""CS901 to CS909 and CS940 to CS948: the databases of targets and ledgers, and their servers."""

from callsheet.language.catalog import declare

declare(
    "CS901",
    "lock-held",
    """Another callsheet is using the same database.

The lock is the kernel's: it is released when its process ends. There is no lock to remove by hand.
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
declare("CS932", "ledger-in-use", """A ledger is copied into a database that contains none yet.""")
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
    """The role must have the right to do what is asked: the database enforces it.

`callsheet admin init` makes three roles: the reader plans, lists and sees drift; the deployer applies as
well; the owner makes and migrates the tables.
""",
)
declare(
    "CS943",
    "database-timeout",
    """The server must answer within the target's `statementTimeout` and `lockTimeout`.""",
)
declare(
    "CS944",
    "database-tls",
    """The connection must satisfy `sslmode` of the URL.

Without `sslmode`, TLS is required of every host but the machine itself. `sslmode=verify-full` also checks
whose certificate it is.
""",
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
declare("CS948", "database-error", """The database answered with an error without a code of its own.""")
