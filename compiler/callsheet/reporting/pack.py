"""A plan whose steps are done by hand → a pack: what to do on the screen, step by step.

`index.html` is one file that works without a network and asks none; `pack.md` says the same; `pack.json` is
for programs, and for `callsheet confirm`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsheet.calling.screen import ENGLISH, Field, fields_of, pasted
from callsheet.calling.titles import Screen
from callsheet.planning import Change, Plan, plan_record

FORMAT_VERSION = 1
_CHECKS = {
    "create": ("Nothing of this name is there.",),
    "update": ("It is there, and nobody changed it since the last time.",),
    "replace": ("Journeys use the action: make a new one, move them to it, and delete the old one.",),
    "rename": ("It is there under its old name, which the journeys that use it show.",),
    "delete": ("No journey uses the action: the screen refuses to delete one that is used.",),
}


def write_pack(
    plan: Plan, journeys: Mapping[str, Sequence[str]], screen: Screen = ENGLISH
) -> dict[str, str]:
    """Write the pack of a plan: the texts of its files, by name.

    Args:
        plan: of an environment whose steps are done by hand.
        journeys: the journeys that use each action, by address, as far as they are known.
        screen: which screen it leads through.

    """
    steps = [
        PackStep(number, one, journeys.get(one.address_before, ()), screen)
        for number, one in enumerate(plan.changes, 1)
    ]
    from callsheet.reporting.pack_html import html_pack
    from callsheet.reporting.pack_markdown import markdown_pack

    return {
        "index.html": html_pack(plan, steps, screen),
        "pack.md": markdown_pack(plan, steps, screen),
        "pack.json": _json(plan, steps, screen),
    }


class PackStep:
    """One change, and what it is on the screen."""

    def __init__(self, number: int, change: Change, journeys: Sequence[str], screen: Screen) -> None:
        self.number = number
        self.change = change
        self.journeys = list(journeys)
        self.name = change.address.partition("/")[2]
        self.fields = fields_of(change.after, screen) if change.after is not None else []
        is_message = change.address.startswith("Message/")
        self.message = change.after if change.after is not None and is_message else None

    @property
    def title(self) -> str:
        """What is done, in one line."""
        kind, _, name = self.change.address.partition("/")
        kind = {"EndpointConfig": "endpoint configuration"}.get(kind, kind.lower())
        return f"{self.number}. {self.change.action.capitalize()} the {kind} {name}"

    @property
    def checks(self) -> list[str]:
        """What to look at before it is saved."""
        found = list(_CHECKS.get(self.change.action, ()))
        if self.journeys:
            found.append(f"These journeys use it: {', '.join(self.journeys)}.")
        if self.change.action in ("update", "replace", "delete") and not self.journeys:
            found.append("Which journeys use it is not known here: look at “Used in” on the screen.")
        if any(one.kind == "secret" for one in self.fields):
            found.append("Have the secrets at hand: they are named here, and never contained.")
        return found

    def sections(self) -> Iterator[tuple[str, list[Field]]]:
        """Give the fields by section of the screen, in its order."""
        sections: dict[str, list[Field]] = {}
        for one in self.fields:
            sections.setdefault(one.section, []).append(one)
        yield from sections.items()


def _json(plan: Plan, steps: Sequence[PackStep], screen: Screen) -> str:
    record = {
        "packVersion": FORMAT_VERSION,
        "screen": {"product": screen.product, "language": screen.language},
        "plan": plan_record(plan),
        "steps": [
            {
                "number": one.number,
                "address": one.change.address,
                "action": one.change.action,
                "digest": one.change.after_digest,
                "journeys": one.journeys,
                "fields": [
                    {
                        "section": it.section,
                        "name": it.name,
                        "value": it.value,
                        "kind": it.kind,
                        "note": it.note,
                    }
                    for it in one.fields
                ],
                "pasted": _pasted(one, screen.language),
            }
            for one in steps
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _pasted(step: PackStep, language: str) -> Any:
    after = step.change.after
    if after is None or "payload" not in after.get("request", {}):
        return None
    return pasted(after["request"]["payload"], after.get("parameters", {}), language)
