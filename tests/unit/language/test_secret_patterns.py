"""Every text that a pattern of detect-secrets matches is looked at: the quick look before lets it through."""

from __future__ import annotations

import re

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from callsheet.language import secret_patterns

PATTERNS = dict(enumerate(secret_patterns._patterns()[len(secret_patterns._OWN) :]))
SHORTEST = 8
"""What is shorter is no credential, as `://a:b@`."""
PLAIN = st.characters(codec="utf-8", exclude_characters="\r\n")


@pytest.mark.parametrize("number", PATTERNS, ids=lambda one: f"{one}-{PATTERNS[one][0]}")
@settings(deadline=None, max_examples=25, phases=[Phase.generate])
@given(data=st.data())
def test_what_a_pattern_matches_is_found(number: int, data: st.DataObject) -> None:
    kind, pattern = PATTERNS[number]
    # Of a lookbehind at the beginning, no text is made: the group stands for the beginning of the text.
    source = pattern.pattern.replace(r"(?:(?<=\W)|(?<=^))", "")
    found = data.draw(st.from_regex(re.compile(source, pattern.flags & ~re.DEBUG)), label=kind)
    if pattern.search(found) is None:
        return
    around = data.draw(st.text(PLAIN, max_size=20))
    for text in (found, f"{around} {found}", f"{found} {around}"):
        if len(text) >= SHORTEST and pattern.search(text):
            assert secret_patterns.MAY_BE_SECRET.search(text)
            assert secret_patterns.secret_kind(text)


def test_usual_texts_of_a_workspace_need_no_pattern_of_theirs() -> None:
    """What it takes to import detect-secrets is saved."""
    for text in (
        "env:VONAGE_API_KEY",
        "file:/run/secrets/firebase-service-account.json",
        "7b5f2c1e-0a34-4c55-9d6e-1f2a3b4c5d61",
        "bf0ca0bf927b3b52e3cb03217e1a1ddf",
        "https://graph.facebook.com/v23.0/1000000000000003/events",
        "/automation/v4/actions/1234567/{id}",
        "urn:uuid:33333333-3333-4333-8333-333333333333",
        "password",
    ):
        assert secret_patterns.MAY_BE_SECRET.search(text) is None, text
