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
  const said = document.getElementById("said");
  button.textContent = done ? said.dataset.copied : said.dataset.select;
  button.classList.toggle("done", done);
  said.textContent = done ? said.dataset.copied + " " + button.getAttribute("aria-label") : "";
});
