"""A message in each of its languages → one page that shows it as people would see it.

The page runs no script and loads nothing; an email's HTML is in a frame that may run, send
and load nothing either (images only where they are asked for).
"""

from __future__ import annotations

from callsheet.markup import write_html
from callsheet.messages.segments import segments_of
from callsheet.results import PreviewResult


def preview_page(result: PreviewResult, *, images: bool = False) -> str:
    """Return the page.

    Args:
        result: the message, filled with sample parameters.
        images: may the page load what an email's `<img>` names?

    """
    return write_html("reporting/preview.html.j2", result=result, images=images, segments_of=segments_of)
