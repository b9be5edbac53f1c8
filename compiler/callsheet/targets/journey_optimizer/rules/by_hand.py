"""CS840 to CS842, CS845, CS848 and CS864 to CS866: steps by hand, and the journeys that use an action."""

from callsheet.language.catalog import declare

declare(
    "CS840",
    "by-hand",
    """Journey Optimizer has no API for its custom actions: its steps are done by hand.

`callsheet apply` writes a pack with the instructions for each step, and `callsheet confirm` records
who did what. What is not confirmed stays open in the next plan.
""",
)
declare("CS841", "no-pack", """A pack must be a folder that `callsheet apply` wrote.""")
declare(
    "CS842",
    "step-cannot-be-confirmed",
    """A step must be confirmed from the state that it started from.""",
)
declare(
    "CS864",
    "may-not-confirm",
    """Steps must be confirmed by a signer of the environment's `confirmers`, by an SSH key.

`callsheet confirm` signs the plan's digest, the steps and the answer with `--key`, or with git's
`user.signingKey`, and the record names whose key it is. With `notAuthor`, who wrote the change does not
confirm it. The signers' file has the form of `allowed_signers` (ssh-keygen(1)).
""",
)
declare(
    "CS865",
    "unexpected-answer",
    """The test request must be answered with what `responses.success` shows.

Each field of the example must be in the answer, with a value of its type. The answer may have more.
""",
)
declare(
    "CS866",
    "answer-unreadable",
    """The answer to a test request is a file with the JSON that the screen shows, of 1 MB at most.""",
)
declare(
    "CS845",
    "no-journeys",
    """Journeys are read by Adobe's API, by an account of the target (`api`), or from a file (`usage`).""",
)
declare(
    "CS848",
    "usage-unreadable",
    """The snapshot of journeys is JSON: the name of each action, and the journeys that use it.

An action that a journey uses is frozen but for name, description, URL and authentication: a plan
replaces it for any other change (`replace`), and names the journeys to change.
""",
)
