"""The catalog's scripts without a page of it: what they compute of values that a test hands over."""

from __future__ import annotations

from typing import Any

from support.workspaces import ROOT

FOLDER = ROOT / "compiler" / "callsheet" / "reporting" / "catalog"


def evaluated(browser: Any, scripts: tuple[str, ...], compute: str, *given: str) -> Any:
    """Return what a function of JavaScript returns, with the names of scripts of the catalog.

    Args:
        browser: a running one.
        scripts: their files.
        compute: the function; it takes texts, and returns what JSON can say.
        given: the texts.

    """
    page = browser.new_page()
    page.set_content("<p>nothing</p>")
    source = "\n".join((FOLDER / one).read_text("utf-8") for one in scripts)
    page.evaluate(f"{source}; window.compute = {compute}; 0")
    found = page.evaluate("given => window.compute(...given)", [*given])
    page.close()
    return found
