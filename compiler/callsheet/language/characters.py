"""Characters that a reader cannot see, and hosts that look like others: found, and named.

Which code points have no shape of their own is Unicode's property Default_Ignorable_Code_Point; where a
writing system needs one of them (a joiner inside Persian or an emoji), it is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter

_IGNORABLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB),
    (0x16FE4, 0x16FE4), (0x1BCA0, 0x1BCA3), (0x1D159, 0x1D159), (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)  # fmt: skip
"""The default-ignorable code points of Unicode 16, the separators of lines, and other blanks: of Braille,
of Khitan, of music."""

_STARTS = [first for first, _ in _IGNORABLE]
_JOINERS = "\u200c\u200d"
_BLACK_FLAG, _CANCEL_TAG = "\U0001f3f4", "\U000e007f"
_FLAGS = ("gbeng", "gbsct", "gbwls")
_DRAWN_AS_EMOJI = frozenset("\ufe0f\u203c\u2049\u2139\u2194\u25fb\u25fc\u25fd\u25fe\u3030\u303d")
"""What Unicode's emoji data has beyond symbols: punctuation, an arrow, squares, the selector itself."""

_JOINING_SCRIPTS = (
    "ARABIC", "SYRIAC", "MONGOLIAN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL",
    "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN",
)  # fmt: skip


def is_unseen(character: str) -> bool:
    """Return whether a character has no shape of its own, wherever it is."""
    code = ord(character)
    if code < 0x80:
        return (code < 0x20 and character not in "\n\r\t") or code == 0x7F
    if 0x80 <= code < 0xA0:
        return True
    at = bisect_right(_STARTS, code) - 1
    return at >= 0 and code <= _IGNORABLE[at][1]


def name_of(character: str) -> str:
    """Return the name of a character with its code point: `ZERO WIDTH SPACE (U+200B)`."""
    code = f"U+{ord(character):04X}"
    return f"{unicodedata.name(character, 'a control character')} ({code})"


def unseen_in(text: str) -> Counter[str]:
    """Count the characters of a text that cannot be seen, and that no writing system needs there."""
    if text.isascii() and text.isprintable():
        return Counter()
    return Counter(one for index, one in enumerate(text) if is_unseen(one) and not is_needed(text, index))


def is_needed(text: str, index: int) -> bool:
    """Return whether the writing around it needs a character that has no shape of its own."""
    one = text[index]
    before = text[index - 1] if index else ""
    after = text[index + 1] if index + 1 < len(text) else ""
    if one in _JOINERS:
        if _script(before) in _JOINING_SCRIPTS:
            return _script(after) in _JOINING_SCRIPTS
        return one == "\u200d" and _is_emoji(before) and _is_emoji(after)
    if one in "\ufe0e\ufe0f":
        keycap = before != "" and before in "#*0123456789" and after == "\u20e3"
        return keycap or _is_emoji(before) or _is_ideograph(before)
    if "\ufe00" <= one <= "\ufe0d":
        return _is_ideograph(before)
    if "\U000e0100" <= one <= "\U000e01ef":
        return _is_ideograph(before)
    if "\U000e0020" <= one <= _CANCEL_TAG:
        return _is_flag(text, index)
    return "\u180b" <= one <= "\u180f" and _script(before) == "MONGOLIAN"


def _is_flag(text: str, index: int) -> bool:
    """Return whether a tag character is of the flag of England, Scotland or Wales: no others are in use."""
    start = index
    while start and "\U000e0020" <= text[start - 1] <= _CANCEL_TAG:
        start -= 1
    end = text.find(_CANCEL_TAG, start)
    region = "".join(chr(ord(one) - 0xE0000) for one in text[start : max(end, start)])
    return start > 0 and text[start - 1] == _BLACK_FLAG and index <= end and region in _FLAGS


def _is_emoji(character: str) -> bool:
    """Return whether a character may be part of an emoji: a symbol beyond ASCII, or what goes with one."""
    if not character or character.isascii():
        return False
    return (
        character in _DRAWN_AS_EMOJI
        or unicodedata.category(character) == "So"
        or 0x1F000 <= ord(character) <= 0x1FAFF
    )


def _is_ideograph(character: str) -> bool:
    return character != "" and unicodedata.name(character, "").startswith("CJK ")


def _script(character: str) -> str:
    """Return the script of a letter or mark, by the first word of its name."""
    return unicodedata.name(character, "").split(" ")[0] if character else ""


def ends_unseen(text: str) -> str | None:
    """Return the last character of a text where it is an invisible space; a line end is not one."""
    kept = text.rstrip("\r\n")
    return kept[-1] if kept and kept[-1].isspace() else None


_LOOKS_LATIN = {
    **dict(
        zip(
            "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u04bb\u04cf",
            "aeopcyxijsdqwhl",
            strict=True,
        )
    ),
    **dict(zip("\u03bd\u03bf\u03ba\u03c1\u03c5\u03c4\u03b1\u03b9\u03ba", "vokputaik", strict=True)),
    **dict(zip("\u0581\u0578\u057d\u0566\u0585", "gnuqo", strict=True)),
    **dict(zip("\u0131\u0251\u0261", "iag", strict=True)),
}
"""Small letters of other scripts that are drawn as a Latin one is."""

_TOGETHER = (
    {"CJK", "HIRAGANA", "KATAKANA", "LATIN", "KATAKANA-HIRAGANA"},
    {"CJK", "HANGUL", "LATIN"},
    {"CJK", "BOPOMOFO", "LATIN"},
)
"""Scripts that one word may be written in (UTS #39, highly restrictive)."""


def look_alike(host: str) -> str | None:
    """Return what is wrong with a host that is drawn like another one; None where nothing is."""
    for label in host.lower().split("."):
        shown = _decoded(label)
        if shown.isascii():
            continue
        letters = [one for one in shown if one.isalpha()]
        scripts = {_script(one) for one in letters}
        foreign = sorted({one for one in letters if _script(one) != "LATIN" or one in _LOOKS_LATIN})
        mixed = len(scripts) > 1 and not any(scripts <= one for one in _TOGETHER)
        if mixed or scripts == {"FULLWIDTH"}:
            return f"`{shown}` mixes scripts: {', '.join(name_of(one) for one in foreign[:5])}"
        drawn = "".join(_LOOKS_LATIN.get(one, one) for one in shown)
        if drawn.isascii():
            return f"`{shown}` looks like `{drawn}`: {', '.join(name_of(one) for one in foreign[:5])}"
    return None


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


_LATIN = re.compile("[ -\u02ff]*")
"""Letters of which each is seen, where it can be printed."""
_UNSAFE_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def safe(text: str) -> str:
    """Show control characters as escapes, and others that cannot be seen by their Unicode names."""
    if text.isprintable() and (text.isascii() or _LATIN.fullmatch(text)):
        return text
    return "".join(one if _is_safe(text, index) else _escape(one) for index, one in enumerate(text))


def _is_safe(text: str, index: int) -> bool:
    one = text[index]
    if one.isascii():
        return one.isprintable()
    if is_unseen(one):
        # The joiner in the middle of an emoji commands nothing. The others of `Cf` are never needed.
        return is_needed(text, index) and (one == "\u200d" or unicodedata.category(one) != "Cf")
    return unicodedata.category(one) not in _UNSAFE_CATEGORIES


def _escape(character: str) -> str:
    name = unicodedata.name(character, "")
    if name:
        return f"\\N{{{name}}}"
    code = ord(character)
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return short or (
        f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )
