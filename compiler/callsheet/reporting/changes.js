"use strict";
// Hides what the filters leave out, and opens what a row leads to: everything is in the page itself.
{
  const filters = document.querySelector("form.changes");
  const changes = [...document.querySelectorAll("section[data-impact]")];
  const rows = [...document.querySelectorAll("tr[data-change]")];

  function filter() {
    const chosen = [...filters.querySelectorAll("select")].filter(one => one.value);
    for (const one of changes)
      one.hidden = !chosen.every(field => one.dataset[field.name].split("\n").includes(field.value));
    const shown = new Set(changes.filter(one => !one.hidden).map(one => one.id));
    for (const row of rows) row.hidden = !shown.has(row.dataset.change);
    const count = filters.querySelector(".count");
    count.textContent = count.dataset.shown.replace("%", shown.size);
  }

  function open() {
    const details = document.getElementById(location.hash.slice(1))?.querySelector("details");
    if (details) details.open = true;
  }

  if (filters) {
    filters.addEventListener("input", filter);
    filters.addEventListener("submit", event => event.preventDefault());
    filters.addEventListener("reset", () => setTimeout(filter));
    filters.hidden = false;
    filter();
  }
  window.addEventListener("hashchange", open);
  open();
}
