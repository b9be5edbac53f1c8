"""CS950 to CS953: who has to sign a plan."""

from callsheet.language.catalog import declare

declare(
    "CS950",
    "approvals-missing",
    """A plan needs as many approvals as its environment asks, each by another allowed signer.""",
)
declare(
    "CS951",
    "approval-refused",
    """An approval must be a signature of this plan, by a key that may approve it today.

It is made by `callsheet approve`, in the namespace `callsheet`, and checked against the signers' file of
the workspace as it is when the plan is applied: who was removed from it no longer counts.
""",
)
declare("CS952", "signers-missing", """The file of allowed signers must be in the workspace.""")
declare("CS953", "cannot-sign", """ssh-keygen must be installed, and able to use the key.""")
