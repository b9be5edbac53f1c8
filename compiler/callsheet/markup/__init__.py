"""Values → an HTML page, by templates that escape everything, one base page and one style sheet."""

from callsheet.markup.templates import write_html

__all__ = ["write_html"]
