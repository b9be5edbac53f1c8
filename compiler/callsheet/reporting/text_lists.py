"""Lists of actions, one action, the history, compiled actions → text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from callsheet.calling.model import NO_PAYLOAD, Request
from callsheet.language import Definition, in_language
from callsheet.language.kinds import deployed_kinds
from callsheet.language.masking import masked
from callsheet.ledger import ApplyRecord
from callsheet.reporting.history import masked_history
from callsheet.reporting.model import Style
from callsheet.reporting.terminal import counted, paint, safe, shown, wrapped
from callsheet.results import (
    HistoryResult,
    ListResult,
    PreviewResult,
    PromoteResult,
    RenderResult,
    SendResult,
    ShowResult,
    UsageResult,
    WorkspaceResult,
)

if TYPE_CHECKING:
    from callsheet.compiling.origins import FieldOrigin
    from callsheet.planning.writing_back import FieldWritten
    from callsheet.results import Shown
    from callsheet.targets.model import Evidence


def category_of(action: Definition) -> str:
    """Return the category under which an action is listed."""
    return action.labels.get("category", deployed_kinds()[action.kind].plural)


def list_text(result: ListResult, style: Style) -> str:
    """Write the palette: actions by category and channel, titles in the asked language."""
    if not result.actions:
        return "No action."
    groups: dict[tuple[str, str], list[Definition]] = {}
    for action in result.actions:
        # A workspace with errors is listed, too: what should be a reference is hidden.
        key = (masked(category_of(action)), masked(action.labels.get("channel", "")))
        groups.setdefault(key, []).append(action)
    width = max(len(one.name) for one in result.actions)
    lines: list[str] = []
    for (category, channel), actions in sorted(groups.items()):
        head = f"{category} / {channel}" if channel else category
        lines.append(paint(safe(head), "bold", style))
        for action in sorted(actions, key=lambda one: one.name):
            title = masked(in_language(action.metadata.get("title"), result.language))
            where = ", ".join(result.environments.get(action.name, ()))
            lines.append(
                f"  {action.name:<{width}}  {safe(title)}  {paint(safe(where), 'dim', style)}".rstrip()
            )
        lines.append("")
    return "\n".join(lines).rstrip("\n")


def show_text(result: ShowResult, style: Style) -> str:
    """Write one action as each environment has it."""
    blocks = []
    for environment, there in result.environments.items():
        head = paint(f"{safe(result.name)} in {safe(environment)}", "bold", style)
        blocks.append("\n".join([head, *_shown_lines(there)]))
    return "\n\n".join(blocks)


def _shown_lines(shown: Shown) -> list[str]:
    if shown.action is None:
        return ["  not there"]
    lines = []
    if shown.revision is not None:
        by, at = safe(shown.applied_by or ""), safe(shown.applied_at or "")
        lines.append(f"  revision {shown.revision}, by {by} at {at}")
    lines.append(f"  {shown.digest}")
    return [*lines, *_json_lines(shown.action)]


def _json_lines(value: Any) -> list[str]:
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    return [safe(line) for line in text.split("\n")]


def history_text(result: HistoryResult, style: Style) -> str:
    """Write the applies of an environment, newest first."""
    result = masked_history(result)
    if not result.applies:
        return f"Nothing was ever applied in {safe(result.environment)}."
    lines: list[str] = []
    for one in result.applies:
        lines += _apply_lines(one, style, result.evidence, detailed=result.detailed)
    if result.objects is not None:
        lines += ["", f"Deployed then: {len(result.objects)}"]
        lines += [f"  {safe(address)}  {digest}" for address, digest in result.objects.items()]
    return "\n".join(lines)


def _apply_lines(
    one: ApplyRecord, style: Style, evidence: Sequence[Evidence], *, detailed: bool
) -> list[str]:
    done = sum(step.outcome == "done" for step in one.steps)
    commit = (one.commit or "no commit")[:12] + (" (dirty)" if one.dirty else "")
    head = paint(f"{one.serial}  {one.outcome}", "bold", style)
    lines = [
        f"{head}  {safe(one.started_at)}  {safe(one.author)}  {commit}  {done} of {len(one.steps)} done"
    ]
    if not detailed:
        return lines
    lines.append(f"  plan {one.plan_digest}")
    if one.accepted:
        lines.append(f"  accepted: {safe(', '.join(one.accepted))}")
    origin = one.provenance
    for name, value in (
        ("because", origin.reason),
        ("approved by", ", ".join(origin.approvers)),
        ("approved plan", origin.plan),
        ("run", origin.run_url),
    ):
        if value:
            lines.append(f"  {name}: {safe(value)}")
    for step in one.steps:
        why = f": {safe(step.error)}" if step.error else ""
        lines.append(f"  {step.action} {safe(step.address)} {step.outcome}{why}")
        for kept in evidence:
            if (kept.serial, kept.address) == (one.serial, step.address):
                lines.append(
                    f"    test request answered, kept by {safe(kept.kept_by)} {safe(kept.kept_at)}:"
                )
                lines.append(f"      {safe(kept.answer)}")
    return lines


def render_text(result: RenderResult, style: Style) -> str:
    """Write compiled actions, or requests as they would leave, secrets as references."""
    if result.origins:
        return "\n\n".join(_origins_text(name, some, style) for name, some in result.origins.items())
    blocks = ["\n".join(_json_lines(one)) for one in result.actions]
    blocks += [_request_text(name, request, style) for name, request in result.requests]
    return "\n\n".join(blocks)


def _origins_text(name: str, origins: Sequence[FieldOrigin], style: Style) -> str:
    """Write each field of an action in a line: its path, its value, and who wrote it where."""
    rows = [(_dotted(one), _value(one), safe(one.document), _where(one)) for one in origins]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [paint(safe(name), "bold", style)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append("  ".join(["", *cells, row[3]]))
    return "\n".join(lines)


def _dotted(one: FieldOrigin) -> str:
    return safe(".".join(map(str, one.path)))


def _value(one: FieldOrigin) -> str:
    text = json.dumps(shown(one.value, one.judged), ensure_ascii=False)
    return safe(text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…")


def _where(one: FieldOrigin) -> str:
    row = f" with {safe(one.row[0])}:{one.row[1]}" if one.row is not None else ""
    also = f" and {safe(one.also[0])}:{one.also[1]}" if one.also is not None else ""
    return f"{safe(one.place[0])}:{one.place[1]}{also}{row}"


MAX_SHOWN = 40
"""How many characters of a value the list of origins shows."""

_REASONS = {
    "ConnectError": "nothing answers at this address; is the service, or the emulator, running?",
    "ConnectionRefusedError": "nothing answers at this address; is the service, or the emulator, running?",
    "RemoteProtocolError": "the connection was closed before the answer was whole",
    "ReadError": "the connection broke while the answer was read",
    "WriteError": "the connection broke while the request was sent",
    "InvalidURL": "the URL cannot be called",
    "SSLCertVerificationError": "the server's certificate is not trusted",
    "SMTPNotSupportedError": "the server does not offer what the message asks of it",
}
"""What a client's error means; its own text may hold the URL, and so a key."""


def send_text(result: SendResult, style: Style) -> str:
    """Write what came back: the outcome, and the body."""
    answer = result.answer
    status = f": {answer.status}" if answer.status else ""
    reason = safe(_REASONS.get(answer.reason, answer.reason))
    status += f" ({reason})" if reason else ""
    attempts = f", {answer.attempts} attempts" if answer.attempts > 1 else ""
    head = f"{answer.outcome}{status} after {answer.seconds:.1f} s{attempts}"
    good = answer.outcome == "ok" and not result.findings
    lines = [paint(head, "green" if good else "red", style)]
    lines += [f"the answer is not what the action says: {safe(one)}" for one in result.findings]
    return "\n".join(
        [*lines, *(f"  {safe(line)}" for line in answer.text[:10_000].split("\n") if answer.text)]
    )


def preview_text(result: PreviewResult, style: Style) -> str:
    """Write the texts of a message, each language below the other, with its hints."""
    blocks = []
    for one in result.texts:
        lines = [paint(f"{safe(result.name)} in {safe(one.language)}", "bold", style)]
        for name, value in {**one.head, **one.fields}.items():
            lines += [f"  {name}: {safe(line)}" for line in value.split("\n")[:1]]
        lines += [paint(f"  hint: {safe(hint)}", "dim", style) for hint in result.hints[one.language]]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def promote_text(result: PromoteResult, style: Style) -> str:
    """Write what a package carries from one environment to another, and what it does not."""
    lines = []
    for one in result.promotions:
        colour = {"differs": "red", "copy": "green"}.get(one.verdict, "dim")
        lines.append(f"{paint(one.verdict, colour, style)}  {safe(one.address)}")
        lines += [f"    {safe(words)}" for words in one.differences]
        lines += [f"    type in: {safe(field)} = {safe(value)}" for field, value in one.type_in]
    counts = Counter(one.verdict for one in result.promotions)
    told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items())) or "no action"
    return "\n".join([*lines, "", f"From {safe(result.before)} to {safe(result.after)}: {told}."])


def usage_text(result: UsageResult, style: Style) -> str:
    """Write which journeys use each action, in what state, and how sure that is."""
    colours = {"certain": "green", "likely": "green", "possible": "yellow", "doubtful": "dim"}
    lines = []
    for address, uses in result.usage.uses.items():
        lines.append(paint(safe(address), "bold", style))
        for one in uses:
            sure = paint(one.sure, colours[one.sure], style)
            node = f", node {safe(one.node)}" if one.node else ""
            lines.append(f"  {sure}  {safe(one.journey)} ({safe(one.status)}{node}): {safe(one.why)}")
            lines += [
                f"      {safe(it['label'])} = {safe(it['expression']) or safe(it['path'])}"
                for it in one.mappings
            ]
        if not uses:
            lines.append("  no journey is known to use it")
    used = sum(bool(one) for one in result.usage.uses.values())
    taken = f", as of {safe(result.usage.taken_at)}" if result.usage.taken_at else ""
    total = counted(len(result.usage.uses), "action")
    return "\n".join([*lines, "", f"{total} in {safe(result.environment)}, {used} in use{taken}."])


def workspace_text(result: WorkspaceResult, style: Style) -> str:
    """Write every compiled action, below the name of its environment."""
    blocks = []
    for name, actions in result.environments.items():
        blocks.append(paint(f"# {safe(name)}", "bold", style))
        blocks += ["\n".join(_json_lines(one)) for one in actions]
    return "\n\n".join(blocks)


def _request_text(name: str, request: Request, style: Style) -> str:
    del name
    first, *rest = request_lines(request)
    return "\n".join([paint(first, "bold", style), *rest])


def request_lines(request: Request) -> list[str]:
    """Return a request as lines: method and URL, headers, the payload."""
    lines = [f"{request.method} {safe(request.url)}"]
    for header, value in request.headers.items():
        text = f"{{{value['secret']}}}" if isinstance(value, dict) else value
        lines.append(f"{safe(header)}: {safe(text)}")
    if request.payload is not NO_PAYLOAD:
        lines += ["", *_json_lines(request.payload)]
    return lines


def written_lines(fields: Sequence[FieldWritten], style: Style) -> list[str]:
    """Return what of it is in the files now, what is not, and why."""
    lines = []
    for title, some in (
        ("Written", [one for one in fields if not one.why]),
        ("Left as it is", [one for one in fields if one.why]),
    ):
        if some:
            lines += ["", paint(title, "bold", style)]
        for one in some:
            what = f" `{safe('.'.join(map(str, one.path)))}`" if one.path else ""
            where = (
                f"  {style.prefix}{safe(one.place[0])}:{one.place[1]}:{one.place[2]}" if one.place else ""
            )
            lines += [f"  {safe(one.address)}{what}{where}"]
            also = f"counts in {', '.join(map(safe, one.also))}, too" if one.also else ""
            lines += wrapped(safe(one.why) or also, style, indent=4) if one.why or also else []
    if any(not one.why for one in fields):
        rest = "shows what is left" if any(one.why for one in fields) else "changes nothing"
        lines += ["", f"Next: callsheet plan, which takes over what is written now and {rest}"]
    return lines
