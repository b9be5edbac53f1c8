"""Values → an HTML page, by templates that escape everything, one base page and one style sheet."""

from callsheet.markup.templates import hash_of, write_html

__all__ = ["hash_of", "write_html"]
