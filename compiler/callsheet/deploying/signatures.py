"""What `ssh-keygen -Y` does for approvals and confirmations: sign some bytes, and check who did."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from callsheet.errors import CallsheetError

NAMESPACE = "callsheet"
SECONDS = 300


def signed_by(content: bytes, key: Path) -> str:
    """Return the armoured signature of some bytes; raises CS953 where ssh-keygen cannot sign."""
    done = ssh_keygen(["-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key)], content)
    if done.returncode:
        raise CallsheetError(
            "CS953",
            f"{key} cannot sign: {last_line(done.stderr)}",
            help="name an SSH key with --key, or by `git config user.signingKey`",
        )
    return done.stdout.decode("ascii", "replace")


def ssh_keygen(arguments: Sequence[str], content: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run ssh-keygen; raises CS953 where it cannot be run."""
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


def last_line(error: bytes) -> str:
    """Return why ssh-keygen refused, by the last line of what it said."""
    lines = error.decode("utf-8", "replace").strip().split("\n")
    return lines[-1][:200] or "no reason given"
