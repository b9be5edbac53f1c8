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
