"""Who may confirm steps that were done by hand: a signature of the confirmation by an allowed confirmer.

As for approvals, `ssh-keygen -Y` signs and checks, against a file of allowed signers in the workspace. What
is signed names the plan, the steps and the answer to the test request.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from callsheet.deploying.approvals import Approval, refuse_authors, signers_in, verified
from callsheet.deploying.signatures import signed_by
from callsheet.errors import CallsheetError
from callsheet.language.environment import Approvals, Environment
from callsheet.planning.model import Plan

CODE = "CS864"


def confirmation(plan: Plan, names: Collection[str], answer: str) -> bytes:
    """Return what is signed: the plan's digest, the steps, and the digest of the answer, or `none`."""
    steps = " ".join(sorted(names)) or "all"
    lines = (f"environment {plan.environment}", f"plan {plan.digest}", f"steps {steps}", f"answer {answer}")
    return "\n".join(("callsheet confirmation 1", *lines, "")).encode()


def confirmed_by(
    environment: Environment, plan: Plan, names: Collection[str], answer: str, key: Path | None, root: Path
) -> str | None:
    """Return who confirms, proven by a signature; None where the environment lets everyone confirm.

    Raises:
        CallsheetError: CS864 without a key, or for one that may not confirm; CS952 for the signers' file,
            CS953 where it cannot be signed.

    """
    wanted = environment.confirmers
    if not wanted.count:
        return None
    if key is None:
        raise CallsheetError(
            CODE,
            f"only the signers of {wanted.signers} confirm steps in {environment.name}",
            help="name your SSH key with --key, or by `git config user.signingKey`",
        )
    return _verified(wanted, plan, confirmation(plan, names, answer), key, root)


def _verified(wanted: Approvals, plan: Plan, statement: bytes, key: Path, root: Path) -> str:
    signers = signers_in(root, wanted.signers)
    made = Approval(shown=key.name, plan=plan.digest, signature=signed_by(statement, key))
    try:
        found = verified(statement, made, signers)
        if wanted.not_author:
            refuse_authors(plan, [found], root)
    except CallsheetError as error:
        if error.code != "CS951":
            raise
        reason = error.message.partition("is not valid: ")[2] or error.message
        raise CallsheetError(
            CODE,
            f"{key.name} does not confirm: {reason}",
            help=f"have the steps confirmed by another of the signers of {wanted.signers}",
        ) from None
    return found.principals[0]
