"""A message in each of its languages → one page that shows it as people would see it.

The page runs no script and loads nothing; an email's HTML is in a frame, as `messages/harmless.py`
writes it (images only where they are asked for). Its policy allows exactly the style sheets that are in it.
"""

from __future__ import annotations

from callsheet.markup import write_html
from callsheet.messages.harmless import Images
from callsheet.messages.segments import segments_of
from callsheet.reporting.mails import shown_mails
from callsheet.results import PreviewResult


def preview_page(result: PreviewResult, *, images: bool = False) -> str:
    """Return the page.

    Args:
        result: the message, filled with sample parameters.
        images: may the page load what an email's `<img>` names?

    """
    return write_html(
        "reporting/preview.html.j2",
        result=result,
        images=images,
        **shown_mails(result.texts, Images.OF_HTTPS if images else Images.NONE),
        segments_of=segments_of,
    )
