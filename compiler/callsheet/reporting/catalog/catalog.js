"use strict";
// Whatever is here only leaves out, sorts and counts: everything there is to see comes with the page itself.
const plain = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase().toLowerCase().replace(/ς/g, "σ");

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

// So many cards or rows are laid out at once; the others are kept beside the page until they are asked for.
const MOST_SHOWN = 60;

function refill(inside) {
  const isOther = (there, elements) => there.length !== elements.length || elements.some((one, at) => one !== there[at]);
  const changed = [...inside].filter(([holder, elements]) => isOther(holder.children, elements));
  // Of a list that is laid out, thousands of elements leave one after the other, in seconds; of a hidden one, at once.
  const long = changed.filter(([holder]) => holder.children.length > MOST_SHOWN);
  for (const [holder] of long) holder.style.display = "none";
  if (long.length) void document.body.offsetHeight;
  for (const [holder, elements] of changed) holder.replaceChildren(...elements);
  for (const [holder] of long) holder.style.display = "";
}

function finding(form) {
  // Cards of the palette, rows of the list.
  let cards = [...document.querySelectorAll("[data-search]")].map(element => ({
    element, search: element.dataset.search, words: null, holder: element.parentElement,
    values: name => (element.dataset[name] || "").split("\n"),
  }));
  const holders = [...new Set(cards.map(one => one.holder))], groups = [...document.querySelectorAll(".group")];
  const count = form.querySelector(".count"), fields = [...form.querySelectorAll("select")];
  const rest = document.querySelector("button.rest");
  const local = number => number.toLocaleString(document.documentElement.lang);
  const fits = (one, tokens) => tokens.every(token => one.search.includes(token));
  const wordsOf = one => one.words ||= one.search.split(/[^\p{L}\p{N}]+/u);
  const comes = (one, tokens) => tokens.every(token => one.search.includes(token) ||
    (token.length > 3 && wordsOf(one).some(word => near(word, token))));
  // Of thousands, the words are split while nothing else is done, and not with the first search for them.
  const ahead = cards.values(), splitting = idle => {
    for (let next = ahead.next(); !next.done; next = ahead.next()) {
      wordsOf(next.value);
      if (idle.timeRemaining() < 1) return requestIdleCallback(splitting);
    }
  };
  if (window.requestIdleCallback) requestIdleCallback(splitting);
  let found = [], words = "", isWhole = false;
  function find() {
    const tokens = plain(form.elements.q.value).split(/\s+/).filter(Boolean);
    const chosen = fields.filter(one => one.value);
    // A state is one in an environment: where both are chosen, they are judged together.
    const { environment, state } = form.elements;
    const placed = environment?.value && state?.value ? `${environment.value} ${state.value}` : "";
    const left = cards.filter(one => chosen.every(field => one.values(field.name).includes(field.value)) &&
      (!placed || one.values("states").includes(placed)));
    found = left.filter(one => fits(one, tokens));
    words = count.dataset.found;
    if (!found.length && tokens.length) {
      found = left.filter(one => comes(one, tokens));
      words = found.length ? count.dataset.near : words;
    }
    const asked = new URLSearchParams();
    for (const one of form.elements) if (one.name && one.value) asked.set(one.name, one.value);
    history.replaceState(null, "", asked.size ? "#" + asked : location.pathname + location.search);
  }
  function lay(isWholePage) {
    // What is not shown is not in the page: a browser lays out one card among thousands of hidden ones slowly.
    const shown = isWholePage ? found : found.slice(0, MOST_SHOWN), inside = new Map(holders.map(one => [one, []]));
    for (const one of shown) inside.get(one.holder).push(one.element);
    refill(inside);
    for (const group of groups) group.hidden = !group.querySelector(".cards > li");
    const left = found.length - shown.length;
    count.textContent = !found.length ? count.dataset.nothing : words.replace("%", local(found.length)) +
      (left ? count.dataset.first.replace("%", local(shown.length)) : "");
    if (rest) {
      rest.parentElement.hidden = !left;
      rest.textContent = rest.dataset.words.replace("%", local(found.length));
    }
  }
  function show() {
    isWhole = false;
    find();
    lay(false);
  }
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    const field = form.querySelector(`[name="${CSS.escape(name)}"]`);
    if (field) field.value = value;
  }
  form.addEventListener("input", show);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  rest?.addEventListener("click", () => {
    const next = found[MOST_SHOWN]?.element.querySelector("a");
    isWhole = true;
    lay(true);
    // The button is gone: a keyboard goes on with what came in its place.
    next?.focus();
  });
  // Paper has all that was found.
  window.addEventListener("beforeprint", () => lay(true));
  window.addEventListener("afterprint", () => lay(isWhole));
  form.hidden = false;
  show();
  return {
    rows: body => cards.filter(one => one.holder === body).map(one => one.element),
    order: (body, rows) => {
      const place = new Map(rows.map((one, at) => [one, at]));
      const byPlace = (one, other) => place.get(one.element) - place.get(other.element);
      cards = [...cards.filter(one => one.holder !== body), ...cards.filter(one => one.holder === body).sort(byPlace)];
      find();
      lay(isWhole);
    },
  };
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

function sortable(table, finder) {
  // The finder has the rows that are not in the page; without a search, all of them are.
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
      const rows = (finder ? finder.rows(body) : [...body.rows]).map(row => [shown(row.cells[column]), row]);
      rows.sort((one, other) => order.compare(one[0], other[0]) * (down ? -1 : 1));
      const sorted = rows.map(one => one[1]);
      if (finder) finder.order(body, sorted);
      else body.append(...sorted);
    });
  });
}

const form = document.querySelector("form.filters:not(.changes)");
const isOfFlows = form?.classList.contains("flows");
if (isOfFlows) flows(form);
const finder = form && !isOfFlows ? finding(form) : null;
for (const one of document.querySelectorAll("table.sortable")) sortable(one, finder);
