"""The emulator's page: what came, live, and how the services are to fail; it asks no other host."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from callsheet.emulator.faults import FAULTS
from callsheet.emulator.routes import Route

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --bad: #c22; --good: #182; }
@media (prefers-color-scheme: dark) { :root { --bad: #f88; --good: #7d8; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; background: var(--soft); padding: .6rem; border-radius: .4rem; margin: .4rem 0; }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.status { font-weight: 600; color: var(--good); display: inline-block; min-width: 3.2em; }
.bad { color: var(--bad); }
.old { border-left: .3rem solid var(--bad); padding: .4rem .7rem; background: var(--soft); }
.at { opacity: .7; font-size: .85em; }
button { font: inherit; padding: .2rem .7rem; margin: 0 .2rem .3rem 0; cursor: pointer; }
ul { padding-left: 1.2rem; } li { overflow-wrap: anywhere; }
"""

_SCRIPT = """
const calls = document.getElementById("calls"), none = document.getElementById("none");
const state = document.getElementById("fail"), old = document.getElementById("old");
const OLD = "__OLD__";
function add(parent, tag, text, name) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  parent.append(made);
  return made;
}
function show(call) {
  const one = document.createElement("details"), head = add(one, "summary", "");
  const bad = call.status < 200 || call.status > 299;
  add(head, "span", call.status || "\\u2014", bad ? "status bad" : "status");
  add(head, "strong", " " + (call.action || "nobody's") + " ");
  add(head, "code", call.method + " " + call.url);
  add(head, "span", " " + call.at, "at");
  if (call.reason) add(head, "div", call.reason, "bad");
  add(one, "pre", Object.entries(call.headers).map(([name, value]) => name + ": " + value).join("\\n"));
  let body = call.body;
  try { body = JSON.stringify(JSON.parse(body), null, 2); } catch (_) {}
  if (body) add(one, "pre", body);
  calls.prepend(one);
  while (calls.childElementCount > 200) calls.lastElementChild.remove();
}
let last = 0;
const source = new EventSource("/_callsheet/calls");
source.onmessage = event => {
  const told = JSON.parse(event.data);
  for (const call of told.calls) if (call.number > last) { show(call); last = call.number; }
  state.textContent = told.fail || "no call";
  none.hidden = last > 0;
  old.textContent = told.old ? OLD + told.old : "";
  old.hidden = !told.old;
  // What is played changed: what came is sent again to the page that is loaded then.
  if (!told.old && told.revision !== Number(document.body.dataset.revision)) location.reload();
};
document.getElementById("faults").addEventListener("click", event => {
  const kind = event.target.dataset.kind;
  if (kind) fetch("/_callsheet/fail", { method: "POST", headers: { "X-Callsheet": "fail" }, body: kind })
    .then(answer => answer.json()).then(told => { state.textContent = told.fail || "no call"; });
});
"""


_OLD = "Files of the workspace changed, and it is not valid. What is played is what it was before: "


def page_of(routes: Sequence[Route], nonce: str, revision: int = 0, old: str = "") -> str:
    """Return the page, whose style and script are allowed by a nonce (Content Security Policy).

    Args:
        routes: what is played.
        nonce: a fresh one.
        revision: of what is played; the page loads itself again when another one is.
        old: why it is not what the files say now; empty where it is.

    """
    listed = sorted({(one.name, one.environment, one.method, _shown(one)) for one in routes})
    items = "\n".join(
        f"<li><strong>{escape(name)}</strong> in {escape(environment)}:"
        f" <code>{escape(method)} {escape(url)}</code>"
        for name, environment, method, url in listed
    )
    buttons = "\n".join(
        f'<button data-kind="{kind}:1" title="{escape(words)}">{kind}</button>'
        for kind, words in FAULTS.items()
    )
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>callsheet emulate</title>
<style nonce="{nonce}">{_STYLE}</style>
<body data-revision="{revision}">
<h1>The services of this workspace, played here</h1>
<p id="old" class="old" role="status"{"" if old else " hidden"}>{escape(_OLD + old) if old else ""}</p>
<h2>The next call fails</h2>
<p>Now: <strong id="fail" role="status">no call</strong></p>
<p id="faults">{buttons}
<button data-kind="none">none</button></p>
<h2>What came</h2>
<p id="none">Nothing yet. Try <code>callsheet send NAME --to</code> and the address of this page.</p>
<div id="calls" aria-live="polite"></div>
<h2>What is played</h2>
<ul>
{items}
</ul>
<script nonce="{nonce}">{_SCRIPT.replace("__OLD__", _OLD)}</script>
</html>
"""


def _shown(route: Route) -> str:
    def plain(pattern: str) -> str:
        return pattern.removesuffix(r"\Z").replace(r"[^/?#]+", "{…}").replace("\\", "")

    return plain(route.host.pattern) + plain(route.path.pattern) + (" (token)" if route.is_token else "")
