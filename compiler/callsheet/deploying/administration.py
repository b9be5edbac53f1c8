"""`admin init`: the schema, its tables at this version, and the three roles that the database enforces."""

from __future__ import annotations

from msgspec import Struct

from callsheet.databases.postgresql import PostgresqlDatabase
from callsheet.databases.postgresql_connecting import SCHEMA_NAME, connect
from callsheet.errors import UsageError
from callsheet.ledger.schema import LEDGER
from callsheet.outbound.secrets import resolve
from callsheet.targets.registry import REGISTRY

ROLES = ("reader", "deployer", "owner")
_STATE = ("registry_action", "ledger_object", "callsheet_holder")
"""What deployers change; everything else they only add to."""


class InitResult(Struct, frozen=True, kw_only=True):
    """What `admin init` made or found.

    Attributes:
        versions: of each component's tables, before and after.
        roles: names of reader, deployer and owner.

    """

    database: str
    schema: str
    versions: dict[str, tuple[int, int]]
    roles: tuple[str, str, str]


def initialise(reference: str, schema: str) -> InitResult:
    """Make or migrate the schema, and grant each of the three roles what it needs; may be run again.

    Args:
        reference: to the secret that contains the connection URL of a role that may create roles.
        schema: where the tables go; its name begins the names of the roles.

    Raises:
        UsageError: CS921 for a name that no schema has.
        CallsheetError: CS9xx, by what is wrong with the connection or the rights.

    """
    if not SCHEMA_NAME.match(schema):
        raise UsageError(
            "CS921",
            f"{schema!r} is not a name for a schema",
            help="use at most 51 lower-case letters, digits and _, and begin with a letter or _",
        )
    database = connect(resolve(reference), reference, schema)
    try:
        return _initialise(database, schema)
    finally:
        database.close()


def _initialise(database: PostgresqlDatabase, schema: str) -> InitResult:
    reader, deployer, owner = (f"{schema}_{one}" for one in ROLES)
    before = {one.name: database.version_of(one) for one in (REGISTRY, LEDGER)}
    with database.transaction():
        for role in (reader, deployer, owner):
            if not database.rows("SELECT 1 FROM pg_roles WHERE rolname = ?", (role,)):
                database.run(f"CREATE ROLE {role} NOLOGIN")
        if not database.rows("SELECT pg_has_role(current_user, ?, 'MEMBER')", (owner,))[0][0]:
            database.run(f"GRANT {owner} TO CURRENT_USER")
        for component in (REGISTRY, LEDGER):
            database.ensure(component)
        _own(database, owner)
        _grant(database, schema, reader, deployer)
    return InitResult(
        database=database.shown,
        schema=schema,
        versions={one.name: (before[one.name], one.version) for one in (REGISTRY, LEDGER)},
        roles=(reader, deployer, owner),
    )


def _tables(database: PostgresqlDatabase) -> list[str]:
    return [
        row[0]
        for row in database.rows(
            "SELECT tablename FROM pg_tables WHERE schemaname = ? ORDER BY 1", (database.schema,)
        )
    ]


def _own(database: PostgresqlDatabase, owner: str) -> None:
    database.run(f"ALTER SCHEMA {database.schema} OWNER TO {owner}")
    for table in _tables(database):
        database.run(f"ALTER TABLE {table} OWNER TO {owner}")
    database.run(f"ALTER FUNCTION callsheet_refuse() OWNER TO {owner}")


def _grant(database: PostgresqlDatabase, schema: str, reader: str, deployer: str) -> None:
    """Grant what planning and applying need, and not a table more; migrating is the owner's."""
    database.run(f"GRANT {reader} TO {deployer}")
    database.run(f"GRANT USAGE ON SCHEMA {schema} TO {reader}")
    for table in _tables(database):
        database.run(f"GRANT SELECT ON {table} TO {reader}")
        if table in _STATE:
            database.run(f"GRANT INSERT, UPDATE, DELETE ON {table} TO {deployer}")
        elif table not in ("callsheet_component", "ledger"):
            database.run(f"GRANT INSERT ON {table} TO {deployer}")


def require_reference(text: str) -> str:
    """Return a reference to a URL as it is; a URL itself on a command line is seen by every process.

    Raises:
        UsageError: CS921 for anything but a reference.

    """
    if "://" in text or "=" in text or ":" not in text:
        raise UsageError(
            "CS921",
            "--database takes a reference, such as env:CALLSHEET_DATABASE, not the connection URL itself",
            help="put the URL into an environment variable or a file: other processes see a command line",
        )
    return text
