"use strict";
// Whatever is here only hides, sorts and counts: everything there is to see is in the page itself.
const plain = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function near(word, wanted) {
  // Whether two words differ by one letter: one more, one less, another one, or two that changed places.
  const a = word.length, b = wanted.length;
  if (Math.abs(a - b) > 1) return false;
  let at = 0;
  while (at < a && at < b && word[at] === wanted[at]) at++;
  const rest = (x, y) => word.slice(at + x) === wanted.slice(at + y);
  return rest(1, 1) || rest(1, 0) || rest(0, 1) ||
    (word[at] === wanted[at + 1] && word[at + 1] === wanted[at] && rest(2, 2));
}

function finding(form) {
  // Cards of the palette, rows of the list.
  const cards = [...document.querySelectorAll("[data-search]")].map(element => ({
    element, search: element.dataset.search, words: null,
    values: name => (element.dataset[name] || "").split("\n"),
  }));
  const groups = [...document.querySelectorAll(".group")].reverse();
  const count = form.querySelector(".count"), fields = [...form.querySelectorAll("select")];
  const fits = (one, tokens) => tokens.every(token => one.search.includes(token));
  const comes = (one, tokens) => {
    one.words = one.words || one.search.split(/[^\p{L}\p{N}]+/u);
    return tokens.every(token => one.search.includes(token) ||
      (token.length > 3 && one.words.some(word => near(word, token))));
  };
  function show() {
    const tokens = plain(form.elements.q.value).split(/\s+/).filter(Boolean);
    const chosen = fields.filter(one => one.value);
    // A state is one in an environment: where both are chosen, they are judged together.
    const { environment, state } = form.elements;
    const placed = environment?.value && state?.value ? `${environment.value} ${state.value}` : "";
    const left = cards.filter(one => chosen.every(field => one.values(field.name).includes(field.value)) &&
      (!placed || one.values("states").includes(placed)));
    let found = left.filter(one => fits(one, tokens)), words = count.dataset.found;
    if (!found.length && tokens.length) {
      found = left.filter(one => comes(one, tokens));
      words = found.length ? count.dataset.near : words;
    }
    const shown = new Set(found);
    for (const one of cards) one.element.hidden = !shown.has(one);
    for (const group of groups) group.hidden = !group.querySelector(".cards > li:not([hidden])");
    count.textContent = found.length ? words.replace("%", found.length.toLocaleString(document.documentElement.lang)) : count.dataset.nothing;
    const asked = new URLSearchParams();
    for (const one of form.elements) if (one.name && one.value) asked.set(one.name, one.value);
    history.replaceState(null, "", asked.size ? "#" + asked : location.pathname + location.search);
  }
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    const field = form.querySelector(`[name="${CSS.escape(name)}"]`);
    if (field) field.value = value;
  }
  form.addEventListener("input", show);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  form.hidden = false;
  show();
}

function flows(form) {
  const parts = document.querySelectorAll("[data-kind][data-host]");
  const show = () => {
    const kind = form.elements.kind.value, host = form.elements.host.value;
    for (const one of parts) {
      const gone = (kind && one.dataset.kind !== kind) || (host && one.dataset.host !== host);
      one.toggleAttribute("hidden", Boolean(gone));
    }
  };
  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  form.hidden = false;
}

function shown(cell) {
  // A time in words is sorted as a time.
  const time = cell.querySelector("time");
  return time ? time.dateTime : cell.textContent.trim();
}

function sortable(table) {
  const body = table.tBodies[0], order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const one of heads) one.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map(row => [shown(row.cells[column]), row]);
      rows.sort((one, other) => order.compare(one[0], other[0]) * (down ? -1 : 1));
      body.append(...rows.map(one => one[1]));
    });
  });
}

const form = document.querySelector("form.filters:not(.changes)");
if (form) (form.classList.contains("flows") ? flows : finding)(form);
document.querySelectorAll("table.sortable").forEach(sortable);
