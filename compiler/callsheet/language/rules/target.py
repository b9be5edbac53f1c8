"""CS8xx: targets and ledgers, as an environment names them."""

import re
from collections.abc import Iterator
from typing import Any

from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.target import fields_of_body
from callsheet.workspace import Problem

INVERTIBLE = re.compile(r"\{\{\s*action((?:\.[A-Za-z_$][A-Za-z0-9_$-]*)*)\s*(\|\s*tojson\s*)?\}\}\Z")
"""A leaf of a Target's body that can be read backwards: one field of the action, as it is or as text."""

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
    "CS806",
    "adobe-account",
    """A target with `api` must say whose it is, `organization` and `sandbox`: both go with each call.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: journeys}
    spec:
      target:
        type: journey-optimizer
        sandbox: prod
        api: {clientId: {secret: "env:ADOBE_CLIENT_ID"}, clientSecret: {secret: "env:ADOBE_CLIENT_SECRET"}}
      ledger: {type: sqlite, path: .callsheet/journeys.db}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: journeys}
    spec:
      target:
        type: journey-optimizer
        organization: 0A7F@AdobeOrg
        sandbox: prod
        api: {clientId: {secret: "env:ADOBE_CLIENT_ID"}, clientSecret: {secret: "env:ADOBE_CLIENT_SECRET"}}
      ledger: {type: sqlite, path: .callsheet/journeys.db}
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
declare(
    "CS807",
    "unknown-collection",
    """A target of type http must name a document of kind Target, which describes the service.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: hooks}
    spec:
      target: {type: http, collection: hoks, url: {secret: "env:HOOKS_URL"}}
      ledger: {type: sqlite, path: .callsheet/hooks.db}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: hooks}
    spec: {target: {type: sqlite, path: .callsheet/hooks.db}}
""",
)


@rule("CS808", "body-not-invertible", on="document")
def body_not_invertible(value: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A field of a Target's body must be a constant, or one field of the action: it is read backwards too.

    Bad:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          id: id
          body: {name: "hook {{ action.name }}"}
          list: {path: /hooks}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    Good:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          id: id
          body: {name: "{{ action.name }}", definition: "{{ action | tojson }}"}
          list: {path: /hooks}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    """
    spec = value.get("spec")
    if value.get("kind") != "Target" or not isinstance(spec, dict):
        return
    for path, leaf in fields_of_body(spec.get("body")):
        if isinstance(leaf, str) and "{{" in leaf and not INVERTIBLE.match(leaf):
            yield at.value(
                ("spec", "body", *path),
                "this cannot be read backwards: a text around a field, or more than one",
                do="write a constant, `{{ action }}` or `{{ action.name }}`, also with `| tojson`",
            )
