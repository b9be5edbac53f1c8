"""A pack → its page: every value with a button that copies exactly it; works offline, and prints."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape

from callsheet.planning import Plan
from callsheet.reporting.html import text as encoded
from callsheet.reporting.html import text_lines
from callsheet.reporting.pack.steps import PackStep
from callsheet.targets.journey_optimizer.screen import Field
from callsheet.targets.journey_optimizer.titles import Screen

_STYLE = """
:root{color-scheme:light dark;--line:#8886;--soft:#8882;--good:#1a6e34}
@media(prefers-color-scheme:dark){:root{--good:#7ddc9a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem;max-width:56rem;
font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
ol{list-style:none;padding-left:0}h1{font-size:1.5rem}
h2{font-size:1.2rem;margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}
h3{font-size:1rem;margin:1.3rem 0 .3rem}
.field{display:grid;grid-template-columns:11rem 1fr auto;gap:.2rem .8rem;padding:.35rem 0;align-items:start;
border-bottom:1px solid var(--line)}
.name{opacity:.75}
.value{min-width:0}
pre{margin:0;white-space:pre-wrap;font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
background:var(--soft);padding:.4rem .6rem;border-radius:.3rem}
button{font:inherit;padding:.15rem .7rem;cursor:pointer}
button:focus-visible,summary:focus-visible{outline:2px solid currentColor;outline-offset:2px}
.note{font-size:.875em;opacity:.75;grid-column:2/-1}
.done{color:var(--good)}
.secret{font-style:italic}
@media(max-width:38rem){.field{grid-template-columns:1fr auto}.name,.note{grid-column:1/-1}}
@media print{button{display:none}.field{grid-template-columns:11rem 1fr;break-inside:avoid}
h2{break-after:avoid}}
"""
_SCRIPT = """
document.addEventListener("click", async event => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const value = button.dataset.copy;
  let done = false;
  try { await navigator.clipboard.writeText(value); done = true; } catch (_) {
    const area = document.createElement("textarea");
    area.value = value;
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
    button.focus();
  }
  button.textContent = done ? "Copied" : "Select it";
  button.classList.toggle("done", done);
  document.getElementById("said").textContent = done ? "Copied " + button.getAttribute("aria-label") : "";
});
"""


def html_pack(plan: Plan, steps: Sequence[PackStep], screen: Screen) -> str:
    """Write the page of a pack: one file, that runs its copy buttons and asks no network."""

    def sealed(kind: str, content: str) -> str:
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        return f"{kind}-src 'sha256-{digest}'"

    policy = f"default-src 'none'; {sealed('style', _STYLE)}; {sealed('script', _SCRIPT)}; base-uri 'none'"
    title = (
        f"{screen.product}, {plan.environment}: {len(steps)} step{'' if len(steps) == 1 else 's'} by hand"
    )
    listed = "".join(f'<li><a href="#step-{one.number}">{encoded(one.title)}</a>' for one in steps)
    body = "\n".join(_html_step(one) for one in steps)
    commit = (plan.commit or "none")[:12] + (" (dirty)" if plan.dirty else "")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=True)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{encoded(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{encoded(title)}</h1>
<p>Sandbox {encoded(str(plan.target.get("sandbox", "?")))}, commit {encoded(commit)}.
{encoded(screen.place)}. When a step is done, say so:
<code>callsheet confirm PACK {encoded(steps[0].name) if steps else ""}</code>.</p>
<ol>{listed}</ol>
<p id="said" role="status" class="note"></p>
{body}
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _html_step(step: PackStep) -> str:
    checks = "".join(f"<li>{encoded(one)}" for one in step.checks)
    changes = ""
    if step.change.action in ("update", "replace", "rename"):
        listed = "".join(f"<li>{encoded(one.words)}" for one in step.change.diff)
        changes = f"<h3>What changes</h3><ul>{listed}</ul>"
    parts = [
        f"<h3>{encoded(section)}</h3>" + "".join(map(_html_field, fields))
        for section, fields in step.sections()
    ]
    if step.message is not None:
        parts.append(f"<pre>{text_lines(json.dumps(step.message, ensure_ascii=False, indent=2))}</pre>")
    return (
        f'<section><h2 id="step-{step.number}">{encoded(step.title)}</h2>\n<ul>{checks}</ul>{changes}\n'
        + "\n".join(parts)
        + "</section>"
    )


def _html_field(field: Field) -> str:
    note = f'<div class="note">{encoded(field.note)}</div>' if field.note and field.kind != "secret" else ""
    shown, copy = field.value or "", ""
    value = f"<pre>{text_lines(shown)}</pre>" if field.kind == "json" else encoded(shown)
    if field.kind == "secret":
        value = f'<span class="secret">the secret {encoded(field.note)}</span>'
    elif field.kind != "choice":
        label = encoded(f"{field.section}, {field.name}")
        copy = f'<button type="button" data-copy="{_exact(shown)}" aria-label="{label}">Copy</button>'
    return (
        f'<div class="field"><div class="name">{encoded(field.name)}</div>'
        f'<div class="value">{value}</div>{copy}{note}</div>'
    )


def _exact(value: str) -> str:
    """Encode a value for an attribute so that a browser reads exactly its characters."""
    return escape(value, quote=True).replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")
