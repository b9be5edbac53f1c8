"""What Adobe's API answered, kept as a file of the workspace: for reviews without a network or a secret."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from callsheet.documents import FolderSource, Unreadable
from callsheet.errors import CallsheetError
from callsheet.targets.journey_optimizer.configs import PATHS, Config
from callsheet.targets.journey_optimizer.journeys import Journey

MAX_BYTES = 64 * 1_048_576
FORMAT_VERSION = 1


class Snapshot(Struct, frozen=True, kw_only=True):
    """What was answered at one time.

    Attributes:
        taken_at: when (RFC 3339, UTC); empty where the file does not contain it.
        sandbox: organization and sandbox.
        journeys: each with the nodes that map something, call an action, or read an answer.
        endpoints: the configurations; None where they were not read.
        named: by name of action, the journeys that use it, where the file has only that.
        names_only: whether the file has only that.

    """

    taken_at: str = ""
    sandbox: Mapping[str, Any] = field(default_factory=dict)
    journeys: list[Journey] = field(default_factory=list)
    endpoints: list[Config] | None = None
    named: Mapping[str, list[str]] = field(default_factory=dict)
    names_only: bool = False


def snapshot_text(snapshot: Snapshot) -> str:
    """Return the text of a snapshot: JSON, sorted, the same bytes for the same answers."""
    endpoints = [_record(one) for one in snapshot.endpoints or ()]
    record = {
        "snapshotVersion": FORMAT_VERSION,
        "takenAt": snapshot.taken_at,
        **snapshot.sandbox,
        "journeys": snapshot.journeys,
        **({"endpoints": endpoints} if snapshot.endpoints is not None else {}),
    }
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def path_of(root: Path, options: Mapping[str, Any]) -> Path | None:
    """Return the file that a target names by `usage`, inside the workspace; None where it names none.

    Raises:
        CallsheetError: CS848 for one that leads out of the workspace.

    """
    shown = options.get("usage")
    if not isinstance(shown, str):
        return None
    path = (root / shown).resolve()
    if not path.is_relative_to(root.resolve()):
        raise _unreadable(shown)
    return path


def read_snapshot(root: Path, options: Mapping[str, Any]) -> Snapshot | None:
    """Read the snapshot that a target names by `usage`; None where there is none yet.

    The file is what `callsheet usage --save` writes, or just the names of journeys by action.

    Raises:
        CallsheetError: CS848 where it cannot be read, says something else, or is of another sandbox.

    """
    path = path_of(root, options)
    if path is None:
        return None
    shown = str(options["usage"])
    if options.get("api") and not os.path.lexists(path):
        return None  # it is not taken yet
    try:
        content = FolderSource(root).read(shown, limit=MAX_BYTES)
        found = _snapshot(json.loads(content.decode("utf-8")))
    except (Unreadable, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _unreadable(shown) from None
    for name in ("organization", "sandbox"):
        if found.sandbox.get(name, options.get(name)) != options.get(name):
            raise CallsheetError(
                "CS848",
                f"the snapshot {shown[:80]!r} is of another {name} than the target's",
                help="write it again: `callsheet usage --save`",
            )
    return found


def _snapshot(content: Any) -> Snapshot:
    if "snapshotVersion" not in content:
        if not all(
            isinstance(one, list) and all(isinstance(it, str) for it in one) for one in content.values()
        ):
            raise ValueError("shape")
        named = {name: list(one) for name, one in content.items() if one}
        return Snapshot(named=named, names_only=True)
    if content["snapshotVersion"] != FORMAT_VERSION:
        raise ValueError("version")
    for journey in content["journeys"]:
        for node in journey["nodes"]:
            _check_texts(node, "name", "type")
            _check_reading(node)
            for mapping in node["mappings"]:
                _check_texts(mapping, "label", "path", "expression")
        _check_texts(journey, "id", "name", "version", "status", "changed")
        if not isinstance(journey.get("timeout", 1), int):
            raise TypeError("timeout")
    endpoints = content.get("endpoints")
    return Snapshot(
        taken_at=str(content["takenAt"]),
        sandbox={name: content[name] for name in ("organization", "sandbox") if name in content},
        journeys=content["journeys"],
        endpoints=None if endpoints is None else [_config(one) for one in endpoints],
    )


def _check_reading(node: Any) -> None:
    """Check what a snapshot of an earlier version does not hold."""
    if not isinstance(node.get("fallback", False), bool):
        raise TypeError("fallback")
    for one in node.get("reads", ()):
        _check_texts(one, "text")
        if not isinstance(one["condition"], bool):
            raise TypeError("condition")


def _check_texts(value: Any, *names: str) -> None:
    for name in names:
        if not isinstance(value[name], str):
            raise TypeError(name)


def _record(one: Config) -> dict[str, Any]:
    return {
        "path": one.path, "uid": one.uid, "draft": one.draft, "active": one.active, "state": one.state,
        "changed": one.changed,
    }  # fmt: skip


def _config(record: Any) -> Config:
    _check_texts(record, "path", "uid", "state", "changed")
    if record["path"] not in PATHS or not isinstance(record["draft"], dict):
        raise ValueError("endpoint")
    return Config(
        path=record["path"], uid=record["uid"], draft=record["draft"], active=record["active"],
        state=record["state"], changed=record["changed"],
    )  # fmt: skip


def _unreadable(shown: str) -> CallsheetError:
    return CallsheetError(
        "CS848",
        f"the snapshot of journeys {shown[:80]!r} cannot be read",
        help='`callsheet usage --save` writes it; or write the names, as {"push": ["Welcome", "Win back"]}',
    )
