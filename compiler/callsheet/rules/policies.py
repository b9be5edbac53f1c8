"""CS7xx: policies."""

from callsheet.language.catalog import declare

declare(
    "CS701",
    "policy-violated",
    """A compiled action must satisfy every policy that selects it.

The message is the policy's own. A policy may be a warning only (`severity: warning`).

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: owned}
    spec: {message: Every action has an owner, schema: {required: [owner]}}
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: named}
    spec: {message: Every action has a name, schema: {required: [name]}}
""",
)
declare(
    "CS702",
    "policy-schema",
    """The schema of a policy must be a JSON Schema (draft 2020-12) that refers to nothing outside itself.

Its patterns run in a linear-time engine, which has no look-around and no back-references: a pattern
that would hang another engine cannot hang this one.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: remote}
    spec: {message: refused, schema: {$ref: "https://schemas.example.com/action.json"}}
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: local}
    spec: {message: refused, schema: {type: object}}
""",
)
declare(
    "CS703",
    "policy-selects-nothing",
    """A policy should select at least one action.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: fax}
    spec: {message: refused, select: {labels: {channel: fax}}, schema: true}
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: every_channel}
    spec: {message: refused, schema: true}
""",
    severity="warning",
)
declare(
    "CS704",
    "exception-expired",
    """An exception of a policy should be gone once its last day is over.

From the next day on the policy counts for the action again.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: named}
    spec:
      message: Every action has a name
      schema: {required: [name]}
      exceptions: [{action: example, reason: moving, until: "2020-01-31"}]
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: named}
    spec:
      message: Every action has a name
      schema: {required: [name]}
      exceptions: [{action: example, reason: moving, until: "2099-01-31"}]
""",
    severity="warning",
)
declare(
    "CS705",
    "exception-of-nothing",
    """An exception of a policy should be for an action that there is.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: named}
    spec:
      message: Every action has a name
      schema: {required: [name]}
      exceptions: [{action: exampel, reason: moving, until: "2099-01-31"}]
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: named}
    spec:
      message: Every action has a name
      schema: {required: [name]}
      exceptions: [{action: example, reason: moving, until: "2099-01-31"}]
""",
    severity="warning",
)
