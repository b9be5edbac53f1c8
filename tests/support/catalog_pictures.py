"""Makes the pictures of the catalog that the front page shows, from the samples: `python tests/support/catalog_pictures.py`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import sync_playwright

from callsheet import Workspace
from callsheet.reporting.catalog import site_of
from callsheet.standalone import write_site
from support.workspaces import ROOT

PICTURES = {
    "catalog-palette": ("index.html#sensitivity=phone", 900, 640, ""),
    "catalog-action": ("actions/firebase_push.html", 900, 640, "form.request"),
    "catalog-flows": ("fr/flows.html", 900, 640, ""),
    "catalog-new": ("new.html", 1200, 853, ""),
}
"""By name of the file: the page, its width and height, and what is scrolled to."""


def main() -> None:
    """Write the pictures into `.github/images`."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "actions"
        shutil.copytree(ROOT / "actions", workspace, ignore=shutil.ignore_patterns(".callsheet"))
        opened = Workspace(workspace)
        opened.apply(opened.plan("local"), author="Ada")
        site = site_of(opened.catalog(["local"]))
        write_site(f"{folder}/site", site.names, site.files)
        with sync_playwright() as running:
            found = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = running.chromium.launch(executable_path=found, args=["--no-sandbox"])
            for name, (page, width, height, scrolled) in PICTURES.items():
                shown = browser.new_page(viewport={"width": width, "height": height})
                shown.goto(f"file://{folder}/site/{page}")
                if scrolled:
                    shown.locator(scrolled).evaluate("one => one.previousElementSibling.scrollIntoView()")
                shown.screenshot(path=ROOT / ".github" / "images" / f"{name}.png")
            browser.close()


if __name__ == "__main__":
    main()
