"""A plan, and the file of figures that the command or the target names → the plan with its figures."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from callsheet.deploying.journeys import journey_target
from callsheet.deploying.stores import Stores
from callsheet.documents import FolderSource, Unreadable
from callsheet.errors import ArgumentError, CallsheetError
from callsheet.importing.arguments import read_argument
from callsheet.language import Environment
from callsheet.language.content import Content
from callsheet.outbound.hosts import AllowedHosts
from callsheet.planning.figures import with_figures
from callsheet.planning.model import Plan, PlanFigures
from callsheet.targets.journey_optimizer.metrics import query_text, read_rows, row_fault
from callsheet.targets.journey_optimizer.query_service import query_rows

MAX_BYTES = 64 * 1_048_576


def with_measured(
    plan: Plan, file: str | None, environment: Environment, root: Path, desired: Mapping[str, Content]
) -> Plan:
    """Return a plan with the figures of what it changes, where it changes anything.

    Args:
        plan: of the environment.
        file: that the user names; `-` for the standard input, None for the one that the target names.
        environment: whose target may name a file of the workspace by `metrics`.
        root: the folder of the workspace.
        desired: what the environment will be, by address.

    What the target names is shown where it can be: a file that is not a result says so beside the plan.

    Raises:
        ArgumentError: for a file that the user names and that cannot be read.
        CallsheetError: CS895 for one that is not a result.

    """
    if file is not None:
        return with_figures(plan, read_rows(read_argument(file)), desired, file)
    shown = (environment.target or {}).get("metrics")
    if shown is None or not plan.changes:
        return plan
    try:
        text = _read(root, shown)
        if text is not None:
            return with_figures(plan, read_rows(text), desired, shown)
        missing = "the file is not there yet"
    except CallsheetError as error:
        missing = error.message
    return replace(plan, figures=PlanFigures(source=shown, missing=missing))


def refuse_without_account(environment: Environment) -> None:
    """Refuse an environment without an account at Adobe; raises ArgumentError."""
    if not environment.manual or not (environment.target or {}).get("api"):
        raise ArgumentError(
            f"{environment.name} has no account at Adobe (`api` of its target), which Query Service needs:"
            " name the saved result with --from, or print the query with --sql"
        )


def measured_rows(stores: Stores, hours: int, allowed: AllowedHosts) -> list[dict[str, Any]]:
    """Ask Query Service how the calls of the last hours went.

    Raises:
        CallsheetError: CS872, CS873, CS896, CS945 and CS963.

    """
    rows = query_rows(journey_target(stores).account, query_text(hours), allowed)
    fault = row_fault(rows)
    if fault:
        raise CallsheetError(
            "CS896",
            f"Query Service returned another result than the query asks for: {fault}",
            help="run the query of `callsheet metrics --sql` there, and look at its result",
        )
    return rows


def _read(root: Path, shown: str) -> str | None:
    """Return the text of a file of the workspace; None where it is not there yet."""
    path = (root / shown).resolve()
    inside = path.is_relative_to(root.resolve())
    if inside and not os.path.lexists(path):
        return None
    try:
        if inside:
            return FolderSource(root).read(shown, limit=MAX_BYTES).decode("utf-8")
    except (Unreadable, ValueError):
        pass
    raise CallsheetError(
        "CS895",
        f"the file {shown[:80]!r} that the target names by `metrics` cannot be read",
        help="name a file of the workspace, CSV or JSON in UTF-8, as `callsheet metrics --from` reads it",
    )
