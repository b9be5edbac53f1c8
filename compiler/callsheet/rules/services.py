"""CS84x and CS87x: where objects are deployed, what is read there and what is taken over from there."""

from callsheet.language.catalog import declare

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
declare("CS846", "folder-unreadable", """The folder of a target must be readable.""")
declare("CS847", "folder-unwritable", """The folder of a target must be writable.""")
declare("CS870", "service-url", """The secret of a service's URL must contain an https URL.""")
declare(
    "CS871",
    "outcome-unknown",
    """It is unknown whether the service did a step: its answer was lost.

The step is recorded: the next command reads the service, and settles its outcome. Nothing is sent
twice unless the service knows a call that it has seen (`idempotencyHeader`).
""",
)
declare("CS872", "service-refuses", """The service refuses the credentials.""")
declare(
    "CS873",
    "service-unreadable",
    """A service must be read completely: one that cannot is never treated as empty.""",
)
declare("CS874", "object-twice", """Two objects of a service must not be the same action.""")
declare(
    "CS875",
    "body-loses",
    """A Target's body must contain the whole action: a missing part would look like drift.""",
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
    """A merge patch (RFC 7396) cannot set a field to null: null removes the field.

Leave the field out of the action, or let the Target update by PUT, or by PATCH without `as: merge-patch`.
""",
)
declare(
    "CS895",
    "metrics-unreadable",
    """A saved result of `metrics` must have the columns of the query, and numbers in them.""",
)

declare(
    "CS896",
    "query-service",
    """Query Service must answer the query over step events with rows.

`callsheet metrics` without `--from` asks it over the protocol of PostgreSQL, with the connection and the
token that Adobe's API returns. The token goes to a host below adobe.io, or to one that you allow.
""",
    adjustable=False,
)
