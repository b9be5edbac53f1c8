"""The emails of a message → what a page shows of their HTML, and what its policy allows for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.markup import hash_of
from callsheet.messages.harmless import Images, harmless
from callsheet.messages.texts import Texts


def shown_mails(texts: Sequence[Texts], images: Images = Images.NONE) -> Mapping[str, Any]:
    """Return by language the HTML of an email to look at, and the sources that the page allows.

    What is too long to be shown is not among them.
    """
    read = {one.language: harmless(one.fields["html"], images) for one in texts if "html" in one.fields}
    mails = {language: found for language, found in read.items() if found is not None}
    styles = dict.fromkeys(style for one in mails.values() for style in one.styles)
    return {
        "mails": mails,
        "mail_styles": "".join(f" {hash_of(one)}" for one in styles),
        "mail_images": " data:" if any(one.has_data for one in mails.values()) else "",
    }
