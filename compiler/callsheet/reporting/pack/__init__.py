"""A plan whose steps are done by hand → a pack: what to do on the screen, step by step.

`index.html` is one file that works without a network and asks none; `pack.md` says the same; `pack.json` is
for programs, and for `callsheet confirm`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from callsheet.deploying.by_hand import PackResult
from callsheet.planning.model import Plan
from callsheet.planning.packs import FORMAT_VERSION
from callsheet.planning.planfile import plan_record
from callsheet.reporting.pack.html import html_pack
from callsheet.reporting.pack.markdown import markdown_pack
from callsheet.reporting.pack.steps import PackStep
from callsheet.targets.journey_optimizer.titles import Screen


def write_pack(found: PackResult) -> dict[str, str]:
    """Write the pack of a plan: the texts of its files, by name."""
    plan, screen = found.plan, found.screen
    steps = [
        PackStep(number, one, found.journeys.get(one.address_before, ()), screen)
        for number, one in enumerate(plan.changes, 1)
    ]
    return {
        "index.html": html_pack(plan, steps, screen),
        "pack.md": markdown_pack(plan, steps, screen),
        "pack.json": _json(plan, steps, screen),
    }


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
                    for it in (*one.fields, *one.afterwards)
                ],
                "pasted": one.pasted,
            }
            for one in steps
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
