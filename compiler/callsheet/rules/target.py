"""CS8xx: targets and ledgers, as an environment names them."""

from collections.abc import Iterator
from typing import Any

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.target import fields_of_body, is_one_way, one_field
from callsheet.rules.request import ENDPOINT_HELP, token_endpoint_faults

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
    "CS810",
    "target-is-workspace",
    """The folder of a directory target must not be the workspace itself.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec:
      target: {type: directory, path: .}
      ledger: {type: sqlite, path: .callsheet/local.db}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec:
      target: {type: directory, path: deployed/local}
      ledger: {type: sqlite, path: .callsheet/local.db}
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
    """A target that cannot hold a ledger needs one beside it: a folder, or Journey Optimizer.

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
    """A target with `api` must name its `organization` and `sandbox`: both are sent with each call.

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
    """A field of a Target's body is a constant, or holds one field of the action: it is read backwards too.

    Bad:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          id: id
          body: {name: "{{ action.name }} of {{ action.owner }}", definition: "{{ action | tojson }}"}
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
          body: {name: "shop: {{ action.name }}", definition: "{{ action | tojson }}"}
          list: {path: /hooks}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    """
    for path, leaf in fields_of_body(_spec_of_target(value).get("body")):
        if isinstance(leaf, str) and "{{" in leaf and _field_of_action(leaf) is None:
            yield at.value(
                ("spec", "body", *path),
                "this cannot be read backwards: more than one field of `action`, or another template",
                do="write a constant, or one `{{ action.name }}`, also with `| tojson` or a text around",
            )


def _spec_of_target(value: dict[str, Any]) -> dict[str, Any]:
    """Return the spec of a Target; an empty one for another kind, and for what the schema refuses."""
    spec = value.get("spec")
    return spec if value.get("kind") == "Target" and isinstance(spec, dict) else {}


def _field_of_action(leaf: Any) -> str | None:
    """Return the dotted path of the one field of `action` in a leaf, empty for the whole; None without."""
    found = one_field(leaf) if isinstance(leaf, str) else None
    return found[2] if found is not None and found[1] == "action" else None


@rule("CS809", "target-incomplete", on="document")
def target_incomplete(value: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """What a Target says must fit together: who an object is, what goes one way, how one is read.

    Bad:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          id: id
          body: {name: "{{ action.name }}", url: "{{ action.request.url }}"}
          ifMatch: {header: ETag}
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
          ifMatch: {header: ETag}
          list: {path: /hooks}
          read: {path: "/hooks/{id}"}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    """
    spec = _spec_of_target(value)
    if not isinstance(spec.get("body"), dict):
        return
    leaves = dict(fields_of_body(spec["body"]))
    if not any(_field_of_action(one) in ("", ".name") for one in leaves.values()):
        yield at.key(
            ("spec", "body"),
            "no field of the body identifies the action of an object",
            do="write `{{ action.name }}`, or the whole `{{ action }}`, into one of its fields",
        )
    for path, leaf in leaves.items():
        if is_one_way(leaf) and not spec.get("partial"):
            yield at.key(
                ("spec", "body", *path),
                "`$each` and `$choose` are not read backwards",
                do="set `partial: true`: the rest of an action is then taken from the ledger",
            )
    if "read" not in spec:
        yield from _without_read(spec, at)


def _without_read(spec: dict[str, Any], at: Spots) -> Iterator[Problem]:
    do = 'write `read: {path: "/things/{id}"}`'
    if isinstance(spec.get("ifMatch"), dict) and "header" in spec["ifMatch"]:
        yield at.key(
            ("spec", "ifMatch"),
            "the header comes with the answer for one object, and `read` is missing",
            do=do,
        )
    listing = spec.get("list")
    if isinstance(listing, dict) and listing.get("complete") is False:
        yield at.key(
            ("spec", "list", "complete"), "each object has to be read, and `read` is missing", do=do
        )


@rule("CS983", "target-token-endpoint", on="document")
def target_token_endpoint(value: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A Target's token must be asked for over https: what is sent for it is a secret.

    Over http only from this machine, as from `http://localhost:8080/token`.

    Bad:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          authentication:
            type: oauth2
            grant: client_credentials
            tokenUrl: "http://login.example.com/token"
            clientId: callsheet
            clientSecret: {secret: "env:CLIENT_SECRET"}
          id: id
          body: {name: "{{ action.name }}", definition: "{{ action | tojson }}"}
          list: {path: /hooks}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    Good:
        apiVersion: callsheet/v1
        kind: Target
        metadata: {name: hooks}
        spec:
          authentication:
            type: oauth2
            grant: client_credentials
            tokenUrl: "https://login.example.com/token"
            clientId: callsheet
            clientSecret: {secret: "env:CLIENT_SECRET"}
          id: id
          body: {name: "{{ action.name }}", definition: "{{ action | tojson }}"}
          list: {path: /hooks}
          create: {path: /hooks}
          update: {path: "/hooks/{id}"}
          delete: {path: "/hooks/{id}"}
    """
    for field, message in token_endpoint_faults(_spec_of_target(value).get("authentication")):
        yield at.value(("spec", "authentication", field), message, do=ENDPOINT_HELP)
