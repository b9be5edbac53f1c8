"""A pack → Markdown: the same steps, for an issue or a wiki."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callsheet.planning.changes import PASTE
from callsheet.planning.model import Plan
from callsheet.reporting.markdown import plain
from callsheet.reporting.pack.steps import PackStep
from callsheet.reporting.terminal import safe
from callsheet.targets.journey_optimizer.screen import Field
from callsheet.targets.journey_optimizer.titles import Screen


def markdown_pack(plan: Plan, steps: Sequence[PackStep], screen: Screen) -> str:
    """Write the pack as Markdown, to be ticked off."""
    lines = [f"# {plain(title_of(plan, steps, screen))}", ""]
    for step in steps:
        lines += [f"## {plain(step.title)}", ""]
        lines += [f"- [ ] {plain(one)}" for one in step.checks]
        # An expression is copied from the whole line.
        lines += [
            f"- {_copied(one) if one.startswith(PASTE) else plain(one)}" for one in step.differences()
        ]
        for section, fields in step.sections():
            lines += ["", f"### {plain(section)}", ""]
            for one in fields:
                lines += _markdown_field(one, screen)
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def title_of(plan: Plan, steps: Sequence[PackStep], screen: Screen) -> str:
    """Return the title of a pack, in the language of its screen."""
    number = len(steps)
    counted = screen.say("one step") if number == 1 else screen.say("steps", number=number)
    return screen.say("title", product=screen.product, environment=plan.environment, steps=counted)


def _markdown_field(field: Field, screen: Screen) -> list[str]:
    name = plain(field.name)
    if field.kind == "secret":
        return [f"- {name}: *{plain(screen.say('secret', name=field.note))}*"]
    if field.kind == "note":
        return [f"- {name}: {plain(field.note)}"]
    if field.kind in ("json", "shown", "expression"):
        value = field.value or ""
        # Longer than any run of the value, so that nothing of it ends the block.
        fence = "`" * (max((len(one) for one in re.findall("`+", value)), default=2) + 1)
        fence = max(fence, "```", key=len)
        return [
            f"- {name}{f' ({plain(field.note)})' if field.note else ''}:",
            "",
            f"  {fence}{'' if field.kind == 'expression' else 'json'}",
            *(f"  {one}" for one in value.split("\n")),
            f"  {fence}",
            "",
        ]
    note = f" ({plain(field.note)})" if field.note else ""
    return [f"- {name}: {_copied(field.value or '')}{note}"]


def _copied(value: str) -> str:
    """Return a value as a span of code, which is copied as it is; encoded where that cannot hold it."""
    encoded = plain(value)
    if encoded == value or not value.strip() or value != safe(value) or value != value.strip():
        return encoded
    fence = "`" * (max((len(one) for one in re.findall("`+", value)), default=0) + 1)
    space = " " if value[0] == "`" or value[-1] == "`" else ""
    return f"{fence}{space}{value}{space}{fence}"
