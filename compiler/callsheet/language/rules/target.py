"""CS8xx: targets and ledgers, as an environment names them."""

from callsheet.language.catalog import declare

declare(
    "CS801",
    "unknown-target",
    """The type of a target or ledger must be one that callsheet knows, or that a plug-in adds.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {target: {type: sqlit, path: .callsheet/local.db}}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {target: {type: sqlite, path: .callsheet/local.db}}
""",
)
declare(
    "CS802",
    "target-path",
    """The file of a target or ledger must be named by a path inside the workspace.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {target: {type: sqlite, path: ../../elsewhere.db}}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {target: {type: sqlite, path: .callsheet/local.db}}
""",
)
declare(
    "CS803",
    "no-target",
    """An environment without a target is abstract: nothing can be planned for it.""",
)
declare(
    "CS805",
    "no-ledger",
    """A target that holds no ledger needs one beside it: a folder, or Journey Optimizer.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {target: {type: journey-optimizer, sandbox: prod}}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec:
      target: {type: journey-optimizer, sandbox: prod}
      ledger: {type: sqlite, path: .callsheet/local.db}
""",
)
declare(
    "CS804",
    "database-url",
    """The connection URL of a PostgreSQL target or ledger must be a reference to a secret.

So no file of the workspace names the host that is connected to, and none holds a password.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {target: {type: postgresql, url: postgresql://db.example.com/callsheet}}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec: {target: {type: postgresql, url: {secret: "env:CALLSHEET_DATABASE"}}}
""",
)
