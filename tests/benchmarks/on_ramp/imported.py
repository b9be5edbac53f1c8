"""A file with requests → what the actions send that it is imported as, and what is said of the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from callsheet import CallsheetError, Workspace
from callsheet.importing.action_text import notes_of
from support.sent_requests import UNKNOWN, Sent, sent_by_action, workspace_in

_HIDDEN = ("token", "password", "secret", "clientsecret", "accesstoken", "refreshtoken")


class Outcome(Struct):
    """What became of a request.

    Attributes:
        kind: `refused`, `written and then invalid`, `internal error`; empty for a valid action.
        why: it is not one.
        sent: by the action, with its own test case.
        params: of the test case.
        notes: of what was left out.

    """

    kind: str = ""
    why: str = ""
    sent: Sent | None = None
    params: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def all_of(
    file: Path, labels: list[str], folder: Path, environment: str | None = None
) -> dict[str, Outcome]:
    """Import all requests of a file at once; return what became of each, by its label."""
    with workspace_in(folder) as workspace, _of_all(labels) as found:
        written = workspace.import_requests(str(file), environment=environment)
        if written is None:
            raise CallsheetError("CS938", "the file is not read")
        workspace.write(written)
        secrets = [*_credentials(json.loads(file.read_text("utf-8")))]
        clear = [one for one in secrets if any(one in text for text in written.texts.values())]
        found |= {label: Outcome(kind="refused", why=why) for label, why in written.left.items()}
        found |= {
            label: outcome_of(workspace, name, [*written.notes] if len(labels) == 1 else [])
            for label, name in written.names.items()
        }
        if clear:
            found[next(iter(found))] = Outcome(kind="a credential in clear", why=clear[0])
    return found


def one_of(file: Path, wanted: str | None, folder: Path, environment: str | None = None) -> Outcome:
    """Import one request of a file, or the only one; return what became of it."""
    label = wanted or file.name
    with workspace_in(folder) as workspace, _of_all([label]) as found:
        workspace.import_(str(file), request=wanted, name="example", environment=environment)
        found[label] = outcome_of(workspace, "example", [])
    return found[label]


@contextmanager
def _of_all(labels: list[str]) -> Iterator[dict[str, Outcome]]:
    """Make one failure that of each request."""
    found: dict[str, Outcome] = {}
    try:
        yield found
    except CallsheetError as fault:
        for one in labels:
            own = (it.removeprefix(f"{one}: ") for it in fault.details if it.startswith(f"{one}: "))
            why = next(own, "; ".join(fault.details)[:90] or fault.message)
            found[one] = Outcome(kind="refused", why=why)
    except Exception as error:
        found |= {one: Outcome(kind="internal error", why=repr(error)[:200]) for one in labels}


def outcome_of(workspace: Workspace, name: str, notes: list[str]) -> Outcome:
    """Return what an action of a workspace sends."""
    compiled = Workspace(workspace.root).compile()
    action = compiled.actions.get(name)
    wrong = [one for one in compiled.errors if one.severity == "error"]
    if action is None or wrong:
        first = wrong[0] if wrong else None
        return Outcome(
            kind="written and then invalid", why=f"{first and first.code} {first and first.message}"
        )
    content: Any = compiled.by_environment["local"][f"Action/{name}"].content
    params = action.spec["tests"][0]["params"]
    text = (workspace.root / action.document.file).read_text("utf-8")
    # The line for editors comes first.
    said = notes_of(text.partition("\n")[2] if text.startswith("# yaml-language") else text)
    try:
        url = content["request"]["url"]
        whole = url.get("$secret", url) if isinstance(url, dict) else {}
        host = whole.get("host") if isinstance(whole, dict) else None

        def reveal(reference: str) -> str:
            return f"https://{host}/{UNKNOWN}" if host and reference.endswith("_URL") else UNKNOWN

        sent = sent_by_action(content, params, reveal)
    except CallsheetError as fault:
        return Outcome(kind="written and then not sent", why=fault.message)
    return Outcome(sent=sent, params=params, notes=[*said, *notes])


def _credentials(value: Any, inside: bool = False) -> Iterator[str]:
    """Yield the texts of a collection that authenticate, and are not only a variable."""
    if isinstance(value, dict):
        named = str(value.get("key", "")).lower() in _HIDDEN and isinstance(value.get("value"), str)
        if inside and named:
            yield from _clear(value["value"])
        for key, one in value.items():
            here = inside or key in ("auth", "authentication")
            if here and key.lower() in _HIDDEN and isinstance(one, str):
                yield from _clear(one)
            yield from _credentials(one, here)
    for one in value if isinstance(value, list) else ():
        yield from _credentials(one, inside)


def _clear(text: str) -> Iterator[str]:
    if len(text) > 7 and "{{" not in text and not text.startswith("<"):
        yield text
