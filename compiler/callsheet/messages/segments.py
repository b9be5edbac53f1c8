"""A text → the segments in which it is sent as SMS.

3GPP TS 23.038: the default alphabet has 160 characters in one message and 153 in each of several;
everything else is UCS-2, 70 and 67 (16-bit units). A character of the extension table takes two places, and
is not split; neither is one outside of the basic plane.
"""

from __future__ import annotations

from msgspec import Struct

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


class Segments(Struct, frozen=True):
    """How a text is sent.

    Attributes:
        encoding: `GSM 03.38` or `UCS-2`.
        number: of segments.
        used: places that the text takes.
        left: places that are left in the last segment.
        culprits: the characters that make it UCS-2, in their order, each once.

    """

    encoding: str
    number: int
    used: int
    left: int
    culprits: tuple[str, ...] = ()


def segments_of(text: str) -> Segments:
    """Count the segments of a text."""
    culprits = tuple(dict.fromkeys(one for one in text if one not in _BASIC and one not in _EXTENDED))
    if culprits:
        sizes = [2 if ord(one) > 0xFFFF else 1 for one in text]
        return _counted("UCS-2", sizes, 70, 67, culprits)
    sizes = [2 if one in _EXTENDED else 1 for one in text]
    return _counted("GSM 03.38", sizes, 160, 153, ())


def _counted(encoding: str, sizes: list[int], alone: int, each: int, culprits: tuple[str, ...]) -> Segments:
    used = sum(sizes)
    if used <= alone:
        return Segments(encoding, 1 if used else 0, used, alone - used, culprits)
    number, filled = 1, 0
    for size in sizes:
        if filled + size > each:
            number, filled = number + 1, 0
        filled += size
    return Segments(encoding, number, used, each - filled, culprits)
