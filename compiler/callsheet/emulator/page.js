const calls = document.getElementById("calls"), none = document.getElementById("none");
const state = document.getElementById("fail"), old = document.getElementById("old");
const why = document.getElementById("why");
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
  add(head, "span", call.status || "\u2014", bad ? "status bad" : "status");
  add(head, "strong", " " + (call.action || "nobody's") + " ");
  add(head, "code", call.method + " " + call.url);
  add(head, "span", " " + call.at, "at");
  if (call.reason) add(head, "div", call.reason, "bad");
  add(one, "pre", Object.entries(call.headers).map(([name, value]) => name + ": " + value).join("\n"));
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
  why.textContent = told.old;
  old.hidden = !told.old;
  // What is played changed: what came is sent again to the page that is loaded then.
  if (!told.old && told.revision !== Number(document.body.dataset.revision)) location.reload();
};
document.getElementById("faults").addEventListener("click", event => {
  const kind = event.target.dataset.kind;
  if (kind) fetch("/_callsheet/fail", { method: "POST", headers: { "X-Callsheet": "fail" }, body: kind })
    .then(answer => answer.json()).then(told => { state.textContent = told.fail || "no call"; });
});
