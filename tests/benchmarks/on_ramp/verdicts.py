"""What a tool sends, and what an action sends that its request was imported as → the class of the request."""

from __future__ import annotations

import argparse
from pathlib import Path

from imported import Outcome

from support.sent_requests import Sent, differences

EQUAL, NOTED, SILENT = "equal", "another request, with a note", "another request, silently"
MADE_UP = "a value that the tool makes up for each call, and a parameter of the action"
UNFINISHED = "not finished by the tool"
"""What is said where a tool has not answered in time."""
WRONG = {
    *(SILENT, "written and then invalid", "written and then not sent"),
    *("internal error", "a credential in clear", "lost"),
}
"""What may never be: the command fails then."""


def arguments(description: str | None) -> argparse.Namespace:
    """Return the words of a command that judges collections: `folder` of packages, `names`, and `verbose`."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("-v", "--verbose", action="store_true")
    return parser.parse_args()


def verdict(real: Sent | None, ours: Outcome, error: str = "") -> tuple[str, str]:
    """Return the class of a request, and why; the class ends with what keeps it from being judged."""
    if error == UNFINISHED:
        return f"{UNFINISHED}, {ours.kind or 'imported'}", ours.why
    if real is None:
        return f"nothing sent by the tool, {ours.kind or 'imported'}", f"{error}: {ours.why}"
    is_json = not real.body.strip() or real.json != ()
    if ours.sent is None:
        return f"{ours.kind}{'' if is_json else ', not JSON'}", ours.why
    found = differences(real, ours.sent)
    if not found:
        return EQUAL, ""
    return (NOTED if ours.notes else SILENT), "; ".join(found) + f" {ours.notes}"


def is_wrong(kind: str) -> bool:
    """Return whether a class may never be."""
    return kind.removesuffix(", not JSON") in WRONG
