"""Pages → one HTML file: no script, nothing loaded, light and dark, made to be printed."""

from __future__ import annotations

from callsheet.markup import write_html
from callsheet.reporting.model import Style
from callsheet.reporting.page import Page
from callsheet.reporting.pages import page_report


def write_page(page: Page, style: Style) -> str:
    """Write a page, whole."""
    return write_html("reporting/page.html.j2", page=page, link=style.link or "")


HTML = page_report("html", write_page)
