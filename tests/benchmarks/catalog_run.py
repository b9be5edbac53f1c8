"""Write the catalog of generated actions, and time its palette and its list in Chromium beside a static page.

    python tests/benchmarks/catalog_run.py [--actions 5000]

Needs Chromium, git and the package playwright. The static page has the palette's text, and nothing else: no script, no
style, no element but one. Each search starts from the one before it; the layout is that of the whole page after it.
At the end, each file is changed by three commits, and the catalog written again, with what each of them changed.
"""

from __future__ import annotations

import argparse
import html
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from generate import generate

PAINTED = "performance.getEntriesByName('first-contentful-paint')"
READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
SEARCHES = ("action_0", "4711", "numbre 47", "team-3 firebase", "zzzzzz", "")
SEARCH = """wanted => {
  const field = document.querySelector('input[name=q]');
  field.value = wanted;
  const begin = performance.now();
  field.dispatchEvent(new Event('input', { bubbles: true }));
  const searched = performance.now() - begin;
  document.body.offsetHeight;
  return [searched, performance.now() - begin];
}"""
CLICK = """name => {
  const button = document.querySelector(name), begin = performance.now();
  button.click();
  document.body.offsetHeight;
  return performance.now() - begin;
}"""
COMMITS = (("A generated", "One generated"), ("Hello", "Good day"), ("ratio: 0.5", "ratio: 0.25"))
"""What each commit writes in the place of what, in every file of an action."""


def first_view(browser: Any, page: Path) -> tuple[float, float]:
    """Return the milliseconds until something of a page is painted, and until it is searched: medians of five."""
    found = []
    for _ in range(5):
        opened = browser.new_page()
        opened.goto(page.as_uri())
        # Not `wait_for_function`: the page's policy forbids the `eval` by which it asks again.
        while not opened.evaluate(f"{PAINTED}.length"):
            opened.wait_for_timeout(10)
        found.append((opened.evaluate(f"{PAINTED}[0].startTime"), opened.evaluate(READY)))
        opened.close()
    return statistics.median(one for one, _ in found), statistics.median(one for _, one in found)


def searches(browser: Any, page: Path) -> str:
    """Return the milliseconds of all searches, with the layout after each: the median, and the longest."""
    opened = browser.new_page()
    opened.goto(page.as_uri())
    taken = [opened.evaluate(SEARCH, one) for _ in range(3) for one in SEARCHES]
    opened.close()
    script, whole = ([one[at] for one in taken] for at in (0, 1))
    longest = SEARCHES[whole.index(max(whole)) % len(SEARCHES)]
    return (
        f"{statistics.median(script):.0f} ms, with the layout {statistics.median(whole):.0f} ms, "
        f"{max(whole):.0f} ms at most (`{longest}`)"
    )


def clicked(browser: Any, page: Path, button: str) -> float:
    """Return the milliseconds until what a button asks for is laid out."""
    opened = browser.new_page()
    opened.goto(page.as_uri())
    return float(opened.evaluate(CLICK, button))


def processor() -> float:
    """Return the processor's seconds of all commands until now."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def written(workspace: Path, site: Path) -> tuple[float, int]:
    """Write a site; return the processor's seconds, which do not count what else runs, and its bytes."""
    command = [sys.executable, "-m", "callsheet", "catalog", "-q", "-C", str(workspace), "--out", str(site)]
    begin = processor()
    subprocess.run(command, check=True)
    return processor() - begin, sum(one.stat().st_size for one in site.rglob("*") if one.is_file())


def commit_changes(workspace: Path) -> None:
    """Commit the workspace, and three changes of every action's file."""
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    identity |= {one.replace("AUTHOR", "COMMITTER"): text for one, text in identity.items()}

    def commit(subject: str) -> None:
        for arguments in (("add", "-A"), ("commit", "-q", "-m", subject)):
            command = ["git", "-C", str(workspace), *arguments]
            subprocess.run(command, check=True, env={**os.environ, **identity})

    subprocess.run(["git", "init", "-q", str(workspace)], check=True)
    (workspace / ".gitignore").write_text(".callsheet/\n", "utf-8")
    commit("Begin")
    for before, after in COMMITS:
        for path in workspace.rglob("*.yaml"):
            path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
        commit(f"{before} becomes {after}")


def main() -> None:
    """Print a table."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=5_000)
    number = parser.parse_args().actions
    with tempfile.TemporaryDirectory() as folder:
        workspace, site = Path(folder) / "workspace", Path(folder) / "site"
        generate(workspace, number, environments=3, mixed=True)
        validate = [sys.executable, "-m", "callsheet", "validate", "-q", "-C", str(workspace)]
        subprocess.run(validate, check=True)
        built, size = written(workspace, site)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        palette, listed = site / "index.html", site / "list.html"
        text = palette.read_text("utf-8")
        static = Path(folder) / "static.html"
        static.write_text(
            f"<!doctype html><meta charset=utf-8><pre>{html.escape(text)[: len(text)]}</pre>", "utf-8"
        )
        with sync_playwright() as running:
            browser = running.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            (view, ready), (plain, _) = first_view(browser, palette), first_view(browser, static)
            of_list, list_ready = first_view(browser, listed)
            in_palette, in_list = searches(browser, palette), searches(browser, listed)
            ordered = clicked(browser, listed, "th button")
            every = [clicked(browser, one, "button.rest") for one in (palette, listed)]
            browser.close()
        commit_changes(workspace)
        subprocess.run(validate, check=True)
        later, larger = written(workspace, Path(folder) / "later")
    pages = 2 * number
    for name, value in (
        (
            "written, both languages",
            f"{built:.1f} s of the processor's, {built / pages * 1000:.1f} ms a page, {memory:.0f} MiB",
        ),
        ("bytes for each action, both languages", f"{size / number / 1024:.1f} kB"),
        ("after three commits of every file", f"{later:.1f} s, {larger / number / 1024:.1f} kB"),
        ("the palette", f"{len(text) / 1024:,.0f} kB"),
        (
            "first view",
            f"{view:.0f} ms, {view / plain:.2f} times a static page of the same bytes; the list {of_list:.0f} ms",
        ),
        ("until it is searched", f"{ready:.0f} ms, the list {list_ready:.0f} ms"),
        ("a search of the palette", in_palette),
        ("a search of the list", in_list),
        ("the list by another column", f"{ordered:.0f} ms"),
        ("all shown at once", f"{every[0]:.0f} ms, in the list {every[1]:.0f} ms"),
    ):
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
