"""A pack → its page: every value with a button that copies exactly it; works offline, and prints."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.markup import write_html
from callsheet.planning.model import Plan
from callsheet.reporting.pack.markdown import title_of
from callsheet.reporting.pack.steps import PackStep
from callsheet.targets.journey_optimizer.titles import Screen


def html_pack(plan: Plan, steps: Sequence[PackStep], screen: Screen) -> str:
    """Write the page of a pack: one file, that runs its copy buttons and asks no network."""
    return write_html(
        "reporting/pack/page.html.j2",
        plan=plan,
        steps=steps,
        title=title_of(plan, steps, screen),
        head=_head(plan, screen),
        say=screen.say,
        language=screen.language,
        written=_written,
    )


def _head(plan: Plan, screen: Screen) -> str:
    """Return where the steps are done, and from which commit they come."""
    commit = plan.commit[:12] if plan.commit else screen.say("no commit")
    if plan.dirty:
        commit = screen.say("dirty", commit=commit)
    sandbox = plan.target.get("sandbox", "?")
    return screen.say("head", sandbox=sandbox, commit=commit, place=screen.place)


def _written(message: Mapping[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, indent=2)
