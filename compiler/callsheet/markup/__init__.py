"""Values → an HTML page, by templates that escape everything, one base page and one style sheet."""

from callsheet.markup.templates import encoded_attribute, encoded_lines, hash_of, write_html, write_part

__all__ = ["encoded_attribute", "encoded_lines", "hash_of", "write_html", "write_part"]
