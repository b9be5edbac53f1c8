"""Approvals: a plan's digest signed with an SSH key, and verified against the signers of the workspace.

`ssh-keygen -Y` makes and checks the signatures; its manual, section "ALLOWED SIGNERS", gives the form of
the signers' file. The namespace is `callsheet`: what was signed for something else approves nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.language.environment import Approvals
from callsheet.planning import Plan
from callsheet.workspace import FolderSource, Unreadable
from callsheet.workspace.revisions import authors_of

NAMESPACE = "callsheet"
SUFFIX = ".approval"
MAX_BYTES = 65_536
SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One signature, and the plan that it says it is for.

    Attributes:
        shown: its file, for messages.
        plan: digest of the plan.
        signature: armoured, as `ssh-keygen -Y sign` writes it.

    """

    shown: str
    plan: str
    signature: str


def statement(plan: Plan) -> bytes:
    """Give what is signed: the plan's digest, which covers all that it does, and where."""
    return f"callsheet approval 1\nenvironment {plan.environment}\nplan {plan.digest}\n".encode()


def sign(plan: Plan, key: Path, shown: str) -> Approval:
    """Sign a plan with a private key, or with a public one whose private half an agent holds.

    Raises:
        CallsheetError: CS953 where ssh-keygen cannot sign.

    """
    done = _ssh_keygen(["-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key)], statement(plan))
    if done.returncode:
        raise CallsheetError(
            "CS953",
            f"{key} cannot sign: {_last_line(done.stderr)}",
            help="name an SSH key with --key, or by `git config user.signingKey`",
        )
    return Approval(shown=shown, plan=plan.digest, signature=done.stdout.decode("ascii", "replace"))


def write_approval(approval: Approval) -> str:
    """Give the text of an approval's file."""
    return json.dumps({"plan": approval.plan, "signature": approval.signature}, indent=2) + "\n"


def approvals_beside(plan_file: Path) -> list[Approval]:
    """Read the approvals that lie beside a plan file, as `plan.json.NAME.approval`.

    Raises:
        CallsheetError: CS951 for a file that is none.

    """
    found = sorted(plan_file.parent.glob(f"{plan_file.name}.*{SUFFIX}"))
    return [_read(one) for one in found]


def _read(path: Path) -> Approval:
    try:
        with path.open("rb") as stream:
            record: Any = json.loads(stream.read(MAX_BYTES))
        return Approval(shown=path.name, plan=str(record["plan"]), signature=str(record["signature"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise CallsheetError(
            "CS951", f"{path.name} is not an approval", help="remove it, or have the plan approved again"
        ) from None


def require(plan: Plan, wanted: Approvals, approvals: Iterable[Approval], root: Path) -> tuple[str, ...]:
    """Give those whose approval of a plan holds; refuses the plan where they are too few.

    Args:
        plan: the plan as it was approved.
        wanted: how many, by whose file, and whether the author counts.
        approvals: what lies beside the plan.
        root: the workspace, in which the signers' file is.

    Raises:
        CallsheetError: CS950 for too few; CS951 for one that does not hold, with the reason; CS952
            where the signers' file cannot be read.

    """
    signers = _signers(root, wanted.signers)
    people: dict[str, str] = {}
    for one in approvals:
        for principal in _verified(plan, one, signers):
            people.setdefault(principal, one.shown)
    if wanted.not_author:
        _refuse_authors(plan, people, root)
    if len(people) < wanted.count:
        by = f" (by {', '.join(sorted(people))})" if people else ""
        raise CallsheetError(
            "CS950",
            f"the plan has {len(people)} of {wanted.count} approval{'' if wanted.count == 1 else 's'}{by}",
            help="`callsheet approve PLAN`, and keep the files that it writes beside the plan",
        )
    return tuple(sorted(people))


def _signers(root: Path, file: str) -> bytes:
    """Read the signers' file, as every file of the workspace: no link leads out of it."""
    try:
        return FolderSource(root).read(file)
    except Unreadable as unreadable:
        absent = not os.path.lexists(root / file)
        raise CallsheetError(
            "CS952",
            f"there is no file {file} with the allowed signers"
            if absent
            else f"the allowed signers cannot be read from {file}: {unreadable.problem.message}",
            help="write one line for each, as `ada@example.com ssh-ed25519 AAAA…`, into the workspace"
            if absent
            else unreadable.problem.help,
        ) from None


def _verified(plan: Plan, approval: Approval, allowed: bytes) -> list[str]:
    if approval.plan != plan.digest:
        raise _refused(approval, f"it approves another plan ({approval.plan[:19]})")
    signed = statement(plan)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signature"
        file.write_text(approval.signature, encoding="utf-8")
        signers = Path(folder) / "signers"
        signers.write_bytes(allowed)
        checked = _ssh_keygen(["-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(file)], signed)
        if checked.returncode:
            raise _refused(approval, _reason(checked.stderr))
        by = ["-s", str(file), "-f", str(signers)]
        found = _ssh_keygen(["-Y", "find-principals", *by], b"")
        names = found.stdout.decode("utf-8", "replace").split()
        if found.returncode or not names:
            raise _refused(approval, _reason(found.stderr))
        for name in names:
            done = _ssh_keygen(["-Y", "verify", "-n", NAMESPACE, "-I", name, *by], signed)
            if done.returncode:
                raise _refused(approval, _reason(done.stderr))
    return names


_REASONS = (
    ("namespace does not match", "it was signed for something else than callsheet"),
    ("not permitted for use", "the signers' file does not allow this key to approve plans"),
    ("key has expired", "its key has expired"),
    ("not yet valid", "its key is not valid yet"),
    ("incorrect signature", "the signature is not over this plan"),
    ("No principal matched", "its key is not among the allowed signers"),
)


def _reason(error: bytes) -> str:
    text = error.decode("utf-8", "replace")
    for words, reason in _REASONS:
        if words in text:
            return reason
    return f"it is no SSH signature ({_last_line(error)})"


def _refused(approval: Approval, reason: str) -> CallsheetError:
    return CallsheetError(
        "CS951",
        f"the approval {approval.shown} does not hold: {reason}",
        help="remove it, and have the plan approved by one of the allowed signers",
    )


def _refuse_authors(plan: Plan, people: dict[str, str], root: Path) -> None:
    """Refuse an approval by who wrote what is approved, told by the e-mail addresses of the commits."""
    authors = authors_of(root, plan.commit) if plan.commit else None
    if authors is None:
        raise CallsheetError(
            "CS951",
            "who wrote the plan's commit cannot be told, and the environment wants it approved by others",
            help="plan from a commit that the repository has, with its history fetched",
        )
    for principal in sorted(people):
        if principal.lower() in authors:
            raise CallsheetError(
                "CS951",
                f"the approval {people[principal]} does not hold: {principal} wrote the change",
                help="have it approved by somebody else",
            )


def _ssh_keygen(arguments: Sequence[str], content: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603
            ["ssh-keygen", *arguments],  # noqa: S607
            input=content,
            capture_output=True,
            check=False,
            timeout=SECONDS,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        raise CallsheetError(
            "CS953",
            "ssh-keygen cannot be run",
            help="install OpenSSH (8.2 or newer), which makes and checks the signatures",
        ) from None


def _last_line(error: bytes) -> str:
    lines = error.decode("utf-8", "replace").strip().split("\n")
    return lines[-1][:200] or "no reason given"
