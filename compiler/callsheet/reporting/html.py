"""Pages → one HTML file: nothing loaded, light and dark, made to be printed; a script only hides."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from callsheet.language.addresses import Address
from callsheet.markup import write_html
from callsheet.reporting.filters import FILTER_WORDS, filtered, linking, page_of
from callsheet.reporting.model import Style
from callsheet.reporting.page import Page
from callsheet.reporting.pages import page_report


def write_page(page: Page, style: Style) -> str:
    """Write a page, whole."""
    return write_html(
        "reporting/page.html.j2",
        page=page,
        filtered=filtered(page),
        link_of=linking(_pages(page, style.catalog or "")),
        w={key: words[0] for key, words in FILTER_WORDS.items()},
        link=style.link or "",
    )


def _pages(page: Page, catalog: str) -> Mapping[str, str]:
    """Return the page of each object in a catalog, where one is named."""
    if not catalog.lower().startswith(("https://", "http://")):
        return {}
    names = {one: Address.read(one).name for one in page.defined}
    return {
        address: f"{catalog.rstrip('/')}/{quote(page_of(name))}"
        for address, name in names.items()
        if page_of(name)
    }


HTML = page_report("html", write_page)
