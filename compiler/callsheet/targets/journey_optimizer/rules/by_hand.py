"""CS840 to CS842, CS845 and CS848: steps by hand, and the journeys that use an action."""

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
