"""The plan file: written and read here only, with a digest over all that decides what will be done."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from callsheet.compiling import canonical_text, digest_of
from callsheet.documents import Path, equal, parts_of
from callsheet.errors import CallsheetError
from callsheet.language.difference import NOTHING, Difference
from callsheet.language.schema_check import fast_validator
from callsheet.planning.model import (
    FORMAT_VERSION,
    Change,
    Drift,
    GuardVerdict,
    Plan,
    PlanSelection,
    change_record,
    drift_record,
    guard_record,
)

MAX_PLAN_BYTES = 256 * 1_048_576


def plan_record(plan: Plan) -> dict[str, Any]:
    """Return a plan as the plan file and `plan -o json` show it."""
    return {**_content(plan), "digest": plan.digest}


def with_digest(plan: Plan) -> Plan:
    """Return a plan with the digest over everything else in it.

    The actions before and after are in it by their own digests, which are known already: a plan of a
    thousand actions is not written twice.
    """
    content = _content(plan)
    for record in content["changes"]:
        before = record["before"]
        record["before"] = None if before is None else digest_of(canonical_text(before))
        record["after"] = record["afterDigest"]
    return replace(plan, digest=digest_of(canonical_text(content)))


def part_of(plan: Plan, *, by_hand: bool) -> Plan:
    """Return the plan of those changes that are done by hand, or of the others."""
    changes = tuple(one for one in plan.changes if plan.by_hand(one) == by_hand)
    return plan if changes == plan.changes else with_digest(replace(plan, changes=changes))


def write_plan(plan: Plan) -> str:
    """Return the text of a plan file: JSON with sorted keys, the same bytes for the same plan."""
    return json.dumps(plan_record(plan), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def read_plan(content: bytes, shown: str) -> Plan:
    """Read a plan file.

    Raises:
        CallsheetError: CS910 for what is not a plan, CS911 for a newer format, CS912 for one that was
            edited.

    """
    again = "create a new one: `callsheet plan -e ENV --out FILE`"
    try:
        record = json.loads(content.decode("utf-8"), object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError):
        empty = not content.strip()
        raise CallsheetError(
            "CS910", f"{shown} is {'empty' if empty else 'not a whole JSON document'}", help=again
        ) from None
    version = record.get("formatVersion") if isinstance(record, dict) else None
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise CallsheetError(
            "CS911",
            f"{shown} has format version {version}, and this callsheet reads {FORMAT_VERSION}",
            help="apply it with the callsheet that wrote it, or " + again,
        )
    if not fast_validator("plan").is_valid(record):
        raise CallsheetError(
            "CS910",
            f"{shown} does not match schemas/plan.schema.json",
            help="apply it with the callsheet that wrote it, if that is a newer one, or " + again,
        )
    record.pop("figures", None)  # shown beside a plan, no part of it
    plan = _plan(record)
    if not (_has_its_digest(plan) and equal(plan_record(plan), record)):
        raise CallsheetError(
            "CS912", f"{shown} was edited: its digest does not match its content", help=again
        )
    return plan


def refuse_edited(plan: Plan) -> None:
    """Refuse a plan whose digest is not that of its content: it was changed in memory; raises CS912."""
    if not _has_its_digest(plan):
        raise CallsheetError(
            "CS912", "the plan was changed: its digest does not match its content", help="plan again"
        )


def _has_its_digest(plan: Plan) -> bool:
    """Return whether a plan's digest is that of its content."""
    try:
        return all(_is_whole(one) for one in plan.changes) and with_digest(plan).digest == plan.digest
    except (ValueError, RecursionError, TypeError):
        return False


def _is_whole(change: Change) -> bool:
    """Return whether the action after a change is the one whose digest is beside it."""
    if change.after is None or change.after_digest is None:
        return change.after is None and change.after_digest is None
    return digest_of(canonical_text(change.after)) == change.after_digest


def _content(plan: Plan) -> dict[str, Any]:
    return {
        "formatVersion": FORMAT_VERSION,
        "environment": plan.environment,
        "target": plan.target,
        "ledger": {"lineage": plan.lineage, "serial": plan.serial},
        "commit": plan.commit,
        "dirty": plan.dirty,
        "changes": [change_record(one) for one in plan.changes],
        "drift": [drift_record(one) for one in plan.drift],
        "unmanaged": list(plan.unmanaged),
        "guards": [guard_record(one) for one in plan.guards],
        "summary": plan.summary,
        **({} if plan.why is None else {"why": plan.why}),
        **({"notes": list(plan.notes)} if plan.notes else {}),
        **({} if plan.rollback is None else {"rollback": plan.rollback}),
        **({} if plan.selection is None else {"selection": plan.selection.record()}),
    }


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is written twice")
    return found


def _plan(record: dict[str, Any]) -> Plan:
    return Plan(
        environment=record["environment"],
        target=record["target"],
        lineage=record["ledger"]["lineage"],
        serial=record["ledger"]["serial"],
        commit=record["commit"],
        dirty=record["dirty"],
        changes=tuple(_change(one) for one in record["changes"]),
        drift=tuple(_drift(one) for one in record["drift"]),
        unmanaged=tuple(record["unmanaged"]),
        guards=tuple(_guard(one) for one in record["guards"]),
        unchanged=record["summary"]["unchanged"],
        why=record.get("why"),
        notes=tuple(record.get("notes", ())),
        rollback=record.get("rollback"),
        selection=PlanSelection.read(record["selection"]) if "selection" in record else None,
        digest=record["digest"],
    )


def _change(record: dict[str, Any]) -> Change:
    return Change(
        address=record["address"],
        address_before=record.get("from", record["address"]),
        action=record["action"],
        impact=record["impact"],
        reasons=tuple(record["reasons"]),
        diff=tuple(_difference(one) for one in record["diff"]),
        before=record["before"],
        after=record["after"],
        before_digest=record.get("beforeDigest"),
        after_digest=record.get("afterDigest"),
    )


def _difference(record: dict[str, Any]) -> Difference:
    place = (record["file"], record["line"], record["column"]) if "file" in record else None
    return Difference(
        path=_path(record["path"]),
        before=record.get("before", NOTHING),
        after=record.get("after", NOTHING),
        words=record["words"],
        impact=record["impact"],
        reason=record["reason"],
        place=place,
    )


def _path(pointer: str) -> Path:
    return parts_of(pointer)


def _drift(record: dict[str, Any]) -> Drift:
    return Drift(
        address=record["address"],
        kind=record["kind"],
        diff=tuple(_difference(one) for one in record["diff"]),
        applied_digest=record["appliedDigest"],
        deployed_digest=record["deployedDigest"],
    )


def _guard(record: dict[str, Any]) -> GuardVerdict:
    return GuardVerdict(
        guard=record["guard"],
        verdict=record["verdict"],
        message=record["message"],
        addresses=tuple(record["addresses"]),
    )
