"""The emails of a message → what its page shows of their HTML, and what its policy allows for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.markup import hash_of
from callsheet.messages.harmless import Harmless, harmless
from callsheet.messages.texts import Texts


def shown_mails(texts: Sequence[Texts]) -> Mapping[str, Any]:
    """Return by language the HTML of an email to look at, and the sources that the page allows."""
    mails: dict[str, Harmless] = {}
    for one in texts:
        found = harmless(one.fields["html"]) if "html" in one.fields else None
        if found is not None:
            mails[one.language] = found
    styles = dict.fromkeys(style for one in mails.values() for style in one.styles)
    return {
        "mails": mails,
        "mail_styles": "".join(f" {hash_of(one)}" for one in styles),
        "mail_images": " data:" if any(one.has_data for one in mails.values()) else "",
    }
