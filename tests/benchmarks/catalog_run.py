"""Write the catalog of generated actions, and time its palette in Chromium beside a static page of the same bytes.

    python tests/benchmarks/catalog_run.py [--actions 5000]

Needs Chromium and the package playwright. The static page has the palette's text, and nothing else: no script, no
style, no element but one.
"""

from __future__ import annotations

import argparse
import html
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from generate import generate

PAINTED = "performance.getEntriesByName('first-contentful-paint')"
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


def first_view(browser: Any, page: Path) -> float:
    """Return the milliseconds until something of a page is painted: the median of five visits."""
    found = []
    for _ in range(5):
        opened = browser.new_page()
        opened.goto(page.as_uri())
        # Not `wait_for_function`: the page's policy forbids the `eval` by which it asks again.
        while not opened.evaluate(f"{PAINTED}.length"):
            opened.wait_for_timeout(10)
        found.append(opened.evaluate(f"{PAINTED}[0].startTime"))
        opened.close()
    return statistics.median(found)


def searches(browser: Any, page: Path) -> tuple[float, float]:
    """Return the milliseconds of a search, and with the layout after it: the median of all searches."""
    opened = browser.new_page()
    opened.goto(page.as_uri())
    taken = [opened.evaluate(SEARCH, one) for _ in range(3) for one in SEARCHES]
    opened.close()
    return statistics.median(one[0] for one in taken), statistics.median(one[1] for one in taken)


def main() -> None:
    """Print a table."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=5_000)
    number = parser.parse_args().actions
    with tempfile.TemporaryDirectory() as folder:
        workspace, site = Path(folder) / "workspace", Path(folder) / "site"
        generate(workspace, number, environments=3, mixed=True)
        callsheet = [sys.executable, "-m", "callsheet"]
        subprocess.run([*callsheet, "validate", "-q", "-C", workspace], check=True)
        begin = time.perf_counter()
        subprocess.run([*callsheet, "catalog", "-q", "-C", workspace, "--out", site], check=True)
        built = time.perf_counter() - begin
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        size = sum(one.stat().st_size for one in site.rglob("*") if one.is_file())
        palette = (site / "index.html").read_text("utf-8")
        static = Path(folder) / "static.html"
        static.write_text(
            f"<!doctype html><meta charset=utf-8><pre>{html.escape(palette)[: len(palette)]}</pre>", "utf-8"
        )
        with sync_playwright() as running:
            browser = running.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            view, plain = first_view(browser, site / "index.html"), first_view(browser, static)
            search, shown = searches(browser, site / "index.html")
            browser.close()
    pages = 2 * number
    print(
        f"| written, both languages | {built:.1f} s, {built / pages * 1000:.1f} ms a page, {memory:.0f} MiB |"
    )
    print(f"| bytes for each action, both languages | {size / number / 1024:.1f} kB |")
    print(f"| the palette | {len(palette) / 1024:,.0f} kB |")
    print(f"| first view | {view:.0f} ms, {view / plain:.2f} times a static page of the same bytes |")
    print(f"| a search | {search:.0f} ms, with the layout {shown:.0f} ms |")


if __name__ == "__main__":
    main()
