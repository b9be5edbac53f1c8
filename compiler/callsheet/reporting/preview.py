"""A message in each of its languages → one page that shows it as people would see it.

The page runs no script and loads nothing; an email's HTML is in a frame, as `messages/harmless.py`
writes it (images only where they are asked for). Its policy allows exactly the style sheets that are in it.
"""

from __future__ import annotations

from callsheet.markup import hash_of, write_html
from callsheet.messages.harmless import Images, harmless
from callsheet.messages.segments import segments_of
from callsheet.results import PreviewResult


def preview_page(result: PreviewResult, *, images: bool = False) -> str:
    """Return the page.

    Args:
        result: the message, filled with sample parameters.
        images: may the page load what an email's `<img>` names?

    """
    loaded = Images.OF_HTTPS if images else Images.NONE
    mails = {
        one.language: harmless(one.fields["html"], loaded) for one in result.texts if "html" in one.fields
    }
    styles = dict.fromkeys(style for one in mails.values() if one is not None for style in one.styles)
    return write_html(
        "reporting/preview.html.j2",
        result=result,
        images=images,
        mails=mails,
        mail_styles="".join(f" {hash_of(one)}" for one in styles),
        segments_of=segments_of,
    )
