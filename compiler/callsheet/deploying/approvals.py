"""Approvals: a plan's digest signed with an SSH key, and verified against the signers of the workspace.

`ssh-keygen -Y` makes and checks the signatures; its manual, section "ALLOWED SIGNERS", has the form of
the signers' file. The namespace is `callsheet`: what was signed for something else approves nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct

from callsheet.deploying.signatures import NAMESPACE, last_line, signed_by, ssh_keygen
from callsheet.documents import FolderSource, Unreadable
from callsheet.documents.revisions import authorship_of
from callsheet.errors import CallsheetError
from callsheet.language.environment import Approvals
from callsheet.planning.model import Plan
from callsheet.words import counted

SUFFIX = ".approval"
MAX_BYTES = 65_536


class Approval(Struct, frozen=True, kw_only=True):
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
    """Return what is signed: the plan's digest, which covers all that it does, and where."""
    return f"callsheet approval 1\nenvironment {plan.environment}\nplan {plan.digest}\n".encode()


def sign(plan: Plan, key: Path, shown: str) -> Approval:
    """Sign a plan with a private key, or with a public one whose private half an agent holds.

    Raises:
        CallsheetError: CS953 where ssh-keygen cannot sign.

    """
    return Approval(shown=shown, plan=plan.digest, signature=signed_by(statement(plan), key))


def write_approval(approval: Approval) -> str:
    """Return the text of an approval's file."""
    return json.dumps({"plan": approval.plan, "signature": approval.signature}, indent=2) + "\n"


def approvals_beside(plan_file: Path) -> list[Approval]:
    """Read the approvals that lie beside a plan file, as `plan.json.NAME.approval`.

    Raises:
        CallsheetError: CS951 for a file that is not one.

    """
    found = sorted(plan_file.parent.glob(f"{plan_file.name}.*{SUFFIX}"))
    return [_read(one) for one in found]


def _read(path: Path) -> Approval:
    try:
        with path.open("rb") as stream:
            record: Any = json.loads(stream.read(MAX_BYTES))
        signature = str(record["signature"]).encode("ascii").decode()
        return Approval(shown=path.name, plan=str(record["plan"]), signature=signature)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise CallsheetError(
            "CS951", f"{path.name} is not an approval", help="remove it, or have the plan approved again"
        ) from None


def require(plan: Plan, wanted: Approvals, approvals: Iterable[Approval], root: Path) -> tuple[str, ...]:
    """Return those whose approval of a plan holds; refuses the plan where they are too few.

    Args:
        plan: the plan as it was approved.
        wanted: how many, by whose file, and whether the author counts.
        approvals: what lies beside the plan.
        root: the workspace, in which the signers' file is.

    Raises:
        CallsheetError: CS950 for too few; CS951 for one that is not valid, with the reason; CS952
            where the signers' file cannot be read.

    """
    signers = signers_in(root, wanted.signers)
    found = [_verified(plan, one, signers) for one in approvals]
    if wanted.not_author:
        refuse_authors(plan, found, root)
    people = _people(found)
    names = sorted({name for one in found for name in one.principals})
    if len(people) < wanted.count:
        by = f" (by {', '.join(names)})" if names else ""
        raise CallsheetError(
            "CS950",
            f"the plan has {len(people)} of {counted(wanted.count, 'approval')}{by}",
            help="run `callsheet approve PLAN`, and keep the files that it writes beside the plan",
        )
    return tuple(names)


def _people(found: Sequence[Verified]) -> list[set[str]]:
    """Return who approved, each person once: two keys of one name, or two names of one key, are one."""
    people: list[set[str]] = []
    for one in found:
        known = {f"key {one.key}", *one.principals}
        same = [other for other in people if other & known]
        people = [other for other in people if not other & known]
        people.append(known.union(*same))
    return people


def signers_in(root: Path, file: str) -> bytes:
    """Read the signers' file, as every file of the workspace: no link leads out of it."""
    try:
        return FolderSource(root).read(file)
    except Unreadable as unreadable:
        absent = "\0" in file or not os.path.lexists(root / file)
        raise CallsheetError(
            "CS952",
            f"there is no file {file} with the allowed signers"
            if absent
            else f"the allowed signers cannot be read from {file}: {unreadable.problem.message}",
            help="write one line for each, as `ada@example.com ssh-ed25519 AAAA…`, into the workspace"
            if absent
            else unreadable.problem.help,
        ) from None


class Verified(Struct, frozen=True, kw_only=True):
    """A signature that holds: its file, whose it may be by the signers' file, and its key's fingerprint."""

    shown: str
    principals: tuple[str, ...]
    key: str


def _verified(plan: Plan, approval: Approval, allowed: bytes) -> Verified:
    if approval.plan != plan.digest:
        raise _refused(approval, f"it approves another plan ({approval.plan[:19]})")
    return verified(statement(plan), approval, allowed)


def verified(signed: bytes, approval: Approval, allowed: bytes) -> Verified:
    """Return whose signature of some bytes it is, by the allowed signers; raises CS951 for another's."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signature"
        file.write_text(approval.signature, encoding="utf-8")
        signers = Path(folder) / "signers"
        signers.write_bytes(allowed)
        checked = ssh_keygen(["-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(file)], signed)
        if checked.returncode:
            raise _refused(approval, _reason(checked.stderr))
        by = ["-s", str(file), "-f", str(signers)]
        found = ssh_keygen(["-Y", "find-principals", *by], b"")
        names = found.stdout.decode("utf-8", "replace").split()
        if found.returncode or not names:
            raise _refused(approval, _reason(found.stderr))
        for name in names:
            done = ssh_keygen(["-Y", "verify", "-n", NAMESPACE, "-I", name, *by], signed)
            if done.returncode:
                raise _refused(approval, _reason(done.stderr))
    key = _fingerprint(checked.stdout) or approval.signature
    # ssh-keygen names the first line only: the same key may have other names, too.
    others = [one for one in _names_of(key, allowed) if one not in names]
    return Verified(shown=approval.shown, principals=(*names, *others), key=key)


def _names_of(fingerprint: str, allowed: bytes) -> Iterator[str]:
    """Return every name under which the signers' file has a key; patterns are not names."""
    for line in allowed.decode("utf-8", "replace").splitlines():
        names, *rest = line.split() or [""]
        for kind, text in pairwise(rest):
            if not kind.startswith(("ssh-", "ecdsa-", "sk-")):
                continue
            with suppress(ValueError):
                digest = hashlib.sha256(base64.b64decode(text, validate=True)).digest()
                if fingerprint == f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}":
                    yield from (one for one in names.split(",") if one and not set(one) & set("*?!"))


def _fingerprint(told: bytes) -> str | None:
    """Return the fingerprint of the key that `ssh-keygen -Y check-novalidate` found good."""
    found = re.search(rb"key (SHA256:[A-Za-z0-9+/=]+)", told)
    return found[1].decode() if found else None


_REASONS = (
    ("namespace does not match", "it was not signed for callsheet"),
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
    return f"it is not an SSH signature ({last_line(error)})"


def _refused(approval: Approval, reason: str) -> CallsheetError:
    return CallsheetError(
        "CS951",
        f"the approval {approval.shown} is not valid: {reason}",
        help="remove it, and have the plan approved by one of the allowed signers",
    )


def refuse_authors(plan: Plan, found: Sequence[Verified], root: Path) -> None:
    """Refuse an approval by who had a part in what is approved.

    By the addresses of the commits (author, committer, co-authors) and by the keys that signed them. What
    it cannot know: a commit without a signature, under an address that the signers' file does not have.
    """
    authors = authorship_of(root, plan.commit) if plan.commit else None
    if authors is None:
        raise CallsheetError(
            "CS951",
            "the author of the plan's commit is unknown, and the environment requires approval by others",
            help="plan from a commit of this repository, with its history fetched",
        )
    keys = {_signing_key(*one) for one in authors.signed}
    for one in found:
        wrote = [name for name in one.principals if name.lower() in authors.addresses]
        if wrote or one.key in keys:
            who = wrote[0] if wrote else f"the key of {one.principals[0]} signed a commit of it, who"
            raise CallsheetError(
                "CS951",
                f"the approval {one.shown} is not valid: {who} wrote the change",
                help="have it approved by another person",
            )


def _signing_key(text: bytes, signature: bytes) -> str | None:
    """Return the fingerprint of the key that signed a commit; None where the signature does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signature"
        file.write_bytes(signature)
        done = ssh_keygen(["-Y", "check-novalidate", "-n", "git", "-s", str(file)], text)
    return _fingerprint(done.stdout) if done.returncode == 0 else None
