"""What a gate in CI refuses in a plan or a review, unless it is accepted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from callsheet.errors import CallsheetError
from callsheet.language.difference import IMPACTS
from callsheet.language.reasons import ACCEPTED, GUARDS
from callsheet.planning.model import Change, Plan
from callsheet.words import counted, first_of, listed, nearest

if TYPE_CHECKING:
    from callsheet.planning.protections import Protection


def refuse_unknown_accepted(accepted: Collection[str]) -> None:
    """Refuse to accept what no plan and no review can contain; raises CS351."""
    for one in accepted:
        if one not in ACCEPTED:
            raise CallsheetError(
                "CS351",
                f"there is nothing to accept by the name `{one}`{nearest(one, ACCEPTED)}",
                help=f"name a guard ({', '.join(GUARDS)}), an impact class ({', '.join(IMPACTS)}),"
                " or the reason code of a change, as the plan shows it",
            )


def refuse_impact(
    changes: Sequence[Change],
    wanted: Collection[str],
    accepted: Collection[str],
    protections: Sequence[Protection] = (),
) -> None:
    """Refuse changes of an impact that a gate names, but for those that are accepted.

    Raises:
        CallsheetError: CS933, with what each action contains; what commands do and protect comes first.

    """
    details: dict[str, list[str]] = {}
    names = set()
    found = [(one.subject, one.difference) for one in protections]
    found += [(change.address, one) for change in changes for one in change.diff]
    for subject, one in found:
        if one.impact in wanted and one.impact not in accepted and one.reason not in accepted:
            details.setdefault(f"{one.words} ({one.reason})", []).append(subject)
            names.add(one.reason)
    number = sum(map(len, details.values()))
    if number:
        lines = [f"{_subjects(subjects)}: {words}" for words, subjects in details.items()]
        classes = " or ".join(sorted({"breaking", "sensitive"} & set(wanted)))
        raise CallsheetError(
            "CS933",
            f"the gate refuses {counted(number, 'change')} that {'is' if number == 1 else 'are'} {classes}",
            help=f"if this is intended: {' '.join(f'--accept {one}' for one in sorted(names))}",
            details=tuple(first_of(lines, 20)),
        )


def _subjects(subjects: Sequence[str]) -> str:
    """Write the first of those that change in the same way, and how many more there are."""
    return listed(list(dict.fromkeys(subjects)), 3)


def refuse_broken_guards(plan: Plan) -> None:
    """Refuse a plan that apply would refuse for a guard, or for what needs to be accepted.

    Raises:
        CallsheetError: CS935, with what each guard says.

    """
    if not plan.broken:
        return
    names = [one.guard for one in plan.broken if one.guard != "protect"]
    ways = (
        [f"accept it if this is intended: {' '.join(f'--accept {one}' for one in names)}"] if names else []
    )
    if len(names) < len(plan.broken):
        ways.append("remove `lifecycle.protect` in an earlier apply, or keep what is protected")
    raise CallsheetError(
        "CS935",
        f"apply would refuse this plan for {plan.environment}",
        help="; ".join(ways),
        details=tuple(f"{one.guard}: {one.message}" for one in plan.broken),
    )
