"""CS449 and CS45x: contracts, the vendors' own descriptions of their calls."""

from callsheet.language.catalog import declare

declare(
    "CS440",
    "contract-unchecked",
    """A payload or an answer that was not compared with all of its contract is reported as such.

The comparison takes at most 100,000 steps, one for each value and each schema of the contract that may
describe it. The payload may be right or wrong: the vendor decides.
""",
    severity="warning",
)
declare(
    "CS441",
    "contract-near-key",
    """A key that the contract does not name should not look like one that it names.

The contract leaves the object open, so the vendor may accept the key, and ignore it: a value that is never
read is found late. Where the key that it looks like is written too, or where none is near, nothing is
reported. `contract.ignore` leaves out a key that is right.
""",
    severity="warning",
)
declare(
    "CS449",
    "contract-media-type",
    """The Content-Type of an action must be one that its contract names.

A description that takes only `application/vnd.api+json` may refuse `application/json`. The charset does not
count, and an action without the header is not judged. Where the contract has a schema for each of several
types, the payload is judged by that of this one. `contract.ignore` with the path `/headers/Content-Type`
leaves it out.
""",
)
declare(
    "CS450",
    "contract-unreadable",
    """A contract must be a description that can be read: OpenAPI 2.0, 3.0 or 3.1, or Google's discovery.

It is a file of the workspace, or `package:NAME/PATH` of an installed Python package, which is read and not
imported. Nothing is ever fetched from the network.
""",
)
declare(
    "CS451",
    "contract-operation",
    """A contract must name one operation: its `operationId`, `POST /path`, or the id of a method.""",
)
declare(
    "CS452",
    "contract-address",
    """The method and the URL of an action must be those of the operation in its contract.""",
)
declare(
    "CS453",
    "contract-parameter",
    """The query and header parameters that a contract requires must be sent.""",
)
declare(
    "CS454",
    "contract-body",
    """The payload must be what the contract describes.

A property that the contract does not name is refused where the contract closes the object
(`additionalProperties: false`, `unevaluatedProperties: false`; in Google's discovery, each that names its
properties). `contract.ignore` leaves out a path (a JSON Pointer into the payload) at which the description
is wrong.
""",
)
declare(
    "CS455",
    "contract-might-fail",
    """Every value that a parameter allows should satisfy the contract.

The message names a value that the declaration allows and the contract refuses: declare `maxLength`, `enum`,
`pattern` … on the parameter.
""",
    severity="warning",
)
declare(
    "CS456",
    "contract-deprecated",
    """A part that the contract marks as deprecated should not be used.""",
    severity="warning",
)
declare(
    "CS457",
    "contract-authentication",
    """The authentication of an action should be one that its contract names.""",
    severity="warning",
)
declare(
    "CS458",
    "contract-answer",
    """The example of an answer should be one that the contract describes.""",
    severity="warning",
)
declare(
    "CS459",
    "contract-odd",
    """The contract itself should be valid; an invalid part is not checked.

A reference out of the file is never followed; a pattern that could run for ever is left out.
""",
    severity="warning",
)
