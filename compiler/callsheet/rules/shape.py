"""CS2xx: the shape of documents, by the JSON Schema of their kind."""

from callsheet.language.catalog import declare

declare(
    "CS201",
    "unknown-kind",
    """The kind must be one that callsheet knows.

Bad:
    apiVersion: callsheet/v1
    kind: Acton
    metadata: {name: x}
    spec: {}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: x}
    spec: {}
""",
)
declare(
    "CS202",
    "unknown-version",
    """The apiVersion must be one that this callsheet reads.

Bad:
    apiVersion: callsheet/v9
    kind: Environment
    metadata: {name: x}
    spec: {}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: x}
    spec: {}
""",
)
declare(
    "CS203",
    "unknown-field",
    """A field must be one that its mapping defines; your own fields begin with `x-`.

Bad:
    request: {paylod: {a: 1}}
Good:
    request: {x-ticket: CRM-12}
""",
)
declare(
    "CS204",
    "missing-field",
    """A required field must be present.

Bad:
    authentication: {type: bearer}
Good:
    authentication: {type: bearer, token: {secret: "env:TOKEN"}}
""",
)
declare(
    "CS205",
    "wrong-type",
    """A value must have the type of its field.

Bad:
    limits: {retries: many}
Good:
    limits: {retries: 3}
""",
)
declare(
    "CS206",
    "not-allowed",
    """A value must be one of those that its field allows.

Bad:
    request: {method: SEND}
Good:
    request: {method: POST}
""",
)
declare(
    "CS207",
    "wrong-form",
    """A string must have the format of its field.

Bad:
    limits: {timeout: ten seconds}
Good:
    limits: {timeout: 10s}
""",
)
declare(
    "CS208",
    "wrong-length",
    """A string or list must have a length that its field allows.

Bad:
    request: {url: ""}
Good:
    request: {url: "https://api.example.com/v1/send"}
""",
)
declare(
    "CS209",
    "out-of-range",
    """A number must be in the range of its field.

Bad:
    limits: {retries: 11}
Good:
    limits: {retries: 10}
""",
)
declare(
    "CS210",
    "other-shape",
    """A value must satisfy the whole of its schema.

Bad:
    contract: {openapi: api.yaml, method: send}
Good:
    contract: {openapi: api.yaml, operation: send}
""",
)
declare(
    "CS211",
    "not-a-document",
    """A document must be a mapping with apiVersion, kind, metadata and spec.

Bad:
    # apiVersion: callsheet/v1
    - a list
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: x}
    spec: {}
""",
)
declare(
    "CS212",
    "bad-name",
    """A name must have letters, digits and `_` only, at most 30 of them.

Bad:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: my-environment}
    spec: {}
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: my_environment}
    spec: {}
""",
)
