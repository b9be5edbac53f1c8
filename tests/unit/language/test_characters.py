"""Characters that nobody sees are found and named; what a writing system needs is left alone."""

from __future__ import annotations

import unicodedata

import pytest

from callsheet.language.characters import ends_unseen, is_unseen, look_alike, name_of, unseen_in
from callsheet.reporting.terminal import safe

HIDDEN = {
    "zero width": "a\u200bb", "a joiner between Latin letters": "a\u200db", "word joiner": "a\u2060b",
    "byte order mark": "a\ufeffb", "soft hyphen": "a\u00adb", "override": "a\u202eb", "isolate": "a\u2066b",
    "mark": "a\u200eb", "tags": "a\U000e0061\U000e0062", "tags behind a flag, and more": "\U0001f3f4" + "\U000e0061" * 9 + "\U000e007f",
    "variation selector": "a\ufe0fb", "supplementary selector": "a\U000e0101", "filler": "a\u3164b", "halfwidth filler": "a\uffa0b",
    "blank": "a\u2800b", "line separator": "a\u2028b", "control": "a\x08b", "C1 control": "a\x85b", "grapheme joiner": "a\u034fb",
    "invisible times": "a\u2062b", "musical": "a\U0001d173b",
}  # fmt: skip
SEEN = [
    "Bonjour !", "naïve café", "\U0001f469\u200d\U0001f4bb", "\U0001f468\U0001f3fd\u200d\U0001f692",
    "❤\ufe0f", "1\ufe0f\u20e3", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0915\u094d\u200d\u0937",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "日本語", "a\nb\tc", "10\u00a0€", "葛\U000e0100",
]  # fmt: skip


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_nobody_sees_is_found_and_named(kind: str) -> None:
    text = HIDDEN[kind]
    (found,) = [one for one in [unseen_in(text)] if one]
    for one in found:
        assert name_of(one).endswith(f"(U+{ord(one):04X})")
        assert one not in safe(text)
        if unicodedata.name(one, ""):
            assert unicodedata.name(one) in safe(text)


@pytest.mark.parametrize("text", SEEN)
def test_what_a_writing_system_needs_is_left_alone(text: str) -> None:
    assert not unseen_in(text)
    assert ends_unseen(text) is None


def test_every_default_ignorable_of_the_categories_is_unseen() -> None:
    visible = {0x0600, 0x0601, 0x0602, 0x0603, 0x0604, 0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2}
    for code in range(0x110000):
        one = chr(code)
        if unicodedata.category(one) in ("Cf", "Zl", "Zp"):
            # Signs that stand before numbers, and hieroglyphs, are drawn.
            drawn = code in visible or code in (0x110BD, 0x110CD) or 0x13430 <= code <= 0x1343F
            assert is_unseen(one) != drawn, hex(code)


@pytest.mark.parametrize("text", ["Hello ", "Hello\t", "Hello\u00a0", "Hello \n", "Hello\u3000"])
def test_a_space_at_the_end_is_unseen(text: str) -> None:
    assert ends_unseen(text) is not None
    assert ends_unseen("Hello\n") is None


def test_hosts_that_look_like_others_are_explained() -> None:
    assert look_alike("xn--80ak6aa92e.com") is not None
    assert "looks like `apple`: CYRILLIC SMALL LETTER A (U+0430)" in str(look_alike("xn--80ak6aa92e.com"))
    assert "mixes scripts: CYRILLIC SMALL LETTER A (U+0430)" in str(look_alike("api.xn--pple-43d.com"))
    assert "mixes scripts" in str(look_alike("\uff41pple.com"))
    for fine in ("example.com", "münchen.de", "xn--mnchen-3ya.de", "日本.jp", "пример.рф", "xn--.com"):
        assert look_alike(fine) is None, fine
