"""The page for a new action, in one language."""

from __future__ import annotations

import json
from typing import Any

from callsheet.reporting.catalog.new_data import MOST_LINK, host_of
from callsheet.reporting.catalog.new_french import in_french
from callsheet.reporting.catalog.new_words import new_words_in

ASSETS = ("yaml.js", "credentials.js", "schema.js", "secrets.js", "curl.js", "new-fields.js", "new.js")
"""Its scripts, beside the one of the requests."""


def new_page(language: str, link_base: str) -> dict[str, Any]:
    """Return what the template of the page is filled with.

    Args:
        language: of the page.
        link_base: what leads to the files of the workspace in its repository; empty for none.

    """
    words = new_words_in(language)
    french = in_french() if language == "fr" else {}
    return {
        "n": words,
        "words": json.dumps(words, ensure_ascii=False),
        "french": json.dumps(french, ensure_ascii=False),
        "host": json.dumps(host_of(link_base)),
        "most": MOST_LINK,
    }
